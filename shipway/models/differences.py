"""In what two environments differ: by document path, with the place of both sides, and whether that is intended.

Documents are compared with their defaults, so that a default written out is no difference. Lists whose order means
nothing to Databricks are compared as sets, lists of mappings by what names their items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from shipway.errors import Position, Problem
from shipway.models.document import spelled, suggestion
from shipway.models.load import Documents
from shipway.models.source import Path_

__all__ = ["Absent", "Difference", "Standing", "differences", "replica_problems", "said"]


class Absent(Enum):
    """What one side does not have at all."""

    ABSENT = "nothing"


class Standing(StrEnum):
    """How a difference is to be taken."""

    INTENDED = "intended"
    """Declared, with a reason, by the one that is a replica of the other."""
    RELEASE = "moves with releases"
    """What a line holds: a promotion brings it from one to the other."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in two environments."""

    path: str
    left: Any
    right: Any
    left_at: Position
    right_at: Position
    standing: Standing
    reason: str = ""
    by: str = ""
    """The path under `replica.differs` that explains it."""


# What is an environment's own by nature: prose, its workspace, its state, its waivers, its catalogs' storage.
_OWN = (
    ("description",),
    ("replica",),
    ("waivers",),
    ("state",),
    ("workspace", "url"),
    ("workspace", "id"),
    # What a workspace is made of belongs to it alone; what is left is who reaches it.
    *(
        ("workspace", "create", own)
        for own in (
            "credentials_role",
            "deployment_name",
            "endpoints",
            "keys",
            "managed_services_key",
            "network",
            "project",
            "root_bucket",
        )
    ),
    ("storage", "credentials", "*", "aws"),
    ("storage", "credentials", "*", "azure"),
    ("storage", "locations", "*", "url"),
    ("catalogs", "*", "storage_root"),
)
# What tells the mappings of a list apart, the first that all of them have.
_NAMING = ("name", "key", "principal", "policy", "url")


def differences(documents: Documents, left: str, right: str) -> tuple[Difference, ...]:
    """Every difference between the environments `left` and `right`, which must exist."""
    return (*_environments(documents, left, right), *_lines(documents, left, right))


def replica_problems(documents: Documents) -> Iterable[Problem]:
    """Replicas that differ without saying why, or that explain what does not differ."""
    for name, loaded in documents.environments.items():
        replica = loaded.model.replica
        if replica is None:
            continue
        if replica.of == name or replica.of not in documents.environments:
            others = [other for other in documents.environments if other != name]
            message = f"replica.of: {replica.of!r} is no other environment{suggestion(replica.of, others)}"
            yield Problem("unknown-environment", message, loaded.at("replica", "of"))
            continue
        found = differences(documents, name, replica.of)
        for one in found:
            if one.standing is Standing.UNEXPLAINED:
                message = f"{one.path}: {said(one.left)} here, {said(one.right)} in {replica.of}, whose replica this is"
                hint = f"make it as in {one.right_at}, or say under replica.differs why it is not"
                yield Problem("replica-differs", message, one.left_at, hint)
        explaining = {one.by for one in found}
        for path in replica.differs.keys() - explaining:
            message = f"replica.differs: {path!r} is as in {replica.of}, or there is no such path"
            yield Problem("replica-equal", message, loaded.at("replica", "differs", path), "remove the line")


def said(value: Any) -> str:
    """One side's value for people, cut where it is long."""
    match value:
        case Absent() | None | []:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case list():
            text = f"[{', '.join(map(said, value))}]"
        case Mapping():
            text = f"{{{', '.join(f'{key}: {said(one)}' for key, one in value.items() if one not in (None, [], {}))}}}"
        case _:
            text = str(value)
    return text if len(text) <= 100 else f"{text[:90]}… ({len(text)} characters)"


def _environments(documents: Documents, left: str, right: str) -> Iterator[Difference]:
    one, other = documents.environments[left], documents.environments[right]
    sides = (one.model.model_dump(mode="json", by_alias=True), other.model.model_dump(mode="json", by_alias=True))
    for found in _Comparison(left, right).compare(*sides, _Where()):
        standing, reason, by = _explained(documents, left, right, found.where.path)
        places = one.at(*found.where.left), other.at(*found.where.right)
        yield Difference(found.where.path, found.left, found.right, *places, standing, reason, by)


def _lines(documents: Documents, left: str, right: str) -> Iterator[Difference]:
    """Use cases that run in one of them only, and what the lines of both hold."""
    for use_case in sorted({use_case for name, use_case in documents.releases if name in (left, right)}):
        path = f"lines.{use_case}"
        one, other = (documents.releases.get((name, use_case)) for name in (left, right))
        if one is None or other is None:
            yield _lonely_line(documents, left, right, use_case)
            continue
        sides = (one.model.model_dump(mode="json"), other.model.model_dump(mode="json"))
        for found in _Comparison(left, right).compare(*sides, _Where()):
            places = one.at(*found.where.left), other.at(*found.where.right)
            yield Difference(f"{path}.{found.where.path}", found.left, found.right, *places, Standing.RELEASE)


def _lonely_line(documents: Documents, left: str, right: str, use_case: str) -> Difference:
    path = f"lines.{use_case}"
    files = {name: f"releases/{name}/{use_case}.yaml" for name in (left, right)}
    there = left if (left, use_case) in documents.releases else right
    missing = right if there == left else left
    standing, reason, by = _explained(documents, left, right, path)
    replica = documents.environments[there].model.replica
    if standing is Standing.UNEXPLAINED and replica is not None and replica.of == missing:
        # In the replica and not in the original: it was not promoted yet.
        standing = Standing.RELEASE
    return Difference(
        path,
        files[left] if there == left else Absent.ABSENT,
        files[right] if there == right else Absent.ABSENT,
        Position(files[left] if there == left else f"environments/{left}.yaml"),
        Position(files[right] if there == right else f"environments/{right}.yaml"),
        standing,
        reason,
        by,
    )


def _explained(documents: Documents, left: str, right: str, path: str) -> tuple[Standing, str, str]:
    for name, of in ((left, right), (right, left)):
        replica = documents.environments[name].model.replica
        if replica is not None and replica.of == of and (by := replica.explaining(path)) is not None:
            return Standing.INTENDED, replica.differs[by], by
    return Standing.UNEXPLAINED, "", ""


@dataclass(frozen=True, slots=True)
class _Where:
    """A path as it is written under `differs`, and where it stands on each side: a list's index can differ."""

    path: str = ""
    pattern: Path_ = ()
    left: Path_ = ()
    right: Path_ = ()

    def key(self, name: str) -> _Where:
        path = spelled((name,)) if not self.path else f"{self.path}.{name}"
        return _Where(path, (*self.pattern, name), (*self.left, name), (*self.right, name))

    def item(self, name: str, left: int | None, right: int | None) -> _Where:
        def place(path: Path_, index: int | None) -> Path_:
            return path if index is None else (*path, index)

        return _Where(f"{self.path}[{name}]", (*self.pattern, "[]"), place(self.left, left), place(self.right, right))


@dataclass(frozen=True, slots=True)
class _Found:
    where: _Where
    left: Any
    right: Any


class _Comparison:
    """Compares plain data of two environments."""

    def __init__(self, left: str, right: str) -> None:
        # A word of its own: `test` in `s3://halyard-test-claims`, not in `latest`.
        self._left, self._right = (
            re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])") for name in (left, right)
        )

    def compare(self, left: Any, right: Any, where: _Where) -> Iterator[_Found]:
        if any(_matches(where.pattern, own) for own in _OWN):
            return
        match left, right:
            case dict(), dict():
                for key in {**left, **right}:
                    sides = left.get(key, Absent.ABSENT), right.get(key, Absent.ABSENT)
                    yield from self.compare(*sides, where.key(key))
            case list(), list():
                yield from self._lists(left, right, where)
            case _ if not self._follows_from_names(left, right):
                yield _Found(where, left, right)

    def _lists(self, left: list[Any], right: list[Any], where: _Where) -> Iterator[_Found]:
        name = _naming_key(left, right)
        if name is None:
            ours, theirs = self._neutral(left, self._left), self._neutral(right, self._right)
            if sorted(map(repr, left)) != sorted(map(repr, right)) and sorted(map(repr, ours)) != sorted(
                map(repr, theirs)
            ):
                yield _Found(where, left, right)
            return
        mine, other = ({item[name]: index for index, item in enumerate(side)} for side in (left, right))
        for key in {**mine, **other}:
            i, j = mine.get(key), other.get(key)
            sides = (Absent.ABSENT if i is None else left[i], Absent.ABSENT if j is None else right[j])
            yield from self.compare(*sides, where.item(key, i, j))

    def _follows_from_names(self, left: Any, right: Any) -> bool:
        # By type too: Python takes `true` for 1, a cluster policy does not.
        if type(left) is not type(right):
            return False
        return bool(left == right or self._neutral(left, self._left) == self._neutral(right, self._right))

    def _neutral(self, value: Any, name: re.Pattern[str]) -> Any:
        """`value` with the environment's own name blanked out wherever it is a word."""
        match value:
            case str():
                return name.sub("\0", value)
            case list():
                return [self._neutral(one, name) for one in value]
            case dict():
                return {key: self._neutral(one, name) for key, one in value.items()}
            case _:
                return value


def _matches(pattern: Path_, own: Sequence[str]) -> bool:
    return len(pattern) == len(own) and all(o in ("*", p) for p, o in zip(pattern, own, strict=True))


def _naming_key(left: list[Any], right: list[Any]) -> str | None:
    """The key by which the mappings of both lists can be told apart."""
    for key in _NAMING:
        if all(isinstance(item, dict) and isinstance(item.get(key), str) for item in (*left, *right)) and all(
            len({item[key] for item in side}) == len(side) for side in (left, right)
        ):
            return key
    return None
