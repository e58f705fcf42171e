"""Who can do what: rights with their routes, as Unity Catalog and the workspace's access lists decide them.

The rules, from Databricks' pages:

- A privilege on a catalog or schema holds for all that is in it, now and later; ownership does not, but whoever owns a
  catalog or schema can manage all that is in it.
- To use what lies in a catalog takes USE_CATALOG on it, in a schema USE_SCHEMA on that too. A SELECT without them is
  granted and of no use. BROWSE shows metadata without them.
- MANAGE is not SELECT; who has it may grant itself SELECT. It needs the usage privileges (or MANAGE) only on containers
  above the level where it is held.
- Workspace admins can manage every job, warehouse, cluster policy and secret scope of the workspace. Unity Catalog's
  data is not theirs.

https://docs.databricks.com/aws/en/data-governance/unity-catalog/access-control/permissions-concepts
https://docs.databricks.com/aws/en/security/auth/access-control/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shipway.access.landscape import Kind, Landscape, Securable
from shipway.access.vocabulary import (
    ADMIN,
    IMPLIED,
    MANAGE,
    ONLY_OWNERS_GRANT,
    OWNED,
    PRIVILEGES,
    implied_by,
    usage_needed,
)

__all__ = ["Access", "Basis", "Right", "Route", "Standing"]


class Basis(StrEnum):
    """What a right rests on."""

    GRANT = "grant"
    OWNER = "owner"
    ADMIN = "workspace-admin"


class Standing(StrEnum):
    """What a right is worth."""

    CAN = "can"
    NOT_USABLE = "granted-not-usable"
    COULD = "could-grant-itself"


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """How a principal came by a right: through which groups, on what basis, given where."""

    groups: tuple[str, ...]
    """From the principal's own group to the one that holds; empty where the principal holds it itself."""
    basis: Basis
    at: str
    """The securable on which it was given: its own, or a parent's."""
    given: str
    """What was given there; another name than the right's where a level implies it."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One privilege of one principal on one securable, by one route."""

    principal: str
    securable: str
    privilege: str
    standing: Standing
    route: Route
    missing: tuple[str, ...] = ()
    """What it lacks to be usable: `USE_SCHEMA on schema:claims_prod.triage`."""


# What an admin has on each object of the workspace: the highest level that can be given to somebody.
_ADMINS_LEVEL = {
    Kind.JOB: "CAN_MANAGE",
    Kind.ENDPOINT: "CAN_MANAGE",
    Kind.SECRET_SCOPE: "MANAGE",
    Kind.CLUSTER_POLICY: "CAN_MANAGE",
    Kind.WAREHOUSE: "CAN_MANAGE",
}
_USAGE = {Kind.CATALOG: "USE_CATALOG", Kind.SCHEMA: "USE_SCHEMA"}

Routes = Mapping[str, tuple[Route, ...]]


class Access:
    """Answers about one landscape; what was worked out once is kept."""

    def __init__(self, landscape: Landscape) -> None:
        self.landscape = landscape
        self._members = _members(landscape)
        self._routes: dict[tuple[str, str], Routes] = {}

    def who_can(self, privilege: str, securable: Securable) -> tuple[Right, ...]:
        """Everybody's right to `privilege` on `securable`, by each route, those that can first."""
        routes = self._held(securable, privilege)
        rights = [self._right(name, securable, privilege, route) for name, some in routes.items() for route in some]
        able = {right.principal for right in rights if right.standing is Standing.CAN}
        rights += [right for right in self._could(securable, privilege) if right.principal not in able]
        return tuple(sorted(rights, key=_order))

    def what_can(self, principal: str, environment: str | None = None) -> tuple[Right, ...]:
        """Every right of `principal`, of one environment or of all: the inverse of `who_can`."""
        return tuple(right for right in self.rights(environment) if right.principal == principal)

    def rights(self, environment: str | None = None) -> Iterator[Right]:
        """Every right of everybody, securable by securable."""
        for securable in sorted(self.landscape.securables.values()):
            if environment in (None, securable.environment):
                for privilege in PRIVILEGES[securable.kind]:
                    yield from self.who_can(privilege, securable)

    def _held(self, securable: Securable, privilege: str) -> Routes:
        key = (securable.id, privilege)
        if key not in self._routes:
            found: dict[str, list[Route]] = {}
            for holder, basis, at, given in self._given(securable, privilege):
                for name, groups in self._members.get(holder, ()):
                    found.setdefault(name, []).append(Route(groups, basis, at, given))
            self._routes[key] = {name: tuple(sorted(set(routes))) for name, routes in found.items()}
        return self._routes[key]

    def _given(self, securable: Securable, privilege: str) -> Iterator[tuple[str, Basis, str, str]]:
        """Each holder that was given `privilege`, or what implies it: holder, basis, where, what."""
        if securable.kind.in_unity_catalog:
            yield from self._given_in_catalog(securable, privilege)
        else:
            yield from self._given_in_workspace(securable, privilege)

    def _given_in_catalog(self, securable: Securable, privilege: str) -> Iterator[tuple[str, Basis, str, str]]:
        wanted = {privilege, *implied_by(securable.kind, privilege)}
        for place in self.landscape.lineage(securable):
            for held in self.landscape.by_securable.get(place.id, ()):
                if held.privilege in wanted:
                    yield held.principal, Basis.GRANT, place.id, held.privilege
            owned = OWNED[place.kind] if place == securable else (MANAGE,)
            if place.owner and privilege in owned:
                yield place.owner, Basis.OWNER, place.id, privilege

    def _given_in_workspace(self, securable: Securable, privilege: str) -> Iterator[tuple[str, Basis, str, str]]:
        kind = securable.kind
        wanted = {privilege, *implied_by(kind, privilege)}
        for held in self.landscape.by_securable.get(securable.id, ()):
            if held.privilege in wanted:
                yield held.principal, Basis.GRANT, securable.id, held.privilege
        if securable.owner and "IS_OWNER" in wanted:
            yield securable.owner, Basis.OWNER, securable.id, "IS_OWNER"
        level = _ADMINS_LEVEL.get(kind)
        if level and (privilege == level or privilege in IMPLIED[kind][level]):
            for held in self.landscape.by_securable.get(securable.parent, ()):
                if held.privilege == ADMIN:
                    yield held.principal, Basis.ADMIN, securable.parent, ADMIN

    def _right(self, name: str, securable: Securable, privilege: str, route: Route) -> Right:
        lacks = self._lacks_to_manage if privilege == MANAGE and securable.kind.in_unity_catalog else self._lacks
        missing = lacks(name, securable, privilege, route)
        standing = Standing.NOT_USABLE if missing else Standing.CAN
        return Right(name, securable.id, privilege, standing, route, missing)

    def _lacks(self, name: str, securable: Securable, privilege: str, _: Route) -> tuple[str, ...]:
        places = {place.kind: place for place in self.landscape.lineage(securable)}
        missing = []
        for usage, kind in usage_needed(securable.kind, privilege):
            place = places.get(kind)
            if place is None:
                missing.append(f"{usage} on a {kind} that is not there")
            elif name not in self._held(place, usage):
                missing.append(f"{usage} on {place.id}")
        return tuple(missing)

    def _lacks_to_manage(self, name: str, securable: Securable, _: str, route: Route) -> tuple[str, ...]:
        line = self.landscape.lineage(securable)
        level = next(index for index, place in enumerate(line) if place.id == route.at)
        return tuple(
            f"{_USAGE[place.kind]} on {place.id}"
            for place in line[level + 1 :]
            if name not in self._held(place, _USAGE[place.kind]) and name not in self._held(place, MANAGE)
        )

    def _could(self, securable: Securable, privilege: str) -> Iterator[Right]:
        """Those who lack it and may grant it to themselves."""
        if not securable.kind.in_unity_catalog or privilege == MANAGE:
            return
        for name, routes in self._held(securable, MANAGE).items():
            for route in routes:
                manages = self._right(name, securable, MANAGE, route)
                if manages.standing is Standing.CAN and _may_grant(privilege, route):
                    yield Right(name, securable.id, privilege, Standing.COULD, route)


def _may_grant(privilege: str, route: Route) -> bool:
    # To let other engines in is for the owner alone to grant; BROWSE only on the catalog or the location itself.
    at_top = route.at.startswith((f"{Kind.CATALOG}:", f"{Kind.EXTERNAL_LOCATION}:"))
    if privilege in ONLY_OWNERS_GRANT:
        return at_top and route.basis is Basis.OWNER
    return at_top or privilege != "BROWSE"


def _members(landscape: Landscape) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """For each holder, everybody who acts in its name, with the groups in between."""
    members: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, ways in landscape.reach.items():
        for holder, groups in ways.items():
            members.setdefault(holder, []).append((name, groups))
    return members


def _order(right: Right) -> tuple[object, ...]:
    return list(Standing).index(right.standing), right.principal, len(right.route.groups), right.route
