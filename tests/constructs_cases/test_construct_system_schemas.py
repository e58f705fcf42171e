"""System schemas: switched on, and read by auditors, with nobody else's grants touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_zone import SystemSchemas
from shipway.models.deployment import SystemSchemaSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

AUDIT = "halyard-internal-audit"
DEFAULT = (SystemSchemaSpec(name="access", enable=True, readers=()),)
FULL = (
    SystemSchemaSpec(name="access", enable=True, readers=(AUDIT,)),
    SystemSchemaSpec(name="query", enable=False, readers=(AUDIT,)),
)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: SystemSchemas(stack, "system_schemas", specs=DEFAULT))
    assert built.types == {"databricks_system_schema"}
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: SystemSchemas(stack, "system_schemas", specs=FULL))
    grant = built.at(f"system_schemas/access/readers/{AUDIT}")
    assert grant["schema"] == "system.access"
    assert grant["depends_on"] == [built.addresses["system_schemas/access/schema"]]
    # Databricks has enabled it itself: declared too, it fails (#4539).
    assert "system_schemas/query/schema" not in built.resources
    # The catalog is shared: a whole list of grants would revoke everybody else's (#2216).
    assert "databricks_grants" not in built.types
    # One group, one grant on one securable: of two the last one wins (provider PR 3024).
    on = [
        (body["principal"], body.get("catalog"), body.get("schema"))
        for body in built.resources.values()
        if "privileges" in body
    ]
    assert len(on) == len(set(on)) == 3
    built.passes_every_rule()


def test_an_author_who_reads_the_audit_log_is_seen(build: Build) -> None:
    authors = (SystemSchemaSpec(name="access", enable=True, readers=("halyard-claims-triage-authors",)),)
    built = build("prod-landing-zone", lambda stack: SystemSchemas(stack, "system_schemas", specs=authors))
    assert built.breaks() == {"R62"}
