"""What Terraform is told will happen: the planned value, and which changes need a new object.

The provider is written with two frameworks, and each plans in its own way (`planning_sdk`, `planning_framework`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from shipway.sandbox.provider.planning_framework import plan_framework
from shipway.sandbox.provider.planning_sdk import equivalent, plan_sdk
from shipway.sandbox.provider.replacing import Path, replaced
from shipway.sandbox.provider.schema import Resource
from shipway.sandbox.provider.values import UNKNOWN, Object

__all__ = ["Planned", "plan"]


@dataclass(frozen=True)
class Planned:
    """The value after the change, the paths that need a new object, and whether Terraform should be lenient."""

    value: Object | None
    replaces: tuple[Path, ...] = ()
    legacy: bool = False
    """The older framework does not keep to Terraform's rules for plans, and says so."""


def plan(resource: Resource, prior: Object | None, proposed: Object | None, config: Object | None) -> Planned:
    """What becomes of `prior` (null: nothing yet) when `proposed` (null: to be destroyed) is asked for.

    `proposed` is `config` merged with `prior` by Terraform.
    """
    if proposed is None:
        return Planned(None, legacy=resource.framework == "sdkv2")
    match resource.framework:
        case "pluginfw":
            return _plan_framework(resource, prior, proposed, config)
        case "sdkv2":
            return _plan_sdk(resource, prior, proposed)
        case _:
            assert_never(resource.framework)


def _plan_framework(resource: Resource, prior: Object | None, proposed: Object, config: Object | None) -> Planned:
    changes = prior is None or proposed != prior
    planned = plan_framework(resource.block, prior, proposed, config) if changes else proposed
    return Planned(planned, () if prior is None else tuple(replaced(resource.block, prior, planned)))


def _plan_sdk(resource: Resource, prior: Object | None, proposed: Object) -> Planned:
    planned = plan_sdk(resource.block, prior, proposed)
    if prior is None:
        if "id" in planned and planned["id"] is None:
            planned["id"] = UNKNOWN
        return Planned(planned, (("id",),), legacy=True)
    if equivalent(prior, planned):
        return Planned(prior, legacy=True)
    paths = tuple(replaced(resource.block, prior, planned))
    return Planned(planned, (*paths, ("id",)) if paths else (), legacy=True)
