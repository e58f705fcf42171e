"""What the data setup job installs: functions, and declared tables with how long they keep what.

Terraform 1.99 has no resource for a function, and a table's needs a running warehouse; so the landing zone holds a
notebook of statements that can be run any number of times, and a job that runs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from shipway.models.catalogs import Catalog, Schema
from shipway.models.deployment import DataSetupSpec
from shipway.models.governance import Column, Table
from shipway.models.names import DATA_SETUP_FOLDER
from shipway.models.resolve_access import Here

__all__ = ["data_setup_spec", "installs_something", "setup_privileges"]


def data_setup_spec(here: Here) -> DataSetupSpec | None:
    """What has to be installed in the environment, or None where nothing has; raises BadName."""
    statements = tuple(
        statement
        for domain, catalog in here.environment.catalogs.items()
        for statement in _statements(here, here.names.catalog(domain), catalog)
    )
    if not statements:
        return None
    digest = hashlib.sha256("\0".join(statements).encode()).hexdigest()
    return DataSetupSpec(
        job_name=here.names.data_setup_job,
        principal=here.names.data_setup_principal,
        folder=DATA_SETUP_FOLDER,
        notebook=here.names.data_setup_notebook(digest),
        digest=digest,
        statements=statements,
        managers=here.keep[0],
    )


def installs_something(catalog: Catalog) -> bool:
    """Whether there is anything in the catalog for the job to install."""
    return any(schema.functions or schema.tables for schema in catalog.schemas.values())


def setup_privileges(catalog: Catalog) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """What the job's principal needs on a catalog, and by its key on each schema that something is installed in."""
    needed = {
        key: ("USE_SCHEMA", *_creating(schema))
        for key, schema in catalog.schemas.items()
        if schema.functions or schema.tables
    }
    return (("USE_CATALOG",) if needed else ()), needed


def _creating(schema: Schema) -> Iterator[str]:
    if schema.functions:
        yield "CREATE_FUNCTION"
    if schema.tables:
        yield "CREATE_TABLE"


def _statements(here: Here, catalog_name: str, catalog: Catalog) -> Iterator[str]:
    for key, schema in catalog.schemas.items():
        parent = (catalog_name, here.names.schema(key))
        for name in schema.functions:
            full_name = _quoted(*parent, name)
            yield here.documents.functions[name].statement(full_name)
            # Its group, not the principal that happened to run: the next run may be another's.
            yield f"ALTER FUNCTION {full_name} OWNER TO `{here.keep[0]}`"
        for name, table in schema.tables.items():
            yield from _table(_quoted(*parent, name), table, catalog, here.keep[0])


def _table(full_name: str, table: Table, catalog: Catalog, owner: str) -> Iterator[str]:
    columns = ", ".join(_column(name, column) for name, column in table.columns.items())
    # A table that is there stays as it is: what a job writes to is never altered behind its back.
    yield f"CREATE TABLE IF NOT EXISTS {full_name} ({columns}) COMMENT {_text(table.comment)}"
    if properties := _properties(table, catalog):
        said = ", ".join(f"{_text(key)} = {_text(value)}" for key, value in properties.items())
        yield f"ALTER TABLE {full_name} SET TBLPROPERTIES ({said})"
    yield f"ALTER TABLE {full_name} OWNER TO `{owner}`"


def _column(name: str, column: Column) -> str:
    comment = f" COMMENT {_text(column.comment)}" if column.comment else ""
    return f"`{name}` {column.type}{comment}"


def _properties(table: Table, catalog: Catalog) -> dict[str, str]:
    properties = {}
    if catalog.history_days is not None:
        # Files that a vacuum may remove, and the log without which no older version can be read: both, or one is moot.
        properties["delta.deletedFileRetentionDuration"] = f"interval {catalog.history_days} days"
        properties["delta.logRetentionDuration"] = f"interval {catalog.history_days} days"
    days = table.retention_days or catalog.retention_days
    if days is not None:
        properties["shipway.retention_days"] = str(days)
    return properties


def _quoted(*parts: str) -> str:
    return ".".join(f"`{part}`" for part in parts)


def _text(value: str) -> str:
    """A SQL string: no quote ends it, and no line of it is an order to a notebook."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("$", "\\u0024")
    return f"'{escaped}'"
