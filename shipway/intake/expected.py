"""What the documents of the base say a stack must be: where it plans to, and where its state is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shipway.models.deployment import AccountStack, Deployment
from shipway.models.deployment.base import StackBase
from shipway.models.names import environment_of
from shipway.models.state import state_key

__all__ = ["PROVIDERS", "Expected", "Ground", "backend_of", "ground_of"]

PROVIDERS = {"databricks": {"source": "databricks/databricks", "version": "1.99.0"}}
"""The providers of a stack, exactly: any other is a program that runs with the plan's identity."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must hold for one stack."""

    backend: Mapping[str, Mapping[str, Any]]
    hosts: frozenset[str]
    """To which its providers may talk: a provider sends its token there."""
    account_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """The declared stacks, and what a new stack of a declared environment must be."""

    stacks: Mapping[str, StackBase]
    environments: Mapping[str, StackBase]
    """By environment one of its stacks: all of an environment have one workspace and one kind of backend."""

    def expected(self, stack: str) -> Expected | None:
        """What `stack` must be; None where the base knows neither it nor its environment."""
        known = self.stacks.get(stack)
        if isinstance(known, AccountStack):
            hosts = {known.host, *(one.host for one in self.environments.values())}
            return Expected(backend_of(known, stack), frozenset(hosts), frozenset({known.account_id}))
        # A stack that the pull request adds: as its environment's others are, with a state of its own.
        known = known or self.environments.get(environment_of(stack))
        if known is None or "-" not in stack:
            return None
        return Expected(backend_of(known, stack), frozenset({known.host}), frozenset())


def ground_of(deployment: Deployment) -> Ground:
    """What the resolved documents say."""
    stacks: dict[str, StackBase] = {stack.name: stack for stack in deployment.stacks}
    environments: dict[str, StackBase] = {}
    for stack in deployment.stacks:
        if not isinstance(stack, AccountStack):
            environments.setdefault(stack.environment, stack)
    return Ground(stacks, environments)


def backend_of(stack: StackBase, name: str) -> dict[str, dict[str, Any]]:
    """The backend block of the stack `name`, as `stacks/base.py` makes it; `stack` is one of its environment."""
    state = {**stack.state, "key": state_key(name)}
    match stack.state_backend:
        case "s3":
            where = {"bucket": state["bucket"], "key": state["key"], "region": state["region"]}
            return {"s3": {**where, "encrypt": True, "use_lockfile": True}}
        case "azurerm":
            return {
                "azurerm": {
                    "resource_group_name": state["resource_group"],
                    "storage_account_name": state["storage_account"],
                    "container_name": state["container"],
                    "key": state["key"],
                }
            }
        case "gcs":
            return {"gcs": {"bucket": state["bucket"], "prefix": state["key"]}}
        case other:
            raise ValueError(f"no such state backend: {other}")
