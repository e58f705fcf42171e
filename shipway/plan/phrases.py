"""The parts of what a review says: our own words are plain strings, everything from a plan is an Atom.

A renderer escapes each Atom by the rules of where it writes, and nothing else, so no name can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TypeAlias

from shipway.plan.classes import ChangeClass
from shipway.plan.report import Place
from shipway.plan.text import LONGEST
from shipway.plan.verdict import Outcome

__all__ = ["Atom", "Entry", "Line", "Outline", "Section", "Tone", "Weight", "in_stacks", "listed", "sentence"]

_MOST = 12
# A sentence that names objects is longer than any of their names.
_SENTENCE = 600


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that comes from a plan: never written without being escaped, nor longer than `longest`."""

    text: str
    longest: int = LONGEST


Line: TypeAlias = "tuple[str | Atom, ...]"


class Tone(Enum):
    """What an entry is about, for a symbol and a colour."""

    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"
    REPLACE = "-/+"
    MOVE = ">"
    NOTE = "!"


class Weight(IntEnum):
    """How much an entry matters when there is no room for all: the lightest go first."""

    QUIET = 0
    CREATE = 1
    UPDATE = 2
    STATE = 3
    DESTROY = 4
    ACCESS = 5
    FIRST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to say, with the lines that belong under it."""

    tone: Tone
    weight: Weight
    line: Line
    details: tuple[Line, ...] = ()
    change_class: ChangeClass | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a title."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a rendering says."""

    outcome: Outcome
    change_class: ChangeClass
    headline: Line
    verdict: tuple[Line, ...]
    """Its class, and who is needed."""
    stacks: tuple[Line, ...]
    sections: tuple[Section, ...]
    footer: tuple[Line, ...]


def sentence(text: str) -> Atom:
    """A whole sentence that holds names from a plan."""
    return Atom(text, _SENTENCE)


def listed(texts: Sequence[str], most: int = _MOST) -> Line:
    """Names one after the other; of very many, the first and a count."""
    line: list[str | Atom] = []
    for text in texts[:most]:
        line += [", ", Atom(text)] if line else [Atom(text)]
    rest = len(texts) - most
    return (*line, f" and {rest} more") if rest > 0 else tuple(line)


def in_stacks(places: Iterable[Place]) -> Line:
    """The stacks of these places, in brackets."""
    return (" (", *listed(tuple(dict.fromkeys(place.stack for place in places))), ")")
