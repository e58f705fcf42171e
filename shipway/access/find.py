"""What somebody asks about, found in a landscape; what is not there is an error that names what is near."""

from __future__ import annotations

from shipway.access.landscape import Kind, Landscape, Principal, Securable
from shipway.access.vocabulary import PRIVILEGES
from shipway.errors import ShipwayError
from shipway.models.document import suggestion

__all__ = ["find_environment", "find_principal", "find_privilege", "find_securable"]


def find_environment(landscape: Landscape, name: str) -> str:
    """The environment of that name; raises ShipwayError."""
    known = sorted({securable.environment for securable in landscape.securables.values()})
    if name in known:
        return name
    raise ShipwayError(f"no environment {name!r}{suggestion(name, known)}", f"there are: {', '.join(known)}")


def find_principal(landscape: Landscape, name: str) -> Principal:
    """The principal of that name; raises ShipwayError."""
    if name in landscape.principals:
        return landscape.principals[name]
    raise ShipwayError(
        f"no principal {name!r} ({landscape.source}){suggestion(name, landscape.principals)}",
        "a principal is a group or a service principal; people stand in groups of the identity provider",
    )


def find_securable(landscape: Landscape, text: str, environment: str) -> Securable:
    """The securable `[<kind>:]<name>` of an environment; raises ShipwayError.

    `table:<catalog>.<schema>.<table>` need not be declared, if its schema is: jobs make tables.
    """
    here = {one.id: one for one in landscape.securables.values() if one.environment == environment}
    if text in here:
        return here[text]
    found = [one for one in here.values() if one.name == text]
    if len(found) == 1:
        return found[0]
    if found:
        kinds = ", ".join(sorted(one.id for one in found))
        raise ShipwayError(f"{text!r} is several things in {environment}", f"say which: {kinds}")
    kind, _, name = text.partition(":")
    parent = f"{Kind.SCHEMA}:{name.rpartition('.')[0]}"
    if kind == Kind.TABLE and parent in here and not name.endswith("."):
        return Securable(Kind.TABLE, name, environment, parent)
    raise _nothing(landscape, text, environment, here)


def _nothing(landscape: Landscape, text: str, environment: str, here: dict[str, Securable]) -> ShipwayError:
    message = f"no securable {text!r} in {environment} ({landscape.source})"
    elsewhere = [one for one in landscape.securables.values() if text in (one.id, one.name)]
    if elsewhere:
        return ShipwayError(message, f"it is in {elsewhere[0].environment}: --env {elsewhere[0].environment}")
    names = [*here, *(one.name for one in here.values())]
    kinds = ", ".join(Kind)
    return ShipwayError(message + suggestion(text, names), f"a securable is a name or <kind>:<name>; kinds: {kinds}")


def find_privilege(text: str, securable: Securable) -> str:
    """The privilege of that name, in any spelling of case and spaces; raises ShipwayError."""
    name = text.upper().replace(" ", "_").replace("-", "_")
    known = PRIVILEGES[securable.kind]
    if name in known:
        return name
    raise ShipwayError(
        f"no privilege {text!r} on a {securable.kind}{suggestion(name, known)}",
        f"there are: {', '.join(sorted(known))}",
    )
