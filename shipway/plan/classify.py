"""Which rules of the class table hold for a row. Every row gets at least one: there is no row without a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from shipway.plan.access import IDENTITIES
from shipway.plan.classes import RULES, ClassRule
from shipway.plan.losses import UNKNOWN_LOSS
from shipway.plan.model import Action
from shipway.plan.report import (
    AccessRow,
    Caution,
    Direction,
    ObjectRow,
    OutputRow,
    PointerRow,
    RunsRow,
    SlotRow,
    StateRow,
)
from shipway.plan.topics import EXPOSING, GUARDING, HIDING, ONE_WAY, Topic

__all__ = [
    "classified_access",
    "classified_caution",
    "classified_object",
    "classified_output",
    "classified_pointer",
    "classified_runs",
    "classified_slot",
    "classified_state",
]

# Keys of databricks_workspace_conf whose safe value is "true"; of every other key it is "false".
_SAFE_WHEN_TRUE = frozenset(
    {"enableIpAccessLists", "enableVerboseAuditLogs", "storeInteractiveNotebookResultsInCustomerAccount"}
)


def classified_object(row: ObjectRow) -> ObjectRow:
    """The row of an object with why it is of its class."""
    return replace(row, because=_rules(_of_object(row), "configuration"))


def classified_access(row: AccessRow) -> AccessRow:
    """The row of who gains or loses, likewise."""
    return replace(row, because=(RULES["access-gained" if row.direction is Direction.GAINS else "access-lost"],))


def classified_caution(row: Caution) -> Caution:
    """What the plan does not show, likewise."""
    return replace(row, because=(RULES[row.rule],))


def classified_pointer(row: PointerRow) -> PointerRow:
    """A pointer that moves, likewise."""
    return replace(row, because=(RULES["release"],))


def classified_runs(row: RunsRow) -> RunsRow:
    """A slot that starts or stops, likewise."""
    return replace(row, because=(RULES["release"],))


def classified_slot(row: SlotRow) -> SlotRow:
    """A slot that gets another release, likewise."""
    return replace(row, because=(RULES["release"],))


def classified_state(row: StateRow) -> StateRow:
    """What happens in the state only, likewise."""
    return replace(row, because=(RULES["state-only"],))


def classified_output(row: OutputRow) -> OutputRow:
    """An output, likewise."""
    return replace(row, because=(RULES["unknown-action" if row.action is Action.UNRECOGNIZED else "output"],))


def _rules(found: Iterator[str], otherwise: str) -> tuple[ClassRule, ...]:
    names = sorted(set(found)) or [otherwise]
    return tuple(sorted((RULES[name] for name in names), key=lambda rule: rule.change_class, reverse=True))


def _of_object(row: ObjectRow) -> Iterator[str]:
    for holds, rule in _OBJECT_RULES:
        if holds(row):
            yield rule


def _changes(row: ObjectRow) -> bool:
    return row.action is Action.UPDATE or row.action.destroys or row.action is Action.CREATE_FORGET


def _new_value(row: ObjectRow, path: str) -> str:
    return next((attribute.new for attribute in row.attributes if attribute.path == path), "")


def _lowers_a_guard(row: ObjectRow) -> bool:
    if row.type not in GUARDING or not _changes(row):
        return False
    return not (row.type == "databricks_workspace_conf" and _only_raised(row))


def _raises_a_guard(row: ObjectRow) -> bool:
    if row.type not in GUARDING:
        return False
    return row.action is Action.CREATE or (row.type == "databricks_workspace_conf" and _only_raised(row))


def _only_raised(row: ObjectRow) -> bool:
    """Whether every key of a workspace's configuration that changes goes to its safe value, and none goes away."""
    if row.action is not Action.UPDATE or row.emptied or row.computed:
        return False
    raised = [attribute.new == f'"{_safe(attribute.path)}"' for attribute in row.attributes]
    return bool(raised) and all(raised)


def _safe(path: str) -> str:
    return "true" if path.removeprefix("custom_config.") in _SAFE_WHEN_TRUE else "false"


def _exposes(row: ObjectRow) -> bool:
    opened = row.type in EXPOSING and (row.action.creates or row.action is Action.UPDATE)
    return opened or (row.action is Action.UPDATE and "OPEN" in _new_value(row, "isolation_mode"))


_OBJECT_RULES: tuple[tuple[Callable[[ObjectRow], bool], str], ...] = (
    (lambda row: row.action is Action.UNRECOGNIZED, "unknown-action"),
    (lambda row: row.loss is not None and row.loss.what == UNKNOWN_LOSS.what, "unknown-loss"),
    (lambda row: row.loss is not None and row.loss.what != UNKNOWN_LOSS.what, "data-lost"),
    (lambda row: row.type in ONE_WAY and row.action is not Action.READ, "one-way"),
    (lambda row: _new_value(row, "force_destroy") == "true", "force-destroy"),
    (lambda row: bool(row.runs), "runs-command"),
    (_exposes, "exposed"),
    # Who is in it and what it may do elsewhere goes with it, and one of the same name is another.
    (lambda row: row.type in IDENTITIES and row.action.destroys, "access-lost"),
    (_lowers_a_guard, "guard-lowered"),
    (lambda row: row.type in HIDING and _changes(row), "mask-changed"),
    (_raises_a_guard, "guard-raised"),
    (lambda row: row.topic is Topic.RUNS, "runs-differently"),
)
