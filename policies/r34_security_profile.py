"""R34: a workspace has the security settings that its profile asks for, and nothing irreversible by accident

Severity: MEDIUM
Scope: stack

Why
    A profile promises automatic updates and monitoring to whoever reads its name. The compliance security profile
    cannot be switched off again, so whoever switches it on says that they know.

Anti-pattern
    resource:
      databricks_workspace_conf:
        hardening:
          //:
            demanded: [databricks_enhanced_security_monitoring_workspace_setting]
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
      databricks_compliance_security_profile_workspace_setting:
        profile:
          compliance_security_profile_workspace:
            is_enabled: true
            compliance_standards: [HIPAA]

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          //:
            demanded: [databricks_enhanced_security_monitoring_workspace_setting]
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableDbfsFileBrowser: "false"
            enableDeprecatedClusterNamedInitScripts: "false"
            enableDeprecatedGlobalInitScripts: "false"
            enableExportNotebook: "false"
            enableFileStoreEndpoint: "false"
            enableNotebookTableClipboard: "false"
            enableResultsDownloading: "false"
            storeInteractiveNotebookResultsInCustomerAccount: "true"
          lifecycle:
            prevent_destroy: true
      databricks_enhanced_security_monitoring_workspace_setting:
        monitoring:
          enhanced_security_monitoring_workspace:
            is_enabled: true
          lifecycle:
            prevent_destroy: true
      databricks_compliance_security_profile_workspace_setting:
        profile:
          //:
            irreversible: true
          compliance_security_profile_workspace:
            is_enabled: true
            compliance_standards: [HIPAA]
          lifecycle:
            prevent_destroy: true

Not seen
    On Azure these settings are part of azurerm_databricks_workspace, which is in no stack of ours.

Sources
    Security Analysis Tool, INFO-39, INFO-40 and GOV-36; provider documentation of the three settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, is_yes, passed
from policies._together import Others, StackRule
from policies._values import is_given

_CONF = "databricks_workspace_conf"
_UPDATE = "databricks_automatic_cluster_update_workspace_setting"
_COMPLIANCE = "databricks_compliance_security_profile_workspace_setting"
_MONITORING = "databricks_enhanced_security_monitoring_workspace_setting"
_SWITCHES = {
    _UPDATE: ("automatic_cluster_update_workspace", "enabled"),
    _COMPLIANCE: ("compliance_security_profile_workspace", "is_enabled"),
    _MONITORING: ("enhanced_security_monitoring_workspace", "is_enabled"),
}


class SecurityProfile(StackRule[tuple[str, ...]]):
    """Each demanded setting is in the stack, each that is there is on, and what is irreversible says so."""

    resources = (_CONF, *_SWITCHES)

    def survey(self, others: Others) -> tuple[str, ...]:
        """The types of settings that the stack has."""
        return tuple(block.kind for block in others.of(*_SWITCHES))

    def compare(self, block: Block, seen: tuple[str, ...]) -> Iterator[Answer]:
        """One answer for each setting demanded, one or two for each setting."""
        if block.kind == _CONF:
            yield passed()
            for comment in block.blocks("//"):
                for demanded in comment.each("demanded"):
                    yield demanded.must(lambda kind: kind in seen, "which the stack does not have; wanted it")
            return
        setting, switch = _SWITCHES[block.kind]
        for inner in block.needed(setting):
            yield inner.leaf(switch).must(is_yes, "wanted true")
            if block.kind == _COMPLIANCE:
                yield from _standards(inner)
        if block.kind == _COMPLIANCE:
            for comment in block.needed("//"):
                yield comment.leaf("irreversible").must(is_yes, "wanted true: it cannot be switched off again")


def _standards(block: Block) -> Iterator[Answer]:
    standards = list(block.each("compliance_standards"))
    if not standards:
        yield failed("compliance_standards", "is empty, wanted the standards that are asked for")
    for standard in standards:
        yield standard.must(lambda name: is_given(name) and name != "NONE", "wanted a standard")


RULE = SecurityProfile()
