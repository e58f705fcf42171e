"""What Terraform does with one stack in the sandbox, from init to destroy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shipway.sandbox.pack import provider_schema

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

pytestmark = pytest.mark.terraform

STACK: dict[str, Any] = {
    "databricks_catalog": {"claims": {"name": "claims", "comment": "first"}},
    "databricks_schema": {"triage": {"catalog_name": "${databricks_catalog.claims.name}", "name": "triage"}},
    "databricks_grants": {
        "claims": {
            "catalog": "${databricks_catalog.claims.name}",
            "grant": [{"principal": "b", "privileges": ["USE_CATALOG"]}, {"principal": "a", "privileges": ["BROWSE"]}],
        }
    },
    "databricks_job": {
        "score": {
            "name": "score",
            "task": [
                {"task_key": "b", "run_job_task": {"job_id": 7}},
                {"task_key": "a", "depends_on": [{"task_key": "b"}]},
            ],
        }
    },
    "databricks_secret_scope": {"scope": {"name": "claims"}},
}


def renamed(resource: str, label: str, name: str) -> dict[str, Any]:
    return {**STACK, resource: {label: {**STACK[resource][label], "name": name}}}


def test_apply_then_nothing_to_do(sandbox: Sandbox) -> None:
    folder = sandbox.write("dev", STACK)
    assert "5 added, 0 changed, 0 destroyed" in sandbox.apply("dev")
    assert sandbox.changes("dev") == {}
    assert sandbox.try_run("dev", "plan", "-detailed-exitcode").returncode == 0
    assert [path.name for path in sandbox.files("databricks_catalog")] == ["claims.json"]
    # The stack's folder is as synth wrote it, but for the plan that was asked for there.
    assert sorted(path.name for path in folder.iterdir()) == ["cdk.tf.json", "it.plan"]


def test_update_in_place(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.apply("dev")
    before = sandbox.files("databricks_job")
    sandbox.write("dev", renamed("databricks_job", "score", "score nightly"))
    assert sandbox.changes("dev") == {"databricks_job.score": ["update"]}
    sandbox.run("dev", "apply", "-auto-approve")
    assert sandbox.files("databricks_job") == before
    assert json.loads(before[0].read_text())["attributes"]["name"] == "score nightly"
    assert sandbox.changes("dev") == {}


def test_replace(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.apply("dev")
    sandbox.write("dev", renamed("databricks_secret_scope", "scope", "other"))
    change = next(item for item in sandbox.plan("dev")["resource_changes"] if item["name"] == "scope")["change"]
    assert change["actions"] == ["delete", "create"]
    assert ["name"] in change["replace_paths"]
    sandbox.run("dev", "apply", "-auto-approve")
    assert [path.name for path in sandbox.files("databricks_secret_scope")] == ["other.json"]


def test_an_edited_object_is_drift(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.apply("dev")
    sandbox.edit(sandbox.files("databricks_catalog")[0], comment="by hand")
    plan = sandbox.plan("dev")
    (change,) = [item["change"] for item in plan["resource_changes"] if item["change"]["actions"] == ["update"]]
    assert (change["before"]["comment"], change["after"]["comment"]) == ("by hand", "first")
    assert [item["address"] for item in plan["resource_drift"]] == ["databricks_catalog.claims"]


def test_a_deleted_object_is_made_again(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.apply("dev")
    sandbox.files("databricks_job")[0].unlink()
    assert sandbox.changes("dev") == {"databricks_job.score": ["create"]}
    sandbox.run("dev", "apply", "-auto-approve")
    assert len(sandbox.files("databricks_job")) == 1
    assert sandbox.changes("dev") == {}


def test_destroy(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.apply("dev")
    assert "5 destroyed" in sandbox.run("dev", "destroy", "-auto-approve", "-no-color")
    assert sandbox.files() == []


def test_apply_a_saved_plan_of_another_call(sandbox: Sandbox) -> None:
    sandbox.write("dev", STACK)
    sandbox.run("dev", "init")
    sandbox.run("dev", "plan", "-out", "saved")
    assert "5 added" in sandbox.run("dev", "apply", "-no-color", "saved")
    stale = sandbox.try_run("dev", "apply", "-no-color", "saved")
    assert stale.returncode == 1
    assert "Saved plan is stale" in stale.stderr


def test_import(sandbox: Sandbox) -> None:
    sandbox.write("one", {"databricks_catalog": {"c": {"name": "claims"}}})
    sandbox.apply("one")
    sandbox.run("one", "state", "rm", "databricks_catalog.c")
    sandbox.run("one", "import", "databricks_catalog.c", "claims")
    assert sandbox.changes("one") == {}


def test_import_of_nothing_says_what_there_is(sandbox: Sandbox) -> None:
    sandbox.write("one", {"databricks_catalog": {"c": {"name": "claims"}}})
    sandbox.apply("one")
    sandbox.run("one", "state", "rm", "databricks_catalog.c")
    failed = sandbox.try_run("one", "import", "-no-color", "databricks_catalog.c", "clams")
    assert failed.returncode == 1
    assert "'clams'" in failed.stderr
    assert "claims.json" in failed.stderr


def test_the_schema_is_the_real_providers(sandbox: Sandbox) -> None:
    sandbox.write("dev", {})
    sandbox.run("dev", "init")
    (shown,) = json.loads(sandbox.run("dev", "providers", "schema", "-json"))["provider_schemas"].values()
    # By value: Terraform and OpenTofu each name the provider with their own registry.
    assert shown == provider_schema()


@pytest.mark.parametrize(
    ("resource", "body", "said"),
    [
        ("databricks_catalog", {"name": "a", "colour": "red"}, 'No argument or block type is named "colour"'),
        ("databricks_job", {"name": "a", "tusk": [{"task_key": "a"}]}, 'No argument or block type is named "tusk"'),
        ("databricks_schema", {"name": "a"}, 'The argument "catalog_name" is required'),
        ("databricks_job", {"max_concurrent_runs": "many"}, "a number is required"),
        (
            "databricks_volume",
            {"name": "v", "catalog_name": "c", "schema_name": "s", "volume_type": "BANANA"},
            "expected volume_type to be one of",
        ),
        ("databricks_job", {"continuous": {}, "schedule": {}}, "quartz_cron_expression"),
        ("databricks_permissions", {"job_id": "7"}, "access_control"),
        ("databricks_sqltable", {"name": "a"}, "does not support resource type"),
    ],
)
def test_what_the_schema_refuses(sandbox: Sandbox, resource: str, body: dict[str, Any], said: str) -> None:
    sandbox.write("dev", {resource: {"it": body}})
    sandbox.run("dev", "init")
    failed = sandbox.try_run("dev", "validate", "-no-color")
    assert failed.returncode == 1
    assert said in " ".join((failed.stdout + failed.stderr).replace("│", " ").split())


def test_sensitive_values_stay_out_of_what_is_printed(sandbox: Sandbox) -> None:
    sandbox.write("dev", {"databricks_secret": {"s": {"scope": "a", "key": "k", "string_value": "hunter2"}}})
    assert "hunter2" not in sandbox.apply("dev")
    (path,) = sandbox.files("databricks_secret")
    assert path.stat().st_mode & 0o077 == 0
    assert sandbox.home.state_file("dev").stat().st_mode & 0o077 == 0
