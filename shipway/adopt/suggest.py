"""What other documents could say of what was left out: to be copied by hand, since each of it is a decision."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from shipway.adopt.model import Adoption, Reason
from shipway.adopt.represent import unwritable
from shipway.errors import visible
from shipway.models.names import GroupName

__all__ = ["suggestions_text"]

_GROUP: TypeAdapter[str] = TypeAdapter(GroupName)


def suggestions_text(adoption: Adoption) -> str:
    """Lines for environments/account.yaml and for the environment's hardening, with what stands against each."""
    return "\n".join(visible(line) for line in [*_groups(adoption), "", *_settings(adoption)]) + "\n"


def _groups(adoption: Adoption) -> Iterator[str]:
    found = [one.object for one in adoption.left_out if one.reason is Reason.ACCOUNT]
    yield "# For environments/account.yaml: groups of this workspace, each with what it is for."
    yield "# They exist already: before the stack `account` is deployed with them, import each into its state,"
    yield "#   shipway synth, then in cdktf.out/stacks/account: terraform import <address> <id>"
    yield "groups:"
    unfit = []
    for one in (one for one in found if one.type == "databricks_group"):
        if _fits(one.name):
            yield f"  {one.name}: What it is for  # id {_line(one.id)}"
        else:
            unfit.append(one)
    for one in unfit:
        yield f"#  {_line(one.name)!r}: its name is none that the account's document takes (id {_line(one.id)})"
    for one in (one for one in found if one.type == "databricks_service_principal"):
        yield f"# Service principal {_line(one.name)!r} (id {_line(one.id)}): the account makes those of use cases."


def _settings(adoption: Adoption) -> Iterator[str]:
    yield f"# For hardening in environments/{adoption.environment}.yaml: as the workspace is now, in the API's words."
    for left in (left for left in adoption.left_out if left.reason is Reason.HARDENING):
        yield f"# {left.object.type.removeprefix('databricks_')}: {_line(str(dict(left.object.attributes)))}"


def _fits(name: str) -> bool:
    try:
        return bool(_GROUP.validate_python(name)) and not unwritable(name)
    except ValidationError:
        return False


def _line(text: str) -> str:
    """Text of somebody else on one line of ours."""
    return " ".join(text.split())
