"""Several workspaces, an account above them, and several stacks that share them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

pytestmark = pytest.mark.terraform

OTHER = "https://two.cloud.databricks.com"
ACCOUNT = "https://accounts.cloud.databricks.com"
ACCOUNT_ID = "11111111-2222-3333-4444-555555555555"


def test_each_workspace_has_its_own_objects(sandbox: Sandbox) -> None:
    catalog = {"databricks_catalog": {"c": {"name": "claims"}}}
    sandbox.write("dev", catalog)
    sandbox.write("prod", catalog, host=OTHER)
    sandbox.apply("dev")
    sandbox.apply("prod")
    assert len(sandbox.files("databricks_catalog")) == len(sandbox.files("databricks_catalog", OTHER)) == 1


def test_two_workspaces_in_one_stack(sandbox: Sandbox) -> None:
    both = {"here": {"name": "claims"}, "there": {"name": "claims", "provider": "databricks.other"}}
    providers = {"databricks": [{"host": OTHER, "alias": "other"}, {"host": "https://one.cloud.databricks.com"}]}
    sandbox.write("both", {"databricks_catalog": both}, provider=providers)
    sandbox.apply("both")
    assert len(sandbox.files("databricks_catalog")) == len(sandbox.files("databricks_catalog", OTHER)) == 1
    assert sandbox.changes("both") == {}


def test_two_stacks_cannot_own_one_object(sandbox: Sandbox) -> None:
    grants = {
        "databricks_grants": {"g": {"catalog": "claims", "grant": [{"principal": "a", "privileges": ["BROWSE"]}]}}
    }
    sandbox.write("first", grants)
    sandbox.write("second", grants)
    sandbox.apply("first")
    sandbox.run("second", "init")
    failed = sandbox.try_run("second", "apply", "-auto-approve", "-no-color")
    assert failed.returncode == 1
    said = " ".join(failed.stderr.replace("│", " ").split())
    assert "databricks_grants 'catalog/claims' already exists in one.cloud.databricks.com" in said
    assert "Stack first made it, and this is stack second" in said
    # The one that was there is untouched, and the other stack's state does not have it.
    assert sandbox.changes("first") == {}
    assert sandbox.run("second", "state", "list") == ""


def test_equal_jobs_are_two_jobs(sandbox: Sandbox) -> None:
    job = {"name": "same"}
    sandbox.write("one", {"databricks_job": {"a": job, "b": job}})
    sandbox.write("two", {"databricks_job": {"a": job}})
    sandbox.apply("one")
    sandbox.apply("two")
    assert len(sandbox.files("databricks_job")) == 3
    assert sandbox.changes("one") == {}


def test_the_same_deploy_gives_the_same_ids(sandbox: Sandbox) -> None:
    job = {"databricks_job": {"a": {"name": "a"}}, "databricks_group": {"g": {"display_name": "g"}}}
    sandbox.write("one", job)
    sandbox.apply("one")
    before = [path.name for path in sandbox.files()]
    sandbox.run("one", "destroy", "-auto-approve")
    sandbox.apply("one")
    assert [path.name for path in sandbox.files()] == before


def lookup(kind: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {kind: {"it": attributes}}, "output": {"id": {"value": f"${{data.{kind}.it.id}}"}}}


def test_a_workspace_sees_the_accounts_principals(sandbox: Sandbox) -> None:
    provider = {"databricks": [{"host": ACCOUNT, "account_id": ACCOUNT_ID}]}
    people = {"databricks_group": {"g": {"display_name": "owners"}}}
    sandbox.write("account", people, provider=provider)
    sandbox.apply("account")
    (made,) = (sandbox.home.workspaces / "accounts.cloud.databricks.com@11111111-2222-3333-4444-555555555555").rglob(
        "*.json"
    )
    sandbox.write("dev", {}, **lookup("databricks_group", display_name="owners"))
    sandbox.apply("dev")
    assert sandbox.run("dev", "output", "-raw", "id") == made.stem


def test_a_workspace_does_not_see_anothers_objects(sandbox: Sandbox) -> None:
    sandbox.write("dev", {"databricks_cluster_policy": {"p": {"name": "batch", "definition": "{}"}}})
    sandbox.apply("dev")
    sandbox.write("prod", {}, host=OTHER, **lookup("databricks_cluster_policy", name="batch"))
    sandbox.run("prod", "init")
    failed = sandbox.try_run("prod", "plan", "-no-color")
    assert failed.returncode == 1
    said = " ".join(failed.stderr.replace("│", " ").split())
    assert "no databricks_cluster_policy with name = 'batch' in two.cloud.databricks.com" in said
    assert "Deploy the stack that declares it first" in said


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        ("databricks_catalog", {"name": "claims"}, "claims"),
        ("databricks_schema", {"name": "claims.triage"}, "claims.triage"),
        ("databricks_current_user", {}, "1"),
        ("databricks_spark_version", {"long_term_support": True}, "16.4.x-scala2.12"),
        ("databricks_schemas", {"catalog_name": "claims"}, "one.cloud.databricks.com"),
    ],
)
def test_data_sources(sandbox: Sandbox, kind: str, attributes: dict[str, Any], expected: str) -> None:
    there = {
        "databricks_catalog": {"c": {"name": "claims"}},
        "databricks_schema": {"s": {"catalog_name": "${databricks_catalog.c.name}", "name": "triage"}},
    }
    sandbox.write("dev", there)
    sandbox.apply("dev")
    sandbox.write("reader", {}, **lookup(kind, **attributes))
    sandbox.apply("reader")
    assert sandbox.run("reader", "output", "-raw", "id") == expected


def test_a_provider_without_host_says_so(sandbox: Sandbox) -> None:
    sandbox.write("dev", {"databricks_catalog": {"c": {"name": "claims"}}}, provider={"databricks": [{}]})
    sandbox.run("dev", "init")
    failed = sandbox.try_run("dev", "apply", "-auto-approve", "-no-color")
    assert "host is not set" in failed.stderr
