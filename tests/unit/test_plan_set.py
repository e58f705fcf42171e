"""Plan sets: whatever is changed after the review is refused, each with its reason, and nothing is applied twice."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.deploy.runner import SavedPlan
from shipway.errors import ShipwayError
from shipway.outside.terraform import FakeTerraform
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.review import review
from shipway.plan.values import Record
from shipway.planset.carry_out import Replanned, carry_out, state_mark, steps
from shipway.planset.model import MANIFEST, digest_of
from shipway.planset.record import applied_before, only_one, record_intent, record_outcome
from shipway.planset.saved import BadSavedPlan, read_saved
from shipway.planset.verify import Opened, Reason, Refused, StateMark, Surroundings, open_plan_set, refusals
from shipway.planset.write import HOLDS_FOR, Origin, PlannedStack, keep_recent, write_plan_set

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = digest_of(b"rules")
ORIGIN = Origin("the sandbox", "c0ffee", True, RULES)
STACKS = ("account", "prod-landing-zone", "prod-x")


def saved_plan(stack: str, serial: int = 3, synth: str = "") -> bytes:
    """A zip archive with the members of Terraform's that are read."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("tfplan", f"plan of {stack}")
        archive.writestr("tfstate", json.dumps({"version": 4, "lineage": f"line-{stack}", "serial": serial}))
        archive.writestr("tfconfig/m-/cdk.tf.json", synth or f"synth of {stack}")
    return raw.getvalue()


def stored(stack: str, serial: int = 3) -> bytes:
    return json.dumps({"lineage": f"line-{stack}", "serial": serial}).encode()


def effect(name: str) -> str:
    return digest_of(name.encode())


def write(folder: Path, *, changing: tuple[str, ...] = STACKS, now: datetime = NOW) -> str:
    change = ResourceChange("databricks_job.x", "databricks_job", "x", Action.CREATE, after=Record({"name": "x"}))
    found = review([Plan(stack, changes=(change,)) for stack in STACKS])
    planned = [
        PlannedStack(stack, wave, stack in changing, saved_plan(stack), (effect(stack),))
        for wave, stack in enumerate(STACKS)
    ]
    return write_plan_set(folder, planned, found, {"review.json": "{}", "scan.json": "{}"}, ORIGIN, now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "set")
    return tmp_path / "set"


def around(**other: object) -> Surroundings:
    states = {stack: StateMark(f"line-{stack}", 3) for stack in STACKS}
    plain = Surroundings(NOW + timedelta(hours=1), "the sandbox", "c0ffee", True, RULES, states, frozenset())
    return replace(plain, **other)  # type: ignore[arg-type]


def test_what_was_written_is_opened_and_nothing_is_against_it(folder: Path) -> None:
    opened = open_plan_set(folder)
    assert opened.digest == digest_of((folder / MANIFEST).read_bytes())
    assert refusals(opened, around(approved=opened.digest[:12])) == ()
    assert [part.stack for part in opened.manifest.stacks] == list(STACKS)
    assert opened.manifest.expires - opened.manifest.created == HOLDS_FOR


def test_it_is_for_this_user_only(folder: Path) -> None:
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*") if path.is_file())


def edit_manifest(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / MANIFEST).read_text()
        assert old in text
        (folder / MANIFEST).write_text(text.replace(old, new))

    return change


def write_over(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def truncate(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-7])

    return change


def swap_plans(folder: Path) -> None:
    first, second = folder / "stacks/account/tfplan", folder / "stacks/prod-x/tfplan"
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


def swap_and_mend_digests(folder: Path) -> None:
    """An attacker who knows the format: the plan of another stack, with a manifest that says so."""
    one, other = (digest_of((folder / f"stacks/{stack}/tfplan").read_bytes()) for stack in ("account", "prod-x"))
    swap_plans(folder)
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace(one, "#").replace(other, one).replace("#", other))


def link_out(folder: Path) -> None:
    target = folder.parent / "elsewhere.json"
    shutil.move(folder / "review.json", target)
    (folder / "review.json").symlink_to(target)


Spoil = Callable[[Path], None]
OPENING: dict[str, tuple[Spoil, Reason]] = {
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), Reason.UNREADABLE),
    "manifest is no JSON": (write_over(MANIFEST, b"{"), Reason.UNREADABLE),
    "manifest is cut": (truncate(MANIFEST), Reason.UNREADABLE),
    "manifest of another version": (edit_manifest("plan-set/v1", "plan-set/v2"), Reason.UNREADABLE),
    "manifest with an unknown key": (edit_manifest('"target"', '"more": 1,\n  "target"'), Reason.UNREADABLE),
    "a file name that leads out": (edit_manifest('"scan.json"', '"../scan.json"'), Reason.UNREADABLE),
    "a stack name that is a path": (edit_manifest('"stack": "account"', '"stack": "../account"'), Reason.UNREADABLE),
    "review edited": (write_over("review.json", b"{ }"), Reason.EDITED),
    "review removed": (lambda folder: (folder / "review.json").unlink(), Reason.UNREADABLE),
    "review is a link": (link_out, Reason.EDITED),
    "scan edited": (write_over("scan.json", b""), Reason.EDITED),
    "a file added": (write_over("more.json", b"{}"), Reason.EDITED),
    "a saved plan cut": (truncate("stacks/prod-x/tfplan"), Reason.EDITED),
    "a saved plan edited": (write_over("stacks/prod-x/tfplan", saved_plan("prod-x", serial=9)), Reason.EDITED),
    "two saved plans swapped": (swap_plans, Reason.EDITED),
    "two saved plans swapped, digests mended": (swap_and_mend_digests, Reason.SWAPPED),
    "another serial claimed": (edit_manifest('"serial": 3', '"serial": 4'), Reason.SWAPPED),
    "another lineage claimed": (edit_manifest("line-account", "line-other"), Reason.SWAPPED),
    "another configuration claimed": (
        edit_manifest(digest_of(b"synth of account"), digest_of(b"another")),
        Reason.SWAPPED,
    ),
}


@pytest.mark.parametrize("case", OPENING)
def test_what_is_not_as_it_was_written_is_not_opened(folder: Path, case: str) -> None:
    spoil, reason = OPENING[case]
    spoil(folder)
    with pytest.raises(Refused) as refused:
        open_plan_set(folder)
    assert {refusal.reason for refusal in refused.value.refusals} == {reason}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_can_change_unseen(folder: Path, data: st.DataObject) -> None:
    approved = open_plan_set(folder).digest
    file = data.draw(st.sampled_from(sorted(path for path in folder.rglob("*") if path.is_file())))
    kept = file.read_bytes()
    place = data.draw(st.integers(0, len(kept) - 1))
    file.write_bytes(kept[:place] + bytes([kept[place] ^ data.draw(st.integers(1, 255))]) + kept[place + 1 :])
    try:
        opened = open_plan_set(folder)
        assert Reason.SWAPPED in {refusal.reason for refusal in refusals(opened, around(approved=approved))}
    except Refused:
        pass
    finally:
        file.write_bytes(kept)


def moved(stack: str, mark: StateMark | None) -> dict[str, StateMark]:
    found = {name: StateMark(f"line-{name}", 3) for name in STACKS if name != stack}
    return found if mark is None else {**found, stack: mark}


SURROUNDINGS: dict[str, tuple[dict[str, object], Reason]] = {
    "another digest was approved": ({"approved": "0" * 12}, Reason.SWAPPED),
    "too old": ({"now": NOW + HOLDS_FOR}, Reason.EXPIRED),
    "from the future": ({"now": NOW - timedelta(minutes=1)}, Reason.EXPIRED),
    "another commit": ({"commit": "beef"}, Reason.OTHER_COMMIT),
    "no git any more": ({"commit": "", "clean": False}, Reason.OTHER_COMMIT),
    "files were edited": ({"clean": False}, Reason.OTHER_COMMIT),
    "other rules": ({"rules": digest_of(b"other")}, Reason.OTHER_RULES),
    "another target": ({"target": "Databricks"}, Reason.OTHER_TARGET),
    "a state that moved": ({"states": moved("prod-x", StateMark("line-prod-x", 4))}, Reason.STALE),
    "a state that went back": ({"states": moved("prod-x", StateMark("line-prod-x", 2))}, Reason.STALE),
    "another state": ({"states": moved("prod-x", StateMark("other", 3))}, Reason.STALE),
    "a state that is gone": ({"states": moved("prod-x", StateMark("", 0))}, Reason.STALE),
    "a state that cannot be read": ({"states": moved("prod-x", None)}, Reason.STALE),
}


@pytest.mark.parametrize("case", SURROUNDINGS)
def test_what_has_changed_around_it_is_refused(folder: Path, case: str) -> None:
    other, reason = SURROUNDINGS[case]
    found = refusals(open_plan_set(folder), around(**other))
    assert {refusal.reason for refusal in found} == {reason}
    assert all(refusal.hint for refusal in found)


def test_it_is_used_once(folder: Path, tmp_path: Path) -> None:
    opened = open_plan_set(folder)
    home = tmp_path / "home"
    assert applied_before(home) == frozenset()
    record_intent(home, opened.digest, "me", NOW)
    # A run that was killed right here counts: what it did is in the states.
    again = refusals(opened, around(applied=applied_before(home)))
    assert [refusal.reason for refusal in again] == [Reason.REPLAYED]
    record_outcome(home, opened.digest, [], "", NOW)
    assert applied_before(home) == {opened.digest}


def test_a_broken_record_stops(tmp_path: Path) -> None:
    record_intent(tmp_path, "d", "me", NOW)
    (tmp_path / "applied.jsonl").open("a").write("{half")
    with pytest.raises(ShipwayError, match=r"applied.jsonl:2"):
        applied_before(tmp_path)


def test_two_at_once_one_is_told(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(ShipwayError, match="right now"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def applied(opened: Opened, tmp_path: Path, **fake: object) -> tuple[FakeTerraform, list[str]]:
    terraform = FakeTerraform(
        {stack: opened.content[f"stacks/{stack}/tfplan"] for stack in STACKS},
        stored={stack: stored(stack) for stack in STACKS},
    )
    found = frozenset(effect(name) for name in fake.get("effects", STACKS))  # type: ignore[attr-defined]

    def replan(stack: str, place: Path) -> Replanned:
        file = place / "tfplan"
        file.write_bytes(opened.content[f"stacks/{stack}/tfplan"])
        return Replanned(SavedPlan(stack, file, True), found & {effect(stack), effect("more")})

    done = carry_out(opened, terraform, lambda stack: tmp_path / stack, tmp_path, replan)
    return terraform, [f"{item.stack}{'*' * item.replanned}" for item in done]


def test_stacks_are_applied_in_their_order_and_what_builds_on_them_is_planned_again(
    folder: Path, tmp_path: Path
) -> None:
    terraform, done = applied(open_plan_set(folder), tmp_path)
    assert done == ["account", "prod-landing-zone*", "prod-x*"]
    terraform.assert_applied(*STACKS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set"]  # no saved plan is left anywhere


def test_a_plan_that_builds_on_nothing_is_applied_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "set", changing=("prod-x",))
    opened = open_plan_set(tmp_path / "set")
    assert [(part.stack, provisional) for part, provisional in steps(opened)] == [("prod-x", False)]
    terraform, done = applied(opened, tmp_path)
    assert done == ["prod-x"]
    terraform.assert_applied("prod-x")


def test_a_new_plan_with_anything_more_stops_and_says_what_was_applied(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ShipwayError, match=r"(?s)1 thing that nobody reviewed.*applied before it: account") as error:
        applied(open_plan_set(folder), tmp_path, effects=("more",))
    assert "plan again" in error.value.hint


def no_replan(stack: str, place: Path) -> Replanned:
    raise AssertionError(f"{stack} is planned again in {place}")


def test_a_state_that_moved_since_the_check_stops(tmp_path: Path) -> None:
    write(tmp_path / "set", changing=("prod-x",))
    opened = open_plan_set(tmp_path / "set")
    terraform = FakeTerraform({}, stored={"prod-x": stored("prod-x", 4)})
    with pytest.raises(ShipwayError, match=r"(?s)serial 3 to 4.*nothing was applied"):
        list(carry_out(opened, terraform, lambda stack: tmp_path / stack, tmp_path, no_replan))
    terraform.assert_applied()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"not a zip", saved_plan("x")[:60]], ids=["empty", "magic", "text", "cut"]
)
def test_what_is_no_saved_plan(content: bytes) -> None:
    with pytest.raises(BadSavedPlan):
        read_saved(content)


@pytest.mark.parametrize(
    ("content", "mark"), [(b"", StateMark("", 0)), (b"\n", StateMark("", 0)), (stored("a", 7), StateMark("line-a", 7))]
)
def test_the_mark_of_a_state(content: bytes, mark: StateMark) -> None:
    assert state_mark(content) == mark


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"lineage": "a", "serial": null}'])
def test_a_state_without_a_mark_is_an_error(content: bytes) -> None:
    with pytest.raises(ShipwayError, match="no lineage and serial"):
        state_mark(content)


def test_a_folder_that_is_there_is_not_written_over(folder: Path) -> None:
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(ShipwayError, match="not there yet"):
        write(folder, now=NOW + timedelta(hours=1))
    assert (folder / MANIFEST).read_bytes() == before
    assert [path.name for path in folder.parent.iterdir()] == ["set"]


def test_old_plan_sets_are_removed(folder: Path) -> None:
    keep_recent(folder.parent, datetime.now(UTC))
    assert folder.exists()
    keep_recent(folder.parent, datetime.now(UTC) + HOLDS_FOR + timedelta(minutes=1))
    assert not folder.exists()
