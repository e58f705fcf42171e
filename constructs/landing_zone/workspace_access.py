"""Who reaches a workspace's address at all, before anybody signs in."""

from __future__ import annotations

from collections.abc import Iterable

from binding import Construct, databricks
from shipway.models.deployment import PrivateAccessSpec

__all__ = ["WorkspaceAccess"]


class WorkspaceAccess(Construct):
    """The private access settings of one workspace; `endpoints` are all that belong to it."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: PrivateAccessSpec, endpoints: Iterable[databricks.MwsVpcEndpoint]
    ) -> None:
        super().__init__(scope, id_)
        self.settings = databricks.MwsPrivateAccessSettings(
            self,
            "settings",
            private_access_settings_name=spec.name,
            region=spec.region,
            # Written down although it is the default: an absent one is UNKNOWN to who reads the plan.
            public_access_enabled=spec.public_access,
            private_access_level=spec.level,
            allowed_vpc_endpoint_ids=[endpoint.vpc_endpoint_id for endpoint in endpoints]
            if spec.level == "ENDPOINT"
            else None,
        )
