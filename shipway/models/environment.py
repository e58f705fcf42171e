"""`environments/<name>.yaml`: one environment's landing zone: its workspace, data, access, compute.

The file's name is the environment's name. What differs between environments is a field here, never an `if` in code.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from shipway.models.account import GroupName
from shipway.models.document import Document, Flag, Text
from shipway.models.names import DataName, EnvironmentName, Role
from shipway.models.privileges import (
    BindingType,
    CatalogPrivilege,
    IsolationMode,
    JobPermission,
    ModelPrivilege,
    SchemaPrivilege,
    SecretPermission,
    VolumePrivilege,
)
from shipway.models.state import State
from shipway.models.waivers import Waiver

__all__ = [
    "Catalog",
    "CatalogGrant",
    "ClusterPolicy",
    "Environment",
    "Hardening",
    "PolicyElement",
    "RoleAccess",
    "Schema",
    "SchemaGrant",
    "Workspace",
]

PolicyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
StorageUrl = Annotated[
    str, Field(pattern=r"^(s3|abfss|gs)://[A-Za-z0-9][A-Za-z0-9@._/-]*[A-Za-z0-9]$", max_length=1000)
]
PolicyKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.*-]*$", max_length=200)]


class Workspace(Document):
    """An existing workspace; provider 1.99 cannot create one and its contents in one apply, so both are plain data."""

    url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$")]
    id: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$")]
    """The workspace id, quoted: YAML readers round large numbers."""


class Hardening(Document):
    """Workspace settings whose safe value is the default; an environment that relaxes one says so here."""

    personal_access_tokens: Flag = False
    """Whether people may make tokens at all. Machines sign in by OIDC."""

    max_token_lifetime_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 30
    """Applies to tokens that exist already; the Security Analysis Tool asks for at most 90."""

    verbose_audit_logs: Flag = True
    """Without it the audit log names no notebook command."""

    export_of_results: Flag = False
    """Downloading query results, exporting notebooks, copying tables to the clipboard."""

    legacy_access: Flag = False
    """Hive metastore, credential passthrough and DBFS root: ways around Unity Catalog."""

    restrict_workspace_admins: Flag = True
    """Admins cannot run jobs as somebody else nor make tokens for them."""


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


class RoleAccess(Document):
    """What one role of every use case may do here: a row of the role by environment matrix."""

    catalog: tuple[CatalogPrivilege, ...] = ()
    schema_: Annotated[tuple[SchemaPrivilege, ...], Field(alias="schema")] = ()
    volume: tuple[VolumePrivilege, ...] = ()
    model: tuple[ModelPrivilege, ...] = ()
    job: JobPermission | None = None
    secrets: SecretPermission | None = None
    cluster_policies: Flag = False
    """Whether the role may start clusters under this environment's policies."""


class PolicyElement(Document):
    """One rule of a cluster policy, as Databricks' policy language has it."""

    type: Literal["fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"]
    value: StrictBool | StrictInt | str | None = None
    values: tuple[StrictInt | str, ...] | None = None
    pattern: str | None = None
    min_value: Annotated[StrictInt | None, Field(alias="minValue")] = None
    max_value: Annotated[StrictInt | None, Field(alias="maxValue")] = None
    default_value: Annotated[StrictBool | StrictInt | str | None, Field(alias="defaultValue")] = None
    hidden: StrictBool | None = None
    is_optional: Annotated[StrictBool | None, Field(alias="isOptional")] = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> PolicyElement:
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"a pattern that is a regular expression; {error}") from error
        if self.min_value is not None and self.max_value is not None and self.min_value > self.max_value:
            raise ValueError("a range whose minValue is not above its maxValue")
        needed = {
            "fixed": self.value is not None,
            "allowlist": bool(self.values),
            "blocklist": bool(self.values),
            "regex": bool(self.pattern),
            "range": self.min_value is not None or self.max_value is not None,
        }
        wanted = {"fixed": "value", "allowlist": "values", "blocklist": "values", "regex": "pattern"}
        if not needed.get(self.type, True):
            raise ValueError(f"a {self.type!r} element with {wanted.get(self.type, 'minValue or maxValue')}")
        return self

    def as_json(self) -> dict[str, Any]:
        """The element as the policy definition spells it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class ClusterPolicy(Document):
    """What a cluster may be: a structure, so that it cannot be text that is not JSON."""

    description: Text
    definition: Annotated[dict[PolicyKey, PolicyElement], Field(min_length=1)]


class Environment(Document):
    """One environment."""

    description: Text
    workspace: Workspace
    state: State
    """Where Terraform keeps the state of this environment's stacks."""

    protected: Flag = True
    """What is destroyed here is gone for others too. No gate reads it yet: approvals are not in this version."""

    hardening: Hardening = Hardening()
    catalogs: dict[DataName, Catalog] = {}
    access: dict[Role, RoleAccess] = {}
    cluster_policies: dict[PolicyName, ClusterPolicy] = {}
    waivers: tuple[Waiver, ...] = ()
