"""The order of rows within a section: what takes most to undo first, then by name."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.plan.model import Action
from shipway.plan.report import AccessRow, Direction, ObjectRow

__all__ = ["sorted_access", "sorted_objects"]

_ACTIONS = (
    Action.UNRECOGNIZED,
    Action.DELETE,
    Action.REPLACE,
    Action.REPLACE_CREATE_FIRST,
    Action.CREATE_FORGET,
    Action.FORGET,
    Action.UPDATE,
    Action.CREATE,
    Action.READ,
    Action.NO_OP,
)

# What runs, before what only stands there.
_RUNNING = (
    "provider",
    "terraform",
    "databricks_job",
    "databricks_pipeline",
    "databricks_model_serving",
    "databricks_app",
    "databricks_cluster_policy",
    "databricks_cluster",
    "databricks_sql_endpoint",
)


def sorted_objects(rows: Iterable[ObjectRow]) -> tuple[ObjectRow, ...]:
    """Destroyed before replaced before changed before created; what differs from its siblings before what does not."""
    return tuple(sorted(rows, key=_object_key))


def _object_key(row: ObjectRow) -> tuple[int, bool, bool, int, str, str, str]:
    running = _RUNNING.index(row.type) if row.type in _RUNNING else len(_RUNNING)
    # An update that changes nothing anybody wrote is noise.
    quiet = row.action is Action.UPDATE and not row.attributes
    return _ACTIONS.index(row.action), quiet, not row.unlike, running, row.type, row.name, row.address


def sorted_access(rows: Iterable[AccessRow]) -> tuple[AccessRow, ...]:
    """What needs a second look first, gains before losses, then by principal."""
    return tuple(sorted(rows, key=_access_key))


def _access_key(row: AccessRow) -> tuple[bool, bool, bool, str, str, str]:
    return not row.wide, not row.unlike, row.direction is Direction.LOSES, row.principal, row.on, row.via
