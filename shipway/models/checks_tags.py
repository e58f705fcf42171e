"""Tags on data, and conditions on tags, that the account does not govern: no policy would ever see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.catalogs import Catalog, Schema
from shipway.models.document import Document, spelled, suggestion
from shipway.models.governance import Column, Match, Table
from shipway.models.load import Documents
from shipway.models.source import Path_

__all__ = ["ungoverned_tags"]

_Used = tuple[Path_, str, str | None]
"""Where a tag is named, its key, and its value where one is said there."""


def ungoverned_tags(documents: Documents) -> Iterable[Problem]:
    """Keys that are no governed tag, and values that are not on their tag's closed list."""
    governed = documents.account.model.governed_tags
    known = governed.tags if governed is not None else {}
    for loaded in documents.environments.values():
        for path, key, value in _tags(loaded.model.catalogs, ("catalogs",)):
            if key not in known:
                message = f"{spelled(path)}: {key!r} is no governed tag{suggestion(key, known)}"
                hint = "declare it under governed_tags in environments/account.yaml"
                yield Problem("unknown-tag", message, loaded.at(*path), hint)
            elif value is not None and value not in known[key].values:
                message = f"{spelled(path)}: {value!r} is no value of the tag {key!r}"
                message += suggestion(value, known[key].values)
                hint = f"its values: {', '.join(known[key].values)}"
                yield Problem("unknown-tag", message, loaded.at(*path), hint)


def _tags(value: object, path: Path_) -> Iterator[_Used]:
    match value:
        case Match():
            yield (*path, "tag"), value.tag, None
            if value.value is not None:
                yield (*path, "value"), value.tag, value.value
        case Catalog() | Schema() | Table() | Column():
            yield from (((*path, "tags", key), key, one) for key, one in value.tags.items())
            yield from _below(value, path)
        case Document():
            yield from _below(value, path)
        case dict():
            for key, one in value.items():
                yield from _tags(one, (*path, key))


def _below(value: Document, path: Path_) -> Iterator[_Used]:
    for name, field in type(value).model_fields.items():
        yield from _tags(getattr(value, name), (*path, field.alias or name))
