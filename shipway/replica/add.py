"""A new environment from one that is there: its text, comments and all, under the new name.

The other's name becomes the new name wherever it stands as a word. A replica's declaration is left out: a replica has
the lines of what it is like, and a new environment has none. The result is read like any document before it is written,
so what is written is right, or nothing is.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from shipway.errors import DocumentErrors, ShipwayError
from shipway.models.document import validate
from shipway.models.environment import Environment
from shipway.models.load import Documents, Loaded
from shipway.models.names import EnvironmentName
from shipway.models.resolve import resolve
from shipway.models.source import Unreadable, read_source

__all__ = ["add_environment"]


def add_environment(root: Path, documents: Documents, name: str, like: str, workspace: tuple[str, str]) -> Path:
    """Write environments/<name>.yaml after the one of `like`; raises ShipwayError, and then nothing is written.

    `workspace` is the url and the id of the new one's; empty texts leave what the other's become by the new name.
    """
    path = root / "environments" / f"{name}.yaml"
    _check_name(name)
    if path.exists() or path.is_symlink():
        raise ShipwayError(f"environments/{name}.yaml is there already", "it is not written over; choose another name")
    loaded = documents.environments[like]
    lines = (root / loaded.file).read_text(encoding="utf-8").splitlines()
    text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(like)}(?![A-Za-z0-9])", name, "\n".join(lines) + "\n")
    for key, value in zip(("url", "id"), workspace, strict=True):
        if value:
            text = _set(text, loaded, key, value)
    text = _without_replica(text, loaded)
    # A hidden file is nobody's document: it is read from where it will stand.
    draft = path.with_name(f".{name}.yaml")
    try:
        draft.write_text(text, encoding="utf-8")
        _check(root, documents, name, draft)
        path.hardlink_to(draft)
    except FileExistsError:
        raise ShipwayError(f"environments/{name}.yaml was made by somebody else meanwhile") from None
    finally:
        draft.unlink(missing_ok=True)
    return path


def _check_name(name: str) -> None:
    try:
        TypeAdapter(EnvironmentName).validate_python(name)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ShipwayError(message, "the file's name is the environment's name: docs/naming.md") from error


def _without_replica(text: str, loaded: Loaded[Environment]) -> str:
    """`text` without its `replica:`: of what has no lines yet, nothing can be rehearsed."""
    if loaded.model.replica is None:
        return text
    lines = text.split("\n")
    start = loaded.at("replica").line - 1
    end = next((i for i in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[i])), len(lines))
    return "\n".join([*lines[:start], *lines[end:]])


def _set(text: str, loaded: Loaded[Environment], key: str, value: str) -> str:
    number = loaded.at("workspace", key).line - 1
    lines = text.split("\n")
    changed, found = re.subn(rf"^(\s+{key}:\s).*$", lambda match: match[1] + json.dumps(value), lines[number])
    if not found:
        raise ShipwayError(
            f"{loaded.file} does not have workspace.{key} on a line of its own", "copy the file by hand, and edit it"
        )
    return "\n".join([*lines[:number], changed, *lines[number + 1 :]])


def _check(root: Path, documents: Documents, name: str, draft: Path) -> None:
    """Refuse what would be refused once it is written, at the places it would have."""
    file = f"environments/{name}.yaml"
    try:
        source = replace(read_source(root, draft), file=file)
    except Unreadable as error:
        raise DocumentErrors([replace(one, at=replace(one.at, file=file)) for one in error.problems]) from error
    model = validate(Environment, source)
    if isinstance(model, list):
        raise DocumentErrors(model)
    loaded = Loaded(model, root, file, "")
    loaded.__dict__["source"] = source
    resolve(replace(documents, environments={**documents.environments, name: loaded}))
