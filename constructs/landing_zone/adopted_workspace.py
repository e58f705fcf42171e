"""A workspace's own objects that were there before Shipway, with who may use them: as found, each with its import."""

from __future__ import annotations

from urllib.parse import quote

from binding import Construct, databricks
from shipway.models.adopted import (
    AccessList,
    AdoptedClusterPolicy,
    AdoptedIpAccessList,
    AdoptedNotification,
    AdoptedScope,
    AdoptedWarehouse,
)

__all__ = ["FoundIpAccessList", "FoundNotification", "FoundPolicy", "FoundScope", "FoundWarehouse"]


class FoundPolicy(Construct):
    """A cluster policy and who may use it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedClusterPolicy) -> None:
        super().__init__(scope, id_)
        databricks.ClusterPolicy(
            self,
            "policy",
            name=spec.name,
            description=spec.description or None,
            definition=spec.definition,
            policy_family_id=spec.policy_family_id,
            policy_family_definition_overrides=spec.policy_family_definition_overrides,
            max_clusters_per_user=spec.max_clusters_per_user,
        ).import_from(spec.import_id)
        if entries := _entries(spec.permissions):
            made = databricks.Permissions(self, "permissions", cluster_policy_id=spec.id, access_control=entries)
            made.import_from(f"/cluster-policies/{spec.id}")


class FoundWarehouse(Construct):
    """A SQL warehouse and who may use it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedWarehouse) -> None:
        super().__init__(scope, id_)
        tags = [databricks.SqlEndpointTagsCustomTags(key=key, value=value) for key, value in spec.tags.items()]
        databricks.SqlEndpoint(
            self,
            "warehouse",
            name=spec.name,
            cluster_size=spec.cluster_size,
            auto_stop_mins=spec.auto_stop_mins,
            min_num_clusters=spec.min_num_clusters,
            max_num_clusters=spec.max_num_clusters,
            warehouse_type=spec.warehouse_type,
            enable_photon=spec.enable_photon,
            enable_serverless_compute=spec.enable_serverless_compute,
            spot_instance_policy=spec.spot_instance_policy,
            channel=databricks.SqlEndpointChannel(name=spec.channel),
            tags=databricks.SqlEndpointTags(custom_tags=tags) if tags else None,
        ).import_from(spec.import_id)
        if entries := _entries(spec.permissions):
            made = databricks.Permissions(self, "permissions", sql_endpoint_id=spec.id, access_control=entries)
            made.import_from(f"/sql/warehouses/{spec.id}")


class FoundScope(Construct):
    """A secret scope and its access list."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedScope) -> None:
        super().__init__(scope, id_)
        vault = spec.keyvault
        databricks.SecretScope(
            self,
            "scope",
            name=spec.name,
            keyvault_metadata=databricks.SecretScopeKeyvaultMetadata(
                resource_id=vault.resource_id, dns_name=vault.dns_name
            )
            if vault
            else None,
        ).import_from(spec.import_id)
        acls = Construct(self, "acls")
        for principal, permission in spec.acls.items():
            # A construct's id takes no slash: written out, two principals never become one.
            id_ = quote(principal, safe=" @.-_")
            made = databricks.SecretAcl(acls, id_, scope=spec.name, principal=principal, permission=permission)
            made.import_from(f"{spec.name}|||{principal}")


class FoundIpAccessList(Construct):
    """A list of addresses."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedIpAccessList) -> None:
        super().__init__(scope, id_)
        databricks.IpAccessList(
            self,
            "addresses",
            label=spec.label,
            list_type=spec.list_type,
            ip_addresses=list(spec.ip_addresses),
            enabled=spec.enabled,
        ).import_from(spec.import_id)


class FoundNotification(Construct):
    """Addresses that alerts are mailed to."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedNotification) -> None:
        super().__init__(scope, id_)
        email = databricks.NotificationDestinationConfigEmail(addresses=list(spec.emails))
        databricks.NotificationDestination(
            self,
            "destination",
            display_name=spec.display_name,
            config=databricks.NotificationDestinationConfigA(email=email),
        ).import_from(spec.import_id)


def _entries(access: AccessList) -> list[databricks.PermissionsAccessControl]:
    entry = databricks.PermissionsAccessControl
    return [
        *(entry(user_name=name, permission_level=level) for name, level in access.users.items()),
        *(entry(group_name=name, permission_level=level) for name, level in access.groups.items()),
        *(
            entry(service_principal_name=name, permission_level=level)
            for name, level in access.service_principals.items()
        ),
    ]
