"""What the data of an environment is made of: storage, catalogs, schemas, volumes, and who may do what with them."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Grant, Resolved

__all__ = [
    "AccessRequestsSpec",
    "CatalogSpec",
    "SchemaSpec",
    "StorageCredentialSpec",
    "StorageLocationSpec",
    "VolumeSpec",
]

Bindings = tuple[tuple[str, int, str], ...]
"""Environment, workspace id, binding type."""


class StorageCredentialSpec(Resolved):
    """A cloud identity: `identity` holds the fields of the block that its cloud has."""

    key: str
    name: str
    comment: str
    owner: str
    cloud: Literal["aws", "azure", "gcp"]
    identity: dict[str, str]
    read_only: bool
    bindings: Bindings
    grants: tuple[Grant, ...]


class StorageLocationSpec(Resolved):
    """An external location; `credential` is the key of one in the same stack."""

    key: str
    name: str
    comment: str
    owner: str
    url: str
    credential: str
    read_only: bool
    bindings: Bindings
    grants: tuple[Grant, ...]


class AccessRequestsSpec(Resolved):
    """Where requests for access to one catalog go: the type of each destination and what it is."""

    destinations: tuple[tuple[Literal["EMAIL", "URL"], str], ...]


class VolumeSpec(Resolved):
    """A managed volume with its grants."""

    key: str
    name: str
    comment: str
    grants: tuple[Grant, ...]


class SchemaSpec(Resolved):
    """A schema with all grants on it, those of the access matrix included."""

    key: str
    name: str
    comment: str
    grants: tuple[Grant, ...]
    volumes: tuple[VolumeSpec, ...]


class CatalogSpec(Resolved):
    """A catalog with all grants on it and the foreign workspaces that see it."""

    key: str
    name: str
    comment: str
    owner: str
    """Of the catalog and of all in it that the landing zone makes."""
    storage_root: str
    location: str | None
    """The key of the location it lies in; None where the locations are somebody else's."""
    properties: dict[str, str]
    isolation_mode: str
    bindings: Bindings
    grants: tuple[Grant, ...]
    access_requests: AccessRequestsSpec | None
    schemas: tuple[SchemaSpec, ...]
