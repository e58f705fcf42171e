"""Mistakes in what only some kinds of use case have: each is found, at its line, with what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shipway.errors import DocumentErrors
from shipway.models.deployment import JobsWorkload, LandingZoneStack, LineStack
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.release.line import read_manifest

ROOT = Path(__file__).parents[2]
BUNDLE = "bundles/claims-triage/bundle.yaml"
KIND = "kind: batch_with_effects"
BLUE = read_manifest((ROOT / "releases/prod/claims-reserve.yaml").read_bytes(), "claims-reserve.yaml").slots.blue
OUTPUT = "output: {table: scores, view: latest, key: claim_id, columns: {claim_id: STRING}, warehouse: analysis}"


def replaced(old: str, new: str) -> str:
    text = (ROOT / BUNDLE).read_text()
    assert old in text
    return text.replace(old, new, 1)


def without_job() -> str:
    text = (ROOT / BUNDLE).read_text()
    return text[: text.index("job:\n")] + text[text.index("secrets:\n") :]


def with_output(old: str, new: str) -> str:
    assert old in OUTPUT
    return replaced(KIND, f"kind: batch\n{OUTPUT.replace(old, new)}")


CASES = {
    "no job": (without_job(), "missing-key", "2:1", "job: this key is missing; a use case of kind batch_with_effects"),
    "an unknown kind": (replaced(KIND, "kind: batches"), "not-in-list", "2:1", "did you mean 'batch'?"),
    "an endpoint of a job": (
        replaced(KIND, f"endpoint: {{}}\n{KIND}"),
        "of-another-kind",
        "2:1",
        "endpoint: a use case",
    ),
    "an output of a job with effects": (
        replaced(KIND, f"{OUTPUT}\n{KIND}"),
        "of-another-kind",
        "2:1",
        "output: a use case of kind batch_with_effects has none",
    ),
    "a batch job without output": (replaced(KIND, "kind: batch"), "missing-key", "2:1", "output: this key is missing"),
    "a key that is no column": (
        with_output("key: claim_id", "key: claim"),
        "bad-value",
        "3:39",
        "output.key: got 'claim', wanted one of the columns: claim_id",
    ),
    "a key that is half a number": (
        with_output("claim_id: STRING", "claim_id: DOUBLE"),
        "bad-value",
        "3:39",
        "output.key: got 'claim_id', wanted a column of one of the types BIGINT, DATE, INT, SMALLINT, STRING, TINYINT",
    ),
    "a view that is its table": (
        with_output("view: latest", "view: scores"),
        "bad-value",
        "3:25",
        "output.view: got 'scores', wanted a name other than the table's",
    ),
    "a column of ours": (
        with_output("claim_id: STRING", "claim_id: STRING, slot: STRING"),
        "bad-value",
        "3:54",
        "wanted columns other than those that every output table has: slot",
    ),
    "a type that is none": (with_output("STRING", "TEXT"), "bad-value", "3:64", "output.columns.claim_id: got 'TEXT'"),
}


RESERVE, MANIFEST, PROD = (
    "bundles/claims-reserve/bundle.yaml",
    "releases/prod/claims-reserve.yaml",
    "environments/prod.yaml",
)
Edit = tuple[str, str, str]

BESIDE: dict[str, tuple[tuple[Edit, ...], str, str, str]] = {
    "a warehouse that there is not": (
        ((RESERVE, "warehouse: analysis", "warehouse: analyses"),),
        "unknown-warehouse",
        f"{RESERVE}:46:3",
        "has no SQL warehouse 'analyses'; did you mean 'analysis'?",
    ),
    "a judge without a warehouse": (
        ((PROD, "judge_warehouse: analysis", "judge_warehouse: analyses"),),
        "unknown-warehouse",
        f"{PROD}:",
        "environments/prod.yaml has no SQL warehouse 'analyses'; did you mean 'analysis'?",
    ),
    "deployers without a warehouse": (
        (
            (
                PROD,
                "entitlements: [databricks_sql_access]\n    sql_warehouses: CAN_USE\n  runners",
                "sql_warehouses: CAN_VIEW\n  runners",
            ),
        ),
        "cannot-make-output",
        f"{PROD}:",
        "access.deployers.sql_warehouses: claims-reserve has an output",
    ),
    "deployers who make no tables": (
        ((PROD, "[USE_SCHEMA, SELECT, CREATE_TABLE, CREATE_MODEL]", "[USE_SCHEMA, CREATE_MODEL]"),),
        "cannot-make-output",
        f"{PROD}:",
        "access.deployers.schema: claims-reserve has an output",
    ),
    "a table that an environment declares": (
        ((RESERVE, "table: reserve_scores", "table: claims"), (RESERVE, "schema: reserve", "schema: intake")),
        "shared-output",
        f"{RESERVE}:",
        "output.table: environments/dev.yaml has a table or view claims.intake.claims already",
    ),
    "another bundle's view": (
        (
            (BUNDLE, KIND, f"kind: batch\n{OUTPUT.replace('latest', 'reserve_current')}"),
            (BUNDLE, "schema: triage", "schema: reserve"),
        ),
        "shared-output",
        f"{BUNDLE}:3:25",
        "output.view: bundles/claims-reserve/bundle.yaml has a table or view claims.reserve.reserve_current already",
    ),
    "a line that brings in what it has": (
        (
            (MANIFEST, "version: 0.9.2", "version: 1.0.0"),
            (MANIFEST, "26ff27603b29cc54a679e3aebe002861118f091eb00a6c0739c414a9c5318612", BLUE.wheel_sha256),
            (MANIFEST, "active: blue", f"phase: shadow\nrollback_to: {BLUE.id}\nactive: blue"),
        ),
        "same-release",
        f"{MANIFEST}:10:3",
        "slots.green: in the phase shadow, both slots hold",
    ),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_one_document_alone_does_not_know_is_refused(tmp_path: Path, name: str) -> None:
    edits, code, place, says = BESIDE[name]
    for folder in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file, old, new in edits:
        text = (tmp_path / file).read_text()
        assert old in text, f"{file} has no {old!r} any more"
        (tmp_path / file).write_text(text.replace(old, new, 1))
    with pytest.raises(DocumentErrors) as caught:
        resolve(load(tmp_path))
    found = [(problem.code, str(problem.at), problem.message) for problem in caught.value.problems]
    assert any(one[0] == code and one[1].startswith(place) and says in one[2] for one in found), found


def test_a_stream_has_a_place_of_its_own_for_each_slot(tmp_path: Path) -> None:
    for folder in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / BUNDLE).write_text(replaced(KIND, "kind: streaming"))
    stacks = {stack.name: stack for stack in resolve(load(tmp_path)).stacks}
    line, zone = stacks["prod-claims-triage"], stacks["prod-landing-zone"]
    assert isinstance(line, LineStack) and isinstance(zone, LandingZoneStack)
    assert isinstance(line.workload, JobsWorkload)
    volume = "/Volumes/claims_prod/triage/claims_triage_checkpoints"
    places = {slot.slot.value: slot.parameters["checkpoint"] for slot in line.workload.slots}
    assert places == {"blue": f"{volume}/blue", "green": f"{volume}/green"}
    # Whose effects count is said as of any job that has some.
    assert line.workload.router.pointer
    (triage,) = (schema for schema in zone.catalogs[0].schemas if schema.key == "triage")
    granted = {one.principal: one.privileges for one in triage.volumes[1].grants}
    assert granted == {
        "halyard-claims-triage-runners-prod": ("READ_VOLUME", "WRITE_VOLUME"),
        "halyard-platform-deployers": ("MANAGE",),
    }


@pytest.mark.parametrize("name", CASES)
def test_each_mistake_is_found_where_it_is(tmp_path: Path, name: str) -> None:
    text, code, place, says = CASES[name]
    for folder in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / BUNDLE).write_text(text)
    with pytest.raises(DocumentErrors) as caught:
        resolve(load(tmp_path))
    found = [(problem.code, str(problem.at), problem.message) for problem in caught.value.problems]
    assert any(one[0] == code and one[1] == f"{BUNDLE}:{place}" and says in one[2] for one in found), found
