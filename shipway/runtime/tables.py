"""Tables of Unity Catalog, or of the sandbox: read rows, and append rows to tables that only grow.

Rows are dictionaries, and a read brings them to where the code runs: this is for a use case's daily thousands. What is
larger stays in Spark (`place.spark`). Column types are SQL's: string, double, bigint, boolean, date.
Appending is the only way to write: what was published stays, so going back is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from shipway.runtime.place import full_name, sandbox, spark

__all__ = ["Row", "append", "columns", "delta_files", "folder", "read"]

Row = Mapping[str, Any]

_EPOCH = date(1970, 1, 1)
_TYPES = ("bigint", "boolean", "date", "double", "string")


def read(name: str, **where: object) -> list[dict[str, Any]]:
    """The rows of the table or view in which each column in `where` has that value; none where there is no table."""
    full_name(name)
    at = sandbox()
    if at is None:
        return _read_spark(name, where)
    if folder(at, name).is_dir():
        return _read_delta(folder(at, name), where)
    from shipway.runtime.views import read_view

    return [row for row in read_view(at, name) if all(row[column] == value for column, value in where.items())]


def columns(name: str) -> dict[str, str]:
    """The table's columns and their SQL types; empty where there is no table."""
    full_name(name)
    at = sandbox()
    if at is None:
        session = spark()
        return dict(session.table(name).dtypes) if session.catalog.tableExists(name) else {}
    table = _delta(folder(at, name))
    if table is None:
        return {}
    return {field.name: _SQL.get(field.type.type, field.type.type) for field in table.schema().fields}


def append(name: str, rows: Iterable[Row], types: Mapping[str, str]) -> int:
    """Add the rows, whose columns have these SQL types, and say how many; the table is made if it is not there.

    On the laptop the table refuses any other change. Raises ValueError for a row with other columns.
    """
    full_name(name)
    unknown = sorted(set(types.values()) - set(_TYPES))
    if unknown:
        raise ValueError(f"{name}: no column type {', '.join(unknown)}; there are {', '.join(_TYPES)}")
    values = _by_column(name, list(rows), types)
    count = len(next(iter(values.values()), []))
    if not count:
        return 0
    at = sandbox()
    if at is None:
        _append_spark(name, values, types, count)
    else:
        _append_delta(folder(at, name), values, types)
    return count


def folder(at: Path, name: str) -> Path:
    """Where the sandbox in the folder `at` keeps the table."""
    return at.joinpath("tables", *full_name(name))


def _by_column(name: str, rows: Sequence[Row], types: Mapping[str, str]) -> dict[str, list[Any]]:
    for row in rows:
        if row.keys() != types.keys():
            odd = ", ".join(sorted(row.keys() ^ types.keys()))
            raise ValueError(f"{name}: a row has columns too many or too few: {odd}")
    return {column: [row[column] for row in rows] for column in types}


# On Databricks -------------------------------------------------------------------------------------------------------


def _read_spark(name: str, where: Mapping[str, object]) -> list[dict[str, Any]]:
    session = spark()
    if not session.catalog.tableExists(name):
        return []
    frame = session.table(name)
    for column, value in where.items():
        frame = frame.where(frame[column] == value)
    return [row.asDict() for row in frame.collect()]


def _append_spark(name: str, values: Mapping[str, list[Any]], types: Mapping[str, str], count: int) -> None:
    rows = [tuple(values[column][number] for column in types) for number in range(count)]
    schema = ", ".join(f"`{column}` {kind}" for column, kind in types.items())
    spark().createDataFrame(rows, schema).write.mode("append").saveAsTable(name)


# On the laptop -------------------------------------------------------------------------------------------------------

_SQL = {"long": "bigint"}
"""Delta's own names of types, where they are not SQL's."""


def _delta(path: Path) -> Any:
    from deltalake import DeltaTable

    return DeltaTable(path) if DeltaTable.is_deltatable(str(path)) else None


def delta_files(path: Path) -> list[str]:
    """The data files of the Delta table in the folder `path`, as DuckDB opens them.

    The library answers with URIs: in a folder with a space in its name no file is called so.
    """
    from deltalake import DeltaTable

    return [unquote(uri.removeprefix("file://")) for uri in DeltaTable(path).file_uris()]


def _read_delta(path: Path, where: Mapping[str, object]) -> list[dict[str, Any]]:
    from deltalake import QueryBuilder

    table = _delta(path)
    if table is None:
        return []
    conditions = " AND ".join(f'"{column}" = {_literal(value)}' for column, value in where.items())
    # The literals are quoted, and the columns are named in the bundle's code.
    query = f"SELECT * FROM t{' WHERE ' + conditions if conditions else ''}"  # noqa: S608
    found = QueryBuilder().register("t", table).execute(query).read_all()
    names = found.column_names
    values = (found.column(one).to_pylist() for one in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _literal(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case date():
            return f"DATE '{value.isoformat()}'"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def _append_delta(path: Path, values: Mapping[str, list[Any]], types: Mapping[str, str]) -> None:
    from arro3.core import Array, DataType, Field, Schema, Table
    from deltalake import DeltaTable, write_deltalake

    arrow = {
        "bigint": DataType.int64(),
        "boolean": DataType.bool(),
        "date": DataType.date32(),
        "double": DataType.float64(),
        "string": DataType.string(),
    }
    arrays, fields = [], []
    for column, kind in types.items():
        if kind == "date":
            days = [None if one is None else (one - _EPOCH).days for one in values[column]]
            arrays.append(Array(days, type=DataType.int32()).cast(arrow[kind]))
        else:
            arrays.append(Array(values[column], type=arrow[kind]))
        fields.append(Field(column, arrow[kind], nullable=True))
    # The property makes the table refuse deletes and updates, from whoever they come.
    only_appended = None if DeltaTable.is_deltatable(str(path)) else {"delta.appendOnly": "true"}
    write_deltalake(path, Table.from_arrays(arrays, schema=Schema(fields)), mode="append", configuration=only_appended)
