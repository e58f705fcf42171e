"""The account: identities and what is declared once for all environments."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone import AuditLogDelivery, RegionMetastore, SetupPrincipal, UseCaseIdentity, WorkspaceAttachment
from shipway.models.deployment import AccountStack
from stacks.base import ShipwayStack

__all__ = ["Account"]


class Account(ShipwayStack):
    """The stack `account`."""

    def __init__(self, scope: Construct, spec: AccountStack) -> None:
        super().__init__(scope, spec)
        # Applies to workspaces made from now on: none starts with Hive metastore or DBFS root.
        databricks.DisableLegacyFeaturesSetting(
            self,
            "disable-legacy-features",
            disable_legacy_features=databricks.DisableLegacyFeaturesSettingDisableLegacyFeatures(value=True),
        )
        group_scope = Construct(self, "groups")
        groups = {
            item.name: databricks.Group(group_scope, item.key, display_name=item.name, allow_cluster_create=False)
            for item in spec.platform_groups
        }
        bundles = Construct(self, "bundles")
        for use_case in spec.use_cases:
            groups |= UseCaseIdentity(bundles, use_case.use_case, spec=use_case).groups
        metastore_scope = Construct(self, "metastores")
        metastores = {
            item.region: RegionMetastore(metastore_scope, item.region, spec=item).metastore for item in spec.metastores
        }
        if spec.audit_log:
            AuditLogDelivery(self, "audit_log", spec=spec.audit_log, account_id=spec.account_id)
        setup = Construct(self, "data_setup")
        for environment, name in spec.setup_principals:
            SetupPrincipal(setup, environment, name=name, deployers=groups[spec.deployers])
        workspaces = Construct(self, "workspaces")
        for workspace in spec.workspaces:
            WorkspaceAttachment(
                workspaces,
                workspace.environment,
                spec=workspace,
                account_id=spec.account_id,
                metastores=metastores,
                groups=groups,
            )
