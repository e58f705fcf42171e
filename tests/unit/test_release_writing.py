"""Editing a manifest: it says exactly what was wanted, and nothing else of it has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.models.names import Slot
from shipway.models.release import Phase, Release, ReleaseManifest, Slots
from shipway.release.machine import advance
from shipway.release.moves import Move
from shipway.release.writing import edited, write_manifest

PERCENTS = (5, 25)
WAY = (Move.ADMIT, Move.SHADOW, Move.HOLD, Move.RESUME, Move.CANARY, Move.STEP, Move.FLIP, Move.STABILISE, Move.RETIRE)


def release(number: int, *, prompt: bool = False) -> Release:
    digest = f"{number:x}".rjust(64, "a")
    prompts = {"prompt_version": number, "prompt_sha256": digest} if prompt else {}
    return Release.model_validate(
        {"version": f"1.{number}.0", "wheel_sha256": digest, "model_version": number, **prompts}
    )


def manifest(**more: object) -> ReleaseManifest:
    return ReleaseManifest.model_validate({"active": "blue", "slots": Slots(blue=release(1), green=release(2)), **more})


LAYOUTS = {
    "plain": """active: blue
slots:
  blue:
    version: 1.1.0
    wheel_sha256: {one}
    model_version: 1
  green:
    version: 1.2.0
    wheel_sha256: {two}
    model_version: 2
""",
    "comments": """# yaml-language-server: $schema=x
# Wir liefern, à la carte. \N{GREEK SMALL LETTER ALPHA}

slots:   # both, always

  green:
    model_version: 2      # trained in May
    # the wheel
    wheel_sha256: "{two}"
    version: '1.2.0'

  blue: {{version: 1.1.0, wheel_sha256: {one}, model_version: 1}}
# who is live
active: blue   # not green""",
    "no newline at the end": "slots: {{blue: {{version: 1.1.0, wheel_sha256: {one}, model_version: 1}}, "
    "green: {{version: 1.2.0, wheel_sha256: {two}, model_version: 2}}}}\nactive: blue",
    "one line": "{{active: blue, slots: {{blue: {{version: 1.1.0, wheel_sha256: {one}, model_version: 1}}, "
    "green: {{version: 1.2.0, wheel_sha256: {two}, model_version: 2}}}}}}\n",
    "deep": """active:
    blue
slots:
        blue:
                version: 1.1.0
                wheel_sha256: >-
                        {one}
                model_version: 1
        green:
                version: 1.2.0
                wheel_sha256: {two}
                model_version: 2
...
""",
}


def written(layout: str, *, windows: bool = False) -> bytes:
    text = LAYOUTS[layout].format(one=release(1).wheel_sha256, two=release(2).wheel_sha256)
    return (text.replace("\n", "\r\n") if windows else text).encode()


def read(content: bytes) -> ReleaseManifest:
    return ReleaseManifest.model_validate(yaml.safe_load(content))


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("prompt", [False, True])
def test_the_whole_way_can_be_written_in_any_layout(layout: str, windows: bool, prompt: bool) -> None:
    content = written(layout, windows=windows)
    here = read(content)
    for move in WAY:
        here = advance("x", here, move, PERCENTS, candidate=release(9, prompt=prompt), reason="why: #1, 'so'")
        content = edited(content, here)
        assert read(content) == here
        assert not windows or b"\n" not in content.replace(b"\r\n", b"")


def test_comments_order_and_quotes_of_people_stay() -> None:
    content = written("comments")
    after = advance("x", read(content), Move.ADMIT, PERCENTS, candidate=release(9))
    lines, old = edited(content, after).decode().splitlines(), content.decode().splitlines()
    assert [line for line in old if "#" in line and "model_version" not in line] == [
        line for line in lines if "#" in line and "model_version" not in line
    ]
    assert "    model_version: 9      # trained in May" in lines
    assert lines[-1] == "active: blue   # not green"
    assert len(lines) == len(old) + 2


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and text.isprintable()))
def test_any_reason_can_be_held_and_let_go_again(reason: str) -> None:
    content = written("plain")
    admitted = advance("x", read(content), Move.ADMIT, PERCENTS, candidate=release(9))
    before = edited(content, admitted)
    held = advance("x", admitted, Move.HOLD, PERCENTS, reason=reason)
    during = edited(before, held)
    assert read(during).hold == reason
    assert during.count(b"\n") == before.count(b"\n") + 1
    assert edited(during, admitted) == before


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from([Phase.ADMITTED, Phase.SHADOW, Phase.FLIPPED, Phase.STABLE]),
    st.sampled_from(list(Slot)),
    st.integers(1, 99),
    st.integers(1, 99),
)
def test_what_is_read_back_is_what_was_wanted(layout: str, phase: Phase, active: Slot, one: int, two: int) -> None:
    slots = Slots(blue=release(one), green=release(two))
    stable = slots.blue if (active is Slot.BLUE) != phase.flipped else slots.green
    wanted = ReleaseManifest(phase=phase, active=active, rollback_to=stable.id, slots=slots)
    assert read(edited(written(layout), wanted)) == wanted


def test_a_layout_that_cannot_be_edited_is_left_alone() -> None:
    # A merge key says the same in a way that no splice can change.
    content = written("plain").replace(b"  green:\n", b"  green: &g\n")
    wanted = manifest(phase="admitted", rollback_to=release(1).id)
    assert read(edited(content, wanted)) == wanted
    with pytest.raises(ShipwayError, match="no mapping"):
        edited(b"- 1\n", wanted)


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_manifest(file, b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
