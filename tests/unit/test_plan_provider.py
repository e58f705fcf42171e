"""What the review knows of the provider is what the provider's schema and its measured behaviour say."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from shipway.plan import provider
from shipway.plan.provider import condense, forces_replacement, secrets_of

FACTS = Path(provider.__file__).parents[1] / "sandbox" / "facts"
REGENERATE = (
    ".venv/bin/python -m shipway.plan.provider shipway/sandbox/facts/provider-schema-1.99.0.json.xz"
    " shipway/sandbox/facts/provider-behaviour-1.99.0.json.xz"
)


def facts(name: str) -> Any:
    return json.loads(lzma.decompress((FACTS / f"provider-{name}-1.99.0.json.xz").read_bytes()))


def test_the_facts_are_the_providers() -> None:
    written = json.loads(Path(provider.__file__).with_name("provider_facts.json").read_text())
    assert written == condense(facts("schema"), facts("behaviour")), f"regenerate with {REGENERATE}"


@pytest.mark.parametrize(
    ("kind", "attribute", "forces"),
    [
        ("databricks_schema", "name", True),
        ("databricks_schema", "comment", False),
        ("databricks_catalog", "storage_root", True),
        ("databricks_grants", "schema", True),
        ("databricks_job", "task.run_job_task.job_id", False),
        ("no_such_type", "name", False),
    ],
)
def test_what_forces_a_replacement(kind: str, attribute: str, forces: bool) -> None:
    assert forces_replacement(kind, attribute) is forces


def test_what_is_secret() -> None:
    assert secrets_of("databricks_secret") == {"string_value": None}
    assert secrets_of("azurerm_key_vault_secret") == {"value": None}
    assert secrets_of("databricks_schema") == {}
