"""What the ledger already holds for the gates: judgements of this phase, rehearsals in other environments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from shipway.ledger.entry import Act, Entry, Kind, Result
from shipway.release.gates import Asked, Evidence
from shipway.verdict import Verdict

__all__ = ["ledger_evidence"]


def ledger_evidence(
    read: Callable[[], Iterable[Entry]], line: tuple[str, str], runs: Callable[[Asked], int | str]
) -> Evidence:
    """Answers from the entries of all environments; `runs` counts the runs of a phase, or says why nobody can.

    `read` is called when a gate asks, and once: a way back asks none, and waits for no other environment's ledger.
    """
    known = cache(lambda: tuple(read()))
    return Evidence(
        runs=runs,
        judged=lambda asked: _judged(
            [one for one in known() if one.line == line and one.move == Act.JUDGE.value], asked
        ),
        rehearsed=lambda asked: _rehearsed(
            [
                one
                for one in known()
                if one.use_case == line[1] and one.environment != line[0] and one.move == Act.REHEARSE.value
            ],
            asked,
        ),
    )


def _judged(judgements: Sequence[Entry], asked: Asked) -> tuple[Verdict, str]:
    """The last word on this candidate in this phase; a FAILED of this phase stays, whatever comes later."""
    since, candidate = asked.recorded.phase_since, asked.before.candidate.id
    here = [one for one in judgements if one.release == candidate and since and one.at >= since]
    if not here:
        return Verdict.UNDECIDED, f"nobody has judged {candidate} in this phase"
    said = [(_verdict(one.details), one) for one in here]
    verdict, entry = next((pair for pair in said if pair[0] is Verdict.FAILED), said[-1])
    return verdict, f"the judge said {verdict.name} at {entry.at[:16]} (entry {entry.seq})"


def _verdict(details: Mapping[str, object]) -> Verdict:
    name = details.get("verdict")
    return Verdict[name] if isinstance(name, str) and name in Verdict.__members__ else Verdict.UNDECIDED


def _rehearsed(rehearsals: Sequence[Entry], asked: Asked) -> tuple[Verdict, str]:
    candidate = asked.before.candidate.id
    here = [one for one in rehearsals if one.release == candidate and one.kind is not Kind.INTENT]
    if not here:
        return Verdict.UNDECIDED, f"{candidate} was rehearsed in no other environment: shipway release rehearse"
    last = here[-1]
    if last.result is Result.DONE:
        return Verdict.PASSED, f"rehearsed in {last.environment} at {last.at[:16]}"
    return Verdict.FAILED, f"its rehearsal in {last.environment} at {last.at[:16]} did not succeed"
