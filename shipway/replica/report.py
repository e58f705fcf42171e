"""The differences between two environments as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shipway.models.comparison import Absent
from shipway.models.differences import Difference, Standing, said
from shipway.replica.effects import Effect

__all__ = ["Effects", "differences_json", "differences_text"]

Effects = Mapping[str, Sequence[Effect] | None]
"""By a difference's path: what it makes different."""
_SHOWN = 4

_TITLES = {
    Standing.UNEXPLAINED: "Unexplained",
    Standing.INTENDED: "Intended",
    Standing.RELEASE: "Moves with releases",
}


def differences_text(left: str, right: str, found: Sequence[Difference], effects: Effects, replica: str) -> str:
    """All differences, the unexplained first; `replica` says who is declared to be a replica of whom, or nothing."""
    counts = ", ".join(
        f"{sum(one.standing is standing for one in found)} {standing}" for standing in _TITLES if _some(found, standing)
    )
    lines = [f"{left} and {right}: {counts or 'no difference'}.{f' {replica}' * bool(replica)}"]
    for standing, title in _TITLES.items():
        if _some(found, standing):
            lines += ["", f"{title}:"]
            for one in found:
                if one.standing is standing:
                    lines += [
                        *_lines(left, right, one),
                        *(_meaning(right, effects[one.path]) if one.path in effects else ()),
                    ]
    return "\n".join(lines)


def differences_json(left: str, right: str, found: Sequence[Difference], effects: Effects) -> dict[str, object]:
    """The same for a machine."""
    return {
        "schema": "shipway/env-diff/v1",
        "left": left,
        "right": right,
        "unexplained": sum(one.standing is Standing.UNEXPLAINED for one in found),
        "differences": [_json(one, effects.get(one.path)) for one in found],
    }


def _some(found: Sequence[Difference], standing: Standing) -> bool:
    return any(one.standing is standing for one in found)


def _lines(left: str, right: str, one: Difference) -> Iterator[str]:
    yield f"  {one.path}"
    width = max(len(left), len(right))
    yield f"    {left:<{width}}  {said(one.left)}  ({one.left_at})"
    yield f"    {right:<{width}}  {said(one.right)}  ({one.right_at})"
    if one.reason:
        yield f"    why   {one.reason}"


def _meaning(right: str, effects: Sequence[Effect] | None) -> Iterator[str]:
    """What would be otherwise in `left` with the value of `right`; where it can be told."""
    if effects is None:
        yield "    so    it goes together with others: alone it would not be right"
        return
    if not effects:
        yield "    so    nothing that is deployed differs"
    for one in effects[:_SHOWN]:
        yield f"    so    {one.stack}: {one.path}: {said(one.now)}; as in {right}: {said(one.then)}"
    if len(effects) > _SHOWN:
        yield f"    so    and {len(effects) - _SHOWN} more; --json lists them"


def _json(one: Difference, effects: Sequence[Effect] | None) -> dict[str, object]:
    return {
        "path": one.path,
        "standing": one.standing,
        "reason": one.reason,
        "explained_by": one.by,
        "left": _plain(one.left),
        "right": _plain(one.right),
        "effects": None if effects is None else [_effect_json(effect) for effect in effects],
        "left_at": str(one.left_at),
        "right_at": str(one.right_at),
    }


def _effect_json(one: Effect) -> dict[str, object]:
    return {"stack": one.stack, "path": one.path, "now": _plain(one.now), "then": _plain(one.then)}


def _plain(value: object) -> object:
    return None if value is Absent.ABSENT else value
