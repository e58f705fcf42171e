"""What a rule on plans is made of: one change at a time, as Terraform planned it, and the answers to it.

A rule is a file `r<number>_<name>.py` with `KINDS`, the types it is about, and `judge`. It imports neither checkov nor
Shipway; whoever judges hands it objects that have what the protocols here say. This folder has no `__init__.py`, so
that checkov, which loads the rules on stacks, does not look into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Answer", "Change", "Leaf", "failed", "passed", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of one thing: PASSED, FAILED or UNKNOWN, and why unless it passed."""

    result: str
    message: str = ""


def passed() -> Answer:
    """This was looked at and is good."""
    return Answer("PASSED")


def failed(why: str) -> Answer:
    """This breaks the rule."""
    return Answer("FAILED", why)


def unknown(why: str) -> Answer:
    """Nobody can say; it counts like a failure."""
    return Answer("UNKNOWN", why)


class Leaf(Protocol):
    """One value of an attribute: where it stands, and whether it is known before the apply."""

    @property
    def path(self) -> str:
        """Such as `grant.principal`."""

    @property
    def value(self) -> object:
        """A text, number or boolean; None where it is not set, not known or secret."""

    @property
    def unknown(self) -> bool:
        """Whether only the apply will tell."""

    @property
    def sources(self) -> tuple[str, ...]:
        """What it will come from, where the configuration says: `databricks_group.x.id`."""


class Change(Protocol):
    """One object of a plan."""

    @property
    def kind(self) -> str:
        """Its type."""

    @property
    def action(self) -> str:
        """`create`, `update`, `destroy`, `replace`, `forget` or `unrecognized`."""

    @property
    def protected(self) -> bool:
        """Whether its stack is of a protected environment; true where nobody knows."""

    @property
    def planned(self) -> bool:
        """Whether Terraform planned it; false where two synthesized stacks were compared."""

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The attributes for which it is replaced."""

    def before(self, path: str) -> Iterator[Leaf]:
        """Every value at a path before the apply, lists taken apart."""

    def after(self, path: str) -> Iterator[Leaf]:
        """Every value at a path after it that the configuration sets, or may set."""
