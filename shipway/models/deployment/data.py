"""What the data of an environment is made of: storage, catalogs, schemas, volumes, and who may do what with them."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Grant, Resolved, StackBase

__all__ = [
    "AccessRequestsSpec",
    "CatalogSpec",
    "DataPoliciesStack",
    "DataPolicySpec",
    "DataSetupSpec",
    "FunctionSpec",
    "MatchSpec",
    "SchemaSpec",
    "StorageCredentialSpec",
    "StorageLocationSpec",
    "SystemSchemaSpec",
    "TagSpec",
    "VolumeSpec",
    "WatcherSpec",
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


class DataSetupSpec(Resolved):
    """What installs functions and declared tables: a notebook of SQL and the job that runs it."""

    job_name: str
    principal: str
    """The service principal that it runs as."""
    folder: str
    notebook: str
    digest: str
    """SHA-256 over the statements: what has to be installed before any policy."""
    statements: tuple[str, ...]
    managers: str
    """The group that may change the notebook."""


class WatcherSpec(Resolved):
    """The job that watches releases, and its wheel."""

    job_name: str
    principal: str
    """The service principal that it runs as."""
    managers: str
    """The group that may change the wheel."""
    folder: str
    wheel: str
    """Its path in the workspace, by digest."""
    library: str
    """The same path as a job names it."""
    content: str
    """Of the wheel, in Base64."""
    package: str
    entry_point: str
    cron: str
    timezone: str
    paused: bool
    notify: tuple[str, ...]


class SystemSchemaSpec(Resolved):
    """A schema of the catalog `system`: whether it is switched on here, and the groups that read it."""

    name: str
    enable: bool
    readers: tuple[str, ...]


class TagSpec(Resolved):
    """One governed tag on one thing; `path` is where the document says it."""

    path: tuple[str, ...]
    entity_type: Literal["catalogs", "schemas", "tables", "columns"]
    entity_name: str
    key: str
    value: str


class FunctionSpec(Resolved):
    """An installed function's grants."""

    path: tuple[str, ...]
    full_name: str
    owner: str
    grants: tuple[Grant, ...]


class MatchSpec(Resolved):
    """A condition on a column's tags, under an alias."""

    alias: str
    condition: str


class DataPolicySpec(Resolved):
    """A column mask, or a row filter where it masks no column."""

    path: tuple[str, ...]
    name: str
    comment: str
    on_type: Literal["CATALOG", "SCHEMA"]
    on_name: str
    function: str
    masks: str | None
    """The alias of the column that a mask is on."""
    using: tuple[tuple[Literal["alias", "constant"], str], ...]
    match: tuple[MatchSpec, ...]
    when: str | None
    to: tuple[str, ...]
    exempt: tuple[str, ...]


class DataPoliciesStack(StackBase):
    """What may only be applied when the functions it names are installed: tags, masks and row filters."""

    environment: str
    setup_digest: str
    functions: tuple[FunctionSpec, ...]
    tags: tuple[TagSpec, ...]
    policies: tuple[DataPolicySpec, ...]


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
