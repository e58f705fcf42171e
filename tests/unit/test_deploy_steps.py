"""The steps of a deploy: in order, exactly the saved plans, and stopped by the first failure."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.deploy.authored import authored, digest
from shipway.deploy.order import choose, stack_names, waves
from shipway.deploy.steps import Failed, Planned, apply_stacks, plan_stacks, planning_folder
from shipway.errors import MissingTool, ShipwayError, ToolFailed
from shipway.outside.terraform import FakeTerraform, Terraform, find_terraform

LINES: list[str] = []


def plan(terraform: FakeTerraform, plans: Path, *stacks: str) -> list[Planned | Failed]:
    return plan_stacks(stacks, plans / "out", plans, terraform, LINES.append)


def test_only_plans_that_do_something_are_applied_in_the_order_given(tmp_path: Path) -> None:
    terraform = FakeTerraform({"b": b"plan b", "a": b"plan a"})
    planned = [item for item in plan(terraform, tmp_path, "b", "quiet", "a") if isinstance(item, Planned)]
    assert apply_stacks(planned, tmp_path / "out", terraform, LINES.append) == []
    terraform.assert_applied("b", "a")


def test_a_plan_that_was_swapped_is_not_what_is_applied(tmp_path: Path) -> None:
    terraform = FakeTerraform({"a": b"plan a"})
    planned = [item for item in plan(terraform, tmp_path, "a") if isinstance(item, Planned)]
    planned[0].plan.file.write_bytes(b"another")
    with pytest.raises(AssertionError, match="is not the plan that was made"):
        apply_stacks(planned, tmp_path / "out", terraform, LINES.append)


def test_one_that_cannot_be_planned_does_not_stop_the_others(tmp_path: Path) -> None:
    terraform = FakeTerraform({"a": b"plan a"}, failing={"b": "no such principal"})
    failed, planned = plan(terraform, tmp_path, "b", "a")
    assert isinstance(failed, Failed)
    assert "no such principal" in failed.error.message
    assert isinstance(planned, Planned)


def test_applying_stops_at_the_first_failure(tmp_path: Path) -> None:
    class Stale(FakeTerraform):
        def apply(self, folder: Path, file: Path) -> None:
            if folder.name == "a":
                raise ToolFailed("Saved plan is stale")
            super().apply(folder, file)

    terraform = Stale({"a": b"1", "b": b"2"})
    planned = [item for item in plan(terraform, tmp_path, "a", "b") if isinstance(item, Planned)]
    (failed,) = apply_stacks(planned, tmp_path / "out", terraform, LINES.append)
    assert failed.stack == "a"
    terraform.assert_applied()


def test_saved_plans_are_for_this_user_only_and_gone_afterwards(tmp_path: Path) -> None:
    with planning_folder(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "x.tfplan").write_text("secret")
    assert not folder.exists()


def test_waves_are_account_then_landing_zones_then_lines() -> None:
    stacks = ["prod-claims-triage", "account", "dev-landing-zone", "dev-claims-triage", "prod-landing-zone"]
    assert waves(stacks) == [
        ["account"],
        ["dev-landing-zone", "prod-landing-zone"],
        ["prod-claims-triage", "dev-claims-triage"],
    ]


@given(st.lists(st.from_regex(r"(account|[a-z]+-landing-zone|[a-z]+-[a-z]+)", fullmatch=True), unique=True))
def test_waves_lose_nothing_and_repeat_nothing(stacks: list[str]) -> None:
    assert sorted(name for wave in waves(stacks) for name in wave) == sorted(stacks)


def test_a_stack_that_is_not_there_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ShipwayError, match="did you mean 'prod-claims-triage'"):
        choose(["account", "prod-claims-triage"], ["prod-claims-traige"])


def test_a_folder_that_is_not_synthesized_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ShipwayError) as caught:
        stack_names(tmp_path)
    assert "shipway synth" in caught.value.hint


def test_without_terraform_the_error_says_what_still_works() -> None:
    with pytest.raises(MissingTool) as caught:
        find_terraform({"PATH": "/nowhere"})
    assert caught.value.exit_code == 127
    assert "shipway scan" in caught.value.hint


def test_terraform_is_judged_by_its_exit_code_not_by_stderr(tmp_path: Path) -> None:
    (tmp_path / "terraform").write_text("#!/bin/sh\necho 'Warning: whatever' >&2\n[ $1 = plan ] && exit 2\nexit 0\n")
    (tmp_path / "terraform").chmod(0o755)
    saved = Terraform({"PATH": f"{tmp_path}:/usr/bin:/bin"}).plan(tmp_path, tmp_path / "p.tfplan")
    assert saved.changes


def test_what_terraform_said_is_in_the_error_without_its_complaint_about_the_config_file(tmp_path: Path) -> None:
    warning = "There are some problems with the CLI configuration:\n╷\n│ Warning: Unable to open\n╵\n\n"
    (tmp_path / "terraform").write_text(f"#!/bin/sh\nprintf '%s' '{warning}Error: no such bucket' >&2\nexit 1\n")
    (tmp_path / "terraform").chmod(0o755)
    with pytest.raises(ToolFailed) as caught:
        Terraform({"PATH": f"{tmp_path}:/usr/bin:/bin"}).plan(tmp_path, tmp_path / "p.tfplan")
    assert "no such bucket" in caught.value.message
    assert "CLI configuration" not in caught.value.message


STACK = {"resource": {"databricks_job": {"a": {"//": {}, "name": "x", "task": [{"task_key": "live"}]}}}}


def state(**values: object) -> dict[str, object]:
    resource = {"address": "databricks_job.a", "mode": "managed", "values": values}
    return {"values": {"root_module": {"resources": [resource]}}}


def test_what_the_server_computes_is_no_difference_and_what_was_written_is() -> None:
    one = authored(STACK, state(name="x", task=[{"task_key": "live"}], id="1", url="https://a"))
    other = authored(STACK, state(name="x", task=[{"task_key": "live"}], id="2", url="https://b"))
    changed = authored(STACK, state(name="y", task=[{"task_key": "live"}], id="1", url="https://a"))
    assert digest(one) == digest(other) != digest(changed)


def test_a_resource_that_is_lost_is_a_difference() -> None:
    assert digest(authored(STACK, {})) != digest(authored(STACK, state(name="x", task=[])))


_BACKEND = '{"terraform": {"backend": {"local": {"path": "%s"}}}, "resource": {"terraform_data": {"a": {"input": 1}}}}'


@pytest.mark.terraform
def test_a_folder_that_was_ready_is_made_ready_anew_only_where_terraform_asks(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counted(Terraform):
        def init(self, folder: Path) -> None:
            asked.append("init")
            super().init(folder)

    terraform, stack, plan = Counted(os.environ), tmp_path / "main.tf.json", tmp_path / "p.tfplan"
    stack.write_text(_BACKEND % "one.tfstate")
    assert terraform.plan(tmp_path, plan, ready=True).changes
    assert asked == ["init"]
    assert terraform.plan(tmp_path, plan, ready=True).changes
    assert asked == ["init"]
    stack.write_text(_BACKEND.replace('"a"', '"b c"') % "one.tfstate")
    with pytest.raises(ToolFailed, match="b c"):
        terraform.plan(tmp_path, plan, ready=True)
    assert asked == ["init"], "what is wrong with a stack no init mends"
