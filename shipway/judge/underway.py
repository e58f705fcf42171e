"""A release that is coming into a line, and a look of the judge at it: on a laptop, in CI and in a job alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shipway.errors import ShipwayError
from shipway.judge.judge import Case, judge
from shipway.judge.judgement import Judgement
from shipway.judge.looks import TakenLook
from shipway.judge.measures import Measures
from shipway.judge.terms import JudgingTerms
from shipway.models.phase import Phase
from shipway.pointer.cohorts import in_cohort
from shipway.pointer.pointer import salt_of
from shipway.run.past import PastRun, runs_since

__all__ = ["Underway"]


@dataclass(frozen=True, slots=True)
class Underway:
    """One release in one phase, or at one step of its canary."""

    environment: str
    use_case: str
    phase: Phase
    percent: int | None
    candidate: str
    live: str
    """What a rollback brings back."""

    since: datetime
    """When the phase, or the step, began."""

    judging: JudgingTerms
    taken: tuple[TakenLook, ...] = ()
    """The looks that were taken since then."""

    def judged(self, runs: Sequence[PastRun], measures: Measures, now: datetime) -> Judgement:
        """The judgement that holds now; takes a look where one is due. Raises ShipwayError where there are not two."""
        if not self.phase.both_run:
            raise ShipwayError(
                f"{self.use_case} in {self.environment} is {self.phase.value}: only one release runs there",
                "the judge compares two: from `shadow` on",
            )
        line, releases = f"{self.environment}/{self.use_case}", (self.candidate, self.live)
        # Rows know their business date and not the hour: the runs of this phase say which dates are its own.
        days = {run.as_of for run in runs_since(list(runs), self.since, *releases)}
        rows = measures.observations(line, releases, min(days)) if days else ()
        return judge(
            Case(
                line=line,
                judging=self.judging,
                phase="shadow" if self.percent is None else "canary",
                candidate=self.candidate,
                live=self.live,
                observations=tuple(row for row in rows if row.as_of in days),
                hours=(now - self.since).total_seconds() / 3600,
                taken=self.taken,
                percent=self.percent,
                in_cohort=self._cohort(),
            )
        )

    def _cohort(self) -> Callable[[str], bool] | None:
        if self.percent is None:
            return None
        salt, percent = salt_of(self.use_case, self.candidate), self.percent
        return lambda key: in_cohort(salt, key, percent)
