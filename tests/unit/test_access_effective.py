"""Who can do what: against a brute force that was written on its own, on generated landing zones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.access.effective import Access, Basis, Standing
from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.access.text import route_text
from shipway.access.vocabulary import PRIVILEGES

IN_SCHEMAS = (Kind.TABLE, Kind.VOLUME, Kind.MODEL, Kind.FUNCTION)
IN_WORKSPACE = (Kind.JOB, Kind.SECRET_SCOPE, Kind.CLUSTER_POLICY, Kind.WAREHOUSE)
ALONE = (Kind.EXTERNAL_LOCATION, Kind.STORAGE_CREDENTIAL, Kind.SERVICE_PRINCIPAL)


@st.composite
def landscapes(draw: st.DrawFn) -> Landscape:
    """Groups in groups (circles too), two catalogs, schemas and what is in them, and any grants anywhere."""
    names = [f"p{number}" for number in range(draw(st.integers(1, 5)))]
    who = st.sampled_from(names)
    principals = {
        name: Principal(name, PrincipalKind.GROUP, tuple(sorted(draw(st.sets(who, max_size=2)) - {name})))
        for name in names
    }
    owner = st.one_of(st.just(""), who)
    securables: list[Securable] = [Securable(Kind.WORKSPACE, "dev", "dev")]
    securables += [Securable(kind, f"w-{kind}", "dev", "workspace:dev", draw(owner)) for kind in IN_WORKSPACE]
    securables += [Securable(kind, f"m-{kind}", "dev", owner=draw(owner)) for kind in ALONE]
    for catalog in draw(st.sets(st.sampled_from(["a", "b"]), min_size=1)):
        securables.append(Securable(Kind.CATALOG, catalog, "dev", owner=draw(owner)))
        for schema in draw(st.sets(st.sampled_from(["x", "y"]))):
            full = f"{catalog}.{schema}"
            securables.append(Securable(Kind.SCHEMA, full, "dev", f"catalog:{catalog}", draw(owner)))
            for kind in draw(st.sets(st.sampled_from(IN_SCHEMAS))):
                securables.append(Securable(kind, f"{full}.t", "dev", f"schema:{full}", draw(owner)))
    given_where = st.sampled_from(securables).flatmap(
        lambda one: st.builds(Held, who, st.sampled_from([*PRIVILEGES[one.kind], "ALL_PRIVILEGES"]), st.just(one.id))
    )
    held = tuple(draw(st.lists(given_where, max_size=12)))
    return Landscape("generated", principals, {one.id: one for one in securables}, held)


class Naive:
    """The rules said again, one question at a time, with no cache and nothing shared with the code under test."""

    LADDERS: ClassVar[dict[str, list[str]]] = {
        "job": ["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE"],
        "secret-scope": ["READ", "WRITE", "MANAGE"],
        "cluster-policy": ["CAN_USE", "CAN_MANAGE"],
        "warehouse": ["CAN_VIEW", "CAN_USE", "CAN_MONITOR", "CAN_MANAGE"],
        "workspace": ["USER", "ADMIN"],
        "service-principal": [],
    }
    ENTITLEMENTS = frozenset(
        {
            *("WORKSPACE_ACCESS", "WORKSPACE_CONSUME", "DATABRICKS_SQL_ACCESS"),
            *("ALLOW_CLUSTER_CREATE", "ALLOW_INSTANCE_POOL_CREATE"),
        }
    )

    def __init__(self, landscape: Landscape) -> None:
        self.all = landscape

    def acts_as(self, principal: str) -> set[str]:
        names, size = {principal}, 0
        while size != len(names):
            size = len(names)
            names |= {group for name in list(names) for group in self.all.principals[name].groups}
        return names

    def granted(self, who: set[str], securable: str) -> set[str]:
        return {held.privilege for held in self.all.held if held.securable == securable and held.principal in who}

    def above(self, one: Securable) -> list[Securable]:
        """Containers from the catalog down to the one that `one` is directly in."""
        if not one.parent:
            return []
        parent = self.all.securables[one.parent]
        return [*self.above(parent), parent]

    def has(self, principal: str, privilege: str, one: Securable) -> bool:
        """Whether it was given, usable or not."""
        who = self.acts_as(principal)
        if str(one.kind) in self.LADDERS:
            return self.has_level(who, privilege, one)
        for place in [*self.above(one), one]:
            given = self.granted(who, place.id)
            if privilege in given:
                return True
            if "ALL_PRIVILEGES" in given and privilege not in (
                "MANAGE",
                "EXTERNAL_USE_SCHEMA",
                "EXTERNAL_USE_LOCATION",
            ):
                return True
            if place.owner in who and place != one and privilege == "MANAGE":
                return True
        return one.owner in who and privilege in self.owners(one.kind)

    def has_level(self, who: set[str], privilege: str, one: Securable) -> bool:
        given = self.granted(who, one.id)
        if one.kind is Kind.SERVICE_PRINCIPAL:
            return privilege in given
        if privilege in self.ENTITLEMENTS:
            never_from_admins = {"WORKSPACE_CONSUME", "DATABRICKS_SQL_ACCESS"}
            return privilege in given or ("ADMIN" in given and privilege not in never_from_admins)
        if one.kind in (Kind.JOB, Kind.WAREHOUSE) and one.owner in who:
            given = given | {"IS_OWNER"}
        if one.kind is not Kind.WORKSPACE and "ADMIN" in self.granted(who, "workspace:dev"):
            given = given | {self.LADDERS[str(one.kind)][-1]}
        if privilege == "IS_OWNER":
            return "IS_OWNER" in given
        if one.kind is Kind.WAREHOUSE:
            if privilege == "CAN_MANAGE":
                return "CAN_MANAGE" in given
            if privilege in ("CAN_VIEW", "CAN_USE"):
                return bool(given & {privilege, "CAN_MONITOR", "IS_OWNER", "CAN_MANAGE"})
            return bool(given & {"CAN_MONITOR", "IS_OWNER", "CAN_MANAGE"})
        ladder = self.LADDERS[str(one.kind)]
        if "IS_OWNER" in given and privilege in ("CAN_VIEW", "CAN_MANAGE_RUN"):
            return True
        return any(level in given for level in ladder[ladder.index(privilege) :])

    @staticmethod
    def owners(kind: Kind) -> set[str]:
        if kind is Kind.CATALOG:
            return {"USE_CATALOG", "CREATE_SCHEMA", "BROWSE", "APPLY_TAG", "MANAGE"}
        if kind is Kind.SCHEMA:
            creates = {f"CREATE_{what}" for what in ("FUNCTION", "MATERIALIZED_VIEW", "MODEL", "TABLE", "VOLUME")}
            return {"USE_SCHEMA", "BROWSE", "APPLY_TAG", "MANAGE"} | creates
        return set(PRIVILEGES[kind])

    def can(self, principal: str, privilege: str, one: Securable) -> bool:
        """Whether it can be used."""
        if not self.has(principal, privilege, one):
            return False
        if privilege in self.ENTITLEMENTS:
            return self.has(principal, "USER", one)
        if str(one.kind) in self.LADDERS or privilege in ("BROWSE", "USE_CATALOG"):
            return True
        if one.kind in (Kind.EXTERNAL_LOCATION, Kind.STORAGE_CREDENTIAL):
            return True
        if privilege == "MANAGE":
            return self.can_manage(principal, one)
        line = [*self.above(one), one]
        needs = [("USE_CATALOG", line[0])]
        if one.kind is Kind.CATALOG:
            if privilege not in ("APPLY_TAG", "CREATE_SCHEMA"):
                needs.append(("USE_SCHEMA", line[0]))
        elif privilege != "USE_SCHEMA":
            needs.append(("USE_SCHEMA", line[1]))
        return all(self.has(principal, usage, place) for usage, place in needs)

    def can_manage(self, principal: str, one: Securable) -> bool:
        """From the catalog down: the first level held from which every level above can be entered."""
        who = self.acts_as(principal)
        entered = True
        for place in [*self.above(one), one]:
            if entered and (place.owner in who or "MANAGE" in self.granted(who, place.id)):
                return True
            usage = {"catalog": "USE_CATALOG", "schema": "USE_SCHEMA"}.get(str(place.kind))
            entered = entered and usage is not None and self.has(principal, usage, place)
        return False


def questions(landscape: Landscape) -> Iterator[tuple[str, Securable]]:
    for one in landscape.securables.values():
        for privilege in PRIVILEGES[one.kind]:
            yield privilege, one


@given(landscapes())
@settings(max_examples=150, deadline=None)
def test_who_can_agrees_with_a_brute_force(landscape: Landscape) -> None:
    access, naive = Access(landscape), Naive(landscape)
    for privilege, one in questions(landscape):
        rights = access.who_can(privilege, one)
        can = {right.principal for right in rights if right.standing is Standing.CAN}
        has = {right.principal for right in rights if right.standing is not Standing.COULD}
        assert can == {name for name in landscape.principals if naive.can(name, privilege, one)}, (privilege, one)
        assert has == {name for name in landscape.principals if naive.has(name, privilege, one)}, (privilege, one)


@given(landscapes())
@settings(max_examples=50, deadline=None)
def test_what_can_is_the_inverse_of_who_can(landscape: Landscape) -> None:
    access = Access(landscape)
    asked = {right for privilege, one in questions(landscape) for right in access.who_can(privilege, one)}
    told = {right for name in landscape.principals for right in access.what_can(name)}
    assert asked == told


@given(landscapes())
@settings(max_examples=50, deadline=None)
def test_every_route_can_be_followed(landscape: Landscape) -> None:
    for right in Access(landscape).rights():
        chain = [right.principal, *right.route.groups]
        for member, group in pairwise(chain):
            assert group in landscape.principals[member].groups
        holder, at = chain[-1], landscape.securables[right.route.at]
        if right.route.basis is Basis.OWNER:
            assert at.owner == holder
        else:
            assert Held(holder, right.route.given, at.id) in landscape.held


@given(landscapes())
@settings(max_examples=50, deadline=None)
def test_who_could_grant_itself_can_manage_and_cannot_already(landscape: Landscape) -> None:
    naive = Naive(landscape)
    for right in Access(landscape).rights():
        if right.standing is Standing.COULD:
            one = landscape.securables[right.securable]
            assert naive.can(right.principal, "MANAGE", one)
            assert not naive.can(right.principal, right.privilege, one)


CATALOG = Securable(Kind.CATALOG, "c", "dev", owner="owners")
SCHEMA = Securable(Kind.SCHEMA, "c.s", "dev", "catalog:c", "owners")
TABLE = Securable(Kind.TABLE, "c.s.t", "dev", "schema:c.s")


def small(*held: Held) -> Landscape:
    people = [Principal("readers", PrincipalKind.GROUP), Principal("owners", PrincipalKind.GROUP)]
    people.append(Principal("bot", PrincipalKind.SERVICE_PRINCIPAL, ("readers",)))
    return Landscape(
        "written", {one.name: one for one in people}, {one.id: one for one in (CATALOG, SCHEMA, TABLE)}, held
    )


def said(privilege: str, one: Securable, *held: Held) -> list[tuple[str, str, str, tuple[str, ...]]]:
    rights = Access(small(*held)).who_can(privilege, one)
    return [(right.principal, str(right.standing), route_text(right), right.missing) for right in rights]


USE = (Held("readers", "USE_CATALOG", "catalog:c"), Held("readers", "USE_SCHEMA", "schema:c.s"))
COULD = [
    ("owners", "could-grant-itself", "owns catalog:c", ()),
    ("owners", "could-grant-itself", "owns schema:c.s", ()),
]


def test_a_grant_is_inherited_and_reaches_members() -> None:
    assert said("SELECT", TABLE, *USE, Held("readers", "SELECT", "catalog:c")) == [
        ("bot", "can", "inherited: granted on catalog:c, as a member of readers", ()),
        ("readers", "can", "inherited: granted on catalog:c", ()),
        *COULD,
    ]


def test_a_select_without_usage_is_granted_and_not_usable() -> None:
    found = said("SELECT", TABLE, Held("readers", "SELECT", "table:c.s.t"))
    missing = ("USE_CATALOG on catalog:c", "USE_SCHEMA on schema:c.s")
    assert ("readers", "granted-not-usable", "granted here", missing) in found


def test_manage_is_not_select_and_may_grant_it() -> None:
    assert said("SELECT", TABLE, Held("readers", "MANAGE", "catalog:c"))[0] == (
        "bot",
        "could-grant-itself",
        "inherited: granted on catalog:c by MANAGE, as a member of readers",
        (),
    )


def test_an_owner_of_a_schema_cannot_read_its_tables_until_it_grants_itself_that() -> None:
    assert said("SELECT", TABLE) == COULD


def test_browse_needs_no_usage() -> None:
    assert ("readers", "can", "inherited: granted on catalog:c", ()) in said(
        "BROWSE", TABLE, Held("readers", "BROWSE", "catalog:c")
    )


@pytest.mark.parametrize(
    ("at", "missing"),
    [
        ("catalog:c", ()),
        ("schema:c.s", ("USE_CATALOG on catalog:c",)),
        ("table:c.s.t", ("USE_SCHEMA on schema:c.s", "USE_CATALOG on catalog:c")),
    ],
)
def test_manage_needs_usage_only_above_where_it_is_held(at: str, missing: tuple[str, ...]) -> None:
    rights = Access(small(Held("readers", "MANAGE", at))).who_can("MANAGE", TABLE)
    assert [right.missing for right in rights if right.principal == "readers"] == [missing]


def test_manage_on_a_container_lets_in_what_is_held_below_it() -> None:
    rights = Access(small(*(Held("readers", "MANAGE", at) for at in ("catalog:c", "table:c.s.t")))).who_can(
        "MANAGE", TABLE
    )
    assert [right.standing for right in rights if right.principal == "readers"] == [Standing.CAN, Standing.CAN]
