"""Recorded plans of real Terraform: the numbers are Terraform's, and a reviewer is shown what stands in the folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from shipway.plan.as_json import render_json
from shipway.plan.markdown import render_markdown
from shipway.plan.model import Action
from shipway.plan.read import read_plan_file
from shipway.plan.report import Effect, Review
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal

PLANS = Path(__file__).parent / "plans"
SCENARIOS = sorted(path.parent for path in PLANS.glob("*/plan.json"))
REGENERATE = "if this is what a reviewer should see: .venv/bin/python tests/acceptance/plans/regenerate.py reviews"


def reviewed(name: str) -> Review:
    return review([read_plan_file(PLANS / name / "plan.json")])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_the_numbers_are_terraforms(scenario: Path) -> None:
    said = (scenario / "terraform.txt").read_text()
    numbers = {word: int(number) for number, word in re.findall(r"(\d+) to (\w+)", said)}
    counts = reviewed(scenario.name).counts
    assert (counts.imports, counts.add, counts.change, counts.destroy) == tuple(
        numbers.get(word, 0) for word in ("import", "add", "change", "destroy")
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_reviewer_is_shown(scenario: Path) -> None:
    found = reviewed(scenario.name)
    assert render_terminal(found) == (scenario / "review.txt").read_text(), REGENERATE
    assert render_markdown(found) == (scenario / "review.md").read_text(), REGENERATE


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_every_change_stands_in_some_row(scenario: Path) -> None:
    plan = read_plan_file(scenario / "plan.json")
    found = review([plan])
    sections = (found.data, found.pointers, found.runs, found.slots, found.access, found.changes, found.state_only)
    told = {place.address for rows in sections for row in rows for place in row.places}
    quiet = (Action.NO_OP, Action.READ)
    assert told >= {change.address for change in plan.changes if change.action not in quiet or change.moved}


def test_a_flip_is_one_line() -> None:
    (pointer,) = reviewed("flip").pointers
    assert (pointer.old, pointer.new, pointer.alone) == ("blue", "green", True)
    assert "pointer: blue → green" in render_terminal(reviewed("flip"))
    assert not reviewed("flip").changes


def test_a_flip_with_more_is_not_called_alone() -> None:
    found = reviewed("flip-and-more")
    assert not found.pointers[0].alone
    router = next(row for row in found.changes if row.name == "claims-triage-router-prod")
    assert [row.path for row in router.attributes] == ["max_concurrent_runs"]


def test_a_step_of_a_canary_and_the_start_of_a_slot_are_one_line_each() -> None:
    (step,) = reviewed("canary-step").pointers
    assert (step.canary, step.old, step.new, step.alone) == ("green", "5 %", "25 %", True)
    (start,) = reviewed("slot-starts").runs
    assert (start.slot, start.starts) == ("green", True)
    assert not reviewed("canary-step").changes and not reviewed("slot-starts").changes


def test_a_task_at_the_head_is_one_row() -> None:
    (job,) = reviewed("task-at-head").changes
    assert [row.path for row in job.attributes] == ['task["check-input"]']


def test_no_secret_in_any_form() -> None:
    found = reviewed("secrets")
    for output in (render_terminal(found, detail=True), render_markdown(found, detail=True), render_json(found)):
        for form in ("correct-horse", "battery", "staple", "c3RhcGxl", "Y29ycmVjd", "correct-horse%7C"):
            assert form not in output
        assert "changed" in output


def test_what_terraform_calls_no_changes_is_not() -> None:
    assert reviewed("nothing").effect is Effect.NONE
    assert reviewed("failing-check").effect is Effect.EFFECTS
    assert reviewed("outputs-only").effect is Effect.EFFECTS
    assert {row.what for row in reviewed("state-only").state_only} == {"moved", "forgotten", "imported"}


def test_names_stay_names() -> None:
    markdown = render_markdown(reviewed("hostile"))
    tokens = [
        inner
        for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
        for inner in (token, *(token.children or ()))
    ]
    assert not {token.type for token in tokens} & {"link_open", "image", "html_block", "html_inline", "table_open"}
    assert not any("@org" in token.content for token in tokens if token.type == "text")
    terminal = render_terminal(reviewed("hostile"))
    assert "\x1b" not in terminal and "\u202e" not in terminal
    assert not any(line.lstrip().startswith(("# terraform_data", "::")) for line in terminal.splitlines())


def test_who_gains_and_who_loses() -> None:
    found = reviewed("landing-zone")
    rows = {(row.direction.value, row.principal, row.privileges, row.on) for row in found.access}
    assert rows == {
        ("gains", "account users", ("ALL_PRIVILEGES",), "schema claims_prod.intake"),
        ("gains", "acme-deployers", ("OWNER",), "catalog claims_prod"),
        ("gains", "acme-runners", ("WRITE",), "secret scope claims-triage-prod"),
        ("gains", "acme-stewards", ("MODIFY",), "catalog claims_prod"),
        ("loses", "acme-authors", ("MEMBER",), "group acme-runners"),
        ("loses", "acme-runners", ("READ",), "secret scope claims-triage-prod"),
        ("loses", "acme-stewards", ("USE_SCHEMA",), "catalog claims_prod"),
        ("loses", "platform-admins", ("OWNER",), "catalog claims_prod"),
    }
    assert found.access[0].principal == "account users"
    assert [row.name for row in found.data] == ["claims_prod.triage.releases", "claims_prod.triage"]
    assert "claims_prod.intake" in found.cautions[0].message
