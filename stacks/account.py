"""The account: identities and what is declared once for all environments."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone import (
    AccountGroup,
    AuditLogDelivery,
    PeopleTeam,
    RegionMetastore,
    SetupPrincipal,
    TagGovernance,
    UseCaseIdentity,
    WatchPrincipal,
    WorkspaceAttachment,
    account_group,
)
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
        groups = self._groups(spec)
        if spec.governance_host is not None:
            self._govern(spec, spec.governance_host, groups)
        metastore_scope = Construct(self, "metastores")
        metastores = {
            item.region: RegionMetastore(metastore_scope, item.region, spec=item).metastore for item in spec.metastores
        }
        if spec.audit_log:
            AuditLogDelivery(self, "audit_log", spec=spec.audit_log, account_id=spec.account_id)
        setup = Construct(self, "data_setup")
        for environment, name in spec.setup_principals:
            SetupPrincipal(
                setup,
                environment,
                name=name,
                account_id=spec.account_id,
                deployers=spec.deployers,
                managers=spec.administrators,
                groups=groups,
            )
        groups |= self._watch(spec, groups)
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

    def _groups(self, spec: AccountStack) -> dict[str, AccountGroup]:
        """Every group of the account by its name."""
        scope, bundles, teams = Construct(self, "groups"), Construct(self, "bundles"), Construct(self, "teams")
        groups = {item.name: account_group(scope, item) for item in spec.platform_groups}
        for use_case in spec.use_cases:
            identity = UseCaseIdentity(
                bundles, use_case.use_case, spec=use_case, account_id=spec.account_id, groups=groups
            )
            groups = identity.groups
        for team in spec.teams:
            groups[team.group.name] = PeopleTeam(teams, team.group.key, spec=team, groups=groups).group
        return groups

    def _watch(self, spec: AccountStack, groups: dict[str, AccountGroup]) -> dict[str, AccountGroup]:
        """The groups of those who watch, by name."""
        scope = Construct(self, "watchers")
        return {
            one.group: WatchPrincipal(
                scope,
                one.environment,
                spec=one,
                account_id=spec.account_id,
                deployers=spec.deployers,
                managers=spec.administrators,
                groups=groups,
            ).group
            for one in spec.watch_principals
        }

    def _govern(self, spec: AccountStack, host: str, groups: dict[str, AccountGroup]) -> None:
        # A workspace's API for what is the account's: so its one place is here, and not in each landing zone.
        through = databricks.DatabricksProvider(self, "governance", alias="governance", host=host)
        tags = Construct(Construct(self, "governed_tags"), "tags")
        for tag in spec.tags:
            TagGovernance(tags, tag.key, spec=tag, account_id=spec.account_id, through=through, groups=groups)
