"""An environment's catalogs, schemas and volumes with every grant on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shipway.models.catalogs import Catalog, Schema
from shipway.models.deployment import AccessRequestsSpec, CatalogSpec, SchemaSpec, VolumeSpec
from shipway.models.kinds import UseCaseKind
from shipway.models.names import Role
from shipway.models.resolve_access import Here, UseCaseHere, merge_grants
from shipway.models.resolve_data_setup import setup_privileges
from shipway.models.resolve_watcher import CATALOG, SCHEMA, VOLUME

__all__ = ["catalog_specs"]


def catalog_specs(here: Here) -> tuple[CatalogSpec, ...]:
    """Every catalog of the environment; raises BadName."""
    return tuple(_catalog(here, domain, catalog) for domain, catalog in here.environment.catalogs.items())


def _catalog(here: Here, domain: str, catalog: Catalog) -> CatalogSpec:
    inside = {name: found for name, found in here.use_cases.items() if found.bundle.data.catalog == domain}
    own = [(grant.principal, grant.privileges) for grant in catalog.grants]
    roles = [(group, access.catalog) for found in inside.values() for group, access in found.roles]
    on_catalog, on_schemas = setup_privileges(catalog)
    watching = [(here.names.watchers, CATALOG)] if inside and here.environment.watcher else []
    return CatalogSpec(
        key=domain,
        name=here.names.catalog(domain),
        comment=catalog.comment,
        owner=catalog.owner or here.owner,
        storage_root=catalog.storage_root,
        location=here.environment.storage.location_of(catalog.storage_root),
        properties=_properties(catalog),
        isolation_mode=catalog.isolation_mode,
        bindings=tuple(
            (other, id_, catalog.shared_with[other]) for other, id_ in here.workspace_ids(catalog.shared_with)
        ),
        grants=merge_grants([*own, *roles, *watching, here.keep, (here.keep[0], on_catalog)]),
        access_requests=_access_requests(catalog),
        schemas=tuple(
            _schema(
                here,
                key,
                schema,
                {name: u for name, u in inside.items() if u.bundle.data.schema_ == key},
                on_schemas.get(key, ()),
            )
            for key, schema in catalog.schemas.items()
        ),
    )


def _properties(catalog: Catalog) -> dict[str, str]:
    """What the document says of the data, for those who ask the catalog and not the document."""
    said = {
        "shipway.classification": catalog.classification,
        "shipway.contains_personal_data": "true" if catalog.contains_personal_data else None,
        "shipway.residency": catalog.residency,
        "shipway.retention_days": catalog.retention_days,
    }
    return {key: str(value) for key, value in said.items() if value is not None}


def _access_requests(catalog: Catalog) -> AccessRequestsSpec | None:
    asked = catalog.access_requests
    if asked is None:
        return None
    emails = [("EMAIL", email) for email in sorted(set(asked.emails))]
    return AccessRequestsSpec(destinations=(*emails, *(("URL", url) for url in sorted(set(asked.urls)))))


def _schema(
    here: Here, key: str, schema: Schema, inside: Mapping[str, UseCaseHere], setup: tuple[str, ...]
) -> SchemaSpec:
    own = [(grant.principal, grant.privileges) for grant in schema.grants]
    roles = [(group, access.schema_) for found in inside.values() for group, access in found.roles]
    watching = [(here.names.watchers, SCHEMA)] if inside and here.environment.watcher else []
    return SchemaSpec(
        key=key,
        name=here.names.schema(key),
        comment=schema.comment,
        grants=merge_grants([*own, *roles, *watching, here.keep, (here.keep[0], setup)]),
        volumes=tuple(volume for name, found in inside.items() for volume in _volumes(here, name, found)),
    )


def _volumes(here: Here, name: str, use_case: UseCaseHere) -> Iterator[VolumeSpec]:
    names = use_case.names
    watching = [(here.names.watchers, VOLUME)] if here.environment.watcher else []
    yield VolumeSpec(
        key=name,
        name=names.volume(),
        comment=f"Released artifacts of {name}, one folder per digest",
        grants=merge_grants([*((group, access.volume) for group, access in use_case.roles), *watching, here.keep]),
    )
    if use_case.bundle.kind is UseCaseKind.STREAMING:
        # Whoever writes here decides what is read again or never: the job, and nobody by the access matrix.
        runs = (names.group(Role.RUNNERS), ("READ_VOLUME", "WRITE_VOLUME"))
        yield VolumeSpec(
            # No use case is called so: its name has no underscore.
            key=f"{name}_checkpoints",
            name=names.checkpoints(),
            comment=f"Where each slot of {name} stands in its stream",
            grants=merge_grants([runs, here.keep]),
        )
