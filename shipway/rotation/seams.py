"""What a rotation asks of the outside: a store to write to, a source of values, checks to run. Each has its fake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from shipway.errors import ShipwayError

__all__ = ["LARGEST", "Hooks", "Occasion", "SecretStore", "SecretValue"]

LARGEST = 128 * 1024
"""Databricks' limit of a secret's value, in bytes."""


class SecretValue:
    """A secret's value. Shown, formatted or logged it says only that it is one."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    @classmethod
    def read(cls, output: bytes) -> SecretValue:
        """A value as a program or a person gives it, without the newline that ends it; raises ShipwayError."""
        value = output.removesuffix(b"\n").removesuffix(b"\r") if output.endswith(b"\n") else output
        if not value:
            raise ShipwayError("the new value is empty", "nothing was written; give a value")
        if len(value) > LARGEST:
            raise ShipwayError(f"the new value is larger than the {LARGEST // 1024} KB that Databricks keeps")
        return cls(value)

    def reveal(self) -> bytes:
        """The value itself; only the store and the check that reads it on its standard input may ask."""
        return self._value

    def __repr__(self) -> str:
        return "<a secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which secret of which rotation; all that hooks are told, in their environment."""

    rotation: str
    environment: str
    scope: str
    key: str


class SecretStore(Protocol):
    """Where an environment's secrets are kept."""

    @property
    def name(self) -> str:
        """For people: a workspace's address, or the sandbox."""

    def updated(self, scope: str) -> Mapping[str, int] | None:
        """When each key was last written, in milliseconds since 1970; None where there is no such scope."""

    def put(self, scope: str, key: str, value: SecretValue) -> None:
        """Write a value; raises ShipwayError, whose text never holds it."""


class Hooks(Protocol):
    """Where values come from, and what is run around writing one. Failing is raising ShipwayError."""

    @property
    def steps(self) -> tuple[str, ...]:
        """Which of `try`, `verify` and `revoke` there is something to run for."""

    def obtain(self, occasion: Occasion) -> SecretValue:
        """A new value."""

    def try_out(self, occasion: Occasion, value: SecretValue) -> None:
        """Try the value before anybody gets it."""

    def verify(self, occasion: Occasion) -> None:
        """See that those who use the secret still work."""

    def revoke(self, occasion: Occasion) -> None:
        """Take the old value out of service. Run again after a kill, so twice must do no harm."""
