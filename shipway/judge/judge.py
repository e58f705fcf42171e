"""All metrics and slices of one look: the worst of them is what the judge says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from shipway.judge.complete import compared, complete, share_is_right
from shipway.judge.decide import Comparison, Finding, decide
from shipway.judge.evidence import Arms, Cell, arms_of
from shipway.judge.judgement import Judgement
from shipway.judge.looks import Look, Progress, TakenLook, due, following
from shipway.judge.measures import Observation
from shipway.judge.terms import JudgingTerms, MetricTerms
from shipway.verdict import overall

__all__ = ["Case", "judge"]


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate in one phase, or at one step of the canary: all that the judge knows."""

    line: str
    judging: JudgingTerms
    phase: Literal["shadow", "canary"]
    """After a flip both releases run on the same keys again: that is a shadow too, of the old one."""

    candidate: str
    live: str
    observations: tuple[Observation, ...]
    """Of both releases, since the phase or the step began."""

    hours: float
    """How long it has lasted."""

    taken: tuple[TakenLook, ...] = ()
    """The looks that were taken in this phase or at this step."""

    percent: int | None = None
    """Of a canary: how many of a hundred keys get the candidate."""

    in_cohort: Callable[[str], bool] | None = None
    """Of a canary: whether a key gets the candidate; needed where both releases score every key."""

    def __post_init__(self) -> None:
        if (self.phase == "canary") != (self.percent is not None):
            raise ValueError("a canary has a percentage, a shadow has none")
        if self.candidate == self.live:
            raise ValueError("a release is not judged against itself")

    @property
    def paired(self) -> bool:
        """Whether both releases scored the same keys."""
        return self.phase == "shadow"

    @property
    def rows(self) -> list[Observation]:
        """What was observed of the two releases."""
        return [row for row in self.observations if row.release in (self.candidate, self.live)]

    @property
    def metrics(self) -> dict[str, MetricTerms]:
        """What is judged in this phase."""
        return {name: metric for name, metric in self.judging.metrics.items() if self.phase in metric.phases}

    def belongs(self, key: str, is_candidate: bool) -> bool:
        """Whether consumers of this key got this release's answer; in a shadow all are compared."""
        return self.paired or self.in_cohort is None or self.in_cohort(key) == is_candidate


def judge(case: Case) -> Judgement:
    """The verdict that holds now; takes a look if one is due, and none otherwise."""
    progress = _progress(case)
    look = due(case.judging.looks, progress, case.taken)
    findings = tuple(_findings(case, look)) if look else ()
    taken = case.taken
    if look:
        taken = (*taken, TakenLook(look.number, overall(finding.counts_as for finding in findings)))
    return Judgement(
        line=case.line,
        phase=case.phase,
        percent=case.percent,
        candidate=case.candidate,
        live=case.live,
        paired=case.paired,
        progress=progress,
        look=look,
        next_look=following(case.judging.looks, progress, taken),
        findings=findings,
        taken=taken,
        note=_note(case),
    )


def _progress(case: Case) -> Progress:
    keys = {row.key for row in case.rows if row.release == case.candidate and case.belongs(row.key, True)}
    return Progress(case.hours, len({row.as_of for row in case.rows}), len(keys))


def _findings(case: Case, look: Look) -> Iterator[Finding]:
    rows = _rows_of(case, look)
    arms = arms_of(rows, case.metrics, candidate=case.candidate, live=case.live, belongs=case.belongs)
    alpha = case.judging.alpha / look.of
    for name, metric in case.metrics.items():
        yield from _completeness(case, name, rows, arms[name], alpha)
        yield decide(Comparison(name, metric, None, case.paired, alpha, case.judging), arms[name])
        for part in metric.slices:
            # All slices together are wrong as seldom as one would be (Bonferroni).
            shared = alpha / len(metric.slices)
            yield decide(Comparison(name, metric, part, case.paired, shared, case.judging), arms[name])


def _rows_of(case: Case, look: Look) -> list[Observation]:
    """A look after three runs looks at the first three: whoever repeats it sees the same."""
    if look.unit != "runs":
        return case.rows
    days = set(sorted({row.as_of for row in case.rows})[: look.at])
    return [row for row in case.rows if row.as_of in days]


def _completeness(case: Case, name: str, rows: list[Observation], arms: Arms, alpha: float) -> Iterator[Finding]:
    candidate, live = _work(case, name, rows)
    wanted = case.judging.completeness
    found: list[Finding | None] = []
    if case.percent is None:
        found.append(compared(name, candidate, live, wanted))
    else:
        keys, others = {key for key, _ in arms.candidate.seen}, {key for key, _ in arms.live.seen}
        found.append(share_is_right(name, keys, others, case.percent, case.in_cohort))
    # Of a canary without a cohort nobody knows which of the keys were the candidate's to score.
    if live and (case.paired or case.in_cohort):
        found.append(complete(name, candidate, live, wanted, alpha))
    yield from (finding for finding in found if finding)


def _work(case: Case, name: str, rows: list[Observation]) -> tuple[set[Cell], set[Cell]]:
    """What the candidate scored, and what the live release scored, of the candidate's keys."""
    both: tuple[set[Cell], set[Cell]] = (set(), set())
    for row in rows:
        if row.metric == name and case.belongs(row.key, True):
            both[row.release == case.live].add((row.key, row.as_of))
    return both


def _note(case: Case) -> str:
    if not case.metrics:
        return f"the bundle declares no metric that is judged in a {case.phase}: nothing can pass"
    others = sorted({row.metric for row in case.rows} - case.judging.metrics.keys())
    # Whoever writes the table chooses these names: they stay short and on their line.
    return (
        f"observed, and not declared in the bundle: {', '.join(repr(name[:40]) for name in others[:5])}"
        if others
        else ""
    )
