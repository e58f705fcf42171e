"""One file per kind of Terraform state. A stack reads its object of the Deployment and composes constructs.

Stacks do not refer to each other's resources, only to names of the naming standard: each is planned, reviewed and
applied alone, and `cdktf deploy <stack>` needs no other.
"""

from __future__ import annotations

from typing import assert_never

from binding import App
from shipway.models.deployment import (
    AccountStack,
    AdoptedStack,
    DataPoliciesStack,
    LandingZoneStack,
    LineStack,
    Stack,
)
from stacks.account import Account
from stacks.adopted import Found
from stacks.base import ShipwayStack
from stacks.data_policies import DataPolicies
from stacks.landing_zone import LandingZone
from stacks.protection import protect
from stacks.use_case import UseCase

__all__ = ["build"]


def build(app: App, stack: Stack) -> None:
    """Put the stack of that object into `app`."""
    protect(_built(app, stack), protected=stack.protected, lifted=stack.lifted)


def _built(app: App, stack: Stack) -> ShipwayStack:
    match stack:
        case AccountStack():
            return Account(app, stack)
        case AdoptedStack():
            return Found(app, stack)
        case LandingZoneStack():
            return LandingZone(app, stack)
        case DataPoliciesStack():
            return DataPolicies(app, stack)
        case LineStack():
            return UseCase(app, stack)
        case _:
            assert_never(stack)
