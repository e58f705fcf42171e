"""The differences between two environments as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipway.models.differences import Absent, Difference, Standing, said

__all__ = ["differences_json", "differences_text"]

_TITLES = {
    Standing.UNEXPLAINED: "Unexplained",
    Standing.INTENDED: "Intended",
    Standing.RELEASE: "Moves with releases",
}


def differences_text(left: str, right: str, found: Sequence[Difference], replica: str) -> str:
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
                    lines += _lines(left, right, one)
    return "\n".join(lines)


def differences_json(left: str, right: str, found: Sequence[Difference]) -> dict[str, object]:
    """The same for a machine."""
    return {
        "schema": "shipway/env-diff/v1",
        "left": left,
        "right": right,
        "unexplained": sum(one.standing is Standing.UNEXPLAINED for one in found),
        "differences": [_json(one) for one in found],
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


def _json(one: Difference) -> dict[str, object]:
    return {
        "path": one.path,
        "standing": one.standing,
        "reason": one.reason,
        "explained_by": one.by,
        "left": None if one.left is Absent.ABSENT else one.left,
        "right": None if one.right is Absent.ABSENT else one.right,
        "left_at": str(one.left_at),
        "right_at": str(one.right_at),
    }
