"""What a workspace offers: SQL warehouses, notification destinations, libraries, entitlements of groups."""

from __future__ import annotations

from binding import Construct, TerraformVariable, databricks
from shipway.models.deployment import AllowlistSpec, DestinationSpec, EntitlementSpec, WarehouseSpec

__all__ = ["GroupEntitlements", "LibraryAllowlist", "NotificationDestination", "Warehouse"]


class Warehouse(Construct):
    """One SQL warehouse and its one access list; who applies it stays its owner."""

    def __init__(self, scope: Construct, id_: str, *, spec: WarehouseSpec) -> None:
        super().__init__(scope, id_)
        self.warehouse = databricks.SqlEndpoint(
            self,
            "warehouse",
            name=spec.name,
            cluster_size=spec.size,
            warehouse_type="PRO",
            enable_serverless_compute=True,
            min_num_clusters=1,
            max_num_clusters=spec.max_clusters,
            auto_stop_mins=spec.auto_stop_minutes,
            tags=databricks.SqlEndpointTags(
                custom_tags=[databricks.SqlEndpointTagsCustomTags(key=key, value=value) for key, value in spec.tags]
            ),
        )
        if spec.users:
            databricks.Permissions(
                self,
                "permissions",
                sql_endpoint_id=self.warehouse.id,
                access_control=[
                    databricks.PermissionsAccessControl(group_name=user.group, permission_level=user.level)
                    for user in spec.users
                ],
            )


class NotificationDestination(Construct):
    """One destination. What it needs of secrets comes from a variable; at 1.99 its value lands in the state."""

    def __init__(self, scope: Construct, id_: str, *, spec: DestinationSpec) -> None:
        super().__init__(scope, id_)
        databricks.NotificationDestination(self, "destination", display_name=spec.name, config=self._config(spec))

    def _config(self, spec: DestinationSpec) -> databricks.NotificationDestinationConfigA:
        if spec.kind == "email":
            email = databricks.NotificationDestinationConfigEmail(addresses=list(spec.email))
            return databricks.NotificationDestinationConfigA(email=email)
        variable = TerraformVariable(self, "secret", type="string", sensitive=True, nullable=False)
        variable.override_logical_id(spec.variable)
        value = variable.string_value
        match spec.kind:
            case "microsoft_teams":
                teams = databricks.NotificationDestinationConfigMicrosoftTeams(url=value)
                return databricks.NotificationDestinationConfigA(microsoft_teams=teams)
            case "pagerduty":
                pagerduty = databricks.NotificationDestinationConfigPagerduty(integration_key=value)
                return databricks.NotificationDestinationConfigA(pagerduty=pagerduty)
            case "slack":
                slack = databricks.NotificationDestinationConfigSlack(url=value)
                return databricks.NotificationDestinationConfigA(slack=slack)
            case "webhook":
                webhook = databricks.NotificationDestinationConfigGenericWebhook(url=value)
                return databricks.NotificationDestinationConfigA(generic_webhook=webhook)
            case _:
                raise ValueError(f"no such kind of destination: {spec.kind}")


class LibraryAllowlist(Construct):
    """What may be loaded on shared clusters, of one type. The API replaces the whole list of that type."""

    def __init__(self, scope: Construct, id_: str, *, spec: AllowlistSpec) -> None:
        super().__init__(scope, id_)
        databricks.ArtifactAllowlist(
            self,
            "allowlist",
            artifact_type=spec.artifact_type,
            artifact_matcher=[
                databricks.ArtifactAllowlistArtifactMatcher(artifact=artifact, match_type="PREFIX_MATCH")
                for artifact in spec.artifacts
            ],
        )


class GroupEntitlements(Construct):
    """What one group may do in the workspace at all. Being let in is another thing, and the account's (#4925)."""

    def __init__(self, scope: Construct, id_: str, *, spec: EntitlementSpec) -> None:
        super().__init__(scope, id_)
        # The account's stack made it, and let it in: its id is looked up, so that neither stack waits for the other.
        group = databricks.DataDatabricksGroup(self, "group", display_name=spec.group)
        databricks.Entitlements(
            self,
            "entitlements",
            group_id=group.id,
            workspace_access="workspace_access" in spec.entitlements,
            databricks_sql_access="databricks_sql_access" in spec.entitlements,
            workspace_consume="workspace_consume" in spec.entitlements or None,
            allow_cluster_create=False,
            allow_instance_pool_create=False,
        )
