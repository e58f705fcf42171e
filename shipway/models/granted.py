"""Which groups of the account a document names, and where: each must be known, and who is given something, let in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shipway.models.document import Document
from shipway.models.source import Path_
from shipway.models.waivers import Waiver

__all__ = ["HOLDERS", "named_groups"]

HOLDERS = ("owner", "principal")
"""What a document calls a group that is given something."""

# What groups are called wherever a document names one. A waiver's owner is for people to read.
_NAMES_A_GROUP = (*HOLDERS, "groups", "readers", "to_principals", "except_principals")


def named_groups(value: object, called: Collection[str] = _NAMES_A_GROUP) -> Iterable[tuple[Path_, str]]:
    """Each group that grants, owners, policies and approvals name, with where; `called` says by which keys only."""
    return _groups_in(value, (), called)


def _groups_in(value: object, path: Path_, called: Collection[str]) -> Iterable[tuple[Path_, str]]:
    for step, inner in _parts(value):
        here = (*path, step)
        name = next((part for part in reversed(here) if isinstance(part, str)), "")
        if isinstance(inner, str) and name in called:
            yield here, inner
        else:
            yield from _groups_in(inner, here, called)


def _parts(value: object) -> Iterable[tuple[str | int, object]]:
    match value:
        case Waiver():
            return
        case Document():
            for name, field in type(value).model_fields.items():
                yield field.alias or name, getattr(value, name)
        case dict():
            yield from value.items()
        case tuple():
            yield from enumerate(value)
