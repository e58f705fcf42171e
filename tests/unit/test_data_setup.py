"""What the job installs, and that no policy is applied before it has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.deploy.data_setup import DataSetup, SetupsFirst, install, refuse_before_setup, setups_of_zones
from shipway.deploy.order import waves
from shipway.errors import ShipwayError, ToolFailed
from shipway.models.deployment import DataPoliciesStack, DataSetupSpec, LandingZoneStack
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.models.resolve_data_setup import _text
from shipway.outside.data_setup import FakeSetups, WorkspaceSetups

ROOT = Path(__file__).parents[2]
SETUP = DataSetup("prod-landing-zone", "https://halyard-prod.cloud.databricks.com", "setup-prod", "d1")


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def setup_of(root: Path, environment: str = "prod") -> DataSetupSpec:
    stacks = {stack.name: stack for stack in resolve(load(root)).stacks}
    stack = stacks[f"{environment}-landing-zone"]
    assert isinstance(stack, LandingZoneStack)
    assert stack.data_setup is not None
    return stack.data_setup


class TestStatements:
    def test_functions_come_before_tables_and_belong_to_the_deployers(self, documents: Path) -> None:
        spec = setup_of(documents)
        assert spec.statements[0].startswith("CREATE OR REPLACE FUNCTION `claims_prod`.`governance`.`mask_text`(")
        assert spec.statements[1] == (
            "ALTER FUNCTION `claims_prod`.`governance`.`mask_text` OWNER TO `halyard-platform-deployers`"
        )
        table = next(one for one in spec.statements if one.startswith("CREATE TABLE"))
        assert table.startswith("CREATE TABLE IF NOT EXISTS `claims_prod`.`intake`.`claims` (`claim_id` STRING, ")
        assert "`sealed` BOOLEAN COMMENT 'By a court'" in table

    def test_retention_becomes_properties_of_the_table(self, documents: Path) -> None:
        (properties,) = (one for one in setup_of(documents).statements if "TBLPROPERTIES" in one)
        assert "'delta.deletedFileRetentionDuration' = 'interval 30 days'" in properties
        assert "'delta.logRetentionDuration' = 'interval 30 days'" in properties
        assert "'shipway.retention_days' = '3650'" in properties

    def test_nothing_is_dropped_and_no_table_is_replaced(self, documents: Path) -> None:
        said = " ".join(setup_of(documents).statements)
        assert "DROP" not in said
        assert "REPLACE TABLE" not in said

    def test_another_body_is_another_digest_notebook_and_stack(self, documents: Path) -> None:
        before = setup_of(documents)
        file = documents / "environments/functions/mask_text.sql"
        file.write_text(file.read_text().replace("'***'", "'---'"))
        after = setup_of(documents)
        assert before.digest != after.digest
        assert before.notebook != after.notebook
        policies = {s.name: s for s in resolve(load(documents)).stacks if isinstance(s, DataPoliciesStack)}
        assert policies["prod-data-policies"].setup_digest == after.digest

    def test_a_comment_in_a_file_changes_nothing(self, documents: Path) -> None:
        before = setup_of(documents)
        file = documents / "environments/functions/mask_text.sql"
        file.write_text(f"-- another word\n{file.read_text()}")
        assert setup_of(documents) == before

    @given(st.text(max_size=40))
    def test_no_text_ends_its_string(self, text: str) -> None:
        quoted = _text(text)
        assert quoted[0] == quoted[-1] == "'"
        inside = quoted[1:-1].replace("\\\\", "")
        assert "'" not in inside.replace("\\'", "")
        assert "\n" not in quoted
        assert "$" not in quoted


def stacks(out: Path) -> Path:
    """A synthesized landing zone with a job that installs `d1`, and its data policies."""
    made = out / "stacks"
    for name in ("prod-landing-zone", "prod-data-policies"):
        (made / name).mkdir(parents=True)
    job = {
        "//": {"metadata": {"path": "prod-landing-zone/data_setup/job"}},
        "name": "setup-prod",
        "parameter": [{"name": "digest", "default": "d1"}],
    }
    stack = {"provider": {"databricks": [{"host": "h"}]}, "resource": {"databricks_job": {"x": job}}}
    (made / "prod-landing-zone" / "cdk.tf.json").write_text(json.dumps(stack))
    return made


class TestOrder:
    def test_policies_come_after_landing_zones_and_before_lines(self) -> None:
        stacks = ["prod-claims-triage", "prod-data-policies", "prod-landing-zone", "account"]
        assert waves(stacks) == [[one] for one in reversed(stacks)]

    def test_policies_are_refused_before_their_functions(self, tmp_path: Path) -> None:
        stacks(tmp_path)
        wanted = ["prod-landing-zone", "prod-data-policies", "prod-claims-triage"]
        with pytest.raises(ShipwayError, match="no policy is applied before") as caught:
            refuse_before_setup(tmp_path, wanted, FakeSetups(done={"setup-prod": "an older digest"}))
        assert "shipway deploy prod-landing-zone" in caught.value.hint
        refuse_before_setup(tmp_path, wanted, FakeSetups(done={"setup-prod": "d1"}))

    def test_a_landing_zone_itself_waits_for_nothing(self, tmp_path: Path) -> None:
        stacks(tmp_path)
        refuse_before_setup(tmp_path, ["prod-landing-zone", "prod-claims-triage"], FakeSetups())

    def test_what_is_installed_is_not_installed_again(self) -> None:
        runner = FakeSetups(done={"setup-prod": "d1"})
        install([SETUP], runner, print)
        runner.assert_started([])

    def test_whoever_applies_applies_in_that_order(self, tmp_path: Path) -> None:
        made, applied = stacks(tmp_path), []
        terraform: Any = SimpleNamespace(apply=lambda folder, file: applied.append(folder.name))
        runner = FakeSetups()
        guarded = SetupsFirst(terraform, runner, lambda line: None)
        with pytest.raises(ShipwayError, match="no policy is applied before"):
            guarded.apply(made / "prod-data-policies", tmp_path / "plan")
        assert applied == []
        guarded.apply(made / "prod-landing-zone", tmp_path / "plan")
        runner.assert_started(["setup-prod"])
        guarded.apply(made / "prod-data-policies", tmp_path / "plan")
        assert applied == ["prod-landing-zone", "prod-data-policies"]
        runner.assert_started(["setup-prod"])

    def test_a_job_that_installs_something_else_is_an_error(self) -> None:
        with pytest.raises(ShipwayError, match="is not what it installed"):
            install([SETUP], FakeSetups(installs="d0"), print)

    def test_a_job_that_fails_is_an_error(self) -> None:
        runner = FakeSetups(fails=frozenset({"setup-prod"}))
        with pytest.raises(ToolFailed):
            install([SETUP], runner, print)
        runner.assert_started(["setup-prod"])

    def test_a_stack_that_is_no_json_is_an_error_with_what_to_do(self, tmp_path: Path) -> None:
        folder = tmp_path / "stacks" / "prod-landing-zone"
        folder.mkdir(parents=True)
        for text in ("", "[]", json.dumps({"resource": {"databricks_job": {"x": {}}}})):
            (folder / "cdk.tf.json").write_text(text)
            with pytest.raises(ShipwayError, match="cannot be read"):
                setups_of_zones(tmp_path, ["prod-landing-zone"])
        (folder / "cdk.tf.json").write_text("{}")
        assert setups_of_zones(tmp_path, ["prod-landing-zone"]) == []


Listed = list[Any]


class Jobs:
    """As much of the jobs API as is asked."""

    def __init__(self, names: list[str], runs: list[tuple[str, str]]) -> None:
        self.names, self.runs = names, runs
        self.started: list[int] = []

    def list(self, *, name: str) -> Listed:
        return [SimpleNamespace(job_id=number) for number, known in enumerate(self.names, 1) if known == name]

    def list_runs(self, *, job_id: int, completed_only: bool, limit: int) -> Listed:
        assert completed_only
        return [
            SimpleNamespace(
                state=SimpleNamespace(result_state=SimpleNamespace(value=result)),
                job_parameters=[SimpleNamespace(name="digest", value=digest, default=None)],
            )
            for result, digest in self.runs[:limit]
        ]

    def run_now(self, job_id: int) -> Any:
        self.started.append(job_id)
        return SimpleNamespace(result=lambda timeout: None)


def workspace(names: list[str], *runs: tuple[str, str]) -> tuple[WorkspaceSetups, Jobs]:
    jobs: Any = Jobs(names, list(runs))
    return WorkspaceSetups(lambda host: jobs), jobs


class TestLive:
    @pytest.mark.parametrize(
        ("runs", "installed"),
        [
            ([("SUCCESS", "d1")], True),
            ([("SUCCESS", "d2"), ("SUCCESS", "d1")], False),  # a later run installed something else
            ([("FAILED", "d1"), ("SUCCESS", "d1")], False),  # and one that failed, who knows what
            ([("SUCCESS", "")], False),
            ([], False),
        ],
    )
    def test_the_last_run_that_ended_decides(self, runs: list[tuple[str, str]], installed: bool) -> None:
        assert workspace(["setup-prod"], *runs)[0].installed(SETUP) is installed

    def test_a_job_that_is_not_there_installed_nothing_and_cannot_run(self) -> None:
        runner, _ = workspace(["setup-dev"])
        assert not runner.installed(SETUP)
        with pytest.raises(ShipwayError, match="no job setup-prod"):
            runner.run(SETUP)

    def test_two_jobs_of_one_name_are_not_guessed_at(self) -> None:
        runner, jobs = workspace(["setup-prod", "setup-prod"])
        with pytest.raises(ShipwayError, match="2 jobs"):
            runner.run(SETUP)
        assert jobs.started == []

    def test_it_starts_the_deployed_job(self) -> None:
        runner, jobs = workspace(["other", "setup-prod"])
        runner.run(SETUP)
        assert jobs.started == [2]
