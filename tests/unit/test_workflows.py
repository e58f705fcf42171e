"""The workflows hold what they promise: a contributor's Python runs with nothing to steal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from shipway.cli.apply import command as apply_command
from shipway.errors import ShipwayError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
JOBS = [(file, name) for file, workflow in WORKFLOWS.items() for name in workflow["jobs"]]


def job(file: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = WORKFLOWS[file]["jobs"][name]
    return found


def runs_foreign_code(steps: list[dict[str, Any]]) -> bool:
    """Whether a job checks out what the pull request brings: a checkout without a ref does."""
    return any("actions/checkout" in step.get("uses", "") and "ref" not in step.get("with", {}) for step in steps)


@pytest.mark.parametrize(("file", "name"), JOBS)
def test_an_action_is_pinned_by_its_commit_and_leaves_no_token_behind(file: str, name: str) -> None:
    for step in job(file, name).get("steps", []):
        if "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]), step["uses"]
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_job_has_the_rights_it_names_and_no_others(file: str) -> None:
    assert WORKFLOWS[file]["permissions"] == {}
    assert all("permissions" in found for found in WORKFLOWS[file]["jobs"].values())


def test_what_runs_a_contributors_python_can_only_read_the_code() -> None:
    names = list(WORKFLOWS["pull-request.yml"]["jobs"])
    foreign = [name for name in names if runs_foreign_code(job("pull-request.yml", name)["steps"])]
    assert set(foreign) == {"test", "synth"}
    for name in foreign:
        found = job("pull-request.yml", name)
        assert found["permissions"] == {"contents": "read"}
        assert "environment" not in found
        assert "secrets." not in str(found)
        assert "vars." not in str(found)


def test_what_holds_an_identity_runs_the_base_branch_and_takes_the_stacks_as_data() -> None:
    plan = job("pull-request.yml", "plan")
    assert plan["permissions"]["id-token"] == "write"
    assert not runs_foreign_code(plan["steps"])
    commands = " ".join(step.get("run", "") for step in plan["steps"])
    assert "--synthesized contributed/cdktf.out" in commands
    assert "--manifests contributed/releases" in commands
    # Where its own commands look for what was synthesized, nothing of a contributor's lies.
    brought = [step["with"]["path"] for step in plan["steps"] if "download-artifact" in step.get("uses", "")]
    assert all(path.startswith("contributed/") for path in brought)
    assert "shipway synth" not in commands
    # Of moves it shows what they would do.
    assert commands.count("release apply") == commands.count('release apply --live --env "$ENVIRONMENT" --dry-run') == 1
    # A plan set holds what the states hold: of a pull request's plan only the redacted review leaves the job.
    assert "--out" not in commands
    assert [step["with"]["path"] for step in plan["steps"] if "upload-artifact" in step.get("uses", "")] == ["reviews"]
    assert "head.repo.full_name == github.repository" in plan["if"]


def test_text_of_a_pull_request_is_never_part_of_a_script() -> None:
    for file, name in JOBS:
        for step in job(file, name).get("steps", []):
            assert "${{" not in step.get("run", ""), f"{file}: {name}: put it into env"


def test_every_environment_is_deployed_one_after_the_other_and_not_from_a_pull_request() -> None:
    deploy = WORKFLOWS["deploy.yml"]
    # YAML reads the key `on` as true.
    assert deploy[True] == {"push": {"branches": ["main"]}}
    assert deploy["concurrency"]["cancel-in-progress"] is False
    assert [found.get("needs") for found in deploy["jobs"].values()] == [None, "account", "dev", "test"]
    assert "secrets." not in str(WORKFLOWS["deploy-environment.yml"])


def test_what_comments_runs_the_base_branch_and_can_write_to_pull_requests_only() -> None:
    comment = job("pull-request.yml", "comment")
    assert comment["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert not runs_foreign_code(comment["steps"])
    writers = [
        (file, name) for file, name in JOBS if "write" in str(job(file, name)["permissions"].get("pull-requests"))
    ]
    assert writers == [("pull-request.yml", "comment")]
    # It runs when a plan failed: silence would look like no changes.
    assert comment["if"].startswith("${{ !cancelled()")


def test_the_comment_expects_every_environment_that_is_planned() -> None:
    planned = job("pull-request.yml", "plan")["strategy"]["matrix"]["environment"]
    said = [step.get("run", "") for step in job("pull-request.yml", "comment")["steps"]]
    assert re.findall(r"--expect (\S+)", " ".join(said)) == planned


def test_only_a_plan_set_that_its_reviewers_approved_is_applied() -> None:
    plan, apply = (job("deploy-environment.yml", name) for name in ("plan", "apply"))
    assert plan["environment"] == "${{ inputs.environment }}-plan"
    assert apply["environment"] == "${{ inputs.environment }}"
    assert apply["needs"] == "plan"
    commands = " ".join(step["run"] for step in apply["steps"] if ".venv/bin/shipway" in step.get("run", ""))
    assert re.findall(r"shipway (ledger pull|synth|apply|release apply)(?=\s|$)", commands) == [
        "ledger pull",
        "synth",
        "apply",
        "release apply",
    ]
    assert 'shipway apply "$PLAN_SET" --live --approved "$DIGEST" --yes' in commands
    assert "shipway deploy" not in str(WORKFLOWS)
    kept = [step["with"] for step in plan["steps"] if "upload-artifact" in step.get("uses", "")]
    assert [found["retention-days"] for found in kept] == [1]


def test_a_move_is_made_behind_the_approval_and_only_one_that_its_reviewers_saw() -> None:
    plan, apply = (job("deploy-environment.yml", name) for name in ("plan", "apply"))
    (shown,) = (step["run"] for step in plan["steps"] if "release apply" in step.get("run", ""))
    assert "--dry-run" in shown
    assert "GITHUB_STEP_SUMMARY" in shown
    assert plan["outputs"]["moves"] == "${{ steps.moves.outputs.digests }}"
    # The job runs for moves alone, too; and without any, the command is not started: it would carry out what there is.
    assert apply["if"] == "needs.plan.outputs.digest || needs.plan.outputs.moves"
    (made,) = (step for step in apply["steps"] if "release apply" in step.get("run", ""))
    assert made["if"] == "needs.plan.outputs.moves"
    assert '--approved "$digest"' in made["run"]
    assert '--confirm "$ENVIRONMENT" --yes "$@"' in made["run"]
    # By then everything else is applied.
    steps = [step.get("run", "") for step in apply["steps"]]
    assert steps.index(made["run"]) > next(place for place, text in enumerate(steps) if "shipway apply" in text)


def test_nothing_is_planned_or_moved_before_the_ledger_is_here() -> None:
    for file, name in (
        ("deploy-environment.yml", "plan"),
        ("deploy-environment.yml", "apply"),
        ("pull-request.yml", "plan"),
    ):
        commands = " ".join(step.get("run", "") for step in job(file, name)["steps"])
        order = re.findall(r"shipway (ledger pull|plan|apply|release apply) ?", commands)
        assert order[0] == "ledger pull", (file, name)


def test_who_records_what_was_done_holds_no_identity_and_who_has_one_cannot_write() -> None:
    for file, name in JOBS:
        found = job(file, name)["permissions"]
        if "steps" in job(file, name):
            assert (found.get("contents"), found.get("id-token")) != ("write", "write"), (file, name)
    writers = [(file, name) for file, name in JOBS if job(file, name)["permissions"].get("contents") == "write"]
    with_steps = [(file, name) for file, name in writers if "steps" in job(file, name)]
    assert with_steps == [("deploy-environment.yml", "record"), ("watch.yml", "record")]
    for file, name in with_steps:
        record = job(file, name)
        assert "environment" not in record
        assert "terraform" not in str(record)
        commands = [step["run"] for step in record["steps"] if ".venv/bin/shipway" in step.get("run", "")]
        assert len(commands) == 1
        assert 'shipway ledger push --from "$LEDGER"' in commands[0]


def test_the_watcher_acts_from_main_in_an_environment_of_its_own_and_makes_nothing_but_its_own_moves() -> None:
    watch, record = job("watch.yml", "watch"), job("watch.yml", "record")
    assert set(WORKFLOWS["watch.yml"][True]) == {"schedule", "workflow_dispatch"}
    assert watch["environment"] == "prod-watch"
    assert "github.ref == 'refs/heads/main'" in watch["if"]
    commands = " ".join(step.get("run", "") for step in watch["steps"])
    assert re.findall(r"shipway (ledger pull|[a-z]+)", commands.replace(".shipway", "")) == ["ledger pull", "watch"]
    (kept,) = (step for step in watch["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (kept["if"], kept["with"]["path"]) == ("${{ always() }}", "ledger")
    assert record["if"] == "${{ always() && needs.watch.result != 'skipped' }}"


def test_the_watchers_of_the_other_hosts_keep_to_the_same_split() -> None:
    gitlab = yaml.safe_load((ROOT / "templates" / "ci" / "gitlab-watch.yml").read_text())
    assert gitlab["workflow"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert "id_tokens" not in gitlab["record"]
    assert "LEDGER_REPOSITORY" not in str(gitlab["watch"])
    assert gitlab["watch"]["script"][-2:] == [
        ".venv/bin/shipway ledger pull",
        ".venv/bin/shipway watch --env prod --live",
    ]
    azure = yaml.safe_load((ROOT / "templates" / "ci" / "azure-watch.yml").read_text())
    watch, record = azure["stages"][0]["jobs"]
    assert "shipway watch --env prod --live" in str(watch)
    assert "azureSubscription" not in str(record)
    assert (azure["trigger"], azure["pr"]) == ("none", "none")


def test_what_was_done_is_kept_whatever_happens() -> None:
    apply, record = (job("deploy-environment.yml", name) for name in ("apply", "record"))
    (kept,) = (step for step in apply["steps"] if "upload-artifact" in step.get("uses", ""))
    assert kept["if"] == "${{ always() }}"
    assert kept["with"]["path"] == "ledger"
    assert kept["with"]["retention-days"] == 90
    assert record["if"] == "${{ always() && needs.apply.result != 'skipped' }}"
    # One environment's record is there before the next one is planned: a called workflow ends with all of its jobs.
    assert all(found["uses"].endswith("deploy-environment.yml") for found in WORKFLOWS["deploy.yml"]["jobs"].values())


def test_an_approval_that_was_never_set_approves_nothing() -> None:
    done = CliRunner().invoke(apply_command, ["plan-set", "--approved", "", "--yes"])
    assert isinstance(done.exception, ShipwayError)
    assert "--approved" in str(done.exception)


GITLAB = yaml.safe_load((ROOT / "templates" / "ci" / "gitlab-ci.yml").read_text())
AZURE = (ROOT / "templates" / "ci" / "azure-pipelines.yml").read_text()


def test_gitlab_synthesizes_with_nothing_to_steal_and_plans_without_the_contributors_code() -> None:
    assert not {"id_tokens", "environment", "secrets", "variables", "cache"} & GITLAB["synth"].keys()
    for name in ("plan", "comment"):
        found = GITLAB[name]
        assert found["variables"]["GIT_STRATEGY"] == "none"
        assert "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" in found["script"][0]
        assert "shipway synth" not in str(found["script"])
        assert "SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in found["rules"][0]["if"]
    assert "id_tokens" not in GITLAB["comment"]


def test_gitlab_applies_what_was_approved_by_hand() -> None:
    found = GITLAB["apply-dev"]
    assert found["rules"][0]["when"] == "manual"
    assert any('shipway apply .shipway/plan-set --live --approved "$DIGEST"' in line for line in found["script"])
    assert GITLAB["plan-dev"]["artifacts"]["expire_in"] == "1 day"
    assert '--approved "$digest"' in found["script"][-1]
    assert "test $# -eq 0 ||" in found["script"][-1]
    assert (found["artifacts"]["when"], found["artifacts"]["paths"]) == ("always", ["ledger"])


def test_gitlab_records_with_a_token_of_its_own_and_no_identity() -> None:
    found = GITLAB["record-dev"]
    assert "id_tokens" not in found
    assert found["rules"][0]["when"] == "always"
    assert found["script"][-1].startswith(".venv/bin/shipway ledger push")
    assert "SHIPWAY_LEDGER_TOKEN" not in str([job for name, job in GITLAB.items() if name != "record-dev"])
    assert "--manifests ../releases" in str(GITLAB["plan"]["script"])


def azure_jobs() -> dict[str, dict[str, Any]]:
    """Every job of every stage, those in loops too."""
    found: dict[str, dict[str, Any]] = {}

    def walk(value: Any, stage: str = "") -> None:
        if isinstance(value, dict):
            stage = value.get("stage", stage)
            name = value.get("job") or value.get("deployment")
            if name:
                found[f"{stage}/{name}"] = value
            for inner in value.values():
                walk(inner, stage)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, stage)

    walk(yaml.safe_load(AZURE))
    return found


def test_azure_devops_keeps_to_the_same_split() -> None:
    jobs = azure_jobs()
    synth = jobs["synth/synth"]
    assert not any(word in str(synth) for word in ("AccessToken", "azureSubscription", "group"))
    assert synth["steps"][0] == {"checkout": "self", "persistCredentials": False, "fetchDepth": 1}
    for name in ("plan/plan_${{ environment }}", "comment/comment"):
        assert jobs[name]["steps"][0] == {"checkout": "none"}
        assert "shipway synth" not in str(jobs[name])
    assert "azureSubscription" not in str(jobs["comment/comment"])
    apply = str(jobs["deploy_${{ environment }}/apply"])
    assert '--approved "$DIGEST"' in apply
    assert '--approved "$digest"' in apply
    assert "test $# -eq 0 ||" in apply
    assert "shipway deploy" not in apply
    record = jobs["deploy_${{ environment }}/record"]
    assert "azureSubscription" not in str(record)
    assert "ledger push" in str(record)
    assert "ledger push" not in apply
    assert "--manifests" in str(jobs["plan/plan_${{ environment }}"])
