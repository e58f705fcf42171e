"""What access is decided from: principals with their groups, securables with their parents, what was granted where.

Every source (the declarations, the sandbox's objects, a live workspace) makes a Landscape; what follows from it
is computed in `effective` and does not know where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

__all__ = ["Held", "Kind", "Landscape", "Principal", "PrincipalKind", "Securable"]


class Kind(StrEnum):
    """What a right can be on."""

    CATALOG = "catalog"
    SCHEMA = "schema"
    TABLE = "table"
    VOLUME = "volume"
    MODEL = "model"
    FUNCTION = "function"
    EXTERNAL_LOCATION = "external-location"
    STORAGE_CREDENTIAL = "storage-credential"
    JOB = "job"
    ENDPOINT = "endpoint"
    SECRET_SCOPE = "secret-scope"  # noqa: S105 - a kind of object, not a secret
    CLUSTER_POLICY = "cluster-policy"
    WAREHOUSE = "warehouse"
    SERVICE_PRINCIPAL = "service-principal"
    WORKSPACE = "workspace"

    @property
    def in_unity_catalog(self) -> bool:
        """Whether Unity Catalog decides; else the workspace's access lists do."""
        return self in _UNITY_CATALOG


_UNITY_CATALOG = frozenset(
    {
        *(Kind.CATALOG, Kind.SCHEMA, Kind.TABLE, Kind.VOLUME, Kind.MODEL, Kind.FUNCTION),
        *(Kind.EXTERNAL_LOCATION, Kind.STORAGE_CREDENTIAL),
    }
)


class PrincipalKind(StrEnum):
    """Who can hold a right."""

    GROUP = "group"
    SERVICE_PRINCIPAL = "service-principal"
    USER = "user"
    UNDECLARED = "undeclared"
    """Named in a grant and nowhere else: what it is and who is in it, the source does not say."""


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """Somebody who can hold rights; `groups` are those it is directly a member of."""

    name: str
    kind: PrincipalKind
    groups: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Securable:
    """Something that rights are on. `id` is `<kind>:<name>`: a model and a volume can have one name."""

    kind: Kind
    name: str
    environment: str
    parent: str = ""
    """The id of the catalog or schema it is in; of the workspace, for what Unity Catalog does not hold."""
    owner: str = ""

    @property
    def id(self) -> str:
        """Its kind and its name."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """One privilege, or permission level, that was given to one principal on one securable."""

    principal: str
    privilege: str
    securable: str
    """The securable's id."""


@dataclass(frozen=True)
class Landscape:
    """All of it. `unknown` says what the source cannot know, so that nobody takes silence for an answer.

    `gaps` is what it should know and could not read: while there are any, no answer is a whole one.
    """

    source: str
    principals: Mapping[str, Principal]
    securables: Mapping[str, Securable]
    held: tuple[Held, ...]
    unknown: tuple[str, ...] = field(default=())
    gaps: tuple[str, ...] = field(default=())

    @cached_property
    def by_securable(self) -> Mapping[str, tuple[Held, ...]]:
        """What was given on each securable."""
        found: dict[str, list[Held]] = {}
        for held in self.held:
            found.setdefault(held.securable, []).append(held)
        return {securable: tuple(entries) for securable, entries in found.items()}

    def lineage(self, securable: Securable) -> tuple[Securable, ...]:
        """The securable, what it is in, and so on up; a parent that is missing ends it."""
        line = [securable]
        while (parent := self.securables.get(line[-1].parent)) is not None and parent not in line:
            line.append(parent)
        return tuple(line)

    @cached_property
    def reach(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """For each principal, everybody in whose name it acts: itself and its groups, with the shortest way there."""
        return {name: self._reach(name) for name in self.principals}

    def _reach(self, name: str) -> dict[str, tuple[str, ...]]:
        ways: dict[str, tuple[str, ...]] = {name: ()}
        frontier = [name]
        for current in frontier:  # grows while it is walked; a group seen before is not walked again
            known = self.principals.get(current)
            for group in known.groups if known else ():
                if group not in ways:
                    ways[group] = (*ways[current], group)
                    frontier.append(group)
        return ways
