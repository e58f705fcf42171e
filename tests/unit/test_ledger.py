"""The ledger: what is written comes back, two writers never fork it, and what was tampered with is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.journal import lines_of
from shipway.ledger.blobs import Blobs
from shipway.ledger.chain import Ledger, LedgerCut, SomebodyWasFirst, read_line
from shipway.ledger.entry import GENESIS, Entry, Kind, Result, Standing, line_of
from shipway.ledger.fold import fold
from shipway.ledger.verify import Anchor, Code, verify

LINE = ("prod", "claims-triage")


class Clock:
    """A minute passes at each look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def entry(kind: Kind = Kind.EVENT, move: str = "judge", **more: Any) -> Entry:
    return Entry(
        **{"kind": kind, "environment": "prod", "use_case": "claims-triage", "move": move, "actor": "ada"} | more
    )


def standing(phase: str, live: str = "r1", candidate: str | None = "r2", percent: int | None = None) -> Standing:
    return Standing(phase=phase, active="blue", live=live, candidate=candidate, percent=percent)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", "prod", Clock())


def head(ledger: Ledger) -> str:
    entries = ledger.entries()
    return entries[-1].hash if entries else GENESIS


def tell(ledger: Ledger, *told: Entry) -> list[Entry]:
    return [ledger.append(one, head(ledger)) for one in told]


def moved(ledger: Ledger, move: str, stands: Standing, **more: Any) -> Entry:
    """A move that went well."""
    (intent,) = tell(ledger, entry(Kind.INTENT, move, release="r2", **more))
    done = entry(
        Kind.OUTCOME, move, release="r2", closes=intent.hash, result=Result.DONE, stands=stands, after=f"m-{move}"
    )
    return tell(ledger, replace(done, **more))[0]


def codes(ledger: Ledger, *anchors: Anchor) -> list[Code]:
    return [one.code for one in verify(ledger.lines(), "prod", anchors)]


def test_what_is_appended_comes_back(ledger: Ledger) -> None:
    told = entry(
        Kind.OUTCOME, "flip", reason="näher \u2028 \x1b[31m", stands=standing("flipped"), evidence=("a", "b"),
        details={"n": 1.5, "list": [None, True, {"k": "v"}]}, result=Result.FAILED, closes="0" * 64,
    )  # fmt: skip
    written = ledger.append(told, GENESIS)
    assert ledger.entries() == (written,)
    assert replace(written, seq=0, prev="", at="", hash="") == told
    assert (written.seq, written.prev, written.at) == (1, GENESIS, "2026-11-03T10:01:00+00:00")
    assert ledger.path.read_bytes().isascii() and ledger.path.read_bytes().count(b"\n") == 1


def test_a_loser_is_told_by_whom(ledger: Ledger) -> None:
    seen = head(ledger)
    (winner,) = tell(ledger, entry(Kind.INTENT, "step", actor="grace"))
    with pytest.raises(SomebodyWasFirst, match=r"grace, step of claims-triage in prod \(intent, entry 1") as lost:
        ledger.append(entry(Kind.INTENT, "rollback"), seen)
    assert lost.value.winner == winner
    assert ledger.entries() == (winner,)


def test_another_line_stands_in_nobodys_way(ledger: Ledger) -> None:
    seen = head(ledger)
    tell(ledger, entry(use_case="policy-search"))
    assert ledger.append(entry(), seen).seq == 2
    assert codes(ledger) == []


def test_one_use_case_is_read_alone(ledger: Ledger) -> None:
    names = ["claims-triage", 'quo"te', "claims-triage", "triage"]
    # What looks like another's entry in somebody's text is none.
    tell(ledger, *(entry(use_case=name, details={"use_case": "claims-triage"}) for name in names))
    assert [one.seq for one in ledger.entries("claims-triage")] == [1, 3]
    assert [one.seq for one in ledger.entries('quo"te')] == [2]
    mine = ledger.entries("claims-triage")[-1]
    assert ledger.append(entry(), mine.hash).seq == 5
    with pytest.raises(SomebodyWasFirst):
        ledger.append(entry(), mine.hash)
    assert codes(ledger) == []


def test_what_was_read_and_is_cut_since_stops(ledger: Ledger) -> None:
    first, second = tell(ledger, entry(), entry())
    ledger.path.write_bytes(ledger.path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(LedgerCut, match="is there no more"):
        ledger.append(entry(), second.hash)
    assert ledger.entries() == (first,)


def test_a_torn_line_is_told_and_the_next_starts_afresh(ledger: Ledger) -> None:
    (first,) = tell(ledger, entry())
    with ledger.path.open("ab") as file:
        file.write(b'{"actor":"gra')
    assert codes(ledger) == [Code.LEDGER_TORN]
    written = ledger.append(entry(), first.hash)
    _, torn, last = ledger.entries()
    assert (torn.move, torn.seq, last.seq, last) == ("torn", 2, 3, written)
    found = verify(ledger.lines(), "prod")
    assert [(one.code, one.broken, one.line) for one in found] == [(Code.LEDGER_TORN, False, 2)]
    # And the torn bytes are under the chain from then on.
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b'"gra\n', b'"grb\n'))
    assert codes(ledger) == [Code.LEDGER_BREAK]


def test_an_entry_without_its_line_end_counts(ledger: Ledger) -> None:
    (first,) = tell(ledger, entry())
    ledger.path.write_bytes(ledger.path.read_bytes()[:-1])
    assert codes(ledger) == [Code.LEDGER_TORN]
    second = ledger.append(entry(), first.hash)
    assert ledger.entries() == (first, second)
    assert codes(ledger) == []


def test_altered_is_not_torn_even_after_the_next_append(ledger: Ledger) -> None:
    first, _ = tell(ledger, entry(), entry(actor="mallory"))
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"mallory", b"somebody"))
    assert codes(ledger) == [Code.LEDGER_BREAK]
    ledger.append(entry(), first.hash)
    assert codes(ledger) == [Code.LEDGER_BREAK]


def test_every_beginning_of_an_entry_can_be_torn_and_no_altered_entry(ledger: Ledger) -> None:
    """Of a writer that was stopped between two lines: its torn line has a line end."""
    tell(ledger, entry(reason="\u2028 \\ 'x'", details={"a": [1.5, True, None, {"b": "c"}]}))
    whole = ledger.path.read_bytes()
    for end in (*range(1, len(whole) - 1, 19), whole.index(b"u2028") + 2, whole.index(b"true") + 2):
        ledger.path.write_bytes(whole[:end] + b"\n")
        ledger.append(entry(), GENESIS)
        assert [(one.code, one.broken) for one in verify(ledger.lines(), "prod")] == [(Code.LEDGER_TORN, False)], end
    for place in range(0, len(whole) - 10, 19):
        ledger.path.write_bytes(whole[:place] + whole[place + 1 :])
        ledger.append(entry(), GENESIS)
        assert codes(ledger) == [Code.LEDGER_BREAK], place


def test_what_could_not_be_read_again_is_not_written(ledger: Ledger) -> None:
    for bad in (entry(reason="\udcff"), entry(details={"x": float("nan")}), entry(reason="x" * (1 << 20))):
        with pytest.raises(ShipwayError, match="cannot be written"):
            ledger.append(bad, GENESIS)
    assert ledger.entries() == ()


def test_an_anchor_finds_what_a_chain_does_not_show(ledger: Ledger) -> None:
    entries = tell(ledger, *(entry(reason=str(number)) for number in range(5)))
    anchor = Anchor.parse(f"5:{entries[-1].hash}")
    assert codes(ledger, anchor) == []
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    assert codes(ledger) == [], "a chain alone does not show that its end was cut"
    assert codes(ledger, anchor) == [Code.ANCHOR_MISMATCH]
    ledger.path.unlink()
    tell(ledger, *(entry(reason=f"other {number}") for number in range(5)))
    assert codes(ledger) == [], "nor that it was written anew"
    assert codes(ledger, anchor) == [Code.LEDGER_FORK]


FIVE = [entry(reason=str(number), use_case="claims-triage" if number % 2 else "policy-search") for number in range(5)]


def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    ledger = Ledger(tmp_path_factory.mktemp("five"), "prod", Clock())
    tell(ledger, *FIVE)
    return ledger.path.read_bytes()


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory)


def findings(content: bytes) -> list[Code]:
    return [one.code for one in verify([read_line(line) for line in lines_of(content)], "prod")]


@given(data=st.data())
def test_any_edited_byte_is_found(five: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(five) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != five[place]))
    assert findings(five[:place] + bytes([byte]) + five[place + 1 :])
    assert findings(five[:place] + five[place + 1 :])
    assert findings(five[:place] + bytes([byte]) + five[place:])


@given(order=st.permutations(range(5)), kept=st.integers(2, 5))
def test_any_other_order_of_lines_is_found(five: bytes, order: list[int], kept: int) -> None:
    lines = five.splitlines(keepends=True)
    chosen = order[:kept]
    found = findings(b"".join(lines[number] for number in chosen))
    assert bool(found) == (chosen != list(range(kept)))


def test_an_entry_written_anew_with_its_own_hash_breaks_at_the_next(ledger: Ledger) -> None:
    _, second, _ = tell(ledger, entry(), entry(actor="mallory"), entry())
    _, line = line_of(replace(second, actor="somebody", hash=""))
    lines = ledger.path.read_bytes().splitlines()
    ledger.path.write_bytes(b"\n".join([lines[0], line, lines[2], b""]))
    (found,) = verify(ledger.lines(), "prod")
    assert (found.code, found.line) == (Code.LEDGER_BREAK, 3)
    ledger.path.write_bytes(b"\n".join([*lines[:2], line, lines[2], b""]))
    assert codes(ledger)[0] is Code.LEDGER_FORK


def test_an_entry_of_another_environment_is_none_of_here(ledger: Ledger) -> None:
    tell(ledger, entry())
    assert [one.code for one in verify(ledger.lines(), "test")] == [Code.LEDGER_BREAK]


def test_an_outcome_needs_its_intent(ledger: Ledger) -> None:
    (intent,) = tell(ledger, entry(Kind.INTENT, "step"))
    assert codes(ledger) == [Code.OPEN_INTENT]
    outcome = entry(Kind.OUTCOME, "step", closes=intent.hash, result=Result.DONE)
    tell(ledger, outcome)
    assert codes(ledger) == []
    tell(ledger, outcome)
    assert codes(ledger) == [Code.OUTCOME_UNASKED]


def test_a_deleted_line_is_a_gap(five: bytes) -> None:
    lines = five.splitlines(keepends=True)
    assert findings(b"".join(lines[:2] + lines[3:])) == [Code.LEDGER_GAP]
    assert findings(b"".join(lines[1:])) == [Code.LEDGER_GAP]


def test_fold_says_where_a_line_stands(ledger: Ledger) -> None:
    moved(ledger, "admit", standing("admitted"))
    moved(ledger, "shadow", standing("shadow"))
    canary = moved(ledger, "canary", standing("canary", percent=5))
    tell(ledger, entry(move="judge"))
    recorded = fold(ledger.entries(), LINE)
    assert recorded.last == canary and recorded.manifest == "m-canary"
    assert recorded.phase_since == canary.at
    assert recorded.live_since == "", "it was live before the ledger begins"
    assert recorded.open_intent is None and not recorded.quarantined
    (intent,) = tell(ledger, entry(Kind.INTENT, "rollback", release="r2"))
    assert fold(ledger.entries(), LINE).open_intent == intent
    tell(ledger, entry(Kind.OUTCOME, "rollback", release="r2", closes=intent.hash, result=Result.FAILED))
    recorded = fold(ledger.entries(), LINE)
    assert recorded.open_intent is None and recorded.failed is not None
    assert recorded.stands == standing("canary", percent=5)
    assert recorded.quarantined == {"r2"}
    assert fold(ledger.entries(), ("prod", "policy-search")).stands is None
    flip = moved(ledger, "flip", standing("flipped", live="r2"))
    moved(ledger, "stabilise", standing("stable", live="r2"))
    assert fold(ledger.entries(), LINE).live_since == flip.at
    assert fold(ledger.entries()[8:], LINE).live_since == flip.at


def test_what_git_does_not_know_is_to_be_back_filled_until_it_does(ledger: Ledger) -> None:
    (kill,) = tell(ledger, entry(move="kill", back_fill=True))
    rollback = moved(ledger, "rollback", standing("shadow"), back_fill=True)
    recorded = fold(ledger.entries(), LINE)
    assert (recorded.kills_to_back_fill, recorded.rollbacks_to_back_fill) == ((kill,), (rollback,))
    tell(ledger, entry(move="back-fill", closes=kill.hash), entry(move="back-fill", closes=rollback.hash))
    assert fold(ledger.entries(), LINE).to_back_fill == ()


def test_a_kill_is_in_force_until_it_is_put_back(ledger: Ledger) -> None:
    _, letters, _ = tell(ledger, *(entry(move="kill", details={"name": name}) for name in ("mail", "letters", "mail")))
    tell(ledger, entry(move="unkill", details={"name": "mail"}), entry(move="unkill", details={"name": "never"}))
    assert fold(ledger.entries(), LINE).killed == (letters,)


def test_a_rehearsal_elsewhere_and_overrides_since_the_last_move(ledger: Ledger, tmp_path: Path) -> None:
    elsewhere = Ledger(tmp_path / "ledger", "test", Clock())
    rehearsed = elsewhere.append(entry(move="rehearse", environment="test", release="r2"), GENESIS)
    tell(ledger, entry(move="override", details={"gate": "judged"}))
    everything = (*elsewhere.entries(), *ledger.entries())
    recorded = fold(everything, LINE)
    assert recorded.rehearsals == {("r2", "test"): rehearsed}
    assert [one.details["gate"] for one in recorded.overrides] == ["judged"]
    moved(ledger, "step", standing("canary", percent=25))
    assert fold(ledger.entries(), LINE).overrides == ()


def test_an_undone_rollback_quarantines_nothing(ledger: Ledger) -> None:
    (intent,) = tell(ledger, entry(Kind.INTENT, "rollback", release="r2"))
    assert fold(ledger.entries(), LINE).quarantined == {"r2"}
    tell(ledger, entry(Kind.OUTCOME, "rollback", release="r2", closes=intent.hash, result=Result.UNDONE))
    assert fold(ledger.entries(), LINE).quarantined == frozenset()


def test_blobs_are_what_their_names_say(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    digest = blobs.put(b"x")
    assert blobs.put(b"x") == digest and blobs.get(digest) == b"x"
    assert [path.name for path in blobs.folder.iterdir()] == [digest]
    (blobs.folder / digest).write_bytes(b"y")
    with pytest.raises(ShipwayError, match="was altered"):
        blobs.get(digest)
    assert blobs.put(b"x") == digest and blobs.get(digest) == b"x"
    for bad in ("", "../blobs", "A" * 64, "a" * 65):
        with pytest.raises(ShipwayError, match="is no digest"):
            blobs.get(bad)
    with pytest.raises(ShipwayError, match="is missing"):
        blobs.get("0" * 64)
