"""R40: what holds data or closes a door is not destroyed, replaced or forgotten

Severity: CRITICAL

Why
    A renamed key or a removed block in a document is a destroy to Terraform, and one changed attribute can be a
    replacement: the data goes with the old object. A deleted setting goes back to Databricks' open default: without its
    `databricks_workspace_conf` a workspace has neither IP lists nor verbose audit logs. A block that is gone takes its
    `prevent_destroy` along, so the plan itself is judged.

Anti-pattern
    resource_changes:
      - address: databricks_schema.triage
        type: databricks_schema
        change:
          actions: [delete, create]
          before: {catalog_name: claims_prod, name: triage}
          after: {catalog_name: claims_prod, name: triage_v2}
          replace_paths: [[name]]
      - address: databricks_workspace_conf.hardening
        type: databricks_workspace_conf
        change:
          actions: [delete]
          before: {custom_config: {enableVerboseAuditLogs: "true"}}
      - address: databricks_volume.release
        type: databricks_volume
        change:
          actions: [forget]
          before: {catalog_name: claims_prod, schema_name: triage, name: release, volume_type: MANAGED}

Best practice
    resource_changes:
      - address: databricks_schema.triage
        type: databricks_schema
        change:
          actions: [update]
          before: {catalog_name: claims_prod, name: triage, comment: Triage}
          after: {catalog_name: claims_prod, name: triage, comment: Triage decisions}

Not seen
    Environments that are not protected (`protected: false` in their document). What is lost by other types than those
    that hold data or close a door: the review says it.

Sources
    Provider 1.99.0: the delete functions of its settings, and which attributes force a replacement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._protected import PROTECTED
from policies.plan._rule import Answer, Change, failed, passed, unknown

KINDS = PROTECTED

_HARMLESS = frozenset({"create", "update"})


def judge(change: Change) -> Iterator[Answer]:
    """One answer: what happens to the object."""
    if not change.protected or change.action in _HARMLESS:
        yield passed()
    elif change.action == "unrecognized":
        yield unknown("nobody knows what this action does to it")
    else:
        yield failed(_SAID.get(change.action, "would be lost") + _why(change))


_SAID = {
    "destroy": "would be destroyed",
    "forget": "would be forgotten: nothing would keep it as it is from then on",
    "replace": "would be destroyed and made anew",
}


def _why(change: Change) -> str:
    return f" for its {', '.join(change.forced_by)}" if change.forced_by else ""
