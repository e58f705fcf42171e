"""What consumers see on the laptop: a deployed view over Delta files, run by DuckDB as Databricks would run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shipway.pointer.pointer import BadPointer
from shipway.pointer.view import parse, render
from shipway.runtime.place import full_name

__all__ = ["definition", "read_view", "rows_of"]


def definition(at: Path, name: str) -> str | None:
    """The view as it is deployed in the sandbox in the folder `at`; None where it is not. Raises BadPointer."""
    catalog, schema, view = full_name(name)
    for file in sorted(at.glob("workspaces/*/databricks_sql_table/*.json")):
        try:
            found = dict(json.loads(file.read_bytes())["attributes"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadPointer(f"{file} is no object of the sandbox: {error!r:.200}") from error
        if (found.get("catalog_name"), found.get("schema_name"), found.get("name")) == (catalog, schema, view):
            return str(found["view_definition"]) if found.get("view_definition") else None
    return None


def read_view(at: Path, name: str) -> list[dict[str, Any]]:
    """The rows that the deployed view shows, by its key; none where there is no view.

    Raises BadPointer for a definition that no release puts there.
    """
    text = definition(at, name)
    return [] if text is None else rows_of(at, text)


def rows_of(at: Path, text: str) -> list[dict[str, Any]]:
    """The rows that a view of this definition, in Databricks' SQL, shows; none where there is no table yet."""
    import duckdb
    from deltalake import DeltaTable

    from shipway.runtime.tables import delta_files

    view = parse(text)
    catalog, schema, table = full_name(".".join(view.shape.table))
    path = at / "tables" / catalog / schema / table
    if not DeltaTable.is_deltatable(str(path)):
        return []
    files = delta_files(path)
    with duckdb.connect() as database:
        database.execute(f"ATTACH ':memory:' AS \"{catalog}\"")
        database.execute(f'CREATE SCHEMA "{catalog}"."{schema}"')
        database.from_parquet(files).create_view("files")
        database.execute(f'CREATE VIEW "{catalog}"."{schema}"."{table}" AS FROM memory.main.files')
        found = database.execute(f'{render(view.shape, view.pointer, "duckdb")} ORDER BY "{view.shape.key}"')
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
