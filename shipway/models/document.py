"""What every document has in common: strict, frozen, and every mistake with its place.

A document is what people write in YAML. An unknown key is an error with a suggestion, never ignored: a misspelled
`grants` that is ignored is a revoked grant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shipway.errors import Problem
from shipway.models.source import Path_, Source

__all__ = ["HIDDEN_VALUE", "Document", "Flag", "Text", "spelled", "suggestion", "validate"]

Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]


HIDDEN_VALUE = "hidden_value"
"""The type of a mistake whose message does not repeat the value: it may be a secret in the wrong place."""


class Document(BaseModel):
    """Base of all that people write: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    refused: ClassVar[Mapping[str, str]] = {}
    """Keys that somebody may look for here and that are left out on purpose, with the reason."""


Model = TypeVar("Model", bound=Document)


def validate(model: type[Model], source: Source) -> Model | list[Problem]:
    """The document in `source`, or every mistake in it with its place."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        return [_problem(model, source, detail) for detail in _causes(model, source, error.errors(include_url=False))]


def spelled(path: Path_) -> str:
    """A path as people write it: `grants[0].privileges`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def suggestion(got: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` when something known is near what was got, else nothing."""
    near = difflib.get_close_matches(got, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _causes(model: type[Document], source: Source, details: Sequence[Any]) -> list[Any]:
    """`details` without what only follows from another: it would send people to look for a second mistake."""
    misspelled = {(detail["loc"][:-1], _meant(model, source, detail)) for detail in details}
    inside = {detail["loc"][:-1] for detail in details}
    return [
        detail
        for detail in details
        if not (detail["type"] == "missing" and (detail["loc"][:-1], detail["loc"][-1]) in misspelled)
        and not (detail["type"] == "too_short" and detail["loc"] in inside)
    ]


def _meant(model: type[Document], source: Source, detail: Any) -> str:
    """The known key that an unknown one is near to."""
    if detail["type"] != "extra_forbidden":
        return ""
    path = _document_path(source.data, detail["loc"])
    return next(iter(difflib.get_close_matches(str(path[-1]), _known_keys(model, path[:-1]), n=1)), "")


def _problem(model: type[Document], source: Source, detail: Any) -> Problem:
    path = _document_path(source.data, detail["loc"])
    name = spelled(path) or "the document"
    at = source.at(path)
    got = "a value that is not shown" if detail["type"] == HIDDEN_VALUE else _short(detail["input"])
    match detail["type"]:
        case "extra_forbidden" if reason := _refusal(model, path):
            return Problem("left-out-on-purpose", f"{name}: {reason}", at, "remove it")
        case "extra_forbidden":
            known = _known_keys(model, path[:-1])
            message = f"{name}: unknown key, got {got}{suggestion(str(path[-1]), known)}"
            hint = f"known here: {', '.join(sorted(known))}" if known else ""
            return Problem("unknown-key", message, at, hint)
        case "union_tag_invalid":
            key, tag = detail["ctx"]["discriminator"].strip("'"), detail["ctx"]["tag"]
            words = [word.strip("' ") for word in detail["ctx"]["expected_tags"].split(",")]
            message = f"{name}.{key}: got {tag!r}{suggestion(tag, words) or ', wanted one of the list'}"
            return Problem("not-in-list", message, source.at((*path, key)), f"the list: {', '.join(words)}")
        case "union_tag_not_found":
            key = detail["ctx"]["discriminator"].strip("'")
            return Problem("missing-key", f"{name}.{key}: this key is missing", at)
        case "missing":
            return Problem("missing-key", f"{name}: this key is missing", source.at(path[:-1]))
        case "enum" | "literal_error":
            wanted = str(detail["ctx"]["expected"])
            words = [word.strip("' ") for word in wanted.replace(" or ", ",").split(",")]
            near = suggestion(str(detail["input"]), words)
            message = f"{name}: got {got}{near}" if near else f"{name}: got {got}, wanted one of the list"
            return Problem("not-in-list", message, at, f"the list: {', '.join(words)}")
        case _:
            wanted = _wanted(detail["type"], detail["msg"])
            hint = "put it into quotes" if detail["type"] == "string_type" and got.strip("-.").isalnum() else ""
            return Problem("bad-value", f"{name}: got {got}, wanted {wanted}", at, hint)


def _wanted(kind: str, message: str) -> str:
    """What a value should have been, in the words of who writes documents, not of who reads them with pydantic."""
    match kind:
        case "model_type" | "model_attributes_type" | "dict_type":
            return "a mapping of keys"
        case "tuple_type" | "list_type":
            return "a list"
    for own in ("Value error, ", "Input should be ", "String should have ", "String should match pattern "):
        message = message.removeprefix(own)
    message = re.sub(r"^(Tuple|List|Dictionary) should have (.*) after validation.*", r"\2", message)
    return f"text like {message}" if kind == "string_pattern_mismatch" else message


def _document_path(data: Any, loc: tuple[str | int, ...]) -> Path_:
    """`loc` without the steps pydantic adds that are no part of the document: union tags and `[key]`."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(data, dict) and str(step) in data:
            path.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(step)
            data = data[step]
        elif step == loc[-1] and isinstance(data, dict) and step != "[key]" and step not in data.values():
            path.append(step)
    return tuple(path)


def _refusal(model: type[Document], path: Path_) -> str:
    """Why there is no key at `path`, where somebody wrote down why."""
    return next((cls.refused[str(path[-1])] for cls in _models_at(model, path[:-1]) if path[-1] in cls.refused), "")


def _known_keys(model: type[Document], path: Path_) -> set[str]:
    """The keys a mapping at `path` may have."""
    return {field.alias or name for cls in _models_at(model, path) for name, field in cls.model_fields.items()}


def _models_at(model: type[Document], path: Path_) -> set[type[Document]]:
    """The models that a mapping at `path` may be of, following the annotations."""
    here: set[type[Document]] = {model}
    for step in path:
        annotations = [cls.model_fields[str(step)].annotation for cls in here if str(step) in cls.model_fields]
        # A step that is no field is a user's key or an index: it stays within the models found so far.
        here = {found for annotation in annotations for found in _models_in(annotation)} if annotations else here
    return here


def _models_in(annotation: Any) -> set[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return {annotation}
    return {found for inner in get_args(annotation) for found in _models_in(inner)}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)"
