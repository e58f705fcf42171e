"""Reading a plan's JSON: nothing that is no plan is taken for one, and nothing unknown in one counts as harmless."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.plan.load import UnreadablePlan
from shipway.plan.model import Action, CheckStatus
from shipway.plan.read import read_plan, read_plan_file, stack_name
from shipway.plan.report import Effect
from shipway.plan.review import review
from shipway.plan.values import Record, Secret, Unknown


def document(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "resource_changes": list(changes),
        **more,
    }


def resource(actions: list[str], before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    change = {"actions": actions, "before": before, "after": after, **more.pop("change", {})}
    address = {"address": "terraform_data.a", "mode": "managed", "type": "terraform_data", "name": "a"}
    return {**address, "change": change, **more}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"PK\x03\x04rest", "saved plan"),
        (b"\x00\x01\x02\xff\xfe", "neither UTF-8 nor UTF-16"),
        (b'{"format_version": "1.2", "terraform_ver', "ends too early"),
        (b"Terraform will perform the following actions:", "not JSON"),
        (b'{"@level":"info"}\n{"@level":"info"}', "not JSON"),
        (b"[]", "no object"),
        (b'"plan"', "no object"),
        (b"{}", "format_version"),
        (b'{"format_version": "1.0", "terraform_version": "1", "values": {}}', "a state"),
        (b'{"version": 4, "lineage": "x", "serial": 1}', "a state file"),
        (b'{"plan_version": 2, "plan": {}}', "bundle plan"),
        (b'{"resource": {"a": {}}}', "synthesized stack"),
        (b'{"format_version": "2.0", "terraform_version": "2", "resource_changes": []}', "wanted 1.x"),
        (b'{"format_version": 1.2, "terraform_version": "1", "resource_changes": []}', "format_version"),
        (b'{"format_version": "1.2", "terraform_version": "1", "resource_changes": {}}', "resource_changes"),
        (b'{"format_version": "1.2", "terraform_version": "1", "resource_changes": [7]}', "resource_changes.0"),
        (b'{"format_version": "1.2", "terraform_version": "1", "resource_changes": [], "errored": "no"}', "errored"),
        (b'{"format_version": "1.2", "terraform_version": "1", "a": NaN}', "NaN"),
        (b'{"format_version": "1.2", "format_version": "1.2", "terraform_version": "1"}', "same key twice"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_plan(raw: bytes, says: str) -> None:
    with pytest.raises(UnreadablePlan) as caught:
        read_plan(raw, "prod-x", where="plan.json")
    assert says in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 5


def test_an_error_holds_no_value() -> None:
    broken = document(resource(["create"]), errored="hunter2-hunter2")
    with pytest.raises(UnreadablePlan) as caught:
        read_plan(encoded(broken), "prod-x")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = json.dumps(document(resource(["create"], after={"input": "ü"})), ensure_ascii=False)
    (change,) = read_plan(text.encode(encoding), "prod-x").changes
    assert change.after == Record({"input": "ü"})


@pytest.mark.parametrize(
    ("words", "action"),
    [
        (["no-op"], Action.NO_OP),
        (["delete", "create"], Action.REPLACE),
        (["create", "delete"], Action.REPLACE_CREATE_FIRST),
        (["forget"], Action.FORGET),
        (["create", "forget"], Action.CREATE_FORGET),
        (["delete", "update"], Action.UNRECOGNIZED),
        (["open"], Action.UNRECOGNIZED),
        ([], Action.UNRECOGNIZED),
    ],
)
def test_actions_are_a_closed_list(words: list[str], action: Action) -> None:
    plan = read_plan(encoded(document(resource(words, before={"id": "1"}))), "prod-x")
    assert plan.changes[0].action is action
    assert bool(plan.gaps) is (action is Action.UNRECOGNIZED)


@pytest.mark.parametrize(
    "more",
    [
        {"errored": True},
        {"complete": False},
        {"deferred_changes": [{"reason": "instance_count_unknown", "resource_change": resource(["create"])}]},
        {"action_invocations": [{"address": "action.x.y"}]},
        {"an_effect_of_tomorrow": [1]},
        {"resource_changes": [resource(["create"], change={"new_kind_of_effect": True})]},
        {"resource_changes": [{**resource(["create"]), "mode": "ephemeral"}]},
        {"resource_changes": [{**resource(["create"]), "new_property": 1}]},
    ],
)
def test_what_is_unknown_is_not_clean(more: dict[str, Any]) -> None:
    plan = read_plan(encoded({**document(), **more}), "prod-x")
    assert plan.gaps
    assert review([plan]).effect is Effect.CANNOT_JUDGE


def test_an_old_plan_does_not_say_whether_it_is_complete() -> None:
    old = document()
    del old["complete"]
    plan = read_plan(encoded({**old, "format_version": "0.2", "terraform_version": "0.15.0"}), "prod-x")
    assert (plan.complete, plan.errored, plan.applyable) == (None, None, None)
    assert not plan.gaps and "0.15.0" in plan.notes[0]


def test_unknown_and_secret_are_types() -> None:
    change = {
        "after_unknown": {"id": True, "list": [False, True], "block": {"inner": True}},
        "after_sensitive": {"password": True},
    }
    item = resource(["create"], after={"list": ["a", None], "password": "x", "block": {}, "none": None}, change=change)
    configuration = {
        "root_module": {
            "resources": [
                {
                    "address": "terraform_data.a",
                    "expressions": {"list": {"references": ["terraform_data.b.id", "terraform_data.b"]}},
                }
            ]
        }
    }
    after = read_plan(encoded(document(item, configuration=configuration)), "prod-x").changes[0].after
    assert isinstance(after, Record)
    assert after["id"] == Unknown()
    assert after["list"] == ("a", Unknown(("terraform_data.b.id",)))
    assert after["block"] == Record({"inner": Unknown()})
    assert after["password"] == Secret("x")
    assert after["none"] is None


@pytest.mark.parametrize("mask", [[True], {"deeper": True}, {"deeper": {"still": [True]}}, True])
def test_a_mask_that_does_not_fit_hides_all(mask: Any) -> None:
    for value in ("text", ["text"], {"other": "text"}):
        item = resource(["create"], after={"a": value}, change={"after_sensitive": {"a": mask}})
        after = read_plan(encoded(document(item)), "prod-x").changes[0].after
        assert isinstance(after, Record)
        fits = (isinstance(value, dict) and isinstance(mask, dict)) or (
            isinstance(value, list) and isinstance(mask, list)
        )
        assert fits or isinstance(after["a"], Secret)


def test_an_unknown_has_no_truth() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Unknown())


def test_provider_secrets_are_secret_without_a_mask() -> None:
    item = {**resource(["create"], after={"string_value": "hunter2-hunter2"}), "type": "databricks_secret"}
    plan = read_plan(encoded(document(item)), "prod-x")
    assert plan.changes[0].after == Record({"string_value": Secret("hunter2-hunter2")})
    assert plan.taint.redact("x hunter2-hunter2 y") == "x (redacted) y"


def test_secrets_are_found_in_every_corner() -> None:
    state = {
        "root_module": {
            "child_modules": [
                {"resources": [{"type": "x", "values": {"a": "in-the-state"}, "sensitive_values": {"a": True}}]}
            ]
        }
    }
    whole = document(
        variables={"v": {"value": "in-a-variable"}, "w": {"value": "in the open"}},
        configuration={"root_module": {"variables": {"v": {"sensitive": True}, "w": {}}}},
        prior_state={"values": state},
        planned_values={"outputs": {"o": {"sensitive": True, "value": {"deep": ["in-an-output"]}}}},
        output_changes={"p": {"actions": ["create"], "after": "in-a-change", "after_sensitive": True}},
        resource_drift=[resource(["update"], after={"a": "in-the-drift"}, change={"after_sensitive": {"a": True}})],
    )
    taint = read_plan(encoded(whole), "prod-x").taint
    for secret in ("in-a-variable", "in-the-state", "in-an-output", "in-a-change", "in-the-drift"):
        assert taint.redact(secret) == "(redacted)"
    assert taint.redact("in the open") == "in the open"


def test_deposed_moved_imported() -> None:
    items = [
        resource(["no-op"], {"id": "1"}, {"id": "1"}, previous_address="terraform_data.z"),
        {**resource(["delete"], {"id": "2"}), "deposed": "abcd1234"},
        resource(["no-op"], {"id": "3"}, {"id": "3"}, change={"importing": {"id": "3"}}),
    ]
    moved, deposed, imported = read_plan(encoded(document(*items)), "prod-x").changes
    assert moved.moved and moved.touches
    assert deposed.deposed == "abcd1234"
    assert imported.importing and imported.touches


def test_checks() -> None:
    checks = [
        {"address": {"to_display": "check.a"}, "status": "fail", "instances": [{"problems": [{"message": "no"}]}]},
        {"address": {"to_display": "check.b"}, "status": "a new status"},
    ]
    one, two = read_plan(encoded(document(checks=checks)), "prod-x").checks
    assert (one.status, one.problems) == (CheckStatus.FAIL, ("no",))
    assert two.status is CheckStatus.ERROR


@pytest.mark.parametrize(
    ("path", "stack"),
    [
        ("a/prod-x.json", "prod-x"),
        ("prod-x.plan.json", "prod-x"),
        ("prod-x/plan.json", "prod-x"),
        ("x.tfplan.json", "x"),
    ],
)
def test_a_file_says_its_stack(path: str, stack: str) -> None:
    assert stack_name(Path(path)) == stack


def test_a_missing_file_is_an_error_of_the_call(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ShipwayError) as caught:
            read_plan_file(path)
        assert caught.value.exit_code == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_clear_error(raw: bytes) -> None:
    with pytest.raises(UnreadablePlan):
        read_plan(raw, "prod-x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("resource_changes", "output_changes", "checks", "configuration", "variables", "prior_state", "planned_values",
         "relevant_attributes", "deferred_changes", "resource_drift", "complete", "timestamp")  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(st.dictionaries(st.sampled_from(PARTS), JSON))
def test_any_part_of_the_wrong_type_is_a_clear_error(parts: dict[str, Any]) -> None:
    try:
        review([read_plan(encoded({**document(), **parts}), "prod-x")])
    except UnreadablePlan as error:
        assert "not a plan as Terraform writes it" in error.message


@given(before=JSON, after=JSON, unknown=JSON, sensitive=JSON)
def test_any_values_and_masks_are_read(before: Any, after: Any, unknown: Any, sensitive: Any) -> None:
    change = {"after_unknown": unknown, "after_sensitive": sensitive, "before_sensitive": sensitive}
    for type_name in ("databricks_job", "databricks_grants", "databricks_permissions", "databricks_group_member"):
        item = {**resource(["update"], before, after, change=change), "type": type_name}
        review([read_plan(encoded(document(item)), "prod-x")])
