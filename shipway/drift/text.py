"""Drift for people: worst first, each with what it is, where it is decided, and both ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shipway.drift.model import Drift, Finding, Kind
from shipway.errors import visible

__all__ = ["as_text"]

_SAID = {
    Kind.CHANGED: "was changed in the workspace",
    Kind.OWNER: "was changed in the workspace",
    Kind.SCHEDULE: "is scheduled otherwise",
    Kind.MISSING: "is not in the workspace any more",
    Kind.EXTRA: "was added by hand",
    Kind.EXTRA_RIGHT: "was given by hand",
    Kind.LOST_RIGHT: "was taken away",
    Kind.UNMANAGED: "was made by hand, and no document declares it",
    Kind.STATE_ONLY: "is deployed, and declared no more",
    Kind.NOT_DEPLOYED: "is declared, and not deployed yet",
}


def as_text(found: Drift) -> str:
    """The whole report."""
    lines = [_summary(found)]
    for one in found.findings:
        lines += ["", *_finding(one)]
    if found.gaps:
        lines += ["", "Not judged, since it could not be read:"]
        lines += [f"  {_line(gap.what)}: {_line(gap.why)}" for gap in found.gaps]
    if found.left_out:
        lines += ["", "Not looked at:", *(f"  {_line(text)}" for text in found.left_out)]
    return "\n".join(lines)


def _summary(found: Drift) -> str:
    head = f"{found.environment} ({found.source}): {found.compared} objects are declared, deployed and there"
    weights = Counter(one.weight for one in found.findings)
    counts = ", ".join(f"{count} of {weight}" for weight, count in sorted(weights.items(), reverse=True))
    blind = sum(one.blind for one in found.findings)
    if not found.findings:
        return f"{head}; " + ("what could be read has no drift." if found.gaps else "no drift.")
    total = len(found.findings)
    seen = f"; terraform plan does not show {blind}" if blind else ""
    return f"{head}; {total} difference{'s' * (total != 1)} ({counts}){seen}."


def _finding(one: Finding) -> Iterator[str]:
    what = f"{_line(one.object)}: {_line(one.attribute)}" if one.attribute else _line(one.object)
    yield f"{str(one.weight).upper():<10}{what} {_SAID[one.kind]}" + ("  [plan is blind]" if one.blind else "")
    values = [
        f"{name} {_line(value)}"
        for name, value in (("declared", one.declared), ("recorded", one.recorded), ("observed", one.observed))
        if value and value not in ("given", "is there", "not asked")
    ]
    if values:
        yield f"  {' | '.join(values)}"
    where = [f"{one.stack} {one.address}".strip(), f"in {one.at}" if one.at else ""]
    if any(where):
        yield f"  {', '.join(_line(text) for text in where if text)}"
    if one.adopt:
        yield "  adopt:  " + "\n          ".join(visible(one.adopt).splitlines())
    for command in one.revert:
        yield f"  revert: {_line(command)}"
    if one.caution:
        yield f"          careful: {_line(one.caution)}"


def _line(text: str) -> str:
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")
