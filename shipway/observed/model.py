"""Objects of a workspace as they were found, and what could not be read: silence is never an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Observed", "ObservedWorkspace", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Observed:
    """One object. `attributes` holds what was answered and no more: a missing one is not set, or was not told."""

    type: str
    """The Terraform resource type, such as databricks_catalog."""
    id: str
    """What `terraform import` takes; the provider's state has it as `id`."""
    name: str
    """For people."""
    attributes: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others of one workspace."""
        return self.type, self.id


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """Objects that may be there and could not be listed: of which type, where (empty: anywhere), and why."""

    type: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.type}{f' of {self.where}' if self.where else ''}: {self.why}"


@dataclass(frozen=True, slots=True)
class ObservedWorkspace:
    """All that was found in one workspace, in the order in which it was read."""

    source: str
    """Where it was read, for people: `https://dev.example.com`, `recording r1`, `the sandbox`."""
    url: str
    workspace_id: str
    """Empty where nobody said it."""
    objects: tuple[Observed, ...]
    unreadable: tuple[Unreadable, ...] = ()
    not_asked: tuple[str, ...] = ()
    """Kinds of things that this source never asks for."""

    def of(self, *types: str) -> tuple[Observed, ...]:
        """The objects of these types."""
        return tuple(one for one in self.objects if one.type in types)

    def find(self, type_: str, id_: str) -> Observed | None:
        """The object of that type and id."""
        return next((one for one in self.objects if one.key == (type_, id_)), None)
