"""In what two environments differ: every difference, by place, and nothing that follows from the name."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shipway.errors import DocumentErrors
from shipway.models.comparison import Comparison
from shipway.models.differences import Difference, Standing, differences, said
from shipway.models.load import Documents, load
from shipway.models.resolve import resolve
from shipway.replica.effects import effects, taken_over

ROOT = Path(__file__).parents[2]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change(root: Path, name: str, alter: Any) -> None:
    path = root / "environments" / f"{name}.yaml"
    data = yaml.safe_load(path.read_text())
    alter(data)
    path.write_text(yaml.safe_dump(data, sort_keys=False))


def standings(root: Path, left: str = "test", right: str = "prod") -> dict[str, Standing]:
    return {one.path: one.standing for one in differences(load(root), left, right)}


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shipway", "env", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_test_is_the_replica_of_prod_that_it_says_it_is() -> None:
    found = differences(load(ROOT), "test", "prod")
    assert {one.standing for one in found} == {Standing.INTENDED, Standing.RELEASE}
    assert all(one.reason for one in found if one.standing is Standing.INTENDED)


def test_a_difference_names_both_places(documents: Path) -> None:
    found = {one.path: one for one in differences(load(documents), "test", "prod")}
    shared = found["catalogs.claims.shared_with.test"]
    lines = (documents / "environments/prod.yaml").read_text().splitlines()
    assert lines[shared.right_at.line - 1].strip() == "test: BINDING_TYPE_READ_ONLY"
    assert shared.left_at.file == "environments/test.yaml"
    assert (said(shared.left), shared.by) == ("nothing", "catalogs.claims.shared_with")


def test_the_other_way_round_the_same_differs() -> None:
    one, other = (differences(load(ROOT), *names) for names in (("test", "prod"), ("prod", "test")))
    assert {(d.path, d.standing, str(d.left), str(d.right)) for d in one} == {
        (d.path, d.standing, str(d.right), str(d.left)) for d in other
    }


def test_an_environment_differs_from_itself_in_nothing() -> None:
    assert differences(load(ROOT), "prod", "prod") == ()


@pytest.mark.parametrize(
    ("alter", "path"),
    [
        (lambda d: d["hardening"].update(verbose_audit_logs=False), "hardening.verbose_audit_logs"),
        (lambda d: d["catalogs"]["claims"]["schemas"].pop("intake"), "catalogs.claims.schemas.intake"),
        (lambda d: d["catalogs"]["claims"]["grants"].pop(0), "catalogs.claims.grants[halyard-claims-data-stewards]"),
        (
            lambda d: d["catalogs"]["claims"]["grants"][1]["privileges"].append("SELECT"),
            "catalogs.claims.grants[halyard-internal-audit].privileges",
        ),
        (lambda d: d["access"]["runners"].pop("secrets"), "access.runners.secrets"),
        (lambda d: d["cluster_policies"]["batch"].update(description="Other"), "cluster_policies.batch.description"),
        (lambda d: d["catalogs"]["claims"].update(comment="testing claims"), "catalogs.claims.comment"),
    ],
)
def test_what_is_changed_is_found_and_refused(documents: Path, alter: Any, path: str) -> None:
    change(documents, "test", alter)
    assert standings(documents)[path] is Standing.UNEXPLAINED
    with pytest.raises(DocumentErrors, match="mistake") as caught:
        resolve(load(documents))
    assert [problem.code for problem in caught.value.problems] == ["replica-differs"]
    assert caught.value.problems[0].message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    "alter",
    [
        lambda d: d["catalogs"]["claims"]["grants"].reverse(),
        lambda d: d["catalogs"]["claims"]["grants"][0]["privileges"].reverse(),
        lambda d: d["catalogs"]["claims"].update(isolation_mode="ISOLATED"),
        lambda d: d.update(description="Something else"),
        lambda d: d["state"].update(region="eu-west-1"),
        lambda d: d["catalogs"]["claims"].update(storage_root="s3://halyard-test-claims/another"),
    ],
)
def test_what_means_nothing_is_no_difference(documents: Path, alter: Any) -> None:
    before = standings(documents)
    change(documents, "test", alter)
    assert standings(documents) == before
    resolve(load(documents))


def test_true_is_not_one() -> None:
    assert list(Comparison("", "").compare({"value": True}, {"value": 1}))
    assert not list(Comparison("", "").compare({"value": True}, {"value": True}))


def test_a_name_inside_another_word_is_no_name_of_the_environment(documents: Path) -> None:
    change(documents, "test", lambda d: d["catalogs"]["claims"].update(comment="The latest claims"))
    change(documents, "prod", lambda d: d["catalogs"]["claims"].update(comment="The laprod claims"))
    assert standings(documents)["catalogs.claims.comment"] is Standing.UNEXPLAINED


def test_a_line_of_prod_that_its_replica_lacks_is_refused_and_one_to_be_promoted_is_not(documents: Path) -> None:
    line = "lines.claims-triage"
    (documents / "releases/prod/claims-triage.yaml").rename(documents / "prod.yaml")
    assert standings(documents)[line] is Standing.RELEASE
    (documents / "prod.yaml").rename(documents / "releases/prod/claims-triage.yaml")
    (documents / "releases/test/claims-triage.yaml").unlink()
    assert standings(documents)[line] is Standing.UNEXPLAINED
    change(documents, "test", lambda d: d["replica"]["differs"].update({line: "Cannot be rehearsed here"}))
    assert standings(documents)[line] is Standing.INTENDED


def test_a_path_explains_what_is_below_it_and_not_its_neighbour(documents: Path) -> None:
    replica = load(documents).environments["test"].model.replica
    assert replica is not None
    explains = [replica.explaining(path) for path in ("access.authors", "access.authors.job", "access.authorship")]
    assert explains == ["access.authors", "access.authors", None]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["dev", "test", "prod"]), st.sampled_from(["dev", "test", "prod"]))
def test_any_two_can_be_compared_and_none_is_explained_without_a_declaration(left: str, right: str) -> None:
    found = differences(load(ROOT), left, right)
    if {left, right} != {"test", "prod"}:
        assert all(one.standing is not Standing.INTENDED for one in found)


def test_the_command_answers_with_its_exit_code(project: Path) -> None:
    assert run(project, "diff", "test", "prod").returncode == 0
    answer = run(project, "diff", "dev", "prod", "--json")
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["unexplained"] > 0
    wrong = run(project, "diff", "tst", "prod")
    assert (wrong.returncode, "did you mean 'test'?" in wrong.stderr) == (1, True)


def test_a_replica_that_is_refused_can_still_be_looked_at(project: Path) -> None:
    change(project, "test", lambda d: d.update(protected=True))
    done = run(project, "diff", "test", "prod")
    assert done.returncode == 0
    assert run(project, "list").returncode == 1


def test_a_difference_is_told_by_what_would_be_deployed() -> None:
    documents = load(ROOT)
    found = {one.path: one for one in differences(documents, "test", "prod")}
    meant = effects(documents, "test", found["access.authors.schema"])
    assert meant is not None
    [grant] = [one for one in meant if "schemas[triage].grants" in one.path]
    assert grant.stack == "test-landing-zone"
    assert grant.path.endswith("grants[halyard-claims-triage-authors]")
    assert grant.now["privileges"] == ["SELECT", "USE_SCHEMA"]
    assert said(grant.then) == "nothing"


def test_a_cluster_policy_is_told_by_its_rule_not_by_its_text() -> None:
    documents = load(ROOT)
    path = "cluster_policies.batch.definition.num_workers.maxValue"
    [one] = [one for one in differences(documents, "dev", "prod") if one.path == path]
    meant = effects(documents, "dev", one)
    assert meant is not None
    assert [(e.path.rpartition("definition.")[2], e.now, e.then) for e in meant] == [("num_workers.maxValue", 2, 8)]


@pytest.mark.parametrize(("left", "right"), [("dev", "prod"), ("prod", "dev"), ("test", "prod"), ("dev", "test")])
def test_with_every_difference_taken_over_nothing_differs(left: str, right: str) -> None:
    def among(documents: Documents) -> list[Difference]:
        return [one for one in differences(documents, left, right) if one.where]

    documents = load(ROOT)
    stuck: set[str] = set()
    while found := [one for one in among(documents) if one.path not in stuck]:
        before = len(among(documents))
        try:
            documents = taken_over(documents, left, found[0])
        except ValidationError:
            # Right only together with another, which comes first the next time.
            stuck.add(found[0].path)
            continue
        stuck.clear()
        assert len(among(documents)) < before
    assert among(documents) == []


ADD = ("add", "stage", "--like", "test", "--workspace-id", "1042000000000044")


def test_an_added_environment_differs_in_nothing_but_that_it_is_no_replica_and_has_no_lines(project: Path) -> None:
    done = run(project, *ADD)
    assert done.returncode == 0, done.stderr
    resolve(load(project))
    found = standings(project, "stage", "test")
    assert set(found) == {"lines.claims-reserve", "lines.claims-triage"}
    text = (project / "environments/stage.yaml").read_text()
    assert "# What each role of every use case may do here." in text
    assert "test" not in re.split(r"[^a-z]+", text)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((*ADD[:1], "prod", *ADD[2:]), "is there already"),
        ((*ADD[:1], "runners", *ADD[2:]), "is reserved"),
        ((*ADD[:1], "../x", *ADD[2:]), "does not match"),
        ((*ADD[:1], "a\nb", *ADD[2:]), "does not match"),
        (ADD[:4], "is in this workspace already"),
        ((*ADD[:5], '3" x'), "wanted text like"),
        ((*ADD[:3], "tset", *ADD[4:]), "did you mean 'test'?"),
        ((*ADD, "--workspace-url", "https://x/${y}"), "begin a Terraform expression"),
    ],
)
def test_what_cannot_be_added_leaves_nothing_behind(project: Path, arguments: tuple[str, ...], says: str) -> None:
    before = {path: path.read_bytes() for path in (project / "environments").glob("*.yaml")}
    done = run(project, *arguments)
    assert (done.returncode, says in done.stderr) == (1, True), done.stderr
    files = {path for path in (project / "environments").iterdir() if path.is_file()}
    assert files == set(before)
    assert all(path.read_bytes() == content for path, content in before.items())
