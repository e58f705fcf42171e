"""What the changes cost, in DBUs a month: a range with its assumptions, and a count of what has none. Never a silent 0.

DBUs an hour of one cluster of a SQL warehouse, by its size, are list rates as nine public price calculators give them,
found in November 2026 and all alike; Databricks' own price page was not read. What a DBU costs is a matter of contract,
region and tier, and what machines cost beside it the cloud's: neither is in here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from shipway.plan.access_readers import blocks
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import after, before
from shipway.plan.report import CostRow
from shipway.plan.sections import View
from shipway.plan.values import Record, Value, same

__all__ = ["WAREHOUSE_DBUS", "cost_rows"]

WAREHOUSE_DBUS: Mapping[str, int] = MappingProxyType(
    {
        "2X-Small": 4,
        "X-Small": 6,
        "Small": 12,
        "Medium": 24,
        "Large": 40,
        "X-Large": 80,
        "2X-Large": 144,
        "3X-Large": 272,
        "4X-Large": 528,
    }
)
"""DBUs an hour of one running cluster."""

_HOURS = 730  # a twelfth of a year
_WAREHOUSE = "databricks_sql_endpoint"
# What runs up a bill, with the attributes that decide how large; of a job's tasks only which there are.
_COSTLY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "databricks_app": ("compute_size",),
        "databricks_cluster": ("node_type_id", "driver_node_type_id", "num_workers", "autoscale", "instance_pool_id"),
        "databricks_database_instance": ("capacity", "node_count", "stopped"),
        "databricks_instance_pool": ("node_type_id", "min_idle_instances", "max_capacity"),
        "databricks_job": ("schedule", "trigger", "continuous", "job_cluster", "timeout_seconds", "task"),
        "databricks_model_serving": ("config",),
        "databricks_pipeline": ("cluster", "continuous", "serverless"),
        "databricks_vector_search_endpoint": ("endpoint_type", "min_qps"),
        _WAREHOUSE: ("cluster_size", "min_num_clusters", "max_num_clusters", "auto_stop_mins"),
    }
)


@dataclass(frozen=True, slots=True)
class _Range:
    """DBUs a month, from never used to never stopped."""

    low: int
    high: int


def cost_rows(views: Sequence[View]) -> Iterator[CostRow]:
    """One row for each object that may cost more or less; those that cannot be estimated say so."""
    for view in views:
        for change in view.plan.changes:
            if change.mode == "managed" and change.type in _COSTLY and _matters(change):
                objects = view.was if change.after is None else view.will_be
                place = view.place(change.address)
                yield CostRow(change.type, objects.title(change), change.action, *_estimate(change), (place,))


def _matters(change: ResourceChange) -> bool:
    if change.action in (Action.NO_OP, Action.READ, Action.FORGET):
        return False
    old, new = before(change), after(change)
    return any(not same(_size(old.get(name), name), _size(new.get(name), name)) for name in _COSTLY[change.type]) or (
        change.before is None or change.after is None
    )


def _size(value: Value, name: str) -> Value:
    return tuple(task.get("task_key") for task in blocks(value)) if name == "task" else value


def _estimate(change: ResourceChange) -> tuple[int | None, int | None, str]:
    """The least and the most that it may cost more a month, and what that takes for granted."""
    if change.type != _WAREHOUSE:
        return None, None, "what it runs on and for how long is not known here"
    old, new = (_warehouse(side) if side else _Range(0, 0) for side in (before(change), after(change)))
    if old is None or new is None:
        return None, None, "its size is not known"
    low, high = sorted((new.low - old.low, new.high - old.high))
    return low, high, f"{_HOURS} hours a month, as much in use after as before; from stopped to all clusters running"


def _warehouse(own: Record) -> _Range | None:
    rate = WAREHOUSE_DBUS.get(str(own.get("cluster_size")))
    least, most = _number(own, "min_num_clusters", 1), _number(own, "max_num_clusters", 1)
    # 120 minutes unless somebody says so; 0 is never.
    stops = _number(own, "auto_stop_mins", 120)
    if rate is None or least is None or most is None or stops is None:
        return None
    return _Range(0 if stops else rate * least * _HOURS, rate * max(least, most) * _HOURS)


def _number(own: Record, name: str, otherwise: int) -> int | None:
    """The whole number there; the provider's default where nobody set one, None where it is not known."""
    value = own.get(name)
    if value is None:
        return otherwise
    return value if isinstance(value, int) and not isinstance(value, bool) else None
