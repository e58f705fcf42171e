"""What holds of every review: each change stands in one place, and a plan's inverse reads as its inverse.

A change is told in one of four ways: as an object (data at risk, a slot's release, or any other change), as a pointer
that moves, as access that is gained and lost, or as something of the state alone. Two of them stand side by side only
where the change does two things, and then neither repeats the other:

    access and object     an owner or a run_as beside other attributes
    pointer and object    a router job of which more changes than its pointer
    state and any other   moved, imported or forgotten, and changed as well

A caution stands beside what it is about. What is read, and drift that touches nothing here, is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.plan.counts import count
from shipway.plan.masks import merge
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.report import Direction, ObjectRow, Review, Row
from shipway.plan.review import review

REPLACES = {Action.REPLACE: Action.REPLACE, Action.REPLACE_CREATE_FIRST: Action.REPLACE_CREATE_FIRST}
INVERSE = {Action.CREATE: Action.DELETE, Action.DELETE: Action.CREATE, Action.UPDATE: Action.UPDATE, **REPLACES}
FORGETTING = (Action.FORGET, Action.CREATE_FORGET)
IN_STATE = (Action.NO_OP, Action.FORGET)

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PRINCIPAL, WORD = st.sampled_from(["a", "b", "c"]), st.sampled_from(["x", "y", "z"])
Block = st.SearchStrategy[dict[str, Any]]
GRANT: Block = st.fixed_dictionaries(
    {"principal": PRINCIPAL, "privileges": st.lists(st.sampled_from(["SELECT", "MODIFY"]), min_size=1, unique=True)}
)
GRANTS = st.lists(GRANT, max_size=3, unique_by=lambda grant: str(grant["principal"]))
ENTRY: Block = st.fixed_dictionaries(
    {"group_name": PRINCIPAL, "permission_level": st.sampled_from(["CAN_RUN", "CAN_VIEW"])}
)
TASK: Block = st.fixed_dictionaries({"task_key": WORD, "timeout_seconds": st.integers(1, 3)})
BLOCKS: dict[str, Block] = {
    "databricks_grants": st.fixed_dictionaries({"schema": st.just("c.s"), "grant": GRANTS}),
    "databricks_permissions": st.fixed_dictionaries(
        {
            "job_id": st.just("7"),
            "access_control": st.lists(ENTRY, max_size=3, unique_by=lambda entry: entry["group_name"]),
        }
    ),
    "databricks_secret_acl": st.fixed_dictionaries({"scope": WORD, "principal": PRINCIPAL, "permission": WORD}),
    "databricks_schema": st.fixed_dictionaries({"name": WORD, "owner": PRINCIPAL, "comment": WORD}),
    "databricks_sql_endpoint": st.fixed_dictionaries({"name": WORD, "max_num_clusters": st.integers(1, 3)}),
    "databricks_workspace_conf": st.fixed_dictionaries(
        {"custom_config": st.dictionaries(WORD, st.sampled_from(["true", "false"]))}
    ),
    "databricks_job": st.fixed_dictionaries(
        {
            "name": WORD,
            "run_as": st.lists(st.fixed_dictionaries({"user_name": PRINCIPAL}), min_size=1, max_size=1),
            "task": st.lists(TASK, max_size=3, unique_by=lambda task: task["task_key"]),
        }
    ),
    "terraform_data": st.fixed_dictionaries({"input": WORD, "tags": st.dictionaries(WORD, WORD)}),
}


@st.composite
def changes(draw: st.DrawFn, number: int, actions: Sequence[Action]) -> ResourceChange:
    """A change of some object; its address holds the number, so that it is the only one there."""
    kind, action = draw(st.sampled_from(sorted(BLOCKS))), draw(st.sampled_from(actions))
    before, after = draw(BLOCKS[kind]), draw(BLOCKS[kind])
    if action is Action.NO_OP:
        after = before
    state = draw(st.sampled_from(["", "", "moved", "imported"])) if action in (*IN_STATE, Action.UPDATE) else ""
    return ResourceChange(
        f"{kind}.r{number}",
        kind,
        f"r{number}",
        action,
        mode="data" if action is Action.READ else "managed",
        before=None if action in (Action.CREATE, Action.READ) else merge(before, None, None),
        after=None if action in (Action.DELETE, Action.FORGET) else merge(after, None, None),
        previous_address=f"{kind}.was{number}" if state == "moved" else "",
        importing=state == "imported",
        provisioners=draw(st.sampled_from([(), (), ("local-exec",)])),
    )


def plans(actions: Sequence[Action]) -> st.SearchStrategy[Plan]:
    def whole(number: int) -> st.SearchStrategy[Plan]:
        items = (changes(each, actions) for each in range(number))
        return st.tuples(*items).map(lambda some: Plan("prod-x", changes=some))

    return st.integers(0, 6).flatmap(whole)


def sections(found: Review) -> dict[str, list[set[str]]]:
    """By address, the ways in which it is told: one entry for each row, cautions aside."""
    told: dict[str, list[set[str]]] = defaultdict(list)
    ways: dict[str, tuple[Row, ...]] = {
        "object": (*found.data, *found.changes, *found.slots),
        "pointer": (*found.pointers, *found.runs),
        "state": found.state_only,
        "access": found.access,
    }
    for way, rows in ways.items():
        for row in rows:
            for place in row.places:
                told[place.address].append({way})
    return told


@FEW
@given(plans(list(Action)))
def test_each_change_stands_in_one_place_or_in_a_count(plan: Plan) -> None:
    found = review([plan])
    told = sections(found)
    for change in plan.changes:
        ways = Counter(way for entry in told.pop(change.address, []) for way in entry)
        assert ways["object"] <= 1 and ways["pointer"] <= 1
        if change.action is Action.READ or not change.touches:
            assert not ways, "neither read nor untouched objects have a row"
            continue
        assert ways, f"{change.action} {change.address} is nowhere"
        assert bool(ways["state"]) is (change.moved or change.importing or change.action in FORGETTING), ways
        if change.action in IN_STATE:
            assert set(ways) == {"state"}
        if change.type in ("databricks_grants", "databricks_permissions", "databricks_secret_acl") and ways["access"]:
            assert ways["object"] == bool(change.action is Action.UNRECOGNIZED), "access is told once"
    assert not told, "a row about nothing in the plan"
    assert found.counts.reads == sum(change.action is Action.READ for change in plan.changes)


@FEW
@given(plans([Action.UPDATE]))
def test_what_is_told_as_access_is_not_told_again_as_an_attribute(plan: Plan) -> None:
    found = review([plan])
    owners = {place.address for row in found.access for place in row.places}
    for row in found.changes:
        repeated = [
            item.path for item in row.attributes if item.path.startswith(("owner", "run_as", "grant", "access"))
        ]
        assert not (repeated and row.address in owners)


def swapped(plan: Plan) -> Plan:
    """The plan that undoes this one."""
    return replace(plan, changes=tuple(map(_swapped, plan.changes)))


def _swapped(change: ResourceChange) -> ResourceChange:
    back = replace(change, before=change.after, after=change.before, action=INVERSE[change.action])
    return replace(back, address=change.previous_address, previous_address=change.address) if change.moved else back


def rights(found: Review) -> Counter[tuple[Direction, str, str, tuple[str, ...]]]:
    return Counter((row.direction, row.principal, row.on, row.privileges) for row in found.access)


def undone(back: Review) -> Counter[tuple[Direction, str, str, tuple[str, ...]]]:
    other = {Direction.GAINS: Direction.LOSES, Direction.LOSES: Direction.GAINS}
    return Counter({(other[way], who, on, what): n for (way, who, on, what), n in rights(back).items()})


def attributes(rows: Sequence[ObjectRow]) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        (row.address.rpartition(".")[2].lstrip("rwas"), item.path, item.old, item.new)
        for row in rows
        if row.action is Action.UPDATE or row.action.replaces
        for item in row.attributes
    )


@FEW
@given(plans([Action.UPDATE, *REPLACES]))
def test_the_inverse_of_a_change_reads_as_its_inverse(plan: Plan) -> None:
    there, back = review([plan]), review([swapped(plan)])
    assert rights(there) == undone(back)
    old_for_new = Counter(
        {(at, path, old, new): n for (at, path, new, old), n in attributes((*back.data, *back.changes)).items()}
    )
    assert attributes((*there.data, *there.changes)) == old_for_new


@FEW
@given(plans(list(INVERSE)))
def test_the_inverse_adds_what_the_plan_destroys(plan: Plan) -> None:
    there, back = count(plan.changes), count(swapped(plan).changes)
    assert (there.add, there.change, there.destroy, there.moves) == (back.destroy, back.change, back.add, back.moves)
    assert swapped(swapped(plan)) == plan


@FEW
@given(plans([Action.CREATE, Action.DELETE]))
def test_who_gains_by_a_grant_that_comes_loses_when_it_goes(plan: Plan) -> None:
    """Of what is nothing but access; an object that goes takes its owner along, which is no loss of access."""
    only = replace(plan, changes=tuple(item for item in plan.changes if item.type != "databricks_schema"))
    only = replace(only, changes=tuple(item for item in only.changes if item.type != "databricks_job"))
    assert rights(review([only])) == undone(review([swapped(only)]))


@pytest.mark.parametrize("action", [Action.DELETE, Action.CREATE])
def test_an_object_that_goes_takes_its_owner_along(action: Action) -> None:
    own = merge({"name": "s", "owner": "a"}, None, None)
    kind, gone = "databricks_schema", action is Action.DELETE
    change = ResourceChange(f"{kind}.s", kind, "s", action, before=own if gone else None, after=None if gone else own)
    found = review([Plan("prod-x", changes=(change,))])
    assert [row.direction for row in found.access] == ([] if gone else [Direction.GAINS])
