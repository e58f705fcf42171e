"""Who was given what on an object of ours, laid beside who was to be given it.

A right is one principal and one privilege (or permission level); lists that hold them are compared as sets of rights,
so that one more privilege of one principal is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shipway.drift.sides import Item
from shipway.plan.values import Record, Value

__all__ = ["RIGHTS", "Right", "Target", "rights_of", "target_of"]

RIGHTS = {"databricks_grants": "grant", "databricks_permissions": "access_control", "databricks_grant": ""}
"""Types that say who may do what on another object, with the attribute that lists it."""

# Databricks itself gives these: to who created the object, and to the workspace's admins on every object.
_GIVEN_BY_DATABRICKS = frozenset({("admins", "CAN_MANAGE"), ("admins", "MANAGE")})
_OWNER = "IS_OWNER"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One privilege of one principal."""

    principal: str
    privilege: str

    def __str__(self) -> str:
        return f"{self.privilege} to {self.principal}"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What rights are on: its kind as Databricks writes it (catalog, jobs), its name or id there."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def rights_of(item: Item) -> frozenset[Right]:
    """All rights that an item gives."""
    return frozenset(_rights(item))


def _rights(item: Item) -> Iterator[Right]:
    own = item.attributes
    match item.type:
        case "databricks_grants":
            for block in _blocks(own.get("grant")):
                yield from (Right(_text(block.get("principal")), name) for name in _names(block.get("privileges")))
        case "databricks_grant":
            yield from (Right(_text(own.get("principal")), name) for name in _names(own.get("privileges")))
        case "databricks_permissions":
            for block in _blocks(own.get("access_control")):
                who = (_text(block.get(f"{name}_name")) for name in ("group", "service_principal", "user"))
                right = Right(next((name for name in who if name), ""), _text(block.get("permission_level")))
                if right.privilege != _OWNER and (right.principal, right.privilege) not in _GIVEN_BY_DATABRICKS:
                    yield right


def target_of(item: Item) -> Target:
    """What an item's rights are on, from its id: `catalog/claims_prod`, `/jobs/12`."""
    kind, _, name = item.id.strip("/").partition("/")
    if item.type == "databricks_grant":
        name = name.rpartition("/")[0]
    if item.type == "databricks_permissions" and "/" in name:
        head, _, name = name.rpartition("/")
        kind = f"{kind}/{head}"
    return Target(kind, name)


def _blocks(value: Value) -> list[Record]:
    blocks = value if isinstance(value, tuple) else (value,)
    return [block for block in blocks if isinstance(block, Record)]


def _names(value: Value) -> list[str]:
    return [_text(name).upper().replace(" ", "_") for name in value] if isinstance(value, tuple) else []


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
