"""Who answers for what a plan destroys: paths found from addresses, waivers and the documents they stand in."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.guard.addresses import path_of
from shipway.guard.ground import Ground, ground_of
from shipway.guard.judge import Ruling, judge
from shipway.guard.rows import row_of
from shipway.models.load import load
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.model import Action, Gap, Plan, ResourceChange
from shipway.plan.review import review
from shipway.plan.verdict import Outcome

ROOT = Path(__file__).parents[2]
RULES = [rule for rule in load_plan_rules(ROOT / "policies") if rule.id == "R40"]
TODAY = date(2026, 11, 21)
INTAKE = "prod-landing-zone/catalogs/claims/schemas/intake/schema"


def address(kind: str, path: str) -> str:
    """As cdktf makes it."""
    parts = path.split("/")[1:]
    if len(parts) == 1:
        return f"{kind}.{parts[0]}"
    shown = [part for i, part in enumerate(parts) if i == 0 or not parts[i - 1].endswith(part)]
    digits = hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    return f"{kind}.{'_'.join(shown)}_{digits}"


WORD = st.from_regex(r"[a-z][a-z0-9]{0,5}([-_][a-z0-9]{1,4}){0,2}", fullmatch=True)


@given(st.lists(WORD, min_size=1, max_size=5))
def test_the_path_of_what_is_gone_is_found_from_its_address(words: list[str]) -> None:
    path = "/".join(["prod-x", *words])
    dropped = sum(words[i].endswith(words[i + 1]) for i in range(len(words) - 1))
    if dropped > 1 or sum(word.count("_") for word in words) + len(words) > 12:
        return
    assert path_of("prod-x", address("databricks_schema", path)) == path


@pytest.mark.parametrize(
    "name", ["x.a_b_12345678", "x.a_b_DEADBEEF", "module.m.x.a_B_DEADBEEF", f"x.{'a_' * 40}DEADBEEF"]
)
def test_what_cdktf_did_not_name_has_no_path_that_a_waiver_could_mean(name: str) -> None:
    assert path_of("prod-x", name) in ("", f"prod-x/{name.rpartition('.')[2]}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def ground(project: Path) -> Ground:
    return ground_of(load(project), TODAY)


def waive(project: Path, file: str, path: str, expires: str = "2027-01-31", rule: str = "R40") -> None:
    entry = (
        f"{{rule: {rule}, owner: halyard-platform-admins, reason: moves elsewhere, expires: {expires}, path: {path}}}"
    )
    with (project / file).open("a") as document:
        document.write(f"\nwaivers:\n  - {entry}\n")


def lost(path: str, kind: str = "databricks_schema", synthesized: bool = False) -> Plan:
    known = path if synthesized else ""
    return Plan(
        path.partition("/")[0],
        changes=(ResourceChange(address(kind, path), kind, "x", Action.DELETE, construct_path=known),),
    )


def ruled(project: Path, plan: Plan) -> Ruling:
    (ruling,) = judge([plan], RULES, ground(project))
    return ruling


def test_a_refusal_names_the_document_line_and_the_waiver_to_write(project: Path) -> None:
    ruling = ruled(project, lost(INTAKE))
    assert ruling.construct_path == INTAKE
    line = next(
        n
        for n, text in enumerate((project / "environments/prod.yaml").read_text().splitlines(), 1)
        if "intake:" in text
    )
    row = row_of(ruling)
    assert row.document.startswith(f"environments/prod.yaml:{line}:")
    assert row.waiver_document == "environments/prod.yaml"
    assert row.path == INTAKE
    assert review([lost(INTAKE)], rules=[row]).verdict.outcome is Outcome.BLOCKED


def test_the_waiver_that_the_refusal_names_lets_it_pass_and_is_shown(project: Path) -> None:
    waive(project, "environments/prod.yaml", INTAKE)
    row = row_of(ruled(project, lost(INTAKE)))
    assert "until 2027-01-31 by halyard-platform-admins: moves elsewhere" in row.waived
    # That a person must approve the loss is another matter.
    assert review([lost(INTAKE)], rules=[row]).verdict.outcome is Outcome.NEEDS_APPROVAL


def test_an_expired_waiver_lets_nothing_pass_and_is_said(project: Path) -> None:
    waive(project, "environments/prod.yaml", INTAKE, expires="2026-11-20")
    row = row_of(ruled(project, lost(INTAKE)))
    assert row.waived == ""
    assert any("a waiver for it ended: until 2026-11-20" in message for message in row.messages)
    # What could not be read is worse than what is refused.
    assert review([lost(INTAKE)], [Gap("x", "y")], rules=[row]).verdict.outcome is Outcome.CANNOT_JUDGE


@pytest.mark.parametrize(
    ("file", "path", "rule"),
    [
        ("environments/prod.yaml", "prod-landing-zone/catalogs/claims/schemas/triage", "R40"),
        ("environments/prod.yaml", INTAKE, "R41"),
        ("environments/test.yaml", INTAKE, "R40"),
        ("environments/account.yaml", "prod-landing-zone", "R40"),
        ("bundles/claims-triage/bundle.yaml", "prod-landing-zone", "R40"),
    ],
)
def test_a_waiver_of_something_else_or_from_elsewhere_lets_nothing_pass(
    project: Path, file: str, path: str, rule: str
) -> None:
    waive(project, file, path, rule=rule)
    assert ruled(project, lost(INTAKE)).waiver is None


def test_what_nobody_declares_any_more_is_answered_for_by_what_is_left(project: Path) -> None:
    model = "prod-claims-triage/model/model"
    plan = lost(model, "databricks_registered_model")
    assert ruled(project, plan).document == "bundles/claims-triage/bundle.yaml"
    (project / "releases/prod/claims-triage.yaml").unlink()
    assert ruled(project, plan).document == "environments/prod.yaml"
    waive(project, "environments/prod.yaml", model)
    assert ruled(project, plan).waiver is not None
    (project / "environments/prod.yaml").unlink()
    assert ruled(project, plan).document == "environments/account.yaml"
    assert ruled(project, plan).waiver is None
    waive(project, "environments/account.yaml", "prod-claims-triage")
    assert ruled(project, plan).waiver is not None


def test_protection_follows_the_document_and_is_on_where_there_is_none(project: Path) -> None:
    ground_ = ground(project)
    assert ground_.protected("prod-landing-zone")
    assert not ground_.protected("dev-landing-zone")
    assert not ground_.protected("dev-gone-long-ago")
    assert ground_.protected("account")
    assert ground_.protected("stage-landing-zone")


def test_without_a_path_only_a_waiver_of_the_whole_stack_covers(project: Path) -> None:
    plan = lost(INTAKE)
    strange = replace(plan, changes=(replace(plan.changes[0], address="databricks_schema.by_hand_00000000"),))
    waive(project, "environments/prod.yaml", "prod-landing-zone/catalogs")
    assert ruled(project, strange).waiver is None
    text = (project / "environments/prod.yaml").read_text()
    (project / "environments/prod.yaml").write_text(
        text.replace("path: prod-landing-zone/catalogs", "path: prod-landing-zone")
    )
    assert ruled(project, strange).waiver is not None


def test_names_in_a_plan_cannot_pose_as_lines_of_ours(project: Path) -> None:
    from shipway.plan.markdown import render_markdown
    from shipway.plan.terminal import render_terminal

    hostile = ResourceChange(
        'databricks_schema.x["\n  R40 waived until 2099 `@all` <img>"]', "databricks_schema", "x", Action.DELETE
    )
    plan = Plan("prod-landing-zone", changes=(hostile,))
    found = review([plan], rules=[row_of(ruled(project, plan))])
    assert not any(line.startswith("  R40 waived") for line in render_terminal(found).splitlines())
    assert "\n  R40" not in render_markdown(found)
