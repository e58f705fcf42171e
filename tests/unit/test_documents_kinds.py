"""Mistakes in what only some kinds of use case have: each is found, at its line, with what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shipway.errors import DocumentErrors
from shipway.models.load import load
from shipway.models.resolve import resolve

ROOT = Path(__file__).parents[2]
BUNDLE = "bundles/claims-triage/bundle.yaml"
KIND = "kind: batch_with_effects"
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
