"""The SQL files beside the environments: one function each, and nothing else.

`environments/functions/<name>.sql` holds one `CREATE FUNCTION <name>(...)`, without catalog and schema: where it is
installed is said in an environment. What is installed is put together from what was read here, not from the file's
bytes: comments are gone (a notebook takes `-- MAGIC` and `-- COMMAND` for orders), and there is one statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shipway.errors import HIDDEN, Position, Problem

__all__ = ["FUNCTIONS_FOLDER", "SqlFunction", "read_function"]

FUNCTIONS_FOLDER = "functions"
_LARGEST = 20_000

# What a piece of SQL is; a string holds no line break, a backslash in it takes the next character along.
_PIECES = re.compile(
    r"(?P<space>\s+)|(?P<comment>--[^\n]*|/\*)|(?P<string>'(?:[^'\\\n]|\\[^\n])*'|\"(?:[^\"\\\n]|\\[^\n])*\")"
    r"|(?P<name>`[^`\n]*`)|(?P<word>[A-Za-z0-9_]+)|(?P<open>['\"`])|(?P<sign>.)",
    re.DOTALL,
)
_HEAD = re.compile(
    r"CREATE (?:OR REPLACE )?FUNCTION (?P<name>[a-z][a-z0-9_]*) ?\((?P<parameters>.*?)\) ?"
    r"RETURNS (?P<returns>[A-Z]+)\b",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"([A-Za-z_][A-Za-z0-9_]*) ([A-Za-z]+)\b.*")
_RETURN = re.compile(r"\bRETURN\b", re.IGNORECASE)
_OTHER_LANGUAGE = re.compile(r"\bLANGUAGE (?!SQL\b)(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """A function as its file defines it."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    """Name and type of each, as written."""
    returns: str
    tail: str
    """All that follows the name: parameters, return type and body, without comments."""

    def statement(self, full_name: str) -> str:
        """The statement that installs it under `full_name`, whatever was there before."""
        return f"CREATE OR REPLACE FUNCTION {full_name}{self.tail}"


class _Refused(Exception):
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


def read_function(text: str, file: str, name: str) -> SqlFunction | Problem:
    """The function in `text`, which must be called `name`; or what is wrong with it, with its place."""
    try:
        return _function(text, name)
    except _Refused as error:
        before = text[: error.offset]
        at = Position(file, before.count("\n") + 1, error.offset - (before.rfind("\n") + 1) + 1)
        hint = f"a file holds one CREATE FUNCTION {name}(...) RETURNS ... RETURN ..."
        return Problem("bad-function", error.message, at, hint)


def _function(text: str, name: str) -> SqlFunction:
    if len(text) > _LARGEST:
        raise _Refused(f"the file has {len(text):,} characters, wanted at most {_LARGEST:,}", 0)
    if found := HIDDEN.search(text.replace("\r\n", "\n")):
        raise _Refused(f"the character U+{ord(found[0]):04X} is not seen by who reads this", found.start())
    sql = "".join(_plain(text)).strip()
    head = _HEAD.match(sql)
    if head is None:
        raise _Refused("the file does not begin with CREATE FUNCTION, a plain name, parameters and RETURNS", 0)
    if head["name"] != name:
        raise _Refused(f"the function is called {head['name']!r}, wanted {name!r} as the file", 0)
    if head["returns"].upper() == "TABLE":
        raise _Refused("the function returns a table, wanted one value", 0)
    if language := _OTHER_LANGUAGE.search(sql):
        raise _Refused(f"the function is in {language[1]}, wanted SQL", 0)
    if not _RETURN.search(sql, head.end()):
        raise _Refused("the function has no RETURN", 0)
    tail = sql[head.end("name") :].strip()
    return SqlFunction(name, tuple(_parameters(head["parameters"])), head["returns"].upper(), tail)


def _plain(text: str) -> Iterator[str]:
    """`text` without comments, its spaces made one, its one closing semicolon gone."""
    position, ended, spaced = 0, -1, True
    while position < len(text):
        found = _PIECES.match(text, position)
        if found is None:  # the pattern takes any character
            raise AssertionError(position)
        kind, piece, end = found.lastgroup, found[0], found.end()
        if kind == "comment" and piece == "/*":
            end = _comment_end(text, position)
        if kind in ("space", "comment"):
            if not spaced:
                yield " "
            spaced, position = True, end
            continue
        if ended >= 0:
            raise _Refused("there is more than one statement", ended)
        _refuse_unclear(kind, piece, text, position)
        if piece == ";":
            ended = position
        else:
            yield piece
        spaced, position = False, end


def _refuse_unclear(kind: str | None, piece: str, text: str, position: int) -> None:
    """Refuse what a notebook or another setting would read in another way."""
    if kind == "open":
        raise _Refused(f"{piece} is not closed on its line", position)
    if kind == "string" and (re.search(r"\\['\"]", piece) or text[max(position - 1, 0)] in "rR"):
        # Where such a string ends depends on its prefix and on settings: a second statement could hide in it.
        raise _Refused("a backslash before a quote, or a raw string: write the text another way", position)
    if "$" in piece:
        raise _Refused("'$' is taken by notebooks for their own parameters", position + piece.index("$"))


def _comment_end(text: str, start: int) -> int:
    """Where a bracketed comment ends; they nest."""
    depth = 0
    for found in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return start + found.end()
    raise _Refused("the comment is not closed", start)


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    depth, part = 0, ""
    for character in f"{text},":
        depth += (character == "(") - (character == ")")
        if character != "," or depth:
            part += character
            continue
        if part.strip():
            found = _PARAMETER.fullmatch(part.strip())
            if found is None:
                raise _Refused(f"the parameter {part.strip()!r} is not a name and a type", 0)
            yield found[1], found[2].upper()
        part = ""
