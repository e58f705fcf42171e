"""From where a workspace may be reached: the IP access lists. The switch that makes them count is in the hardening."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import IpListSpec, IpPerimeterSpec

__all__ = ["IpPerimeter"]


class IpPerimeter(Construct):
    """All lists of one workspace; `lists` is what has to be there before they are switched on."""

    def __init__(self, scope: Construct, id_: str, *, spec: IpPerimeterSpec) -> None:
        super().__init__(scope, id_)
        runners = IpListSpec(key="deploys-from", addresses=spec.deploys_from)
        self.lists = [_list(self, "deploys_from", runners, "ALLOW")]
        for kind, list_type, lists in (("allow", "ALLOW", spec.allow), ("block", "BLOCK", spec.block)):
            inside = Construct(self, kind)
            self.lists += [_list(inside, one.key, one, list_type) for one in lists]


def _list(scope: Construct, id_: str, spec: IpListSpec, list_type: str) -> databricks.IpAccessList:
    return databricks.IpAccessList(
        scope, id_, label=spec.key, list_type=list_type, ip_addresses=list(spec.addresses), enabled=True
    )
