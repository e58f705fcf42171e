"""In what two environments differ: by document path, with the place of both sides, and whether that is intended.

Documents are compared with their defaults, so that a default written out is no difference. Lists whose order means
nothing to Databricks are compared as sets, lists of mappings by what names their items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shipway.errors import Position, Problem
from shipway.models.comparison import Absent, Comparison, Where
from shipway.models.document import suggestion
from shipway.models.load import Documents

__all__ = ["Difference", "Standing", "differences", "replica_problems", "said"]


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
    where: Where | None = None
    """Where it stands in the data of both environments' documents; None for lines."""


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
    for found in Comparison(left, right, _OWN).compare(*sides):
        standing, reason, by = _explained(documents, left, right, found.where.path)
        places = one.at(*found.where.left), other.at(*found.where.right)
        yield Difference(found.where.path, found.left, found.right, *places, standing, reason, by, found.where)


def _lines(documents: Documents, left: str, right: str) -> Iterator[Difference]:
    """Use cases that run in one of them only, and what the lines of both hold."""
    for use_case in sorted({use_case for name, use_case in documents.releases if name in (left, right)}):
        path = f"lines.{use_case}"
        one, other = (documents.releases.get((name, use_case)) for name in (left, right))
        if one is None or other is None:
            yield _lonely_line(documents, left, right, use_case)
            continue
        sides = (one.model.model_dump(mode="json"), other.model.model_dump(mode="json"))
        for found in Comparison(left, right).compare(*sides):
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
