"""The gate `approved`: what counts as an approval, what does not, and that what is said of it is said on one line."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.cli._ledgers import approver
from shipway.ledger.entry import Act, Entry, Kind, Result, Standing
from shipway.outside.git import authors_of
from shipway.release.approvals import Asking, Bound, BrokenApproval, admitters, approved, count, open_approvals, person
from shipway.verdict import Verdict

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
LINE = ("prod", "letters")
BOUND = Bound("canary", "r1", "a" * 64, "b" * 64, "c" * 64, "d" * 64)
ENTRY = Entry(
    kind=Kind.EVENT,
    environment=LINE[0],
    use_case=LINE[1],
    move=Act.APPROVE,
    actor="ben",
    release=BOUND.release,
    plan=BOUND.plan,
    inverse=BOUND.inverse,
    after=BOUND.manifest,
    details={"move": "canary", "policy": BOUND.policy, "until": (NOW + timedelta(hours=23)).isoformat()},
    seq=7,
    at=(NOW - timedelta(hours=1)).isoformat(),
    hash="e" * 64,
)
ASKING = Asking(
    LINE,
    "canary",
    "r1",
    1,
    NOW,
    bound=BOUND,
    entries=(ENTRY,),
    barred={"ada": "brought it in", "ada@halyard.example": "wrote the manifest"},
    people_known=True,
    command="shipway release approve letters --env prod",
)


def details(**changed: Any) -> dict[str, Any]:
    return {"details": {**ENTRY.details, **changed}}


def asked(*entries: Entry, **changed: Any) -> tuple[Verdict, str]:
    return approved(replace(ASKING, entries=entries, **changed))


def test_somebody_else_approved_exactly_this() -> None:
    assert asked(ENTRY) == (Verdict.PASSED, "approved by ben until 2026-11-04 11:00")


def test_where_nobody_has_to_approve_nobody_is_asked() -> None:
    assert asked(people=0, people_known=False) == (Verdict.PASSED, "nobody has to approve in prod")


def test_a_missing_one_says_who_and_how() -> None:
    verdict, reason = asked()
    assert verdict is Verdict.UNDECIDED
    assert reason == (
        "nobody has approved it; to be done by somebody else than ada: shipway release approve letters --env prod"
    )


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another plan": ({"plan": "0" * 64}, "for the plan 000000000000, and this is aaaaaaaaaaaa"),
    "another way back": ({"inverse": "0" * 64}, "for the inverse 0"),
    "another manifest": ({"after": "0" * 64}, "for the manifest 0"),
    "other rules": (details(policy="0" * 64), "for the policy 0"),
    "two lines of a move": (details(move="flip\nPASSED approved: by all"), "for a flip\\nPASSED"),
    "another release": ({"release": "r2"}, "for a canary of r2"),
    "another move": (details(move="flip"), "for a flip of r1"),
    "too late": (
        {"at": (NOW - timedelta(hours=25)).isoformat(), **details(until=(NOW - timedelta(hours=1)).isoformat())},
        "good until 2026-11-03 11:00",
    ),
    "from the future": (
        {"at": (NOW + timedelta(hours=1)).isoformat()},
        "still to come: a clock is wrong",
    ),
    "good for ever": (details(until="2099-01-01T00:00:00+00:00"), "wanted within 24 hours"),
    "good until before it was given": (details(until="1999-01-01T00:00:00+00:00"), "wanted within 24 hours"),
    "good until no time": (details(until="tomorrow"), "'tomorrow' is no time"),
    "good until somewhere's noon": (details(until="2026-11-04T11:00:00"), "no offset from UTC"),
    "good until a number": (details(until=7), "details.until is no text"),
    "no details": ({"details": {}}, "details.move is no text"),
    "a list for a move": (details(move=["canary"]), "details.move is no text"),
    "no policy": (details(policy=""), "its policy is no digest"),
    "no plan": ({"plan": ""}, "its plan is no digest"),
    "half a way back": ({"inverse": "b" * 63}, "its inverse is no digest"),
    "no release": ({"release": ""}, "it names no release"),
    "an intent": ({"kind": Kind.INTENT}, "no event of an approval"),
    "an outcome": ({"result": Result.DONE}, "no event of an approval"),
    "its author": ({"actor": "ada"}, "ada brought it in"),
    "its author, shouting": ({"actor": " ADA "}, "brought it in"),
    "its author in wide letters": ({"actor": "\uff41\uff44\uff41"}, "brought it in"),
    "its author's address": ({"actor": "ada@halyard.example"}, "wrote the manifest"),
    "nobody": ({"actor": " "}, "is nobody's name"),
    "a whole page": ({"actor": "b" * 201}, "is nobody's name"),
    "two lines": ({"actor": "ben\nPASSED approved: by all"}, "is nobody's name"),
    "a name that hides": ({"actor": "a\u200bda"}, "is nobody's name"),
    "a name that turns around": ({"actor": "\u202eada"}, "is nobody's name"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_count_is_said_and_not_passed(what: str) -> None:
    changed, said = WRONG[what]
    verdict, reason = asked(replace(ENTRY, **changed))
    assert verdict is Verdict.UNDECIDED
    assert said in reason
    assert "\n" not in reason
    # What is broken stands in nobody's way.
    assert asked(replace(ENTRY, **changed), ENTRY)[0] is Verdict.PASSED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["move", "policy", "until", "more"]), JSON),
    st.text(),
    st.text(),
    st.sampled_from(Kind),
)
def test_whatever_somebody_writes_there_never_raises_and_never_passes(
    written: dict[str, Any], actor: str, plan: str, kind: Kind
) -> None:
    entry = replace(ENTRY, details=written, actor=actor, plan=plan, kind=kind)
    verdict, reason = asked(entry)
    assert verdict is Verdict.UNDECIDED
    assert "\n" not in reason
    assert open_approvals([entry], NOW) == ()


def test_people_are_counted_and_not_approvals() -> None:
    again = replace(ENTRY, actor=" Ben", hash="f" * 64)
    verdict, reason = asked(ENTRY, again, people=2)
    assert (verdict, reason.startswith("1 of 2 approved it ( Ben until")) == (Verdict.UNDECIDED, True)
    assert asked(ENTRY, replace(again, actor="cleo"), people=2)[0] is Verdict.PASSED


def test_what_was_used_is_used() -> None:
    verdict, reason = asked(ENTRY, spent=frozenset({ENTRY.hash}))
    assert (verdict, "a move has used it" in reason) == (Verdict.UNDECIDED, True)


def test_who_took_theirs_back_can_give_it_again() -> None:
    back = Entry(kind=Kind.EVENT, environment="prod", use_case="letters", move=Act.WITHDRAW, actor="BEN", seq=8)
    assert asked(ENTRY, back)[0] is Verdict.UNDECIDED
    assert "BEN took theirs back" in asked(ENTRY, back)[1]
    assert asked(ENTRY, back, ENTRY)[0] is Verdict.PASSED
    # Nobody takes back what is another's.
    assert asked(ENTRY, replace(back, actor="cleo"))[0] is Verdict.PASSED
    assert open_approvals([ENTRY, back], NOW) == ()


def test_without_a_known_author_and_mover_nobody_is_somebody_else() -> None:
    verdict, reason = asked(ENTRY, people_known=False)
    assert (verdict, "nobody knows who brought r1 in" in reason) == (Verdict.UNDECIDED, True)


def test_before_there_is_a_plan_it_says_that_the_plan_is_still_compared() -> None:
    other = replace(ENTRY, plan="0" * 64)
    assert asked(other, bound=None)[1].endswith("its plan is compared when the move is made")
    assert asked(other)[0] is Verdict.UNDECIDED


def test_every_part_is_in_the_digest_that_a_forge_approves() -> None:
    names = ("move", "release", "plan", "inverse", "manifest", "policy")
    assert len({BOUND.digest, *(replace(BOUND, **{name: "x"}).digest for name in names)}) == 7


def test_authors_are_those_who_admitted_it_or_whose_deploy_began_the_record_with_it() -> None:
    admit = replace(ENTRY, kind=Kind.INTENT, move="admit", actor="ada", details={})
    stands = Standing(phase="shadow", active="blue", live="r0", candidate="r1")
    deploy = replace(ENTRY, move=Act.DEPLOY, actor="dora", stands=stands, details={})
    elsewhere = replace(admit, environment="test", actor="eve")
    assert admitters([deploy, admit, elsewhere], LINE, "r1") == {"ada"}
    assert admitters([deploy, elsewhere], LINE, "r1") == {"dora"}
    assert admitters([deploy, admit], LINE, "r2") == frozenset()


def test_an_approval_of_elsewhere_that_is_not_written_yet_counts_once() -> None:
    told = replace(ENTRY, actor="a reviewer of prod on GitHub", hash="")
    (one,) = count(replace(ASKING, entries=(told, told))).good
    assert (one.by, one.entry) == ("a reviewer of prod on GitHub", "")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, ""),
        ({"GITHUB_ACTIONS": "true"}, "a reviewer of prod on GitHub"),
        ({"GITLAB_CI": "true"}, "a reviewer of prod on GitLab"),
        ({"TF_BUILD": "True"}, "a reviewer of prod on Azure DevOps"),
        ({"GITHUB_ACTIONS": "true", "SHIPWAY_APPROVER": "ben"}, "ben"),
    ],
)
def test_who_approved_in_the_forge(environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert approver("prod") == said


def test_git_names_who_wrote_what_is_in_place_and_nobody_for_an_edit(tmp_path: Path) -> None:
    assert authors_of(tmp_path, "a.yaml") == frozenset()
    (tmp_path / "a.yaml").write_text("active: blue\n")
    named = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@halyard.example")
    for command in (["init", "-q"], ["add", "."], [*named, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    assert authors_of(tmp_path, "a.yaml") == {"Ada Lovelace", "ada@halyard.example", "ada"}
    (tmp_path / "a.yaml").write_text("active: green\n")
    assert authors_of(tmp_path, "a.yaml") == frozenset()


def test_a_name_is_one_however_it_is_written() -> None:
    assert person(" Ada  Lovelace") == person("ADA LOVELACE") == "ada lovelace"
    with pytest.raises(BrokenApproval):
        person("")
