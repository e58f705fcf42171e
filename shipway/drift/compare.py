"""Objects that a stack declares or that its state knows, laid beside what the workspace answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shipway.drift.expected import drifted, expected, pruned
from shipway.drift.meaning import ADDED_MATTERS, NOT_COMPARED, seen_by_plan, weight
from shipway.drift.model import Finding, Kind, Weight
from shipway.drift.rights import RIGHTS, Right, rights_of, target_of
from shipway.drift.sides import Item, StackSides, name_of
from shipway.plan.diff import Difference, Side
from shipway.plan.shown import CHANGED_SECRET, shown
from shipway.plan.taint import Taint
from shipway.plan.text import clip, visible
from shipway.plan.values import Record, Secret, is_zero

__all__ = ["Compared", "Reach", "compare_stack"]

_UNSET = "(not set)"
_SCHEDULES = frozenset({"schedule", "trigger", "continuous"})


@dataclass
class Compared:
    """What came of comparing: findings, and how many objects had all their sides."""

    findings: list[Finding] = field(default_factory=list)
    whole: int = 0
    not_read: Counter[str] = field(default_factory=Counter)
    """Recorded objects by type, of types that the source does not read."""
    defaults: int = 0
    """Attributes that nobody declared and the state does not have: the workspace's own defaults, as far as we know."""


# A live workspace is asked for the access of these; of a folder, a notebook or an endpoint nobody asks, nor who calls
# a function or reads a table.
_ASKED_FOR = {
    "databricks_permissions": ("/jobs/", "/cluster-policies/", "/sql/warehouses/"),
    "databricks_grants": ("catalog/", "external_location/", "model/", "schema/", "storage_credential/", "volume/"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What the source of the observed objects reads: `types` (all where it is None), but for `broken` ones."""

    types: frozenset[str] | None = None
    broken: frozenset[str] = frozenset()

    def reads(self, item: Item) -> bool:
        """Whether such an object is asked for at all; of access lists, whether those of its kind of object are."""
        if self.types is None:
            return True
        return item.type in self.types and item.id.startswith(_ASKED_FOR.get(item.type, ""))


def compare_stack(sides: StackSides, observed: Mapping[tuple[str, str], Item], reach: Reach, taint: Taint) -> Compared:
    """Every difference of one stack's objects."""
    result = Compared()
    if sides.declared and not sides.recorded:
        result.findings.append(_never(sides))
        return result
    for address in sorted({*sides.declared, *sides.recorded}):
        declared, recorded = sides.declared.get(address), sides.recorded.get(address)
        if recorded is None:
            if declared is not None:
                result.findings.append(_object(Kind.NOT_DEPLOYED, declared))
            continue
        found = observed.get((recorded.type, recorded.id))
        if found is None:
            if not reach.reads(recorded):
                result.not_read[recorded.type] += 1
            elif recorded.type not in reach.broken:
                result.findings.append(_object(Kind.MISSING, recorded))
            continue
        if declared is None:
            result.findings.append(_object(Kind.STATE_ONLY, recorded))
            continue
        result.whole += 1
        both = _Sides(declared, recorded, found, taint)
        result.findings += both.findings()
        result.defaults += len(both.defaults)
    return result


def _never(sides: StackSides) -> Finding:
    """A stack that was never deployed is one finding, not one for each of its objects."""
    kinds = (weight(Kind.NOT_DEPLOYED, one.type) for one in sides.declared.values())
    return Finding(
        kind=Kind.NOT_DEPLOYED,
        weight=max(kinds),
        stack=sides.stack,
        type="",
        object=f"stack {sides.stack} with {len(sides.declared)} objects",
        id="",
        declared="is there",
    )


def _object(kind: Kind, item: Item) -> Finding:
    return Finding(
        kind=kind,
        weight=weight(kind, item.type),
        stack=item.stack,
        type=item.type,
        object=_named(item),
        id=item.id,
        address=item.address,
        declared="" if kind is Kind.STATE_ONLY else "is there",
        recorded="" if kind is Kind.NOT_DEPLOYED else "is there",
        observed="" if kind is Kind.MISSING else "not asked" if kind is Kind.NOT_DEPLOYED else "is there",
    )


def _named(item: Item) -> str:
    return str(target_of(item)) if item.type in RIGHTS and item.id else name_of(item)


@dataclass(frozen=True)
class _Sides:
    """One object that all three sides have."""

    declared: Item
    recorded: Item
    observed: Item
    taint: Taint

    def findings(self) -> Iterator[Finding]:
        """What differs."""
        if self.recorded.type in RIGHTS:
            yield from self._rights()
            return
        yield from self._attributes()

    def _attributes(self) -> Iterator[Finding]:
        kept = [name for name in self._names() if name not in NOT_COMPARED and name not in self.defaults]
        recorded, declared, observed = (
            Record({name: one.attributes[name] for name in kept if name in one.attributes})
            for one in (self.recorded, self.declared, self.observed)
        )
        observed = self._asked_for(observed)
        wanted = pruned(expected(pruned(recorded), declared))
        plain, found = pruned(recorded), pruned(observed)
        if not (isinstance(wanted, Record) and isinstance(plain, Record) and isinstance(found, Record)):
            return
        since = {one.path: one for one in drifted(plain, found)}
        moved = {_top(path) for path in since}
        for one in drifted(wanted, found):
            name = _top(one.path)
            before = since[one.path].old if one.path in since else one.old
            if name in moved:
                yield self._changed(one, before, is_observed=name in found)
            else:
                yield self._due(one)

    @property
    def defaults(self) -> frozenset[str]:
        """Attributes that only the workspace has: somebody set them, or Databricks did. Told only where it matters."""
        own, known = self.declared.attributes, self.recorded.attributes
        only = {name for name, value in self.observed.attributes.items() if name not in own and not is_zero(value)}
        return frozenset(
            name for name in only - ADDED_MATTERS - NOT_COMPARED if name not in known or is_zero(known[name])
        )

    def _asked_for(self, observed: Record) -> Record:
        """Of a workspace's configuration only the keys that somebody set: it answers with defaults for all others."""
        found = observed.get("custom_config")
        if self.recorded.type != "databricks_workspace_conf" or not isinstance(found, Record):
            return observed
        sides = [one.attributes.get("custom_config") for one in (self.declared, self.recorded)]
        keys = {key for side in sides if isinstance(side, Record) for key in side}
        kept = Record({key: value for key, value in found.items() if key in keys})
        return Record({**dict(observed.items()), "custom_config": kept})

    def _names(self) -> list[str]:
        own, seen = self.declared.attributes, self.observed.attributes
        # What nobody declares and the workspace did not answer is not compared with what the state remembers.
        return sorted({*own, *seen})

    def _changed(self, one: Difference, before: Side, *, is_observed: bool) -> Finding:
        name = _top(one.path)
        is_declared = name in self.declared.attributes
        kind = _kind(self.recorded.type, name)
        wanted, found = self._pair(one.old, one.new)
        return replace(
            self._finding(kind, one.path, weight(kind, self.recorded.type, name)),
            declared=(wanted or _UNSET) if is_declared else "",
            recorded=self._pair(before, one.new)[0] or _UNSET,
            observed=found or _UNSET,
            blind=not seen_by_plan(self.recorded.type, is_declared=is_declared, is_observed=is_observed),
        )

    def _due(self, one: Difference) -> Finding:
        """Declared since the last deploy; the workspace is as the state has it."""
        declared, found = (text or _UNSET for text in self._pair(one.old, one.new))
        heavy = weight(_kind(self.recorded.type, _top(one.path)), self.recorded.type, _top(one.path))
        return replace(
            self._finding(Kind.NOT_DEPLOYED, one.path, heavy), declared=declared, recorded=found, observed=found
        )

    def _finding(self, kind: Kind, attribute: str, heavy: Weight) -> Finding:
        mine = self.recorded
        return Finding(kind, heavy, mine.stack, mine.type, _named(mine), mine.id, attribute, mine.address)

    def _pair(self, old: Side, new: Side) -> tuple[str, str]:
        if isinstance(old, Secret) and isinstance(new, Secret):
            return "(sensitive)", CHANGED_SECRET
        return _text(old, self.taint), _text(new, self.taint)

    def _rights(self) -> Iterator[Finding]:
        declared, recorded, observed = map(rights_of, (self.declared, self.recorded, self.observed))
        if self.recorded.type == "databricks_grant":
            # It speaks for one principal only.
            observed = frozenset(one for one in observed if one.principal in {right.principal for right in declared})
        for right in sorted(observed - declared):
            yield self._right(Kind.EXTRA_RIGHT, right, recorded, "given")
        for right in sorted(declared - observed):
            kind = Kind.LOST_RIGHT if right in recorded else Kind.NOT_DEPLOYED
            yield self._right(kind, right, recorded, "")

    def _right(self, kind: Kind, right: Right, recorded: frozenset[Right], observed: str) -> Finding:
        heavy = weight(Kind.LOST_RIGHT if kind is Kind.NOT_DEPLOYED else kind, self.recorded.type)
        return replace(
            self._finding(kind, str(right), heavy),
            declared="" if kind is Kind.EXTRA_RIGHT else "given",
            recorded="given" if right in recorded else "",
            observed=observed,
        )


def _top(path: str) -> str:
    return re.split(r"[.\[{]", path, maxsplit=1)[0]


def _kind(type_: str, name: str) -> Kind:
    if name == "owner":
        return Kind.OWNER
    return Kind.SCHEDULE if type_ == "databricks_job" and name in _SCHEDULES else Kind.CHANGED


def _text(value: Side, taint: Taint) -> str:
    return "" if value is None else clip(visible(shown(value, taint)))
