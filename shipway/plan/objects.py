"""What the objects of a plan are called, as it was and as it will be: an id or a reference becomes a name.

A plan says `job_id = 812` or "known after apply, from databricks_job.x.id"; a reviewer needs `claims-triage-blue-prod`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shipway.plan.configuration import bare_address
from shipway.plan.model import Plan, ResourceChange
from shipway.plan.values import Record, Secret, Unknown, Value

__all__ = ["NAMES", "SECRET_TEXT", "UNKNOWN_TEXT", "Objects", "after", "before", "first", "kind_of", "record"]

UNKNOWN_TEXT = "(known after apply)"
SECRET_TEXT = "(sensitive)"  # noqa: S105 - what stands in place of one

# A name may come from another object's name, which comes from another: catalog, schema, volume. A circle is no name.
_DEEPEST = 8

# In Unity Catalog a name is a path; elsewhere an object has one name.
_PARENTS = ("catalog_name", "schema_name")
NAMES = ("name", "display_name", "user_name", "application_name", "scope", "path", "key", "workspace_name")
_IDS = ("id", "application_id", "acl_principal_id")


def record(value: Value) -> Record:
    """The value as a record; anything else is an object that does not exist on that side: an empty record."""
    return value if isinstance(value, Record) else _NOTHING


_NOTHING = Record({})


def before(change: ResourceChange) -> Record:
    """The object as it is."""
    return record(change.before)


def after(change: ResourceChange) -> Record:
    """The object as it will be."""
    return record(change.after)


def first(own: Record, *names: str) -> Value:
    """The first of these attributes that is set, or None."""
    for name in names:
        value = own.get(name)
        if value is not None and value != "":
            return value
    return None


def kind_of(type_name: str) -> str:
    """A resource type for people: `databricks_secret_acl` is a secret acl."""
    return type_name.removeprefix("databricks_").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one plan, on one side of it."""

    plan: Plan
    side: Callable[[ResourceChange], Record]
    elsewhere: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What objects of other plans are called, by type and id."""
    _addresses: dict[str, ResourceChange] = field(default_factory=dict, init=False)
    _ids: dict[tuple[str, str], ResourceChange] = field(default_factory=dict, init=False)
    # By the change's id, with the change itself, so that no other can have that id.
    _titles: dict[int, tuple[ResourceChange, str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for change in (*self.plan.changes, *self.plan.known):
            if change.deposed:
                continue
            self._addresses[change.address] = change
            self._addresses.setdefault(bare_address(change.address), change)
            for name in _IDS:
                number = self.side(change).get(name)
                if isinstance(number, (str, int)):
                    self._ids.setdefault((change.type, str(number)), change)

    def at(self, ref: str) -> tuple[ResourceChange | None, tuple[str, ...]]:
        """The object that a reference such as `databricks_job.x.id` goes to, and the attribute path in it."""
        parts = ref.split(".")
        length = 3 if parts[0] == "data" else 2
        return self._addresses.get(".".join(parts[:length])), tuple(parts[length:])

    def by_id(self, type_name: str, number: Value) -> ResourceChange | None:
        """The object of that type with that id."""
        return self._ids.get((type_name, str(number))) if isinstance(number, (str, int)) else None

    def knows(self, type_name: str, number: Value) -> bool:
        """Whether there is an object of that type with that id, in this plan or in another."""
        return self.by_id(type_name, number) is not None or (type_name, str(number)) in self.elsewhere

    def title(self, change: ResourceChange, depth: int = 0) -> str:
        """What people call the object: its full name, or its address where it has none."""
        if depth:
            return self._title(change, depth)
        if id(change) not in self._titles:
            self._titles[id(change)] = change, self._title(change, depth)
        return self._titles[id(change)][1]

    def _title(self, change: ResourceChange, depth: int) -> str:
        own = self.side(change) or after(change) or before(change)
        name = first(own, *NAMES)
        if name is None and own.get("entity_name") not in (None, ""):  # a tag of an object
            return f"{self.text(own['entity_name'], depth=depth + 1)} {self.text(own.get('tag_key'), depth=depth + 1)}"
        if name is None or isinstance(name, Secret):
            return change.address.removeprefix("data.").removeprefix(f"{change.type}.")
        if own.get("scope") == name and own.get("key") not in (None, ""):
            return f"{self.text(name, depth=depth + 1)}/{self.text(own['key'], depth=depth + 1)}"
        parents = [own[key] for key in _PARENTS if own.get(key) not in (None, "")]
        return ".".join(self.text(part, depth=depth + 1) for part in (*parents, name))

    def text(self, value: Value, type_name: str = "", depth: int = 0) -> str:
        """A scalar for people. An id of an object of `type_name` and a reference to an object become its name."""
        match value:
            case Secret():
                return SECRET_TEXT
            case Unknown():
                return self._referred(value, depth)
            case bool():
                return str(value).lower()
            case str() | int() | float():
                known = self.by_id(type_name, value)
                if known and depth < _DEEPEST:
                    return self.title(known, depth)
                return self.elsewhere.get((type_name, str(value)), str(value))
        return "(none)" if value is None else "(several values)"

    def _referred(self, value: Unknown, depth: int) -> str:
        if len(value.refs) != 1 or depth >= _DEEPEST:
            return " + ".join(value.refs) or UNKNOWN_TEXT
        ref = value.refs[0]
        change, path = self.at(ref)
        if change is None:
            return ref
        if path in (("id",), ("application_id",), ("acl_principal_id",), ()):
            return self.title(change, depth + 1)
        inner: Value = self.side(change).get(path[0]) if len(path) == 1 else None
        if inner is None or inner == value:
            return ref
        return self.text(inner, depth=depth + 1)
