"""Tags, masks and row filters of one environment: what may come only after the functions that it names.

Terraform cannot run the job that installs these; so this is a stack of its own, which `shipway deploy` applies when the
job has run (docs/adr/0006).
"""

from __future__ import annotations

from binding import Construct
from landing_zone import FunctionGrants, MaskOrFilter, TagOnData
from shipway.models.deployment import DataPoliciesStack
from stacks.base import ShipwayStack

__all__ = ["DataPolicies"]


class DataPolicies(ShipwayStack):
    """The stack `<environment>-data-policies`."""

    def __init__(self, scope: Construct, spec: DataPoliciesStack) -> None:
        super().__init__(scope, spec)
        self._scopes: dict[tuple[str, ...], Construct] = {(): self}
        grants = {
            function.full_name: FunctionGrants(self._in(function.path), function.path[-1], spec=function)
            for function in spec.functions
        }
        for tag in spec.tags:
            TagOnData(self._in(tag.path), tag.path[-1], spec=tag)
        for policy in spec.policies:
            MaskOrFilter(self._in(policy.path), policy.path[-1], spec=policy, function=grants[policy.function])

    def _in(self, path: tuple[str, ...]) -> Construct:
        """The scope that the last step of `path` lies in: paths here are those of the document."""
        parent = path[:-1]
        if parent not in self._scopes:
            self._scopes[parent] = Construct(self._in(parent), parent[-1])
        return self._scopes[parent]
