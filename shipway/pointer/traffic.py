"""The pointer as the routes of a serving endpoint: a share of the requests for each slot's entity.

Databricks splits by request, not by key: a canary of an endpoint is judged unpaired, and its salt is not written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shipway.models.slot import Slot
from shipway.pointer.pointer import BadPointer, Pointer

__all__ = ["Traffic"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of a hundred requests, how many each slot gets; raises BadPointer unless that is all of them."""

    blue: int
    green: int

    def __post_init__(self) -> None:
        for share in (self.blue, self.green):
            if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= 100:
                raise BadPointer(f"traffic: got {share!r} percent, wanted a whole number from 0 to 100")
        if self.blue + self.green != 100:
            raise BadPointer(f"traffic: blue {self.blue} and green {self.green} are not 100 together")

    @classmethod
    def of(cls, pointer: Pointer) -> Traffic:
        """The shares that `pointer` gives."""
        rest = 100 - pointer.percent
        return cls(rest, pointer.percent) if pointer.active == Slot.BLUE else cls(pointer.percent, rest)

    @classmethod
    def parse(cls, routes: Mapping[str, int]) -> Traffic:
        """The shares by the name of the served entity; raises BadPointer where it is not one for each slot."""
        if set(routes) != set(map(str, Slot)):
            raise BadPointer(f"traffic: routes to {', '.join(sorted(routes)) or 'nothing'}, wanted blue and green")
        return cls(routes["blue"], routes["green"])

    def routes(self) -> dict[Slot, int]:
        """Both routes, always, in a constant order: a route that comes and goes is a change of the plan's shape."""
        return {Slot.BLUE: self.blue, Slot.GREEN: self.green}

    def pointer(self, active: Slot, salt: str) -> Pointer:
        """The pointer whose active slot is `active`: at 50 to 50 the routes alone do not say which it is."""
        percent = self.routes()[active.other]
        if percent == 100:
            raise BadPointer(f"traffic: all of it goes to {active.other}, wanted some for {active}")
        return Pointer(active, active.other, percent, salt) if percent else Pointer(active)
