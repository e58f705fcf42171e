"""Anyone's plan: files of every shape that Terraform and OpenTofu document, and saved plans as they lie on disk.

What is asserted is the exit code, because that is what a pipeline goes by: nothing crashes, and what is unknown,
unfinished or unreadable is 5, never 0.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from shipway.cli.review import command
from shipway.plan.schema import schema_text

SCHEMA = jsonschema.Draft202012Validator(json.loads(schema_text()))
NONE, NOBODY, APPROVAL, BLOCKED, UNJUDGED = 0, 2, 3, 4, 5
OLD, NEW = {"id": "1", "input": "a"}, {"id": "1", "input": "b"}


def plan(*changes: dict[str, Any], format_version: str = "1.2", **more: Any) -> dict[str, Any]:
    known = {"complete": True, "applyable": True, "errored": False} if format_version == "1.2" else {}
    head = {"format_version": format_version, "terraform_version": "1.11.4", "planned_values": {"root_module": {}}}
    return {**head, "resource_changes": list(changes), **known, **more}


def data(*actions: str, at: str = "terraform_data.a", change: dict[str, Any] | None = None, **more: Any) -> Any:
    sides = {"before": None if actions == ("create",) else OLD, "after": None if actions == ("delete",) else NEW}
    if actions in (("no-op",), ("forget",)):
        sides["after"] = OLD if actions == ("no-op",) else None
    type_name, _, name = at.removeprefix("ephemeral.").partition(".")
    return {
        "address": at,
        "mode": "managed",
        "type": type_name,
        "name": name.partition("[")[0],
        "provider_name": "terraform.io/builtin/terraform",
        "change": {"actions": list(actions), **sides, "after_unknown": {}, **(change or {})},
        **more,
    }


UPDATE, QUIET = data("update"), data("no-op")
ACTION = {
    "address": "action.databricks_run_job.now",
    "type": "databricks_run_job",
    "name": "now",
    "config_values": {"job_id": 7},
    "lifecycle_action_trigger": {
        "triggering_resource_address": "terraform_data.a",
        "action_trigger_event": "AfterUpdate",
        "action_trigger_block_index": 0,
        "actions_list_index": 0,
    },
}
DEFERRED = {"reason": "instance_count_unknown", "resource_change": data("create", at="terraform_data.later")}
IDENTITY = {"identity": {"bucket": "claims", "region": "eu-central-1"}}
CHECK = {"address": {"kind": "check", "name": "up", "to_display": "check.up"}, "instances": []}

SHAPES: dict[str, tuple[dict[str, Any], int, str]] = {
    **{
        f"format {version}": (plan(UPDATE, format_version=version), NOBODY, "update terraform_data a")
        for version in ("0.1", "0.2", "1.0", "1.1", "1.2", "1.3")
    },
    "format 0.1 without changes": (plan(QUIET, format_version="0.1"), NONE, "nothing changes"),
    "format 1.3 with something new": (plan(QUIET, format_version="1.3", tomorrow=[{}]), UNJUDGED, "tomorrow"),
    "format 2.0": (plan(UPDATE, format_version="2.0"), UNJUDGED, "wanted 1.x"),
    "no word of a plan": ({"format_version": "1.2", "terraform_version": "1.11.4"}, UNJUDGED, "nothing of a plan"),
    "without resources": (plan(applyable=False), NONE, "nothing changes"),
    "errored": (plan(UPDATE, errored=True, applyable=False), UNJUDGED, "planning failed"),
    "errored and nothing reached": (plan(errored=True, applyable=False), UNJUDGED, "planning failed"),
    "targeted": (plan(UPDATE, complete=False), UNJUDGED, "not complete"),
    "targeted and quiet": (plan(QUIET, complete=False), UNJUDGED, "not complete"),
    "deferred": (plan(QUIET, complete=False, deferred_changes=[DEFERRED]), UNJUDGED, "instance_count_unknown"),
    "an action": (plan(UPDATE, action_invocations=[ACTION]), UNJUDGED, "action.databricks_run_job.now"),
    "an action alone": (plan(QUIET, action_invocations=[ACTION]), UNJUDGED, "action.databricks_run_job.now"),
    "a deferred action": (plan(QUIET, deferred_action_invocations=[{"reason": "x"}]), UNJUDGED, "(unnamed)"),
    "replace": (plan(data("delete", "create")), NOBODY, "replace terraform_data a"),
    "replace, new one first": (plan(data("create", "delete")), NOBODY, "new one first terraform_data a"),
    "forget": (plan(data("forget")), APPROVAL, "forgotten"),
    "create and forget": (plan(data("create", "forget")), APPROVAL, "forgotten"),
    "moved": (plan({**QUIET, "previous_address": "terraform_data.b"}), APPROVAL, "moved"),
    "moved to where it is": (plan({**QUIET, "previous_address": "terraform_data.a"}, applyable=False), NONE, "nothing"),
    "deposed": (plan(QUIET, data("delete", deposed="0f1e2d3c")), NOBODY, "deposed 0f1e2d3c"),
    "imported": (plan(data("no-op", change={"importing": {"id": "7"}})), APPROVAL, "imported"),
    "imported by identity": (plan(data("no-op", change={"importing": IDENTITY})), APPROVAL, "imported"),
    "imported by what is not known": (plan(data("no-op", change={"importing": {"unknown": True}})), APPROVAL, "import"),
    "imported, nothing said": (plan(data("no-op", change={"importing": {}})), APPROVAL, "imported"),
    "with identities": (plan(data("update", change={"before_identity": OLD, "after_identity": OLD})), NOBODY, "update"),
    "unknown action": (plan(data("renew")), UNJUDGED, "unknown action renew"),
    "unknown pair of actions": (plan(data("forget", "delete")), UNJUDGED, "unknown action forget, delete"),
    "no action": (plan(data()), UNJUDGED, "unknown action (none)"),
    "ephemeral": (plan({**data("open", at="ephemeral.x.y"), "mode": "ephemeral"}), UNJUDGED, "unknown mode"),
    "quiet and ephemeral": (plan({**QUIET, "mode": "ephemeral"}), UNJUDGED, "unknown mode"),
    "read": (plan({**data("read", at="data.x.y"), "mode": "data"}), NOBODY, "read during the apply"),
    "no provider's object goes": (plan(data("delete", at="newcloud_vault.a")), UNJUDGED, "newcloud_vault"),
    "only drift": (plan(resource_drift=[UPDATE]), NOBODY, "state is brought up"),
    "an output": (plan(output_changes={"x": {"actions": ["create"], "after": "1"}}), NOBODY, "output"),
    "an unknown action of an output": (plan(output_changes={"x": {"actions": ["melt"]}}), UNJUDGED, "output x"),
    "a check that fails": (plan(checks=[{**CHECK, "status": "fail"}]), BLOCKED, "check.up fails"),
    "a check with a new status": (plan(checks=[{**CHECK, "status": "skipped"}]), BLOCKED, "check.up fails"),
}


def review(folder: Path, *arguments: str | Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    # Outside of any project: nobody's documents say who approves.
    monkeypatch.chdir(folder)
    found = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_of_this_shape(shape: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, code, says = SHAPES[shape]
    (tmp_path / "x.json").write_text(json.dumps(document), encoding=encoding)
    found = review(tmp_path, "x.json", monkeypatch=monkeypatch)
    assert found.exit_code == code, found.output
    assert says in found.output
    as_json = review(tmp_path, "x.json", "--json", monkeypatch=monkeypatch)
    SCHEMA.validate(json.loads(as_json.output))
    for form in ("markdown", "html", "sarif"):
        assert review(tmp_path, "x.json", "--format", form, monkeypatch=monkeypatch).exit_code == code


def test_a_shape_that_cannot_be_judged_is_not_hidden_by_one_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quiet.json").write_text(json.dumps(plan(QUIET, applyable=False)))
    for shape, (document, code, _) in SHAPES.items():
        (tmp_path / "other.json").write_text(json.dumps(document))
        found = review(tmp_path, "quiet.json", "other.json", monkeypatch=monkeypatch)
        assert found.exit_code == code, shape


def terraform(folder: Path, *arguments: str) -> None:
    program = shutil.which("terraform") or shutil.which("tofu") or ""
    subprocess.run([program, f"-chdir={folder}", *arguments], check=True, capture_output=True)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved plan as Terraform writes it, beside its configuration."""
    folder = tmp_path / "stacks" / "prod-x"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": {"terraform_data": {"a": {"input": "x"}}}}))
    terraform(folder, "init", "-input=false")
    terraform(folder, "plan", "-input=false", "-out=prod-x.tfplan")
    return folder / "prod-x.tfplan"


@pytest.mark.terraform
def test_a_saved_plan_is_shown_by_terraform(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = review(tmp_path, saved, monkeypatch=monkeypatch)
    assert found.exit_code == NOBODY, found.output
    assert "create terraform_data a (prod-x)" in found.output


@pytest.mark.terraform
def test_a_saved_plan_elsewhere_is_shown_in_its_stacks_folder(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(saved, tmp_path / "prod-x.tfplan")
    found = review(tmp_path, "prod-x.tfplan", "--synth", ".", monkeypatch=monkeypatch)
    assert found.exit_code == NOBODY, found.output


@pytest.mark.terraform
def test_a_saved_plan_that_terraform_cannot_show_is_a_gap(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = saved.read_bytes()
    saved.write_bytes(raw[: len(raw) // 2])
    found = review(tmp_path, saved, monkeypatch=monkeypatch)
    assert found.exit_code == UNJUDGED
    assert "cannot be shown" in found.output and "terraform init" in found.output


def test_a_saved_plan_without_terraform_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x.tfplan").write_bytes(b"PK\x03\x04 and more")
    code = "import sys; from shipway.cli import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", code, "review", "x.tfplan"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == UNJUDGED, found.stderr
    assert "neither terraform nor tofu is on PATH" in found.stdout
    assert "terraform show -json" in found.stdout
