"""Reading a YAML file into plain data that remembers where each value stands.

The file is composed to nodes by libyaml's C loader (seven times faster than the Python one), which keeps the line and
column of every node; duplicate keys, aliases, huge files and links out of the project are refused here, so that no
later step has to think of them.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shipway.errors import HIDDEN, Position, Problem

__all__ = ["MAX_BYTES", "Path_", "Source", "Unreadable", "read_source", "read_text"]

# A hundred times the largest document of a real estate; a file above it was put there by mistake or in bad faith.
MAX_BYTES = 1_000_000
# A program wrote it about a whole workspace: some forty thousand objects.
_MAX_ADOPTED_BYTES = 20_000_000
MAX_DEPTH = 40
# Composing recurses in C: a file that opens this many brackets is measured first, before it ends the process.
_SUSPICIOUS = 500
_LARGEST_NUMBER = 2**63 - 1
# What a plain scalar must look like to be what YAML 1.1 takes it for: `010` is 8 there, `1:30` is 90, `yes` is true.
_PLAIN = {
    "tag:yaml.org,2002:bool": (re.compile("true|false"), "a boolean"),
    "tag:yaml.org,2002:int": (re.compile("-?(0|[1-9][0-9]*)"), "a number"),
    "tag:yaml.org,2002:float": (re.compile(r"-?[0-9]+\.[0-9]+"), "a number"),
    "tag:yaml.org,2002:null": (re.compile("null|~|"), "nothing"),
    "tag:yaml.org,2002:timestamp": (re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date"),
}
_TEXT = "tag:yaml.org,2002:str"
_COLLECTIONS = {"tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}

Path_ = tuple[str | int, ...]


class Unreadable(Exception):
    """The file is no document; carries every Problem found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """A parsed file: `file` relative to the project, its `data`, and where each path of the data stands."""

    file: str
    data: dict[str, Any]
    places: dict[Path_, tuple[int, int]]

    def at(self, path: Path_) -> Position:
        """Where `path` stands, or the nearest thing around it that exists."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return Position(self.file, *self.places[path[:end]])
        return Position(self.file)


def read_source(root: Path, path: Path) -> Source:
    """Read the mapping in `path`, a file below `root`; raises Unreadable with everything that is wrong with it."""
    file = path.relative_to(root).as_posix()
    text = read_text(root, path)
    try:
        _measure(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
        raise Unreadable(Problem("yaml-syntax", f"this is not YAML: {error.problem or error.context}", at)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(Problem("yaml-syntax", f"this is not YAML: {error}", Position(file))) from error
    if node is None:
        raise Unreadable(Problem("empty-document", "the file is empty, wanted a mapping of keys", Position(file)))
    if not isinstance(node, yaml.MappingNode):
        at = Position(file, node.start_mark.line + 1, node.start_mark.column + 1)
        got = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise Unreadable(Problem("not-a-mapping", f"the document is {got}, wanted a mapping of keys", at))
    reader = _Reader(file)
    data = reader.read(node, ())
    if reader.problems:
        raise Unreadable(*reader.problems)
    return Source(file, data, reader.places)


def read_text(root: Path, path: Path) -> str:
    """The text of a file that must lie below `root` and be a plain one; raises Unreadable."""
    file = path.relative_to(root).as_posix()
    at = Position(file)
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        message = "the file is a link out of the project; what is deployed must be what is reviewed"
        raise Unreadable(Problem("outside-project", message, at, "copy the file into the project"))
    try:
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(Problem("unreadable", "this is no file that can be read to its end", at, "replace it"))
        most = _MAX_ADOPTED_BYTES if file.startswith("adopted/") else MAX_BYTES
        if status.st_size > most:
            message = f"the file has {status.st_size:,} bytes, wanted at most {most:,}"
            raise Unreadable(Problem("too-large", message, at, "split it, or keep data out of documents"))
        return real.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        raise Unreadable(Problem("not-utf8", message, at, "save the file as UTF-8")) from error
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise Unreadable(Problem("unreadable", message, at)) from error


def _measure(text: str, file: str) -> None:
    """Refuse what nests too deep to be composed; only a file that opens many things is looked at."""
    if sum(text.count(opening) for opening in ("[", "{", "- ", "? ")) < _SUSPICIOUS:
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = event.start_mark
            at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
            raise Unreadable(Problem("too-deep", f"values nest deeper than {MAX_DEPTH} levels", at))


_CONSTRUCT = yaml.constructor.SafeConstructor()


class _Reader:
    """Turns nodes into data; collects places and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, path: Path_) -> Any:
        self.places.setdefault(path, _place(node))
        if len(path) > MAX_DEPTH:
            return self._refuse("too-deep", f"values nest deeper than {MAX_DEPTH} levels", node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        # One node object met twice is an alias: expanded, ten lines of them fill the memory.
        if id(node) in self._seen:
            return self._refuse("yaml-alias", "anchors and aliases are not read here; write the value out", node)
        self._seen.add(id(node))
        if node.tag not in _COLLECTIONS:
            return self._refuse("yaml-tag", f"the tag {node.tag!r} is not read here; write the value itself", node)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse("bad-key", "a key is a list or a mapping, wanted a word", key_node)
                continue
            key = key_node.value
            if problem := _unsafe(key):
                self._refuse(*problem, key_node)
                continue
            if key in data:
                first = self.places[(*path, key)][0]
                self._refuse("duplicate-key", f"{key!r} stands here a second time, first on line {first}", key_node)
                continue
            # A key's own place is the better one to point at: the value of a mapping starts a line below.
            self.places[(*path, key)] = _place(key_node)
            data[key] = self.read(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        if problem := _unsafe(node.value):
            return self._refuse(*problem, node)
        if node.tag == _TEXT:
            return node.value
        shape, meaning = _PLAIN.get(node.tag, (None, ""))
        if shape is None:
            return self._refuse("yaml-tag", f"the tag {node.tag!r} is not read here; write the value itself", node)
        if len(node.value) > len(str(_LARGEST_NUMBER)) + 1:
            return self._refuse("bad-value", f"{node.value[:20]}… is larger than any number here", node)
        if not shape.fullmatch(node.value):
            message = f"{node.value[:40]!r} is {meaning} to YAML, written in a way that misleads"
            return self._refuse("ambiguous-value", f"{message}; write it plainly, or in quotes if it is text", node)
        return self._constructed(node)

    def _constructed(self, node: yaml.ScalarNode) -> Any:
        try:
            value = _CONSTRUCT.construct_object(node)
        except (yaml.YAMLError, ValueError, KeyError, IndexError, AttributeError) as error:
            return self._refuse("bad-value", f"{node.value[:40]!r} cannot be read: {error}", node)
        if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
            return self._refuse("bad-value", f"{node.value[:20]}… is larger than any number here", node)
        return value

    def _refuse(self, code: str, message: str, node: yaml.Node) -> None:
        self.problems.append(Problem(code, message, Position(self.file, *_place(node))))


_EXPRESSION, _CHARACTER = "terraform-expression", "hidden-character"


def _unsafe(text: str) -> tuple[str, str] | None:
    """Code and message of what no text here may hold, be it a key or a value."""
    # Synthesized text is read by Terraform, which would evaluate it: `${file("…")}` in a comment reads that file.
    if "${" in text or "%{" in text:
        return _EXPRESSION, "'${' and '%{' begin a Terraform expression; write text"
    if found := HIDDEN.search(text):
        return _CHARACTER, f"the character U+{ord(found[0]):04X} is not seen by who reads this; remove it"
    return None


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
