"""What a review says of a release: the pointer, its canary, slots that start or stop; and what is none of these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shipway.plan.masks import merge
from shipway.plan.model import Action, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.report import Review
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal
from shipway.pointer.view import ViewPointer, ViewShape, render

V1, V2 = "r000000000001", "r000000000002"
SALT = f"claims-triage/{V2}"
SHAPE = ViewShape(("claims_prod", "triage", "scores"), "claim_id", ("score",))
AT_REST, CANARY = (V1, V1, 0, ""), (V1, V2, 5, SALT)


def change(type_name: str, action: Action, before: Any, after: Any, *, name: str = "x") -> ResourceChange:
    old, new = (merge(side, None, None) for side in (before, after))
    return ResourceChange(f"{type_name}.{name}", type_name, name, action, before=old, after=new)


def of(*changes: ResourceChange, **more: Any) -> Review:
    return review([Plan("prod-x", changes=changes, **more)])


def written(active: str, candidate: str | None = None, percent: int = 0, salt: str = "") -> str:
    said = {"active": active, "candidate": candidate, "percent": percent, "salt": salt}
    return json.dumps(said, separators=(",", ":"))


def job(parameters: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    gates = [
        {
            "task_key": slot,
            "condition_task": [{"left": f"{{{{job.parameters.{slot}}}}}", "op": "EQUAL_TO", "right": "on"}],
        }
        for slot in ("blue", "green")
    ]
    listed = [{"name": name, "default": default} for name, default in parameters.items()]
    return {"id": "9", "name": "router", "parameter": listed, "task": gates, **more}


def router(old: Mapping[str, Any], new: Mapping[str, Any], **more: Any) -> ResourceChange:
    on = {"blue": "on", "green": "on"}
    return change("databricks_job", Action.UPDATE, job(on | dict(old)), job(on | dict(new), **more), name="router_job")


def slot(name: str, release: str) -> ResourceChange:
    one = {"id": name, "name": f"x-{name}", "parameter": [{"name": "release", "default": release}]}
    return change("databricks_job", Action.NO_OP, one, one, name=f"slots_{name}_job")


def view(old: str, new: str, **more: Any) -> ResourceChange:
    one = {"name": "current", "catalog_name": "claims_prod", "schema_name": "triage", "table_type": "VIEW"}
    sides = ({**one, "view_definition": old}, {**one, "view_definition": new, **more})
    return change("databricks_sql_table", Action.UPDATE, *sides, name="output_view")


def defined(*pointer: Any) -> str:
    return render(SHAPE, ViewPointer(*pointer))


FLIP = router({"pointer": written("blue")}, {"pointer": written("green")})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (("blue",), ("green",), "pointer: blue → green (router job router), nothing else changes"),
        (("blue",), ("blue", "green", 5, SALT), "canary of green: 0 % → 5 % (router job router)"),
        (("blue", "green", 5, SALT), ("blue", "green", 25, SALT), "canary of green: 5 % → 25 %"),
        (("blue", "green", 25, SALT), ("blue",), "canary of green: 25 % → 0 %"),
        (("blue", "green", 50, SALT), ("green",), "pointer: blue, green for 50 % → green"),
    ],
)
def test_a_pointer_in_a_parameter(old: Any, new: Any, says: str) -> None:
    found = of(router({"pointer": written(*old)}, {"pointer": written(*new)}))
    assert says in render_terminal(found)
    assert not found.changes and found.pointers[0].alone


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (AT_REST, CANARY, "canary of green: 0 % → 5 % (view claims_prod.triage.current), nothing else changes"),
        (CANARY, (V1, V2, 25, SALT), "canary of green: 5 % → 25 %"),
        (CANARY, (V2, V2, 0, ""), "pointer: blue, green for 5 % → green"),
        ((V2, V2, 0, ""), AT_REST, "pointer: green → blue"),
        (AT_REST, ("r000000000009", "r000000000009", 0, ""), "pointer: blue → r000000000009"),
    ],
)
def test_a_pointer_in_a_view_names_slots(old: Any, new: Any, says: str) -> None:
    found = of(view(defined(*old), defined(*new)), slot("blue", V1), slot("green", V2))
    assert says in render_terminal(found)
    assert not found.changes


@pytest.mark.parametrize(
    "new",
    [
        written("green") + " ",
        written("blue") + " ",
        written("grey"),
        "{{job.parameters.as_of}}",
        written("blue", "green", 5, SALT).replace("5", "5.0"),
    ],
)
def test_a_parameter_that_no_release_writes_is_shown_as_it_is(new: str) -> None:
    found = of(router({"pointer": written("blue")}, {"pointer": new}))
    assert not found.pointers
    assert {item.path.partition("{")[0] for item in found.changes[0].attributes} == {'parameter["pointer"].default'}


@pytest.mark.parametrize(
    "new",
    [
        defined(*CANARY).replace("`score`, ", "`score` + 1, "),
        defined(*CANARY).replace("WHERE ", "WHERE 1 = 1 OR "),
        defined(*CANARY).replace("claims_prod", "claims_dev"),
        f"{defined(*CANARY)}; DROP TABLE x",
        "SELECT * FROM elsewhere",
    ],
)
def test_a_view_that_no_release_writes_is_shown_as_it_is(new: str) -> None:
    found = of(view(defined(*AT_REST), new), slot("blue", V1), slot("green", V2))
    assert not found.pointers
    (row,) = found.changes
    assert [item.path for item in row.attributes] == ["view_definition"]
    # What consumers read is another thing from then on.
    assert str(found.verdict.change_class) == "R2"


def test_another_cohort_is_no_step() -> None:
    other = "claims-triage/r000000000003"
    found = of(router({"pointer": written("blue", "green", 5, SALT)}, {"pointer": written("blue", "green", 9, other)}))
    assert not found.pointers and found.changes


def test_a_second_parameter_of_the_name_hides_nothing() -> None:
    def twice(last: str) -> dict[str, Any]:
        one = job({"blue": "on", "green": "on", "pointer": written("blue")})
        return {**one, "parameter": [*one["parameter"], {"name": "pointer", "default": last}]}

    found = of(change("databricks_job", Action.UPDATE, twice("a"), twice("b"), name="router_job"))
    assert not found.pointers and found.changes


def test_a_parameter_of_a_job_that_starts_no_slots_is_no_pointer() -> None:
    sides = ({"name": "j", "parameter": [{"name": "pointer", "default": written(one)}]} for one in ("blue", "green"))
    found = of(change("databricks_job", Action.UPDATE, *sides))
    assert not found.pointers and found.changes


def test_a_slot_starts_and_stops() -> None:
    off, on = {"blue": "on", "green": "off"}, {"blue": "on", "green": "on"}
    starts, stops = of(router(off, on)), of(router(on, off))
    assert [(row.slot, row.starts) for row in (*starts.runs, *stops.runs)] == [("green", True), ("green", False)]
    assert "slot green starts (router job router)" in render_terminal(starts)
    assert "slot green stops" in render_terminal(stops)
    assert not starts.changes and not starts.pointers
    # Any other word is none of a release's.
    assert not of(router(off, {"blue": "on", "green": "yes"})).runs


def test_a_pointer_is_not_alone_beside_anything() -> None:
    pointer = {"pointer": written("blue")}, {"pointer": written("green")}
    more = change("terraform_data", Action.CREATE, None, {"input": 1}, name="more")
    output = OutputChange("o", Action.UPDATE, "a", "b")
    forget = change("terraform_data", Action.FORGET, {"id": "1"}, None, name="forgotten")
    started = router({**pointer[0], "green": "off"}, pointer[1])
    assert not of(router(*pointer, max_concurrent_runs=9)).pointers[0].alone
    assert not of(FLIP, more).pointers[0].alone
    assert not of(FLIP, forget).pointers[0].alone
    assert not of(FLIP, outputs=(output,)).pointers[0].alone
    assert not of(FLIP, gaps=(Gap("prod-x", "unread"),)).pointers[0].alone
    assert of(started).pointers[0].residual == ("databricks_job.router_job: slot green starts",)


def test_the_inverse_is_the_swap() -> None:
    back = router({"pointer": written("green")}, {"pointer": written("blue")})
    there, again = of(FLIP).pointers[0], of(back).pointers[0]
    assert (there.old, there.new) == (again.new, again.old)


@pytest.mark.parametrize(("name", "live"), [("blue", True), ("green", False)])
def test_a_slot_of_a_batch_line_is_live_if_consumers_read_its_release(name: str, live: bool) -> None:
    sides = [{"id": name, "parameter": [{"name": "release", "default": one}]} for one in (V1, "r000000000003")]
    moved = change("databricks_job", Action.UPDATE, *sides, name=f"slots_{name}_job")
    # Both hold the same release: which of them consumers read, the router says.
    beside = slot("green" if name == "blue" else "blue", V1)
    at_rest = job({"blue": "on", "green": "off"})
    still = change(
        "databricks_sql_table", Action.NO_OP, *[{"table_type": "VIEW", "view_definition": defined(*AT_REST)}] * 2
    )
    found = of(moved, beside, still, change("databricks_job", Action.NO_OP, at_rest, at_rest, name="router_job"))
    assert found.slots[0].live is live
