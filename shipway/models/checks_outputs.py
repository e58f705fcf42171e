"""Outputs of batch jobs that an environment cannot make, or that somebody else has; warehouses that are nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.document import suggestion
from shipway.models.environment import Environment
from shipway.models.load import Documents
from shipway.models.names import Role
from shipway.models.output import Output

__all__ = ["judges_without_warehouse", "outputs_nobody_can_make", "shared_outputs"]


def outputs_nobody_can_make(documents: Documents) -> Iterable[Problem]:
    """Outputs in environments without their warehouse, and where who deploys may not make a table with it."""
    for name, use_case in documents.releases:
        environment, bundle = documents.environments.get(name), documents.bundles.get(use_case)
        output = bundle.model.output if bundle else None
        if environment is None or bundle is None or output is None:
            continue
        if output.warehouse not in environment.model.sql_warehouses:
            message = f"output.warehouse: {environment.file} has no SQL warehouse {output.warehouse!r}"
            message += suggestion(output.warehouse, environment.model.sql_warehouses)
            hint = f"declare it under sql_warehouses in {environment.file}"
            yield Problem("unknown-warehouse", message, bundle.at("output", "warehouse"), hint)
        for key, wanted in _missing_rights(environment.model):
            message = f"access.deployers.{key}: {use_case} has an output, and who deploys it may not make one"
            yield Problem("cannot-make-output", message, environment.at("access", "deployers"), f"add {key}: {wanted}")


def judges_without_warehouse(documents: Documents) -> Iterable[Problem]:
    """Environments whose judge is to ask a SQL warehouse that they do not have."""
    for loaded in documents.environments.values():
        wanted, known = loaded.model.judge_warehouse, loaded.model.sql_warehouses
        if wanted is not None and wanted not in known:
            message = f"judge_warehouse: {loaded.file} has no SQL warehouse {wanted!r}{suggestion(wanted, known)}"
            hint = f"declare it under sql_warehouses in {loaded.file}"
            yield Problem("unknown-warehouse", message, loaded.at("judge_warehouse"), hint)


def _missing_rights(environment: Environment) -> Iterator[tuple[str, str]]:
    access = environment.access.get(Role.DEPLOYERS)
    if access is None or access.sql_warehouses in (None, "CAN_VIEW"):
        yield "sql_warehouses", "CAN_USE"
    if access is None or "CREATE_TABLE" not in (*access.schema_, *access.catalog):
        yield "schema", "[USE_SCHEMA, CREATE_TABLE]"


def shared_outputs(documents: Documents) -> Iterable[Problem]:
    """Tables and views of one name in one schema: two bundles' outputs, or one and a table that a schema declares."""
    owners: dict[tuple[str, str, str], str] = {}
    for full, file in _declared(documents):
        owners.setdefault(full, file)
    for bundle in documents.bundles.values():
        data, output = bundle.model.data, bundle.model.output
        for key, name in _names(output):
            full = (data.catalog, data.schema_, name)
            first = owners.setdefault(full, bundle.file)
            if first != bundle.file:
                message = f"output.{key}: {first} has a table or view {'.'.join(full)} already"
                hint = "what two write, neither can take back: choose another name"
                yield Problem("shared-output", message, bundle.at("output", key), hint)


def _declared(documents: Documents) -> Iterator[tuple[tuple[str, str, str], str]]:
    for loaded in documents.environments.values():
        for domain, catalog in loaded.model.catalogs.items():
            for key, schema in catalog.schemas.items():
                yield from (((domain, key, table), loaded.file) for table in schema.tables)


def _names(output: Output | None) -> Iterator[tuple[str, str]]:
    if output is not None:
        yield "table", output.table
        yield "view", output.view
