"""Classes, verdicts and approvals: each rule of the table has a case, and nothing lifts a class but an approval."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.plan import topics
from shipway.plan.approved import read_approved
from shipway.plan.as_json import render_json
from shipway.plan.classes import RULES, ChangeClass, highest
from shipway.plan.masks import merge
from shipway.plan.model import Action, Check, CheckStatus, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.report import Review, class_of
from shipway.plan.review import review
from shipway.plan.values import Record, Secret
from shipway.plan.verdict import EXIT_CODES, Outcome, Route, Routes
from shipway.pointer import json_form
from shipway.pointer.pointer import Pointer

SCHEMA = Path("shipway/sandbox/facts/provider-schema-1.99.0.json.xz")


def change(type_name: str, action: Action, before: Any = None, after: Any = None, **more: Any) -> ResourceChange:
    old, new = (side if isinstance(side, Record) else merge(side, None, None) for side in (before, after))
    return ResourceChange(f"{type_name}.x", type_name, "x", action, before=old, after=new, **more)


def of(*changes: ResourceChange, stack: str = "prod-x", routes: Routes | None = None, **more: Any) -> Review:
    return review([Plan(stack, changes=changes, **more)], routes=routes or Routes())


def update(type_name: str, old: Any, new: Any, **more: Any) -> ResourceChange:
    return change(type_name, Action.UPDATE, old, new, **more)


CONF = "databricks_workspace_conf"


def router(active: str) -> dict[str, Any]:
    gate = {"left": "{{job.parameters.blue}}", "op": "EQUAL_TO", "right": "on"}
    pointer = {"name": "pointer", "default": json_form.render(Pointer(active))}
    return {"name": "r", "parameter": [pointer], "task": [{"task_key": "blue", "condition_task": [gate]}]}


ROUTER, MOVED = router("blue"), router("green")
GRANT = {"catalog": "c", "principal": "g", "privileges": ["BROWSE"]}
CASES: dict[str, tuple[ResourceChange, ...]] = {
    "unknown-action": (change("databricks_job", Action.UNRECOGNIZED, {"name": "a"}, {"name": "b"}),),
    "unknown-loss": (change("other_thing", Action.DELETE, {"name": "a"}),),
    "data-lost": (change("databricks_schema", Action.DELETE, {"name": "a"}),),
    "one-way": (change("databricks_compliance_security_profile_workspace_setting", Action.CREATE, None, {"id": "1"}),),
    "force-destroy": (update("databricks_schema", {"force_destroy": False}, {"force_destroy": True}),),
    "access-gained": (change("databricks_grant", Action.CREATE, None, GRANT),),
    "access-lost": (change("databricks_grant", Action.DELETE, GRANT),),
    "access-unread": (change("aws_iam_role_policy", Action.CREATE, None, {"name": "a"}),),
    "exposed": (update("databricks_catalog", {"isolation_mode": "ISOLATED"}, {"isolation_mode": "OPEN"}),),
    "guard-lowered": (
        update(CONF, {"custom_config": {"enableExport": "false"}}, {"custom_config": {"enableExport": "true"}}),
    ),
    "guard-raised": (
        update(
            CONF,
            {"custom_config": {"enableVerboseAuditLogs": "false"}},
            {"custom_config": {"enableVerboseAuditLogs": "true"}},
        ),
    ),
    "mask-changed": (change("databricks_policy_info", Action.DELETE, {"name": "a"}),),
    "runs-command": (change("terraform_data", Action.CREATE, None, {"input": "a"}, provisioners=("local-exec: x",)),),
    "takes-over": (change("databricks_grants", Action.CREATE, None, {"catalog": "c", "grant": []}),),
    "state-only": (change("databricks_job", Action.NO_OP, {"name": "a"}, {"name": "a"}, previous_address="y.x"),),
    "release": (update("databricks_job", ROUTER, MOVED),),
    "runs-differently": (update("databricks_job", {"name": "a"}, {"name": "b"}),),
    "configuration": (update("databricks_directory", {"path": "/a"}, {"path": "/b"}),),
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_has_a_case_that_it_decides(rule: str) -> None:
    found = of(*CASES[rule])
    assert rule in {item.id for row in found.rows for item in row.because}
    assert found.verdict.change_class >= RULES[rule].change_class


def test_no_rule_is_without_a_case() -> None:
    # What is unlike its siblings takes their class: tests of rows in several stacks look at it.
    unlike = {f"unlike-{found}" for found in ChangeClass if found > ChangeClass.CONFIGURATION}
    assert set(RULES) == set(CASES) | {"unjudged", "output"} | unlike
    assert of(outputs=(OutputChange("o", Action.UPDATE, "a", "b"),)).verdict.change_class is ChangeClass.CONFIGURATION
    assert of(gaps=(Gap("prod-x", "unread"),)).verdict.change_class is ChangeClass.UNKNOWN


@pytest.mark.parametrize("type_name", ["databricks_group", "databricks_service_principal", "databricks_user"])
def test_an_identity_that_goes_takes_its_access_along(type_name: str) -> None:
    for action in (Action.DELETE, Action.REPLACE):
        found = of(change(type_name, action, {"display_name": "a"}, {"display_name": "b"}))
        assert "access-lost" in {item.id for row in found.rows for item in row.because}
    changed = of(update(type_name, {"external_id": "a"}, {"external_id": "b"}))
    assert changed.verdict.change_class is ChangeClass.CONFIGURATION


@pytest.mark.parametrize(
    ("key", "old", "new", "rule"),
    [
        ("enableIpAccessLists", "true", "false", "guard-lowered"),
        ("enableIpAccessLists", "false", "true", "guard-raised"),
        ("somethingNew", "false", "true", "guard-lowered"),
        ("enableTokensConfig", "true", None, "guard-lowered"),
    ],
)  # fmt: skip
def test_a_workspace_key_is_raised_only_towards_its_safe_value(key: str, old: str, new: str | None, rule: str) -> None:
    found = of(update(CONF, {"custom_config": {key: old}}, {"custom_config": {key: new} if new else {}}))
    assert [item.id for item in found.changes[0].because] == [rule]


def test_one_lowered_key_among_raised_ones_lowers() -> None:
    old = {"custom_config": {"enableVerboseAuditLogs": "false", "enableTokensConfig": "false"}}
    new = {"custom_config": {"enableVerboseAuditLogs": "true", "enableTokensConfig": "true"}}
    assert [item.id for item in of(update(CONF, old, new)).changes[0].because] == ["guard-lowered"]


def test_the_lists_of_types_name_types_of_the_provider() -> None:
    (provider,) = json.loads(lzma.decompress(SCHEMA.read_bytes()))["provider_schemas"].values()
    named = topics.GUARDING | topics.EXPOSING | topics.HIDING | topics.ONE_WAY | topics._RUNNING | topics._PLATFORM
    assert named <= set(provider["resource_schemas"])


def test_every_setting_of_the_provider_guards() -> None:
    (provider,) = json.loads(lzma.decompress(SCHEMA.read_bytes()))["provider_schemas"].values()
    settings = {kind for kind in provider["resource_schemas"] if kind.endswith(("_setting", "_setting_v2", "_conf"))}
    assert settings <= topics.GUARDING


@given(st.lists(st.sampled_from(list(RULES.values()))))
def test_the_highest_class_is_that_of_some_rule_and_unknown_is_above_all(rules: list[Any]) -> None:
    found = highest(rules)
    assert all(found >= rule.change_class for rule in rules)
    assert found in {rule.change_class for rule in rules} | {ChangeClass.NONE}
    assert max(ChangeClass) is ChangeClass.UNKNOWN


def test_outcomes_and_exit_codes() -> None:
    nobody = Routes({"prod": {}})
    job = CASES["runs-differently"]
    assert of(routes=nobody).verdict.outcome is Outcome.NO_EFFECT
    assert of(*job, routes=nobody).verdict.outcome is Outcome.NEEDS_NOBODY
    somebody = Routes({"prod": {ChangeClass.BEHAVIOUR: Route(2, ("g",))}})
    verdict = of(*job, routes=somebody).verdict
    assert verdict.outcome is Outcome.NEEDS_APPROVAL
    assert [(need.change_class, need.environment, need.people, need.groups, need.rows) for need in verdict.needs] == [
        (ChangeClass.BEHAVIOUR, "prod", 2, ("g",), 1)
    ]
    failing = (Check("check.x", CheckStatus.FAIL),)
    assert of(*job, routes=nobody, checks=failing).verdict.outcome is Outcome.BLOCKED
    assert of(routes=nobody, checks=failing).verdict.outcome is Outcome.BLOCKED
    unread = (Gap("prod-x", "unread"),)
    assert of(*job, routes=nobody, checks=failing, gaps=unread).verdict.outcome is Outcome.CANNOT_JUDGE
    assert review([]).verdict.outcome is Outcome.CANNOT_JUDGE
    assert sorted(EXIT_CODES.values()) == [0, 2, 3, 4, 5]


def test_nobody_said_who_approves_so_what_reaches_far_needs_a_person() -> None:
    assert of(*CASES["access-gained"]).verdict.exit_code == 3
    assert of(*CASES["access-lost"]).verdict.exit_code == 3
    assert of(*CASES["data-lost"]).verdict.exit_code == 3
    assert of(*CASES["unknown-loss"]).verdict.exit_code == 5
    assert of(*CASES["runs-differently"]).verdict.exit_code == 2


def test_a_denied_policy_blocks() -> None:
    assert review([Plan("prod-x")], denied=["R40: no"]).verdict.exit_code == 4


def test_a_pointer_that_moves_with_more_is_blocked_and_says_with_what() -> None:
    (row,) = of(*CASES["release"]).pointers
    assert (row.alone, row.residual) == (True, ())
    more = change("databricks_grant", Action.CREATE, None, GRANT)
    blocked = of(*CASES["release"], more)
    assert blocked.pointers[0].residual == ("create databricks_grant.x",)
    assert blocked.verdict.exit_code == 4
    assert "does more than that" in blocked.verdict.blockers[0]


def slot(number: str, release: str, **more: Any) -> dict[str, Any]:
    task = {"task_key": "score", "library": [{"whl": f"/Volumes/{release}.whl"}]}
    return {
        "id": number,
        "name": f"job {number}",
        "parameter": [{"name": "release", "default": release}],
        "task": [task],
        **more,
    }


@pytest.mark.parametrize(("name", "live", "code"), [("green", False, 2), ("blue", True, 4)])
def test_a_slot_gets_a_release(name: str, live: bool, code: int) -> None:
    still = change("databricks_job", Action.NO_OP, ROUTER, ROUTER)
    moved = ResourceChange(
        f"databricks_job.slots_{name}_job", "databricks_job", f"slots_{name}_job", Action.UPDATE,
        before=merge(slot("1", "r1"), None, None), after=merge(slot("1", "r2"), None, None),
    )  # fmt: skip
    found = of(still, moved, routes=Routes({"prod": {}}))
    (row,) = found.slots
    assert (row.slot, row.old, row.new, row.live) == (name, "r1", "r2", live)
    assert found.verdict.exit_code == code


def test_a_slot_that_changes_in_anything_else_is_no_release_step() -> None:
    def step(**more: Any) -> ResourceChange:
        old, new = merge(slot("2", "r1"), None, None), merge(slot("2", "r2", **more), None, None)
        name = "slots_green_job"
        return ResourceChange(f"databricks_job.{name}", "databricks_job", name, Action.UPDATE, before=old, after=new)

    assert not of(step(max_concurrent_runs=4)).slots
    # Nobody says where the pointer stands: the step is shown, and not called safe.
    assert of(step()).slots[0].live is None


def approved(found: Review, tmp_path: Path) -> frozenset[str]:
    file = tmp_path / "review.json"
    file.write_text(render_json(found))
    return read_approved(file)


def test_an_approval_survives_a_plan_that_does_the_same_or_less(tmp_path: Path) -> None:
    both = [*CASES["access-gained"], *CASES["data-lost"]]
    marks = approved(of(*both), tmp_path)
    same = review([Plan("prod-x", changes=tuple(both))], approved=marks)
    less = review([Plan("prod-x", changes=tuple(both[:1]))], approved=marks)
    assert same.verdict.needs == less.verdict.needs == ()
    assert same.verdict.exit_code == less.verdict.exit_code == 2


def test_an_approval_does_not_cover_another_effect(tmp_path: Path) -> None:
    marks = approved(of(*CASES["access-gained"]), tmp_path)
    for other in (
        change("databricks_grant", Action.CREATE, None, {**GRANT, "privileges": ["SELECT"]}),
        change("databricks_grant", Action.CREATE, None, {**GRANT, "principal": "h"}),
        *CASES["data-lost"],
    ):
        again = review([Plan("prod-x", changes=(*CASES["access-gained"], other))], approved=marks)
        assert sum(need.rows for need in again.verdict.needs) >= 1
    elsewhere = review([Plan("test-x", changes=CASES["access-gained"])], approved=marks)
    assert elsewhere.verdict.exit_code == 3


def secret_change(new: str) -> ResourceChange:
    return update("databricks_directory", Record({"path": Secret("old")}), Record({"path": Secret(new)}))


def test_another_secret_is_another_fingerprint_and_is_not_shown(tmp_path: Path) -> None:
    def marks(new: str, key: bytes) -> tuple[str, ...]:
        found = review([Plan("prod-x", changes=(secret_change(new),))], key=key)
        assert new not in render_json(found)
        return found.fingerprints

    assert marks("secret-one", b"k") == marks("secret-one", b"k")
    assert marks("secret-one", b"k") != marks("secret-two", b"k")
    assert marks("secret-one", b"k") != marks("secret-one", b"other key")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", "not JSON"), ("[]", "not a review"), ('{"schema": "shipway/review/v1"}', "not a review"),
     ('{"schema": "shipway/review/v0", "fingerprints": []}', "not a review"),
     ('{"schema": "shipway/review/v1", "fingerprints": [1]}', "not a review")],
)  # fmt: skip
def test_what_is_no_review_approves_nothing(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "review.json"
    file.write_text(text)
    with pytest.raises(ShipwayError, match=wanted):
        read_approved(file)


def test_every_row_has_a_class() -> None:
    changes = [item for case in CASES.values() for item in case]
    for item in changes:
        assert all(class_of(row) > ChangeClass.NONE for row in of(item).rows)
