"""`environments/account.yaml`: what all environments share: the account, its platform groups, its identity provider."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.approvals import Approval, ApprovedClass
from shipway.models.compute import PolicyFamily, PolicyName
from shipway.models.document import Document, Text
from shipway.models.governed_tags import GovernedTags
from shipway.models.identities import Repository, Team
from shipway.models.names import GroupName, OrganisationName
from shipway.models.state import State
from shipway.models.storage import Region
from shipway.models.waivers import Waiver

__all__ = ["Account", "AuditLog", "Metastore", "Platform"]

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Platform(Document):
    """The two groups of the platform team."""

    administrators: GroupName
    """Owns catalogs and schemas; contains the deploy identity, so that an apply cannot lock itself out."""

    deployers: GroupName
    """Holds the landing zone's deploy identities; keeps MANAGE on all that is granted."""


class Metastore(Document):
    """A region's metastore: no storage of its own, owned by the platform's administrators."""

    delta_sharing: Literal["INTERNAL", "INTERNAL_AND_EXTERNAL"] = "INTERNAL"
    """Whether tables can be shared with somebody outside the account, who then has a token."""

    recipient_token_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 30
    """How long such a token lives; Databricks takes 0 for ever."""

    organization_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,62}$")] | None = None
    """By which other Databricks customers know this one as a provider of shares."""


class AuditLog(Document):
    """A bucket that Databricks delivers audit logs to, as JSON, every few minutes. A delivery cannot be deleted."""

    role: Annotated[str, Field(pattern=r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$")]
    """The role that may write there."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*$", max_length=200)] = "audit"


class Account(Document):
    """The Databricks account and what is declared once in it."""

    organisation: OrganisationName
    """Short name, first word of every group and policy."""

    account_id: Uuid
    cloud: Literal["aws", "azure", "gcp"]
    host: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$")]
    """The account console's address."""

    metastore_id: Uuid | None = None
    """The existing Unity Catalog metastore of every region that is not under `metastores`."""

    metastores: dict[Region, Metastore] = {}
    """Metastores that are made here, one for each region: Databricks allows no second."""

    audit_log: AuditLog | None = None
    """Where the account's audit log is delivered to; on AWS, elsewhere the cloud's own diagnostics deliver it."""

    state: State
    """Where Terraform keeps the state of the account's own stack."""

    repository: Repository
    platform: Platform
    cluster_policy_families: dict[PolicyName, PolicyFamily] = {}
    """What cluster policies of all environments have in common, beside the families that come with Shipway."""

    groups: dict[GroupName, Text] = {}
    """Groups beyond those of use cases, each with what it is for."""

    teams: dict[GroupName, Team] = {}
    """Groups of people that take roles in use cases."""

    groups_from: Literal["shipway", "identity_provider"] = "shipway"
    """Who makes the groups of people. With `identity_provider` they are there already (SCIM) and only looked up."""

    governed_tags: GovernedTags | None = None

    approvals: dict[ApprovedClass, Approval] = {}
    """Who approves changes of the account's own stack; what is not said here is as in a protected environment."""

    waivers: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _one_says_who_is_in(self) -> Account:
        if self.teams and self.groups_from == "identity_provider":
            raise ValueError("no teams: with groups_from identity_provider it says who is in the roles' groups")
        return self
