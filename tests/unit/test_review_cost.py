"""What changes cost: a range with what it assumes, and whatever has none is counted, never 0."""

from __future__ import annotations

from typing import Any

import pytest

from shipway.plan.cost import WAREHOUSE_DBUS
from shipway.plan.masks import merge
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.report import CostRow, Review
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal


def of(kind: str, old: Any, new: Any) -> Review:
    action = Action.CREATE if old is None else Action.DELETE if new is None else Action.UPDATE
    before, after = (merge(side, None, None) for side in (old, new))
    change = ResourceChange(f"{kind}.x", kind, "x", action, before=before, after=after)
    return review([Plan("prod-x", changes=(change,))])


def warehouse(size: str = "Small", **more: Any) -> dict[str, Any]:
    return {"name": "w", "cluster_size": size, "max_num_clusters": 1, "auto_stop_mins": 10, **more}


def only(found: Review) -> CostRow:
    (row,) = found.cost
    return row


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        (None, warehouse(), 0, 12 * 730),
        (None, warehouse(max_num_clusters=3), 0, 36 * 730),
        (None, warehouse(auto_stop_mins=0), 12 * 730, 12 * 730),
        (warehouse(), None, -12 * 730, 0),
        (warehouse(), warehouse("Medium"), 0, 12 * 730),
        (warehouse("Medium"), warehouse(), -12 * 730, 0),
        (warehouse(), warehouse(auto_stop_mins=0), 0, 12 * 730),
    ],
)
def test_a_warehouse_is_a_range(old: Any, new: Any, low: int, high: int) -> None:
    row = only(of("databricks_sql_endpoint", old, new))
    assert (row.low, row.high) == (low, high)


def test_it_is_said_with_what_it_assumes() -> None:
    text = render_terminal(of("databricks_sql_endpoint", None, warehouse()))
    assert "databricks_sql_endpoint w: +0 to +8,760 (prod-x)\n      assumes 730 hours a month" in text


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("databricks_job", {"name": "j", "task": [{"task_key": "a"}]}),
        ("databricks_model_serving", {"name": "m"}),
        ("databricks_sql_endpoint", warehouse("Gigantic")),
        ("databricks_sql_endpoint", warehouse(max_num_clusters="many")),
    ],
)
def test_what_cannot_be_estimated_is_counted(kind: str, new: Any) -> None:
    found = of(kind, None, new)
    assert (only(found).low, only(found).high) == (None, None)
    assert "not estimable: 1 item: " in render_terminal(found)


def test_what_costs_the_same_has_no_row() -> None:
    task = {"task_key": "a", "library": [{"whl": "1.whl"}]}
    old = {"name": "j", "task": [task]}
    assert not of("databricks_job", old, {"name": "j2", "task": [{**task, "library": [{"whl": "2.whl"}]}]}).cost
    assert of("databricks_job", old, {"name": "j", "task": [task, {"task_key": "b"}]}).cost
    assert not of("databricks_sql_endpoint", warehouse(), warehouse(name="v")).cost
    assert not of("databricks_schema", None, {"name": "s"}).cost


def test_every_size_costs_more_than_the_one_below() -> None:
    rates = list(WAREHOUSE_DBUS.values())
    assert rates == sorted(set(rates))
