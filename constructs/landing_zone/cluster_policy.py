"""A cluster policy and who may start clusters under it."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import ClusterPolicySpec

__all__ = ["PolicyForClusters"]


class PolicyForClusters(Construct):
    """One cluster policy; nobody may use it but the groups in its spec (workspace admins always may)."""

    def __init__(self, scope: Construct, id_: str, *, spec: ClusterPolicySpec) -> None:
        super().__init__(scope, id_)
        self.policy = databricks.ClusterPolicy(
            self, "policy", name=spec.name, description=spec.description, definition=spec.definition
        )
        if spec.users:
            databricks.Permissions(
                self,
                "permissions",
                cluster_policy_id=self.policy.id,
                access_control=[
                    databricks.PermissionsAccessControl(group_name=user.group, permission_level=user.level)
                    for user in spec.users
                ],
            )
