"""An environment's storage credentials and external locations with every grant on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shipway.models.deployment import StorageCredentialSpec, StorageLocationSpec
from shipway.models.resolve_access import Here, UseCaseHere, merge_grants
from shipway.models.storage import ExternalLocation, StorageCredential

__all__ = ["storage_credential_specs", "storage_location_specs"]

_READ_WRITE = "BINDING_TYPE_READ_WRITE"


def storage_credential_specs(here: Here) -> tuple[StorageCredentialSpec, ...]:
    """Every storage credential of the environment; raises BadName."""
    return tuple(_credential(here, key, one) for key, one in here.environment.storage.credentials.items())


def storage_location_specs(here: Here) -> tuple[StorageLocationSpec, ...]:
    """Every external location of the environment; raises BadName."""
    return tuple(_location(here, key, one) for key, one in here.environment.storage.locations.items())


def _credential(here: Here, key: str, credential: StorageCredential) -> StorageCredentialSpec:
    locations = here.environment.storage.locations
    used_by = [name for name, location in locations.items() if location.credential == key]
    roles = [(group, row.storage_credential) for one in _inside(here, used_by) for group, row in one.roles]
    own = [(grant.principal, grant.privileges) for grant in credential.grants]
    # Whatever the owner is: the next apply makes locations with it.
    keep = (here.keep[0], (*here.keep[1], "CREATE_EXTERNAL_LOCATION"))
    return StorageCredentialSpec(
        key=key,
        name=here.names.storage(key),
        comment=credential.comment,
        owner=credential.owner or here.owner,
        cloud=credential.cloud,
        identity=_identity(credential),
        read_only=credential.read_only,
        bindings=_bindings(here, credential.shared_with),
        grants=merge_grants([*own, *roles, keep]),
    )


def _location(here: Here, key: str, location: ExternalLocation) -> StorageLocationSpec:
    roles = [(group, row.location) for one in _inside(here, [key]) for group, row in one.roles]
    own = [(grant.principal, grant.privileges) for grant in location.grants]
    keep = (here.keep[0], (*here.keep[1], "CREATE_MANAGED_STORAGE"))
    return StorageLocationSpec(
        key=key,
        name=here.names.storage(key),
        comment=location.comment,
        owner=location.owner or here.owner,
        url=location.url,
        credential=location.credential,
        read_only=location.read_only,
        bindings=_bindings(here, location.shared_with),
        grants=merge_grants([*own, *roles, keep]),
    )


def _inside(here: Here, locations: Collection[str]) -> Iterable[UseCaseHere]:
    """The use cases whose catalog lies in one of the locations."""
    storage, catalogs = here.environment.storage, here.environment.catalogs
    for use_case in here.use_cases.values():
        if storage.location_of(catalogs[use_case.bundle.data.catalog].storage_root) in locations:
            yield use_case


def _identity(credential: StorageCredential) -> dict[str, str]:
    for identity in (credential.aws, credential.azure, credential.gcp):
        if identity is not None:
            return identity.model_dump(mode="json", exclude_none=True)
    raise AssertionError("a credential has an identity")


def _bindings(here: Here, shared_with: Iterable[str]) -> tuple[tuple[str, int, str], ...]:
    return tuple((other, id_, _READ_WRITE) for other, id_ in here.workspace_ids(shared_with))
