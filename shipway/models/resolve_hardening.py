"""A workspace's settings: the profile joined with what the document says, and the one map of configuration keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shipway.errors import Problem
from shipway.models.deployment import HardeningSpec, IpListSpec, IpPerimeterSpec
from shipway.models.document import suggestion
from shipway.models.hardening import AZURE_OWN, PROFILES, Hardening, Settings
from shipway.models.load import Documents
from shipway.models.resolve_access import Here

__all__ = ["bad_hardening", "bad_perimeters", "hardening_spec", "perimeter_spec"]

# What each of the settings that only some workspaces have is made of.
_TYPES = {
    "automatic_cluster_update": "databricks_automatic_cluster_update_workspace_setting",
    "compliance_security_profile": "databricks_compliance_security_profile_workspace_setting",
    "enhanced_security_monitoring": "databricks_enhanced_security_monitoring_workspace_setting",
}


def bad_hardening(documents: Documents) -> Iterable[Problem]:
    """Settings that name a catalog which is not there, that the cloud does not have, or that the profile wants."""
    azure = documents.account.model.cloud == "azure"
    for loaded in documents.environments.values():
        hardening = loaded.model.hardening
        named = hardening.default_catalog
        if named is not None and named not in loaded.model.catalogs:
            message = f"hardening.default_catalog: {loaded.file} has no catalog {named!r}"
            message += suggestion(named, loaded.model.catalogs)
            yield Problem("unknown-catalog", message, loaded.at("hardening", "default_catalog"))
        for name in AZURE_OWN if azure else ():
            if getattr(hardening, name) not in (None, False):
                message = f"hardening.{name}: on Azure this is set on the workspace itself"
                hint = "set enhanced_security_compliance of azurerm_databricks_workspace, and remove the line here"
                yield Problem("not-on-this-cloud", message, loaded.at("hardening", name), hint)
        for name in _missing(hardening, azure):
            message = f"hardening.profile: {hardening.profile!r} wants {name}, which is not there"
            hint = f"add {name} under hardening, or choose another profile"
            yield Problem("profile-incomplete", message, loaded.at("hardening", "profile"), hint)


def _missing(hardening: Hardening, azure: bool) -> Iterable[str]:
    if hardening.profile != "standard" and hardening.default_catalog is None:
        yield "default_catalog"
    if hardening.profile == "regulated" and hardening.compliance_security_profile is None and not azure:
        yield "compliance_security_profile"


def bad_perimeters(documents: Documents) -> Iterable[Problem]:
    """Block lists with an address that deploys come from."""
    for loaded in documents.environments.values():
        perimeter = loaded.model.ip_perimeter
        for label, index, address in perimeter.shut_out() if perimeter else ():
            message = f"ip_perimeter.block.{label}[{index}]: {address} holds an address of deploys_from"
            at = loaded.at("ip_perimeter", "block", label, index)
            yield Problem("locked-out", message, at, "a block list wins: the next apply would not get through")


def perimeter_spec(here: Here) -> IpPerimeterSpec | None:
    """The IP access lists of one environment's workspace."""
    perimeter = here.environment.ip_perimeter
    if perimeter is None:
        return None
    return IpPerimeterSpec(
        deploys_from=perimeter.deploys_from, allow=_lists(perimeter.allow), block=_lists(perimeter.block)
    )


def _lists(lists: Mapping[str, tuple[str, ...]]) -> tuple[IpListSpec, ...]:
    return tuple(IpListSpec(key=label, addresses=addresses) for label, addresses in sorted(lists.items()))


def hardening_spec(here: Here) -> HardeningSpec:
    """The settings of one environment's workspace."""
    hardening, settings = here.environment.hardening, here.environment.hardening.settings
    azure = here.documents.account.model.cloud == "azure"
    compliance = hardening.compliance_security_profile
    return HardeningSpec(
        workspace_conf=_workspace_conf(hardening, settings, perimeter=here.environment.ip_perimeter is not None),
        legacy_access=settings.legacy_access,
        restrict_workspace_admins=settings.restrict_workspace_admins,
        default_catalog=hardening.default_catalog or "",
        dashboard_embedding=settings.dashboard_embedding,
        embedding_domains=tuple(sorted(hardening.embedding_domains)),
        automatic_cluster_update=settings.automatic_cluster_update and not azure,
        maintenance_window=hardening.maintenance_window,
        enhanced_security_monitoring=settings.enhanced_security_monitoring and not azure,
        compliance_standards=tuple(sorted(compliance.standards)) if compliance else (),
        demanded=() if azure else tuple(_demanded(hardening)),
    )


def _demanded(hardening: Hardening) -> Iterable[str]:
    profile = PROFILES[hardening.profile]
    wanted = {
        "automatic_cluster_update": profile.automatic_cluster_update,
        "compliance_security_profile": hardening.profile == "regulated",
        "enhanced_security_monitoring": profile.enhanced_security_monitoring,
    }
    return (_TYPES[name] for name, is_wanted in wanted.items() if is_wanted)


def _workspace_conf(hardening: Hardening, settings: Settings, *, perimeter: bool) -> dict[str, str]:
    """The keys and values as Databricks' workspace-conf API spells them."""
    export, legacy = _flag(settings.export_of_results), _flag(settings.legacy_access)
    conf = {
        "enableDbfsFileBrowser": legacy,
        "enableDeprecatedClusterNamedInitScripts": "false",
        "enableDeprecatedGlobalInitScripts": "false",
        "enableExportNotebook": export,
        "enableFileStoreEndpoint": legacy,
        "enableNotebookTableClipboard": export,
        "enableResultsDownloading": export,
        "enableTokensConfig": _flag(settings.personal_access_tokens),
        "enableVerboseAuditLogs": _flag(settings.verbose_audit_logs),
        "maxTokenLifetimeDays": str(settings.max_token_lifetime_days),
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
    }
    if perimeter:
        # Never "false": where nothing is declared, what somebody switched on by hand stays on.
        conf["enableIpAccessLists"] = "true"
    conf |= {key: _flag(value) for key, value in hardening.workspace_conf.items()}
    return dict(sorted(conf.items()))


def _flag(value: bool) -> str:
    return "true" if value else "false"
