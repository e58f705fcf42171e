"""The data of an environment: its catalogs, their schemas, and who else sees them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.account import GroupName
from shipway.models.document import Document, Text
from shipway.models.names import DataName, EnvironmentName
from shipway.models.privileges import BindingType, CatalogPrivilege, IsolationMode, SchemaPrivilege

__all__ = ["Catalog", "CatalogGrant", "Schema", "SchemaGrant", "StorageUrl"]

StorageUrl = Annotated[
    str, Field(pattern=r"^(s3|abfss|gs)://[A-Za-z0-9][A-Za-z0-9@._/-]*[A-Za-z0-9]$", max_length=1000)
]


class CatalogGrant(Document):
    """What a group may do in a whole catalog."""

    principal: GroupName
    privileges: Annotated[tuple[CatalogPrivilege, ...], Field(min_length=1)]


class SchemaGrant(Document):
    """What a group may do in a schema."""

    principal: GroupName
    privileges: Annotated[tuple[SchemaPrivilege, ...], Field(min_length=1)]


class Schema(Document):
    """A schema; grants to use cases come from the access matrix."""

    comment: Text
    grants: tuple[SchemaGrant, ...] = ()


class Catalog(Document):
    """A data domain's catalog, named `<domain>_<environment>`."""

    comment: Text
    storage_root: StorageUrl
    """Own managed storage per catalog, so that dropping one cannot touch another's files."""

    isolation_mode: IsolationMode = "ISOLATED"
    """ISOLATED: only bound workspaces see it."""

    shared_with: dict[EnvironmentName, BindingType] = {}
    """Other environments whose workspace may see it. The home workspace is bound by Databricks itself."""

    schemas: dict[DataName, Schema] = {}
    grants: tuple[CatalogGrant, ...] = ()
