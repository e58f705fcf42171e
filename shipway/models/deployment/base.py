"""What the objects of every kind of stack have in common."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict

__all__ = ["Grant", "Permission", "Resolved", "StackBase"]


class Resolved(BaseModel):
    """Base of what resolve computes: frozen, nothing optional but what Databricks itself leaves optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Grant(Resolved):
    """Privileges of one group on one securable."""

    principal: str
    privileges: tuple[str, ...]


class Permission(Resolved):
    """A permission level of one group on one workspace object."""

    group: str
    level: str


class StackBase(Resolved):
    """What every kind of stack has."""

    name: str
    host: str
    """Of the workspace, or of the account console."""
    state_backend: str
    state: dict[str, str]
    """The backend's settings, the key of this stack's state among them."""
    protected: bool
    """Whether what holds data or closes a door is kept from being destroyed."""
    lifted: tuple[str, ...]
    """Construct paths for which a waiver lifts that."""

    @property
    def digest(self) -> str:
        """SHA-256 over the stack's canonical JSON: two equal digests synthesize to equal bytes."""
        return hashlib.sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).hexdigest()
