"""An environment's tags, column masks and row filters, and the grants on their functions."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.models.catalogs import Catalog
from shipway.models.deployment import DataPoliciesStack, DataPolicySpec, FunctionSpec, MatchSpec, TagSpec
from shipway.models.governance import DataPolicy, Tags
from shipway.models.load import Documents
from shipway.models.names import Names
from shipway.models.protection import lifted_paths
from shipway.models.resolve_access import Here, merge_grants
from shipway.models.resolve_account import state_settings
from shipway.models.resolve_data_setup import data_setup_spec

__all__ = ["data_policies_stack", "exempt"]

Path = tuple[str, ...]


def data_policies_stack(documents: Documents, names: Names) -> DataPoliciesStack | None:
    """The stack of what needs installed functions and tables; None where there is no such thing. Raises BadName."""
    here = Here(documents, names)
    catalogs = [(key, here.names.catalog(key), catalog) for key, catalog in here.environment.catalogs.items()]
    functions = tuple(spec for one in catalogs for spec in _functions(here, *one))
    tags = tuple(spec for one in catalogs for spec in _tags(*one))
    policies = tuple(spec for one in catalogs for spec in _policies(here, *one))
    if not (functions or tags or policies):
        return None
    environment, setup = here.environment, data_setup_spec(here)
    return DataPoliciesStack(
        name=names.data_policies_stack,
        host=environment.workspace.url,
        state_backend=environment.state.backend,
        state=state_settings(environment.state, names.data_policies_stack),
        protected=environment.protected,
        lifted=lifted_paths([(names.data_policies_stack, environment.waivers)]),
        environment=names.environment,
        setup_digest=setup.digest if setup else "",
        functions=functions,
        tags=tags,
        policies=policies,
    )


def exempt(here: Here, domain: str, policy: DataPolicy) -> tuple[str, ...]:
    """Every group that a policy does not hold for: those it names, and its roles' groups of the use cases in there."""
    inside = [found for found in here.use_cases.values() if found.bundle.data.catalog == domain]
    roles = {found.names.group(role) for found in inside for role in policy.except_roles}
    return tuple(sorted({*policy.except_principals, *roles}))


def _functions(here: Here, key: str, name: str, catalog: Catalog) -> Iterator[FunctionSpec]:
    for schema_key, schema in catalog.schemas.items():
        for function_key, function in schema.functions.items():
            own = [(grant.principal, grant.privileges) for grant in function.grants]
            # Who makes a policy must be able to execute its function; MANAGE alone does not say that.
            keep = (here.keep[0], ("EXECUTE", "MANAGE"))
            yield FunctionSpec(
                path=("catalogs", key, "schemas", schema_key, "functions", function_key),
                full_name=f"{name}.{here.names.schema(schema_key)}.{function_key}",
                owner=here.keep[0],
                grants=merge_grants([*own, keep]),
            )


def _tags(key: str, name: str, catalog: Catalog) -> Iterator[TagSpec]:
    path: Path = ("catalogs", key)
    yield from _tags_of(path, "catalogs", name, catalog.tags)
    for schema_key, schema in catalog.schemas.items():
        inside: Path = (*path, "schemas", schema_key)
        yield from _tags_of(inside, "schemas", f"{name}.{schema_key}", schema.tags)
        for table_key, table in schema.tables.items():
            here, full_name = (*inside, "tables", table_key), f"{name}.{schema_key}.{table_key}"
            yield from _tags_of(here, "tables", full_name, table.tags)
            for column_key, column in table.columns.items():
                yield from _tags_of((*here, "columns", column_key), "columns", f"{full_name}.{column_key}", column.tags)


def _tags_of(path: Path, kind: str, name: str, tags: Tags) -> Iterator[TagSpec]:
    for key, value in tags.items():
        yield TagSpec.model_validate(
            {"path": (*path, "tags", key), "entity_type": kind, "entity_name": name, "key": key, "value": value}
        )


def _policies(here: Here, key: str, name: str, catalog: Catalog) -> Iterator[DataPolicySpec]:
    places: list[tuple[Path, str, str, dict[str, DataPolicy]]]
    places = [(("catalogs", key), "CATALOG", name, catalog.policies)]
    for schema_key, schema in catalog.schemas.items():
        full_name = f"{name}.{here.names.schema(schema_key)}"
        places.append((("catalogs", key, "schemas", schema_key), "SCHEMA", full_name, schema.policies))
    for path, on_type, on_name, policies in places:
        for policy_key, policy in policies.items():
            yield DataPolicySpec.model_validate(
                {
                    "path": (*path, "policies", policy_key),
                    "name": policy_key,
                    "comment": policy.comment,
                    "on_type": on_type,
                    "on_name": on_name,
                    "function": f"{name}.{policy.function}",
                    "masks": policy.column_mask.on_column if policy.column_mask else None,
                    "using": [_argument(one.alias, one.constant) for one in policy.using],
                    "match": [
                        MatchSpec(alias=alias, condition=match.condition)
                        for alias, match in policy.match_columns.items()
                    ],
                    "when": policy.when.condition if policy.when else None,
                    "to": policy.to_principals,
                    "exempt": exempt(here, key, policy),
                }
            )


def _argument(alias: str | None, constant: str | None) -> tuple[str, str]:
    return ("alias", alias) if alias is not None else ("constant", constant or "")
