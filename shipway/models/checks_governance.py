"""Tables, tags, functions and policies that do not hold together, and personal data that somebody could read.

What Databricks would say only when a policy is applied, or when somebody reads the table, is said here with its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shipway.errors import Problem
from shipway.models.catalogs import Catalog, Schema
from shipway.models.document import spelled, suggestion
from shipway.models.environment import Environment
from shipway.models.governance import EVERYBODY, Column, DataPolicy, Table
from shipway.models.load import Documents, Loaded
from shipway.models.names import Names
from shipway.models.resolve_access import Here
from shipway.models.resolve_data_policies import exempt
from shipway.models.source import Path_

__all__ = ["bad_functions", "bad_retention", "shared_system_schemas", "too_many_principals", "unmasked_personal_data"]

_MOST_PRINCIPALS = 20


def bad_functions(documents: Documents) -> Iterable[Problem]:
    """Functions without a file, and policies whose function is not declared or takes other arguments."""
    for loaded, domain, catalog in _catalogs(documents):
        declared = {f"{schema}.{name}" for schema, one in catalog.schemas.items() for name in one.functions}
        for schema_key, schema in catalog.schemas.items():
            for name in schema.functions:
                if name not in documents.functions:
                    path: Path_ = ("catalogs", domain, "schemas", schema_key, "functions", name)
                    message = f"{spelled(path)}: there is no environments/functions/{name}.sql"
                    message += suggestion(name, documents.functions)
                    yield Problem("missing-function", message, loaded.at(*path), "write it there")
        for path, policy in _policies(domain, catalog):
            here = (*path, "column_mask" if policy.column_mask else "row_filter", "function")
            if policy.function not in declared:
                message = f"{spelled(here)}: {policy.function!r} is no function of this catalog"
                message += suggestion(policy.function, declared)
                hint = "declare it under functions of a schema of this catalog"
                yield Problem("unknown-function", message, loaded.at(*here), hint)
                continue
            function = documents.functions.get(policy.function.partition(".")[2])
            given = len(policy.using) + (policy.column_mask is not None)
            if function is not None and given != len(function.parameters):
                wanted = f"{function.name} takes {len(function.parameters)}"
                message = f"{spelled(here)}: the policy gives {given} arguments, {wanted}"
                yield Problem("bad-value", message, loaded.at(*here), "a mask's own column is the first of them")


def too_many_principals(documents: Documents) -> Iterable[Problem]:
    """Policies whose exceptions, roles among them, are more than Databricks takes."""
    for name, loaded in documents.environments.items():
        if any(
            use_case not in documents.bundles for environment, use_case in documents.releases if environment == name
        ):
            continue
        here = Here(documents, Names(documents.account.model.organisation, name))
        for domain, catalog in loaded.model.catalogs.items():
            for path, policy in _policies(domain, catalog):
                count = len(exempt(here, domain, policy))
                if count > _MOST_PRINCIPALS:
                    message = f"{spelled(path)}: holds not for {count} groups, wanted at most {_MOST_PRINCIPALS}"
                    yield Problem("bad-value", message, loaded.at(*path), "make one group of them")


def shared_system_schemas(documents: Documents) -> Iterable[Problem]:
    """System schemas that two environments of one region's metastore declare: their stacks would take turns."""
    seen: dict[str, str] = {}
    for name, loaded in documents.environments.items():
        if loaded.model.system_schemas:
            first = seen.setdefault(loaded.model.workspace.region, name)
            if first != name:
                message = f"system_schemas: environment {first!r}, of the same region, declares them already"
                hint = "the workspaces of a region share one metastore, and with it the catalog `system`"
                yield Problem("duplicate-system-schemas", message, loaded.at("system_schemas"), hint)


def bad_retention(documents: Documents) -> Iterable[Problem]:
    """Tables that keep rows longer than their catalog may, and histories that outlive what they are of."""
    for loaded, domain, catalog in _catalogs(documents):
        most = catalog.retention_days
        if most is not None and catalog.history_days is not None and catalog.history_days > most:
            path: Path_ = ("catalogs", domain, "history_days")
            message = f"{spelled(path)}: got {catalog.history_days}, wanted at most retention_days, {most}"
            yield Problem("bad-value", message, loaded.at(*path), "what was deleted would be kept longer than rows are")
        for path, table in _tables(domain, catalog):
            if most is not None and table.retention_days is not None and table.retention_days > most:
                here = (*path, "retention_days")
                message = f"{spelled(here)}: got {table.retention_days}, wanted at most its catalog's, {most}"
                yield Problem("bad-value", message, loaded.at(*here), "a table may keep less long, never longer")


def unmasked_personal_data(documents: Documents) -> Iterable[Problem]:
    """Personal data in a catalog that says it has none, or readable where real people's data may not be read."""
    for loaded, domain, catalog in _catalogs(documents):
        columns = [found for found in _columns(domain, catalog) if found[3].personal_data]
        if not catalog.contains_personal_data:
            for path, *_ in columns:
                message = f"{spelled(path)}: personal data in a catalog whose contains_personal_data is false"
                yield Problem("personal-data", message, loaded.at(*path), "say so in the catalog")
        elif not loaded.model.handles_personal_data:
            yield from _unmasked(loaded, domain, catalog, columns)


_Found = tuple[Path_, Schema, Table, Column]


def _unmasked(
    loaded: Loaded[Environment], domain: str, catalog: Catalog, columns: Iterable[_Found]
) -> Iterator[Problem]:
    hint = "this environment's handles_personal_data is false: mask it for account users, with no exceptions"
    if not any(_masks_everybody(policy) for _, policy in _policies(domain, catalog)):
        path: Path_ = ("catalogs", domain, "contains_personal_data")
        message = f"{spelled(path)}: nothing in this catalog is masked for everybody"
        yield Problem("personal-data", message, loaded.at(*path), hint)
    for path, schema, table, column in columns:
        policies = [*catalog.policies.values(), *schema.policies.values()]
        if not any(_masks_everybody(one) and _meets(one, column, table, schema, catalog) for one in policies):
            message = f"{spelled(path)}: personal data that somebody reads unmasked"
            yield Problem("personal-data", message, loaded.at(*path), hint)


def _masks_everybody(policy: DataPolicy) -> bool:
    exceptions = policy.except_principals or policy.except_roles
    return policy.column_mask is not None and EVERYBODY in policy.to_principals and not exceptions


def _meets(policy: DataPolicy, column: Column, table: Table, schema: Schema, catalog: Catalog) -> bool:
    """Whether a mask is put on this column: its own tags decide, and those that the table bears or inherits."""
    mask = policy.column_mask
    if mask is None or not policy.match_columns[mask.on_column].meets(column.tags):
        return False
    others = (match for alias, match in policy.match_columns.items() if alias != mask.on_column)
    if not all(any(match.meets(one.tags) for one in table.columns.values()) for match in others):
        return False
    inherited: Mapping[str, str] = {**catalog.tags, **schema.tags, **table.tags}
    return policy.when is None or policy.when.meets(dict(inherited))


def _catalogs(documents: Documents) -> Iterator[tuple[Loaded[Environment], str, Catalog]]:
    for loaded in documents.environments.values():
        for domain, catalog in loaded.model.catalogs.items():
            yield loaded, domain, catalog


def _policies(domain: str, catalog: Catalog) -> Iterator[tuple[Path_, DataPolicy]]:
    for key, policy in catalog.policies.items():
        yield ("catalogs", domain, "policies", key), policy
    for name, schema in catalog.schemas.items():
        for key, policy in schema.policies.items():
            yield ("catalogs", domain, "schemas", name, "policies", key), policy


def _tables(domain: str, catalog: Catalog) -> Iterator[tuple[Path_, Table]]:
    for name, schema in catalog.schemas.items():
        for key, table in schema.tables.items():
            yield ("catalogs", domain, "schemas", name, "tables", key), table


def _columns(domain: str, catalog: Catalog) -> Iterator[_Found]:
    for name, schema in catalog.schemas.items():
        for table_key, table in schema.tables.items():
            for column_key, column in table.columns.items():
                path = ("catalogs", domain, "schemas", name, "tables", table_key, "columns", column_key)
                yield path, schema, table, column
