"""What the judge says, as text for people and as JSON for the ledger: never a verdict alone, always why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shipway.errors import visible
from shipway.judge.decide import Finding, Numbers
from shipway.judge.looks import Look, Progress, TakenLook, standing
from shipway.verdict import Verdict

__all__ = ["Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judge's answer about one candidate in one phase, or at one step of the canary."""

    line: str
    phase: str
    percent: int | None
    candidate: str
    live: str
    paired: bool
    progress: Progress
    look: Look | None
    """The look that was taken; None if none was due."""
    next_look: Look | None
    """None if none is left."""
    findings: tuple[Finding, ...]
    taken: tuple[TakenLook, ...]
    """All looks up to now, this one too: what the next judgement is to be given."""
    note: str = ""
    """What else there is to say."""

    @property
    def verdict(self) -> Verdict:
        """What holds now: a FAILED of any look, else what the latest look said."""
        return standing(self.taken)

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "line": self.line,
            "phase": self.phase,
            "percent": self.percent,
            "candidate": self.candidate,
            "live": self.live,
            "paired": self.paired,
            "verdict": str(self.verdict),
            "progress": asdict(self.progress),
            "look": asdict(self.look) if self.look else None,
            "next_look": asdict(self.next_look) if self.next_look else None,
            "taken": [{"number": look.number, "verdict": str(look.verdict)} for look in self.taken],
            "findings": [finding.as_json() for finding in self.findings],
            "note": self.note,
        }

    @staticmethod
    def taken_from(said: Mapping[str, Any]) -> tuple[TakenLook, ...]:
        """The looks that a judgement's JSON tells of; raises KeyError if it tells of something else."""
        return tuple(TakenLook(int(look["number"]), Verdict[look["verdict"]]) for look in said["taken"])

    def __str__(self) -> str:
        where = f"{self.phase} at {self.percent} %" if self.percent else self.phase
        keys = "the same keys, scored by both" if self.paired else "each release on its own keys"
        head = f"{self.verdict}: {self.candidate} against {self.live}, {self.line}, {where}, {keys}"
        lines = [head, f"  {self.look or 'no look is due'}"]
        lines += [f"  {line}" for finding in self.findings for line in _lines(finding)]
        lines += [f"  {self.note}"] * bool(self.note)
        lines.append(f"  next: {self._next()}")
        return visible("\n".join(lines))

    def _next(self) -> str:
        match self.verdict, self.next_look:
            case Verdict.FAILED, _:
                return "the release goes back; a failure stays, whatever later looks would say"
            case Verdict.UNDECIDED, None:
                return "no look is left: the line is held, and a person decides"
            case Verdict.PASSED, None:
                return "no look is left"
            case _, look:
                held = "until then the line stays where it is" if self.verdict is Verdict.UNDECIDED else "it may go on"
                return f"{look}; {held}"


def _lines(finding: Finding) -> list[str]:
    # A slice is the bundle's text: what would break a line is not obeyed.
    name = finding.metric + (f", {finding.part}" if finding.part is not None else "")
    held = " (not critical: holds)" if finding.verdict is Verdict.FAILED and not finding.critical else ""
    lines = [f"{finding.verdict!s:9} {name}: {finding.reason}{held}".replace("\n", "\\n")]
    if finding.numbers:
        lines.append(f"{'':9} {_numbers(finding.numbers)}")
    return lines


def _numbers(numbers: Numbers) -> str:
    return (
        f"{numbers.live_mean:.4g} -> {numbers.mean:.4g} on {numbers.keys:,} keys against {numbers.live_keys:,}, "
        f"{numbers.method}, alpha {numbers.alpha:.4g}"
    )
