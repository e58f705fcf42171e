"""What can go wrong, and how it is said: what, got, wanted, where, next.

    ShipwayError                 anything a user can mend; the CLI prints it and exits with `exit_code`
    ├── DocumentErrors           mistakes in YAML documents, all of one run together, each a Problem
    ├── MissingTool              a program or an extra that is not on this machine
    └── ToolFailed               a program ran and failed

A bug in Shipway is any other exception: it raises and shows its traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HIDDEN", "DocumentErrors", "MissingTool", "Position", "Problem", "ShipwayError", "ToolFailed", "visible"]


HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""C0 but tab and newline, C1, and what reorders or hides text: nobody types them, and a terminal obeys them."""


def visible(text: str) -> str:
    """`text` with every character that a terminal would obey instead of show written out; lines stay lines."""
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a document: path relative to the project, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a user: `code` names its page under docs/errors/, `message` says what, got and wanted."""

    code: str
    message: str
    at: Position
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n  {self.hint}" if self.hint else ""
        # A name can hold a newline: it must not look like a line of ours.
        message, at = (str(part).replace("\n", "\\n") for part in (self.message, self.at))
        return f"Error: {message}\n  in {at}{hint}\n  see docs/errors/{self.code}.md"

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "code": self.code,
            "message": self.message,
            "file": self.at.file,
            "line": self.at.line,
            "column": self.at.column,
            "hint": self.hint,
        }


class ShipwayError(Exception):
    """Something a user can mend. `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"Error: {self.message}" + (f"\n  {self.hint}" if self.hint else "")

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {"error": self.message, "hint": self.hint}


class DocumentErrors(ShipwayError):
    """Every mistake found in the documents of one run, in the order of files and lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.at, problem.message)))
        super().__init__(f"{len(self.problems)} mistake{'s' * (len(self.problems) != 1)} in the documents")

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.problems), f"{self.message}; nothing was written."])

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {"error": self.message, "problems": [problem.as_json() for problem in self.problems]}


class MissingTool(ShipwayError):
    """A program or a Python extra that this command needs is not here; the hint says how to get it."""

    exit_code = 127


class ToolFailed(ShipwayError):
    """A program ran and failed: what it was asked, what it answered."""
