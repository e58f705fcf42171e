"""What the rows of a review are made of: where something lies, and one attribute of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AttributeRow", "Place"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row lies: a stack, and an address in it."""

    stack: str
    address: str


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute that changes; each side is text ready to be escaped, empty where the side does not exist."""

    path: str
    old: str
    new: str
    forces: bool = False
    """Whether this attribute is why the object is replaced."""
    seal: str = ""
    """Of a secret: a keyed digest of both sides, so that another secret is another row though neither is shown."""
