"""A look of the judge at a line: from its manifest, its ledger, its runs and its measures to an entry of the ledger.

The looks that a bundle plans are fixed before, so each is taken once and written down; whoever asks again between two
of them is told what holds, and that no look is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shipway.errors import ShipwayError
from shipway.judge.judgement import Judgement
from shipway.judge.looks import TakenLook
from shipway.judge.measures import Measures
from shipway.judge.underway import Underway
from shipway.ledger.entry import Act, Entry, Kind
from shipway.ledger.fold import Recorded
from shipway.models.judging import Judging
from shipway.models.release import ReleaseManifest
from shipway.run.past import PastRun
from shipway.verdict import Verdict

__all__ = ["Looked", "entry_of", "look_at", "underway"]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the judge is given to look at."""

    key: tuple[str, str]
    """Environment and use case."""

    manifest: ReleaseManifest
    recorded: Recorded
    entries: Sequence[Entry]
    judging: Judging
    runs: Sequence[PastRun]
    now: datetime


def look_at(looked: Looked, measures: Measures) -> Judgement:
    """The judgement that holds now; it takes a look where one is due. Raises ShipwayError where there are not two."""
    return underway(looked).judged(looked.runs, measures, looked.now)


def underway(looked: Looked) -> Underway:
    """The release that is coming in, with the looks that the ledger has of it; raises ShipwayError without a record."""
    manifest = looked.manifest
    since = _since(looked)
    return Underway(
        environment=looked.key[0],
        use_case=looked.key[1],
        phase=manifest.phase,
        percent=manifest.percent,
        candidate=manifest.candidate.id,
        live=manifest.stable.id,
        since=since,
        judging=looked.judging,
        taken=tuple(_taken(looked.entries, looked.key, manifest.candidate.id, since)),
    )


def entry_of(key: tuple[str, str], judgement: Judgement, actor: str, evidence: str) -> Entry:
    """The judgement as the ledger keeps it; `evidence` is the digest of the whole of it."""
    look = judgement.look
    if look is None:
        raise ValueError("a judgement without a look is not written down")
    return Entry(
        kind=Kind.EVENT,
        environment=key[0],
        use_case=key[1],
        move=Act.JUDGE.value,
        actor=actor,
        release=judgement.candidate,
        evidence=(evidence,),
        details={
            "verdict": judgement.taken[-1].verdict.name,
            "look": look.number,
            "phase": judgement.phase,
            "percent": judgement.percent,
            "said": next((one.reason for one in judgement.findings if one.counts_as is judgement.verdict), ""),
        },
    )


def _since(looked: Looked) -> datetime:
    if not looked.recorded.phase_since:
        raise ShipwayError(
            f"the ledger does not say since when {' in '.join(reversed(looked.key))} is {looked.manifest.phase.value}",
            "what was never recorded cannot be judged: bring the line there with `shipway release`",
        )
    return datetime.fromisoformat(looked.recorded.phase_since)


def _taken(entries: Iterable[Entry], key: tuple[str, str], candidate: str, since: datetime) -> Iterable[TakenLook]:
    for one in entries:
        mine = one.line == key and one.move == Act.JUDGE.value and one.release == candidate
        number, verdict = one.details.get("look"), one.details.get("verdict")
        if mine and one.when >= since and isinstance(number, int) and verdict in Verdict.__members__:
            yield TakenLook(number, Verdict[str(verdict)])
