"""Answers for people, in lines: what somebody may do, and by which route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipway.access.effective import Basis, Right, Standing
from shipway.access.landscape import Landscape, Principal
from shipway.errors import visible

__all__ = ["folded", "plain", "route_text", "standing_text", "what_can_text", "who_can_text"]


def plain(text: str) -> str:
    """`text` as it can be written anywhere: nothing that a terminal obeys, nothing that UTF-8 does not have."""
    return visible(text).encode("utf-8", "backslashreplace").decode("utf-8")


def route_text(right: Right) -> str:
    """How the principal came by it: `granted on catalog:claims_prod, as a member of x`."""
    route = right.route
    here = route.at == right.securable
    match route.basis:
        case Basis.OWNER:
            text = "owns it" if here else f"owns {route.at}"
        case Basis.ADMIN:
            text = f"admin of {route.at}"
        case Basis.GRANT:
            text = "granted here" if here else f"inherited: granted on {route.at}"
    if route.given != right.privilege and route.basis is Basis.GRANT:
        text += f" by {route.given}"
    return text + (f", as a member of {' of '.join(route.groups)}" if route.groups else "")


def standing_text(right: Right) -> str:
    """What is to be said of a right beyond its route; nothing where it simply holds."""
    match right.standing:
        case Standing.CAN:
            return ""
        case Standing.NOT_USABLE:
            return f"granted but not usable: lacks {', '.join(right.missing)}"
        case Standing.COULD:
            return "does not have it, but could grant it to itself by MANAGE"


def who_can_text(question: str, rights: Sequence[Right], landscape: Landscape) -> str:
    """The answer of `who-can`, one line a right and route."""
    able = {right.principal for right in rights if right.standing is Standing.CAN}
    people = "nobody can" if not able else f"{len(able)} principal{'s' * (len(able) != 1)} can"
    lines = [f"{question} ({landscape.source}): {people}."]
    for standing, title in (
        (Standing.CAN, "Can"),
        (Standing.NOT_USABLE, "Granted, but not usable"),
        (Standing.COULD, "Cannot, but could grant it to themselves"),
    ):
        some = [right for right in rights if right.standing is standing]
        if some:
            width = max(len(right.principal) for right in some)
            lines += ["", f"{title}:"]
            lines += [f"  {right.principal:<{width}}  {_detail(right)}" for right in some]
    return "\n".join([*lines, *_unknown(landscape)])


def _detail(right: Right) -> str:
    lacks = f"; lacks {', '.join(right.missing)}" if right.missing else ""
    return route_text(right) + lacks


def what_can_text(principal: Principal, rights: Sequence[Right], landscape: Landscape, *, every: bool) -> str:
    """The answer of `what-can`; without `every`, a right stands once, where it was given."""
    shown = rights if every else folded(rights)
    title = f"{principal.name} ({principal.kind}, {landscape.source})" + (
        f": {principal.purpose}" * bool(principal.purpose)
    )
    lines = [title, *_by_securable(shown)]
    if not rights:
        lines.append("  It can do nothing.")
    elif not every:
        lines += ["", "What is given on a catalog or schema holds for all that is in it; --all lists each."]
    return "\n".join([*lines, *_unknown(landscape)])


def folded(rights: Sequence[Right]) -> list[Right]:
    """`rights` without what only follows from another: by inheritance, by a higher level, by MANAGE."""
    return [
        right
        for right in rights
        if right.standing is not Standing.COULD
        and right.route.at == right.securable
        and (right.route.given == right.privilege or right.route.basis is Basis.OWNER)
    ]


def _by_securable(rights: Sequence[Right]) -> Iterator[str]:
    groups: dict[str, dict[tuple[str, str], list[str]]] = {}
    for right in rights:
        key = (route_text(right), standing_text(right))
        groups.setdefault(right.securable, {}).setdefault(key, []).append(right.privilege)
    for securable, by_route in groups.items():
        yield f"\n  {securable}"
        for (route, standing), privileges in by_route.items():
            yield f"    {', '.join(privileges)}"
            yield f"      {route}" + (f"; {standing}" if standing else "")


def _unknown(landscape: Landscape) -> list[str]:
    parts = (
        ("Not read, so that this may lack something:", landscape.gaps),
        ("Not known from here:", landscape.unknown),
    )
    return [line for title, items in parts if items for line in ("", title, *(f"  {item}" for item in items))]
