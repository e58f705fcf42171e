"""The picture of a line: every phase, in a terminal and as a page, and nothing in it that somebody typed as markup."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from shipway.ledger.entry import Entry, Kind
from shipway.ledger.fold import Recorded
from shipway.models.release import Phase, Release, ReleaseManifest
from shipway.release.gates import Answer
from shipway.release.moves import Gate
from shipway.release.picture import Picture, Where, picture_json, picture_of, picture_text
from shipway.release.picture_page import as_page
from shipway.release.record import standing
from shipway.verdict import Verdict

NOW = datetime(2026, 11, 7, tzinfo=UTC)
LINE = ("prod", "claims-triage")
OLD = Release(version="1.4.0", wheel_sha256="a" * 64, model_version=4)
NEW = Release(version="1.5.0", wheel_sha256="b" * 64, model_version=5)


def manifest(phase: Phase, **more: object) -> ReleaseManifest:
    flipped = phase.flipped
    content: dict[str, object] = {"phase": phase, "active": "green" if flipped else "blue"}
    if phase is not Phase.AT_REST:
        content["rollback_to"] = OLD.id
    if phase is Phase.CANARY:
        content["percent"] = 5
    return ReleaseManifest.model_validate({**content, "slots": {"blue": OLD, "green": NEW}, **more})


def picture(given: ReleaseManifest, recorded: Recorded | None = None, **more: object) -> Picture:
    return picture_of(LINE, given, recorded or Recorded(), (5, 25, 50), NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "next_move", "back", "shares"),
    [
        (Phase.AT_REST, "admit", "", (100, 0)),
        (Phase.ADMITTED, "shadow", "abort", (100, 0)),
        (Phase.SHADOW, "canary at 5 %", "abort", (100, 0)),
        (Phase.CANARY, "step to 25 %", "rollback", (95, 5)),
        (Phase.FLIPPED, "stabilise", "rollback", (0, 100)),
        (Phase.STABLE, "retire", "rollback", (0, 100)),
    ],
)
def test_each_phase(phase: Phase, next_move: str, back: str, shares: tuple[int, int]) -> None:
    found = picture(manifest(phase))
    assert found.next_move == next_move
    assert found.way_back.split(":")[0] == back
    assert tuple(one.share for one in found.slots) == shares
    assert [stop.where for stop in found.path].count(Where.HERE) == 1
    assert sum(one.is_live for one in found.slots) == 1
    text = "\n".join(picture_text(found))
    assert "1.4.0" in text and NEW.id in text
    assert ("copy ┄┄┄▶" in text) == any(one.shadows for one in found.slots)


def test_the_last_step_leads_to_the_flip() -> None:
    assert picture(manifest(Phase.CANARY, percent=50)).next_move == "flip"
    odd = picture(manifest(Phase.CANARY, percent=7))
    assert [stop.name for stop in odd.path if stop.where is Where.HERE] == ["7 %"]


def test_what_somebody_must_know_comes_first() -> None:
    last = Entry(
        kind=Kind.INTENT, environment="prod", use_case="claims-triage", move="flip", actor="ada", at=NOW.isoformat()
    )
    killed = Entry(
        kind=Kind.EVENT, environment="prod", use_case="claims-triage", move="kill", actor="eve", at=NOW.isoformat()
    )
    recorded = Recorded(open_intent=last, quarantined=frozenset({NEW.id}), to_back_fill=(killed,))
    found = picture(manifest(Phase.SHADOW, hold="RC-FREEZE"), recorded)
    assert [note.split(":")[0] for note in found.notes] == ["OPEN", "HELD", "QUARANTINED", "NOT IN GIT"]
    assert found.next_move == "abort"
    assert found.way_back == "abort: take the candidate out again"


def test_a_kill_that_is_in_force_is_told() -> None:
    killed = Entry(
        kind=Kind.EVENT, environment="prod", use_case="claims-triage", move="kill", actor="eve", reason="RB-INCIDENT",
        at=NOW.isoformat(), details={"name": "letters"},
    )  # fmt: skip
    (note,) = picture(manifest(Phase.AT_REST), Recorded(killed=(killed,))).notes
    assert note == "KILLED: letters, by eve at 2026-11-07 00:00: RB-INCIDENT"


def test_gates_are_those_of_the_move_that_is_next() -> None:
    """Neither resume nor the abort of what was taken back has any."""
    taken_back = Recorded(quarantined=frozenset({NEW.id}))
    assert picture(manifest(Phase.SHADOW), taken_back, answers=ANSWERS).answers == ()
    assert picture(manifest(Phase.SHADOW, hold="RC-FREEZE"), answers=ANSWERS).answers == ()
    assert picture(manifest(Phase.SHADOW), answers=ANSWERS).answers == ANSWERS


def test_a_manifest_that_nobody_carried_out_is_named() -> None:
    shadow = manifest(Phase.SHADOW)
    assert picture(shadow, Recorded(stands=standing(shadow))).notes == ()
    (note,) = picture(manifest(Phase.CANARY), Recorded(stands=standing(shadow))).notes
    assert note.startswith("UNAPPLIED: this is what the manifest says; the ledger says shadow")


ANSWERS = (
    Answer(Gate.JUDGED, Verdict.UNDECIDED, "412 of 900 keys"),
    Answer(Gate.SOAKED, Verdict.FAILED, "too short", overridden="eve, OV-EMERGENCY"),
)


def test_what_it_waits_for() -> None:
    found = picture(manifest(Phase.CANARY), answers=ANSWERS, next_look="in 8 h")
    text = "\n".join(picture_text(found))
    assert "UNDECIDED judged: 412 of 900 keys" in text
    assert "FAILED    soaked: too short (overridden by eve, OV-EMERGENCY)" in text
    assert "look      in 8 h" in text
    page = as_page(found, ())
    assert "412 of 900 keys" in page and "overridden by eve" in page and "in 8 h" in page


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_fits(phase: Phase, width: int) -> None:
    found = picture(manifest(phase), answers=ANSWERS if phase is Phase.CANARY else ())
    assert max(map(len, picture_text(found, width))) <= width


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_nothing_that_was_typed_is_markup_and_nothing_is_loaded() -> None:
    evil = "</p><script>alert(1)</script><img src=x onerror=y>\u202e"
    told = Entry(
        kind=Kind.EVENT, environment="prod", use_case="claims-triage", move="judge", actor=evil, reason=evil,
        at=NOW.isoformat(), details={"verdict": evil},
    )  # fmt: skip
    found = picture(manifest(Phase.SHADOW, hold="x <b>bold</b>"), answers=(Answer(Gate.JUDGED, Verdict.FAILED, evil),))
    page = as_page(found, (told,))
    tags = Tags(page).found
    assert not {"script", "img", "link", "iframe", "b"} & {tag for tag, _ in tags}
    assert not [attrs for _, attrs in tags if set(attrs) & {"src", "href", "onerror", "onclick"}]
    assert "\u202e" not in page and "default-src &#x27;none&#x27;" in page


def test_as_json() -> None:
    found = picture_json(picture(manifest(Phase.CANARY), answers=ANSWERS))
    assert found["phase"] == "canary at 5 %" and found["next"] == "step to 25 %"
    assert found["gates"] == [
        {"gate": "judged", "verdict": "UNDECIDED", "reason": "412 of 900 keys", "overridden": ""},
        {"gate": "soaked", "verdict": "FAILED", "reason": "too short", "overridden": "eve, OV-EMERGENCY"},
    ]
