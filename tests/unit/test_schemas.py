"""The JSON Schemas that editors complete by: current, valid, and of one mind with the models."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from shipway.models.load import document_files
from shipway.models.schemas import schema_files

ROOT = Path(__file__).parents[2]


def schema_of(document: Path) -> str:
    """The schema that the document's first line names, relative to the document."""
    first = document.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    return first.partition("=")[2]


@pytest.mark.parametrize("file", schema_files())
def test_the_committed_schema_is_current(file: str) -> None:
    committed = (ROOT / "schemas" / file).read_text()
    assert committed == schema_files()[file], "run: .venv/bin/python -m shipway.models.schemas"


@pytest.mark.parametrize("document", list(document_files(ROOT)), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_document_passes_the_schema_that_its_first_line_names(document: Path) -> None:
    schema = json.loads((document.parent / schema_of(document)).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(document.read_text()), schema)


def test_the_schema_refuses_an_unknown_key_as_the_model_does() -> None:
    schema = json.loads((ROOT / "schemas" / "bundle.schema.json").read_text())
    bundle = yaml.safe_load((ROOT / "bundles" / "claims-triage" / "bundle.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError, match="ownr"):
        jsonschema.validate({**bundle, "ownr": "x"}, schema)
