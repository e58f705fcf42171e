"""An environment's catalogs, schemas and volumes with every grant on them."""

from __future__ import annotations

from collections.abc import Mapping

from shipway.models.catalogs import Catalog, Schema
from shipway.models.deployment import CatalogSpec, SchemaSpec, VolumeSpec
from shipway.models.resolve_access import Here, UseCaseHere, merge_grants

__all__ = ["catalog_specs"]


def catalog_specs(here: Here) -> tuple[CatalogSpec, ...]:
    """Every catalog of the environment; raises BadName."""
    return tuple(_catalog(here, domain, catalog) for domain, catalog in here.environment.catalogs.items())


def _catalog(here: Here, domain: str, catalog: Catalog) -> CatalogSpec:
    inside = {name: found for name, found in here.use_cases.items() if found.bundle.data.catalog == domain}
    own = [(grant.principal, grant.privileges) for grant in catalog.grants]
    roles = [(group, access.catalog) for found in inside.values() for group, access in found.roles]
    return CatalogSpec(
        key=domain,
        name=here.names.catalog(domain),
        comment=catalog.comment,
        storage_root=catalog.storage_root,
        isolation_mode=catalog.isolation_mode,
        bindings=tuple(
            (other, int(here.documents.environments[other].model.workspace.id), mode)
            for other, mode in sorted(catalog.shared_with.items())
        ),
        grants=merge_grants([*own, *roles, here.keep]),
        schemas=tuple(
            _schema(here, key, schema, {name: u for name, u in inside.items() if u.bundle.data.schema_ == key})
            for key, schema in catalog.schemas.items()
        ),
    )


def _schema(here: Here, key: str, schema: Schema, inside: Mapping[str, UseCaseHere]) -> SchemaSpec:
    own = [(grant.principal, grant.privileges) for grant in schema.grants]
    roles = [(group, access.schema_) for found in inside.values() for group, access in found.roles]
    return SchemaSpec(
        key=key,
        name=here.names.schema(key),
        comment=schema.comment,
        grants=merge_grants([*own, *roles, here.keep]),
        volumes=tuple(_volume(here, name, found) for name, found in inside.items()),
    )


def _volume(here: Here, name: str, use_case: UseCaseHere) -> VolumeSpec:
    return VolumeSpec(
        key=name,
        name=use_case.names.volume(),
        comment=f"Released artifacts of {name}, one folder per digest",
        grants=merge_grants([*((group, access.volume) for group, access in use_case.roles), here.keep]),
    )
