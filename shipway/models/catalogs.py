"""The data of an environment: its catalogs, their schemas, and who else sees them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag, Text
from shipway.models.governance import DataPolicy, Days, Function, PolicyKey, Table, Tags
from shipway.models.names import DataName, EnvironmentName, GroupName
from shipway.models.privileges import BindingType, CatalogPrivilege, IsolationMode, SchemaPrivilege
from shipway.models.storage import Region, StorageUrl

__all__ = ["AccessRequests", "Catalog", "CatalogGrant", "Classification", "Schema", "SchemaGrant"]

Classification = Literal["public", "internal", "confidential", "restricted"]
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]+$", max_length=254)]
PageUrl = Annotated[str, Field(pattern=r"^https://[A-Za-z0-9./?=&_%#~+-]+$", max_length=1000)]


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
    tags: Tags = {}
    functions: dict[DataName, Function] = {}
    tables: dict[DataName, Table] = {}
    policies: Annotated[dict[PolicyKey, DataPolicy], Field(max_length=100)] = {}
    grants: tuple[SchemaGrant, ...] = ()


class AccessRequests(Document):
    """Whom Databricks tells when somebody asks for access: mailboxes of teams, and pages where access is asked for."""

    emails: tuple[Email, ...] = ()
    urls: tuple[PageUrl, ...] = ()

    @model_validator(mode="after")
    def _names_somebody(self) -> AccessRequests:
        if not self.emails and not self.urls:
            raise ValueError("at least one of emails and urls")
        return self


class Catalog(Document):
    """A data domain's catalog, named `<domain>_<environment>`."""

    comment: Text
    storage_root: StorageUrl
    """Own managed storage per catalog, so that dropping one cannot touch another's files. A changed one is a new
    catalog (the provider replaces it, with all that is in it), which the gates refuse."""

    owner: GroupName | None = None
    """The platform's administrators unless said otherwise. The deployers keep MANAGE either way."""

    classification: Classification | None = None
    """How bad it is if it gets out."""

    contains_personal_data: Flag = False
    """Whether any column can say something about a person."""

    residency: Region | None = None
    """The region that the data may not leave: neither its storage nor a workspace that sees it may be elsewhere."""

    retention_days: Days | None = None
    """How long a row may be kept, unless its table says less. Databricks deletes nothing by it: who deletes reads it
    from the properties of catalog and tables."""

    history_days: Days | None = None
    """How long a declared table keeps what was deleted or overwritten in it (Delta's own default is 7 days of files
    and 30 of log): what somebody asked to have erased is gone after it."""

    tags: Tags = {}
    policies: Annotated[dict[PolicyKey, DataPolicy], Field(max_length=100)] = {}
    """Masks and filters for all tables in it."""

    access_requests: AccessRequests | None = None
    """Without it, a request goes to the owner's address, and a group has none."""

    isolation_mode: IsolationMode = "ISOLATED"
    """ISOLATED: only bound workspaces see it."""

    shared_with: dict[EnvironmentName, BindingType] = {}
    """Other environments whose workspace may see it. The home workspace is bound by Databricks itself."""

    schemas: dict[DataName, Schema] = {}
    grants: tuple[CatalogGrant, ...] = ()
