"""Editing a manifest as little as the move asks for: comments, order and layout are people's, and stay.

What changed is spliced in where YAML says that it stands. The result is read again and must say exactly what was
wanted; otherwise nothing is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shipway.errors import ShipwayError
from shipway.models.release import ReleaseManifest

__all__ = ["edited", "write_manifest"]

_ORDER = ("phase", "active", "percent", "rollback_to", "hold", "slots")
"""In which order the keys of a manifest stand: a new one goes before the first that comes after it."""


@dataclass(frozen=True, slots=True)
class _Splice:
    """Put `text` in place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def edited(content: bytes, wanted: ReleaseManifest) -> bytes:
    """The manifest in `content`, changed to say what is `wanted`; raises ShipwayError where that cannot be done.

    `content` is a manifest that was read without mistakes.
    """
    text = content.decode("utf-8")
    # Not libyaml's loader: its marks count bytes or characters, whichever it was built with.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise ShipwayError("the manifest is no mapping of keys", "write it anew, one key a line")
    for splice in sorted(_splices(text, root, _written(wanted)), key=lambda one: (one.start, one.end), reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    _must_say(text, wanted)
    return text.encode("utf-8")


def write_manifest(path: Path, content: bytes) -> None:
    """Put `content` in place in one step: who reads meanwhile sees the old file or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if path.exists():
        draft.chmod(path.stat().st_mode & 0o777)
    draft.replace(path)


def _written(manifest: ReleaseManifest) -> dict[str, Any]:
    """What a person would write: nothing of what goes without saying."""
    return manifest.model_dump(mode="json", exclude_defaults=True)


def _must_say(text: str, wanted: ReleaseManifest) -> None:
    try:
        found = ReleaseManifest.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError):
        found = None
    if found != wanted:
        raise ShipwayError(
            "the manifest is laid out in a way that cannot be edited without losing something",
            "write one key a line, as `shipway new` does, and run the same command again",
        )


def _splices(text: str, mapping: yaml.MappingNode, wanted: dict[str, Any]) -> Iterator[_Splice]:
    """What has to be spliced into one mapping so that it says what is wanted."""
    there = {key.value: (key, value) for key, value in mapping.value}
    if mapping.flow_style and there.keys() != wanted.keys():
        # On one line there is no layout to keep.
        yield _Splice(mapping.start_mark.index, mapping.end_mark.index, _flow(wanted))
        return
    for name, (key, value) in there.items():
        if name not in wanted:
            yield _without(text, key, value)
        elif isinstance(value, yaml.MappingNode):
            yield from _splices(text, value, wanted[name])
        elif _read(value) != wanted[name]:
            # A block scalar ends where the next thing begins: the lines in between are not its own.
            said = text[value.start_mark.index : value.end_mark.index].rstrip()
            yield _Splice(value.start_mark.index, value.start_mark.index + len(said), _scalar(wanted[name]))
    for name in wanted:
        if name not in there:
            yield _added(text, mapping, name, wanted[name])


def _read(value: yaml.Node) -> Any:
    return yaml.safe_load(yaml.serialize(value))


def _without(text: str, key: yaml.Node, value: yaml.Node) -> _Splice:
    """A key's lines, from the start of the first to the end of the last; a comment on the same line goes with it."""
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", max(value.end_mark.index - 1, key.end_mark.index))
    return _Splice(start, len(text) if end < 0 else end + 1, "")


def _added(text: str, mapping: yaml.MappingNode, name: str, value: Any) -> _Splice:
    """A line of its own: before the first key that comes after it, else after the last."""
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    first = mapping.value[0][0]
    line = f"{' ' * first.start_mark.column}{name}: {_scalar(value)}{end_of_line}"
    later = _ORDER[_ORDER.index(name) + 1 :] if name in _ORDER else ()
    for key, _ in mapping.value:
        if key.value in later:
            at = text.rfind("\n", 0, key.start_mark.index) + 1
            return _Splice(at, at, line)
    last = mapping.value[-1][1]
    at = text.find("\n", last.end_mark.index)
    return _Splice(at + 1, at + 1, line) if at >= 0 else _Splice(len(text), len(text), end_of_line + line.rstrip())


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = yaml.safe_dump(value, width=10**9, allow_unicode=True).removesuffix("\n").removesuffix("\n...")
    # One line always: a text with a line break in it is written with `\n`.
    return json.dumps(value, ensure_ascii=False) if "\n" in plain else plain


def _flow(mapping: dict[str, Any]) -> str:
    parts = (
        f"{name}: {_flow(value) if isinstance(value, dict) else _scalar(value)}" for name, value in mapping.items()
    )
    return f"{{{', '.join(parts)}}}"
