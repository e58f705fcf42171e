"""Three sides of an object laid beside each other: what differs in meaning is told, and nothing else."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.drift.as_json import as_json
from shipway.drift.find import find_drift
from shipway.drift.model import Drift, Gap, Kind, Weight
from shipway.drift.revert import with_revert
from shipway.drift.sides import _KEYS, Item, StackSides, observed_item, read_stack
from shipway.drift.text import as_text
from shipway.observed import Observed, ObservedWorkspace, Unreadable
from shipway.plan.values import Record
from shipway.sandbox.provider.identity import key_of

ADDRESS, STACK = "thing", "prod-landing-zone"

CATALOG = {"name": "claims", "comment": "Claims", "owner": "admins", "isolation_mode": "ISOLATED"}
JOB = {
    "name": "router",
    "max_concurrent_runs": 1,
    "schedule": {"quartz_cron_expression": "0 0 5 * * ?", "timezone_id": "UTC", "pause_status": "UNPAUSED"},
    "task": [{"task_key": "a", "timeout_seconds": 60}, {"task_key": "b", "depends_on": [{"task_key": "a"}]}],
    "tags": {"environment": "prod"},
}


def kept(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Declared values as Terraform's state has them: a block is a list of one."""
    return {"id": "1", **{name: [value] if name == "schedule" else value for name, value in declared.items()}}


def state(type_: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    one = {"mode": "managed", "type": type_, "name": ADDRESS, "address": f"{type_}.{ADDRESS}", "values": attributes}
    return {"values": {"root_module": {"resources": [one]}}}


def stack(type_: str, declared: Mapping[str, Any] | None, recorded: Mapping[str, Any] | None) -> StackSides:
    document = {"resource": {type_: {ADDRESS: declared}}} if declared is not None else {}
    shown = state(type_, recorded) if recorded is not None else {}
    return read_stack(STACK, json.dumps(document).encode(), json.dumps(shown).encode())


def workspace(*objects: Observed, unreadable: tuple[Unreadable, ...] = (), id_: str = "1") -> ObservedWorkspace:
    return ObservedWorkspace("a test", "https://example.com", id_, objects, unreadable)


def drift(type_: str, declared: Any, recorded: Any, observed: Any, **more: Any) -> Drift:
    there = (Observed(type_, "1", "", observed),) if observed is not None else ()
    return find_drift("prod", workspace(*there, **more), [stack(type_, declared, recorded)])


def test_three_equal_sides_have_no_drift() -> None:
    recorded = {**CATALOG, "id": "1", "created_at": 5, "storage_root": ""}
    found = drift("databricks_catalog", CATALOG, recorded, {**recorded, "created_at": 6})
    assert (found.findings, found.gaps, found.compared, found.exit_code) == ((), (), 1, 0)
    assert "no drift" in as_text(found)


@pytest.mark.parametrize(
    ("type_", "declared", "change", "kind", "weight", "attribute", "blind"),
    [
        ("databricks_catalog", CATALOG, {"comment": "x"}, Kind.CHANGED, Weight.COSMETIC, "comment", False),
        ("databricks_catalog", CATALOG, {"comment": ""}, Kind.CHANGED, Weight.COSMETIC, "comment", True),
        ("databricks_catalog", CATALOG, {"owner": "me"}, Kind.OWNER, Weight.ACCESS, "owner", False),
        (
            "databricks_catalog",
            CATALOG,
            {"isolation_mode": "OPEN"},
            Kind.CHANGED,
            Weight.ACCESS,
            "isolation_mode",
            False,
        ),
        ("databricks_catalog", CATALOG, {"properties": {"a": "b"}}, Kind.CHANGED, Weight.DATA, "properties", True),
        ("databricks_job", JOB, {"schedule": []}, Kind.SCHEDULE, Weight.BEHAVIOUR, "schedule", True),
        ("databricks_job", JOB, {"trigger": [{"a": 1}]}, Kind.SCHEDULE, Weight.BEHAVIOUR, "trigger", True),
        ("databricks_job", JOB, {"run_as": [{"user_name": "me"}]}, Kind.CHANGED, Weight.ACCESS, "run_as", True),
    ],
)
def test_a_change_is_told_by_what_it_means(
    type_: str, declared: Any, change: Any, kind: Kind, weight: Weight, attribute: str, blind: bool
) -> None:
    recorded = kept(declared)
    (one,) = drift(type_, declared, recorded, {**recorded, **change}).findings
    assert (one.kind, one.weight, one.attribute, one.blind) == (kind, weight, attribute, blind)


def test_a_paused_schedule_is_one_attribute_by_name() -> None:
    recorded = kept(JOB)
    paused = copy.deepcopy(recorded)
    paused["schedule"][0]["pause_status"] = "PAUSED"
    (one,) = drift("databricks_job", JOB, recorded, paused).findings
    assert (one.kind, one.declared, one.observed) == (Kind.SCHEDULE, '"UNPAUSED"', '"PAUSED"')


def test_a_changed_task_is_told_by_its_key_whatever_the_order() -> None:
    recorded = kept(JOB)
    changed = copy.deepcopy(recorded)
    changed["task"] = [changed["task"][1], {"task_key": "a", "timeout_seconds": 61}]
    (one,) = drift("databricks_job", JOB, recorded, changed).findings
    assert (one.attribute, one.declared, one.observed) == ('task["a"].timeout_seconds', "60", "61")


@pytest.mark.parametrize(
    ("declared", "recorded", "observed", "kinds"),
    [
        (None, {"id": "1"}, {"id": "1"}, [Kind.STATE_ONLY]),
        ({}, {"id": "1"}, None, [Kind.MISSING]),
        (None, None, {"id": "1", "name": "x"}, [Kind.UNMANAGED]),
        ({"comment": "new"}, {"id": "1", "comment": "old"}, {"id": "1", "comment": "old"}, [Kind.NOT_DEPLOYED]),
        ({"comment": "new"}, {"id": "1", "comment": "old"}, {"id": "1", "comment": "new"}, []),
        ({"comment": "new"}, {"id": "1", "comment": "old"}, {"id": "1", "comment": "third"}, [Kind.CHANGED]),
    ],
)
def test_who_has_it(declared: Any, recorded: Any, observed: Any, kinds: list[Kind]) -> None:
    found = drift("databricks_catalog", declared, recorded, observed)
    assert [one.kind for one in found.findings] == kinds


def test_rights_are_compared_one_by_one() -> None:
    def grants(*pairs: tuple[str, list[str]]) -> dict[str, Any]:
        return {"id": "catalog/claims", "grant": [{"principal": who, "privileges": some} for who, some in pairs]}

    declared = grants(("a", ["SELECT", "USE_CATALOG"]), ("b", ["BROWSE"]))
    recorded = grants(("a", ["SELECT", "USE_CATALOG"]))
    observed = grants(("a", ["USE CATALOG", "MODIFY"]), ("c", ["MANAGE"]))
    one = Observed("databricks_grants", "catalog/claims", "", observed)
    found = find_drift("prod", workspace(one), [stack("databricks_grants", declared, recorded)])
    assert {(one.kind, one.attribute) for one in found.findings} == {
        (Kind.EXTRA_RIGHT, "MODIFY to a"),
        (Kind.EXTRA_RIGHT, "MANAGE to c"),
        (Kind.LOST_RIGHT, "SELECT to a"),
        (Kind.NOT_DEPLOYED, "BROWSE to b"),
    }


@pytest.mark.parametrize(
    ("recorded", "observed"),
    [
        ({"n": 30}, {"n": "30"}),
        ({"n": "true"}, {"n": True}),
        ({"n": ["b", "a"]}, {"n": ["a", "b"]}),
        ({"n": '{"a": 1, "b": 2}'}, {"n": '{"b":2,"a":1}'}),
        ({"n": None}, {"n": ""}),
        ({"n": False}, {}),
        ({"n": [{"a": 1, "b": 0}]}, {"n": [{"a": 1}]}),
        ({"n": []}, {"n": [{}]}),
        ({"n": [{"a": 1, "b": []}]}, {"n": [{"a": 1, "b": [{"c": ""}]}]}),
    ],
)
def test_what_is_written_differently_is_no_drift(recorded: Any, observed: Any) -> None:
    declared = {"n": recorded["n"]}
    found = drift("databricks_catalog", declared, {"id": "1", **recorded}, {"id": "1", **observed})
    assert found.findings == ()


def test_what_could_not_be_read_is_never_no_drift() -> None:
    broken = (Unreadable("databricks_catalog", "", "PERMISSION_DENIED: no"),)
    found = drift("databricks_catalog", {}, {"id": "1"}, None, unreadable=broken)
    assert (found.findings, found.exit_code) == ((), 5)
    assert "PERMISSION_DENIED" in as_text(found)
    assert find_drift("prod", workspace(), [], gaps=[Gap("the state of x", "locked")]).exit_code == 5


def test_a_type_that_the_source_never_reads_is_not_missing() -> None:
    sides = [stack("databricks_metastore_assignment", {}, {"id": "1", "workspace_id": 1})]
    found = find_drift("prod", workspace(), sides, types=frozenset({"databricks_catalog"}))
    assert found.findings == ()
    assert any("databricks_metastore_assignment" in line for line in found.left_out)


def test_other_workspaces_assignments_are_not_this_environments() -> None:
    sides = [stack("databricks_mws_permission_assignment", {}, {"id": "2|5", "workspace_id": 2})]
    assert find_drift("prod", workspace(id_="1"), sides).findings == ()


SECRET = "hunter2-hunter2"


def test_secrets_are_compared_and_never_printed() -> None:
    declared = {"key": "k", "scope": "s", "string_value": SECRET}
    recorded = {**declared, "id": "1"}
    observed = {**recorded, "string_value": f"{SECRET}!", "scope": f"copied {SECRET}"}
    found = drift("databricks_secret", declared, recorded, observed)
    assert "string_value" in {one.attribute for one in found.findings}
    for one in found.findings:
        with_revert(one, sandbox=False, environment="prod")
    assert SECRET not in as_text(found) + json.dumps(as_json(found))


scalars = st.one_of(st.booleans(), st.integers(1, 99), st.text(min_size=1, max_size=8))
names = st.sampled_from(["comment", "storage_root", "provider_name", "share_name", "custom"])
records = st.dictionaries(names, scalars, min_size=1)


@given(records, st.data())
def test_any_one_changed_value_is_told_and_only_it(declared: dict[str, Any], data: st.DataObject) -> None:
    recorded = {**declared, "id": "1"}
    assert drift("databricks_catalog", declared, recorded, recorded).findings == ()
    name = data.draw(st.sampled_from(sorted(declared)))
    found = drift("databricks_catalog", declared, recorded, {**recorded, name: f"{declared[name]}-other"})
    assert [one.attribute for one in found.findings] == [name]


hostile = st.text(st.sampled_from(list("a|\n\t\x1b\u202e`'\"$()<>;&\\ ../")), min_size=1, max_size=12)


@given(hostile)
def test_hostile_names_stay_one_line_and_one_word(name: str) -> None:
    item = Observed("databricks_catalog", name, name, {"id": name, "name": name})
    found = find_drift("prod", workspace(item), [])
    text = as_text(found)
    assert not set(text) & {"\x1b", "\u202e", "\t"}
    assert len(text.splitlines()) == 3
    (one,) = (with_revert(one, sandbox=True, environment="prod") for one in found.findings)
    assert shlex.split(one.revert[0]) == ["shipway", "sandbox", "remove", item.type, name, "--env", "prod"]


def test_the_account_sees_assignments_of_every_workspace() -> None:
    item = Observed("databricks_mws_permission_assignment", "2|5", "", {"workspace_id": 2, "principal_id": 5})
    assert [one.kind for one in find_drift("account", workspace(item, id_=""), []).findings] == [Kind.EXTRA]
    assert find_drift("prod", workspace(item, id_="1"), []).findings == ()


def test_objects_are_told_apart_as_the_sandbox_does() -> None:
    for type_, parts in _KEYS.items():
        record: dict[str, Any] = {}
        for number, path in enumerate(parts):
            *parents, last = path.split(".")
            node = record
            for step in parents:
                node = node.setdefault(step, {})
            node[last] = f"v{number}"
        assert observed_item(type_, "", record).id == key_of(type_, record)


def test_a_stack_that_was_never_deployed_is_one_finding() -> None:
    (one,) = drift("databricks_catalog", CATALOG, None, None).findings
    assert (one.kind, one.object) == (Kind.NOT_DEPLOYED, f"stack {STACK} with 1 objects")


def test_one_object_that_is_not_deployed_yet() -> None:
    both = stack("databricks_catalog", CATALOG, {"id": "1"})
    new = Item("databricks_schema", "", Record({"name": "new"}), STACK, "databricks_schema.new")
    sides = StackSides(STACK, {**both.declared, new.address: new}, both.recorded)
    there = Observed("databricks_catalog", "1", "", CATALOG)
    found = find_drift("prod", workspace(there), [sides]).findings
    assert [(one.kind, one.object) for one in found if one.type == "databricks_schema"] == [(Kind.NOT_DEPLOYED, "new")]


def test_what_the_account_has_for_another_environment_is_not_this_ones() -> None:
    one = stack("databricks_account_network_policy", {}, {"network_policy_id": "n"})
    moved = {address: replace(item, path="account/workspaces/test/egress") for address, item in one.recorded.items()}
    sides = [StackSides("account", moved, moved)]
    assert find_drift("prod", workspace(), sides).findings == ()
    assert [found.kind for found in find_drift("account", workspace(id_=""), sides).findings] == [Kind.MISSING]


def test_blocks_without_a_key_keep_what_the_service_added() -> None:
    declared: dict[str, Any] = {"alert": [{"threshold": "80", "to": [{"mail": "a"}]}, {"threshold": "100"}]}
    recorded: dict[str, Any] = {"id": "1", "alert": [{"threshold": "80", "to": [{"mail": "a", "uid": "x"}], "uid": "y"},
                                     {"threshold": "100", "uid": "z"}]}  # fmt: skip
    assert drift("databricks_budget", declared, recorded, recorded).findings == ()
    lower = copy.deepcopy(recorded)
    lower["alert"][1]["threshold"] = "90"
    assert drift("databricks_budget", declared, recorded, lower).findings != ()
    newer = {"alert": [declared["alert"][0], {"threshold": "120"}]}
    assert {one.kind for one in drift("databricks_budget", newer, recorded, recorded).findings} == {Kind.NOT_DEPLOYED}


def test_what_the_account_declares_over_one_workspace_is_looked_for_there_alone() -> None:
    one = stack("databricks_tag_policy", {}, {"tag_key": "pii"})
    tag = {address: replace(item, host="https://prod.example") for address, item in one.recorded.items()}
    sides = [StackSides("account", tag, tag)]
    assert find_drift("dev", workspace(), sides, url="https://dev.example").findings == ()
    assert find_drift("account", workspace(id_=""), sides).findings == ()
    assert len(find_drift("prod", workspace(), sides, url="https://prod.example").findings) == 1


ALERTS = [
    {"quantity_threshold": "960", "action_configurations": {"target": "a"}},
    {"quantity_threshold": "1200", "action_configurations": [{"target": "a"}, {"target": "b"}]},
]
KEPT_ALERTS = [
    {"alert_configuration_id": "x", "quantity_threshold": "1200", "action_configurations": [
        {"action_configuration_id": "1", "target": "a"}, {"action_configuration_id": "2", "target": "b"}]},
    {"alert_configuration_id": "y", "quantity_threshold": "960", "action_configurations": [
        {"action_configuration_id": "3", "target": "a"}]},
]  # fmt: skip


def test_ids_that_databricks_gives_to_blocks_without_a_name_are_no_drift() -> None:
    recorded = {"id": "1", "alert_configurations": KEPT_ALERTS}
    found = drift("databricks_budget", {"alert_configurations": ALERTS}, recorded, recorded)
    assert (found.findings, found.compared) == ((), 1)


def test_a_change_in_a_block_without_a_name_is_told_alone() -> None:
    recorded = {"id": "1", "alert_configurations": KEPT_ALERTS}
    changed = copy.deepcopy(recorded)
    changed["alert_configurations"][0]["quantity_threshold"] = "9999"  # type: ignore[index]
    (one,) = drift("databricks_budget", {"alert_configurations": ALERTS}, recorded, changed).findings
    assert (one.declared, one.observed) == ('"1200"', '"9999"')


@pytest.mark.parametrize(
    ("url", "is_missing"), [("https://prod.example.com", True), ("https://dev.example.com", False)]
)
def test_what_the_account_keeps_in_one_workspace_is_not_missing_in_another(url: str, is_missing: bool) -> None:
    block = {"tag_key": "pii", "provider": "databricks.governance"}
    document = {
        "provider": {
            "databricks": [
                {"host": "https://acc.example.com"},
                {"alias": "governance", "host": "https://prod.example.com"},
            ]
        },
        "resource": {"databricks_tag_policy": {ADDRESS: block}},
    }
    shown = state("databricks_tag_policy", {"id": "1", "tag_key": "pii"})
    sides = read_stack("account", json.dumps(document).encode(), json.dumps(shown).encode())
    found = find_drift("dev", workspace(), [sides], url=url)
    assert [one.kind for one in found.findings] == [Kind.MISSING] * is_missing


def test_one_more_block_without_a_name_is_the_only_one_told() -> None:
    recorded = {"id": "1", "alert_configurations": KEPT_ALERTS}
    declared = {"alert_configurations": [{"quantity_threshold": "5"}, *ALERTS]}
    (one,) = drift("databricks_budget", declared, recorded, recorded).findings
    assert ("5" in one.declared, "1200" in one.declared, one.kind) == (True, False, Kind.NOT_DEPLOYED)
