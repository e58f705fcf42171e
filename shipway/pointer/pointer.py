"""The pointer as a value: what consumers get, whatever its written form names, a slot or a release."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipway.errors import ShipwayError

__all__ = ["RELEASE", "BadPointer", "Pointer", "salt_of"]

RELEASE = re.compile(r"r[0-9a-f]{12}", re.ASCII)
"""A release's id: see `shipway.models.release.Release.id`."""

_SALT = re.compile(r"[a-z][a-z0-9-]{0,39}/r[0-9a-f]{12}", re.ASCII)


class BadPointer(ShipwayError):
    """A written pointer that Shipway would not have written; the message says what it is and what was wanted."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What consumers get: `active`, and in a canary `candidate` for `percent` of a hundred keys.

    Raises BadPointer where the four contradict each other: without a canary, no candidate, no share and no salt.
    """

    active: str
    candidate: str | None = None
    percent: int = 0
    salt: str = ""
    """Of the cohort: `<use case>/<candidate's release id>`, so that two releases have independent cohorts."""

    def __post_init__(self) -> None:
        if not isinstance(self.percent, int) or isinstance(self.percent, bool):
            raise BadPointer(f"percent: got {self.percent!r}, wanted a whole number")
        if self.candidate is None:
            if (self.percent, self.salt) != (0, ""):
                raise BadPointer(f"no candidate, but {self.percent} % of the keys and the salt {self.salt!r}")
            return
        if self.candidate == self.active:
            raise BadPointer(f"the candidate is what is active: {self.active!r}")
        if not 1 <= self.percent <= 99:
            raise BadPointer(f"percent: got {self.percent} with a candidate, wanted 1 to 99; at 100 it is a flip")
        if not _SALT.fullmatch(self.salt):
            raise BadPointer(f"salt: got {self.salt!r}, wanted <use case>/<release id>")


def salt_of(use_case: str, candidate: str) -> str:
    """The salt of the cohort that gets the release `candidate` of this use case."""
    return f"{use_case}/{candidate}"
