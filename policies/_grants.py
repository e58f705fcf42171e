"""How grants are read: who gets which privileges, and which groups may administer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Block

__all__ = ["GRANTS", "grants_of", "is_administering_group", "spelled"]

GRANTS = ("databricks_grants", "databricks_grant")

# The naming standard: <organisation>-platform-<role>, <organisation>-<use-case>-deployers-<environment>. A use case may
# be called `platform-x` or `x-deployers`, and its authors must not pass for administrators by that.
_PLATFORM = r"platform-(admins|administrators|deployers)"
_DEPLOYERS = r"([a-z0-9]+-)+deployers(-(?!(authors|consumers|operators|runners)$)[a-z0-9]+)?"
_ADMINISTERS = re.compile(rf"[a-z][a-z0-9]*-({_PLATFORM}|{_DEPLOYERS})")


def grants_of(block: Block) -> Iterator[Block]:
    """Each block with a principal and its privileges: those of `databricks_grants`, or the resource itself."""
    if block.kind == "databricks_grants":
        yield from block.blocks("grant")
    else:
        yield block


def is_administering_group(name: object) -> bool:
    """Whether the naming standard makes it a group of the platform team or of deployers."""
    return isinstance(name, str) and bool(_ADMINISTERS.fullmatch(name))


def spelled(privilege: object) -> str:
    """The privilege as the API stores it: it takes `all privileges` as well."""
    return str(privilege).strip().upper().replace(" ", "_")
