"""Answers for machines. The schema names are versioned; a field may be added, none changes its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipway.access.effective import Right, Standing
from shipway.access.landscape import Landscape, Principal, Securable
from shipway.access.text import route_text

__all__ = ["what_can_json", "who_can_json"]


def who_can_json(privilege: str, securable: Securable, rights: Sequence[Right], landscape: Landscape) -> dict[str, Any]:
    """The answer of `who-can`."""
    return {
        "schema": "shipway/access-who-can/v1",
        "from": landscape.source,
        "environment": securable.environment,
        "privilege": privilege,
        "securable": securable.id,
        "anybody": any(right.standing is Standing.CAN for right in rights),
        "rights": [_right(right) for right in rights],
        "not_known": list(landscape.unknown),
        "not_read": list(landscape.gaps),
    }


def what_can_json(
    principal: Principal, environment: str | None, rights: Sequence[Right], landscape: Landscape
) -> dict[str, Any]:
    """The answer of `what-can`."""
    return {
        "schema": "shipway/access-what-can/v1",
        "from": landscape.source,
        "environment": environment,
        "principal": {
            "name": principal.name,
            "kind": principal.kind,
            "groups": list(principal.groups),
            "purpose": principal.purpose,
        },
        "anything": any(right.standing is Standing.CAN for right in rights),
        "rights": [_right(right) for right in rights],
        "not_known": list(landscape.unknown),
        "not_read": list(landscape.gaps),
    }


def _right(right: Right) -> dict[str, Any]:
    return {
        "principal": right.principal,
        "securable": right.securable,
        "privilege": right.privilege,
        "standing": right.standing,
        "route": {
            "basis": right.route.basis,
            "at": right.route.at,
            "given": right.route.given,
            "groups": list(right.route.groups),
            "text": route_text(right),
        },
        "missing": list(right.missing),
    }
