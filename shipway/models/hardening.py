"""What a workspace closes that Databricks leaves open: profiles as data, and what an environment says otherwise.

A profile gives every setting its value; a setting in the document wins over it. Less than the profile's is a finding of
R34 or of the rule on that setting, so a weaker workspace is a waiver that somebody signs.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag
from shipway.models.names import DataName

__all__ = [
    "AZURE_OWN",
    "PROFILES",
    "ComplianceProfile",
    "ComplianceStandard",
    "ConfKey",
    "Embedding",
    "Hardening",
    "MaintenanceWindow",
    "ProfileName",
    "Settings",
]

ProfileName = Literal["standard", "high", "regulated"]
Embedding = Literal["DENY_ALL_DOMAINS", "ALLOW_APPROVED_DOMAINS"]
TokenDays = Annotated[int, Field(ge=1, le=90, strict=True)]
Domain = Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)]

# The provider passes any key and any text; a misspelled one is an error of the API at apply. Keys that another field
# decides on are not in the list: one key, one place.
ConfKey = Literal[
    "enable-X-Content-Type-Options",
    "enable-X-Frame-Options",
    "enable-X-XSS-Protection",
    "enableDatabricksAutologgingAdminConf",
    "enableUploadDataUis",
    "enableWebTerminal",
    "enforceUserIsolation",
    "mlflowRunArtifactDownloadEnabled",
]

# Databricks SDK 0.156, settings.ComplianceStandard, without NONE.
ComplianceStandard = Literal[
    "CANADA_PROTECTED_B",
    "CYBER_ESSENTIAL_PLUS",
    "FEDRAMP_HIGH",
    "FEDRAMP_IL5",
    "FEDRAMP_MODERATE",
    "GERMANY_C5",
    "GERMANY_TISAX",
    "HIPAA",
    "HITRUST",
    "IRAP_PROTECTED",
    "ISMAP",
    "ITAR_EAR",
    "KSA_ECC_CCC_DCC",
    "K_FSI",
    "PCI_DSS",
]

AZURE_OWN = ("automatic_cluster_update", "compliance_security_profile", "enhanced_security_monitoring")
"""Settings that on Azure are part of the workspace itself (`azurerm_databricks_workspace`), not of what is in it."""


class Settings(Document):
    """Every setting with its value; what each means stands at the field of the same name in `Hardening`."""

    personal_access_tokens: Flag
    max_token_lifetime_days: TokenDays
    verbose_audit_logs: Flag
    export_of_results: Flag
    legacy_access: Flag
    restrict_workspace_admins: Flag
    dashboard_embedding: Embedding
    automatic_cluster_update: Flag
    enhanced_security_monitoring: Flag


_STANDARD = Settings(
    personal_access_tokens=False,
    max_token_lifetime_days=30,
    verbose_audit_logs=True,
    export_of_results=False,
    legacy_access=False,
    restrict_workspace_admins=True,
    dashboard_embedding="DENY_ALL_DOMAINS",
    # These two want the Enterprise tier and its security add-on, which not every workspace has.
    automatic_cluster_update=False,
    enhanced_security_monitoring=False,
)
_HIGH = _STANDARD.model_copy(
    update={"max_token_lifetime_days": 7, "automatic_cluster_update": True, "enhanced_security_monitoring": True}
)

PROFILES: dict[ProfileName, Settings] = {"standard": _STANDARD, "high": _HIGH, "regulated": _HIGH}


class MaintenanceWindow(Document):
    """When clusters that are due for an update are restarted."""

    day: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    frequency: Literal[
        "EVERY_WEEK",
        "FIRST_OF_MONTH",
        "SECOND_OF_MONTH",
        "THIRD_OF_MONTH",
        "FOURTH_OF_MONTH",
        "FIRST_AND_THIRD_OF_MONTH",
        "SECOND_AND_FOURTH_OF_MONTH",
    ] = "EVERY_WEEK"
    hour: Annotated[int, Field(ge=0, le=23, strict=True)]
    """In UTC."""

    minute: Annotated[int, Field(ge=0, le=59, strict=True)] = 0


class ComplianceProfile(Document):
    """Databricks' compliance security profile: once it is on, nobody can turn it off again."""

    standards: Annotated[tuple[ComplianceStandard, ...], Field(min_length=1)]
    irreversible: Literal[True]
    """Written out by whoever decides it: the API has no way back, and removing the block changes nothing."""


class Hardening(Document):
    """Workspace settings: a profile, and each setting that is not as the profile has it."""

    profile: ProfileName = "standard"
    """`high` wants the Enterprise tier; `regulated` is `high` with a compliance security profile."""

    default_catalog: DataName | None = None
    """The domain whose catalog a table name without one is looked up in; never hive_metastore."""

    personal_access_tokens: Flag | None = None
    """Whether people may make tokens at all. Machines sign in by OIDC."""

    max_token_lifetime_days: TokenDays | None = None
    """Applies to tokens that exist already; the Security Analysis Tool asks for at most 90."""

    verbose_audit_logs: Flag | None = None
    """Without it the audit log names no notebook command."""

    export_of_results: Flag | None = None
    """Downloading query results, exporting notebooks, copying tables to the clipboard."""

    legacy_access: Flag | None = None
    """Hive metastore, credential passthrough and DBFS root: ways around Unity Catalog."""

    restrict_workspace_admins: Flag | None = None
    """Admins cannot run jobs as somebody else nor make tokens for them."""

    dashboard_embedding: Embedding | None = None
    """Whether dashboards may be shown in other sites; any site at all is not offered."""

    embedding_domains: tuple[Domain, ...] = ()
    """The sites, for ALLOW_APPROVED_DOMAINS."""

    automatic_cluster_update: Flag | None = None
    """Long-running clusters get security updates in the maintenance window."""

    maintenance_window: MaintenanceWindow | None = None
    """Without one Databricks chooses."""

    enhanced_security_monitoring: Flag | None = None
    """A hardened image with monitoring agents on every classic cluster."""

    compliance_security_profile: ComplianceProfile | None = None

    workspace_conf: dict[ConfKey, Flag] = {}
    """Further switches of the workspace-conf API."""

    @model_validator(mode="after")
    def _domains_and_embedding_go_together(self) -> Hardening:
        approved = self.settings.dashboard_embedding == "ALLOW_APPROVED_DOMAINS"
        if approved != bool(self.embedding_domains):
            raise ValueError("embedding_domains exactly where dashboard_embedding is ALLOW_APPROVED_DOMAINS")
        if self.maintenance_window is not None and not self.settings.automatic_cluster_update:
            raise ValueError("a maintenance_window only where automatic_cluster_update is true")
        return self

    @property
    def settings(self) -> Settings:
        """The profile's settings with what this document says otherwise."""
        own = {name: value for name in Settings.model_fields if (value := getattr(self, name)) is not None}
        return PROFILES[self.profile].model_copy(update=own)
