"""What an import took and what it left out, for people and for machines: no object is missing from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shipway.adopt.model import Adoption, LeftOut, Reason
from shipway.errors import visible

__all__ = ["as_json", "exit_code", "summary"]

_SHOWN = 12


def as_json(adoption: Adoption) -> dict[str, object]:
    """The whole report."""
    observed = adoption.observed
    return {
        "schema": "shipway/import/v1",
        "environment": adoption.environment,
        "source": observed.source,
        "counts": {
            "observed": len(observed.objects),
            "adopted": len(adoption.taken),
            "left_out": len(adoption.left_out),
            "to_look_after": len(adoption.losses),
            "unreadable": len(observed.unreadable),
        },
        "adopted": [{"type": one.type, "id": one.id, "name": one.name} for one in adoption.taken],
        "left_out": [
            {
                "type": one.object.type,
                "id": one.object.id,
                "name": one.object.name,
                "reason": str(one.reason),
                "why": one.why,
            }
            for one in adoption.left_out
        ],
        "unreadable": [{"type": one.type, "where": one.where, "why": one.why} for one in observed.unreadable],
        "not_asked": list(observed.not_asked),
        "assumed": list(adoption.assumed),
    }


def exit_code(adoption: Adoption) -> int:
    """0: everything is declared now; 2: something is not and somebody must look; 5: not everything could be read."""
    if adoption.observed.unreadable:
        return 5
    return 2 if adoption.losses else 0


def summary(adoption: Adoption, report: str) -> str:
    """The report for a terminal; where it is cut, it says where the rest is."""
    return "\n".join(visible(line) for line in _lines(adoption, report))


def _lines(adoption: Adoption, report: str) -> Iterator[str]:
    observed = adoption.observed
    yield f"{len(observed.objects)} objects of {observed.source}: {len(adoption.taken)} adopted"
    counts = Counter(one.type for one in adoption.taken)
    for type_, count in sorted(counts.items()):
        yield f"  {count:>5}  {type_.removeprefix('databricks_')}"
    for reason in Reason:
        left = [one for one in adoption.left_out if one.reason is reason]
        if left:
            yield f"{len(left)} left out: {reason}"
            yield from _left(left, report, every=reason is Reason.NOT_REPRESENTABLE)
    if observed.unreadable:
        yield f"{len(observed.unreadable)} questions were not answered: what is there is not known"
        yield from (f"  {_line(str(one))}" for one in observed.unreadable[:_SHOWN])
        yield from _rest(len(observed.unreadable), report)
    if observed.not_asked:
        yield f"Never asked for: {'; '.join(observed.not_asked)}."


def _left(left: list[LeftOut], report: str, *, every: bool) -> Iterator[str]:
    if not every:
        for (type_, why), count in sorted(Counter((one.object.type, one.why) for one in left).items())[:_SHOWN]:
            yield f"  {count:>5}  {type_.removeprefix('databricks_')}: {_line(why)}"
        return
    for one in left[:_SHOWN]:
        yield f"  {one.object.type.removeprefix('databricks_')} {_line(one.object.name)}: {_line(one.why)}"
    yield from _rest(len(left), report)


def _rest(count: int, report: str) -> Iterator[str]:
    if count > _SHOWN:
        yield f"  … and {count - _SHOWN} more, all of them in {report}"


def _line(text: str) -> str:
    """Text of somebody else on one line of ours."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else f"{flat[:157]}…"
