"""The answer of a review: who must approve what before it is applied, from classes and the environment's routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from shipway.models.names import environment_of
from shipway.plan.classes import ChangeClass

__all__ = ["EXIT_CODES", "UNDECIDED", "Need", "Outcome", "Route", "Routes", "Verdict"]


class Outcome(StrEnum):
    """What happens next. Not knowing is an answer of its own, above all others."""

    NO_EFFECT = "no effect"
    NEEDS_NOBODY = "effects that need nobody"
    NEEDS_APPROVAL = "needs approval"
    BLOCKED = "blocked"
    CANNOT_JUDGE = "cannot judge"


EXIT_CODES: Mapping[Outcome, int] = MappingProxyType(
    {
        Outcome.NO_EFFECT: 0,
        Outcome.NEEDS_NOBODY: 2,
        Outcome.NEEDS_APPROVAL: 3,
        Outcome.BLOCKED: 4,
        Outcome.CANNOT_JUDGE: 5,
    }
)
"""What a shell is told; 1 is left for the tool's own failures."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """Who approves changes of one class in one environment: so many people of these groups."""

    people: int
    groups: tuple[str, ...] = ()


# Plans of somebody else's project: nobody said who approves, so what reaches far needs a person.
_ANYBODY = Route(1)
_BY_DEFAULT: Mapping[ChangeClass, Route] = MappingProxyType(
    dict.fromkeys((ChangeClass.NARROWING, ChangeClass.BROADENING, ChangeClass.IRREVERSIBLE), _ANYBODY)
)


@dataclass(frozen=True, slots=True)
class Routes:
    """Each environment's routes by class. An environment that is not in it has the default: a person from R3 on."""

    by_environment: Mapping[str, Mapping[ChangeClass, Route]] = field(default_factory=dict)

    def of(self, stack: str) -> Mapping[ChangeClass, Route]:
        """The routes for a stack, by the environment that its name begins with; the account is one of its own."""
        return self.by_environment.get(environment_of(stack), _BY_DEFAULT)


@dataclass(frozen=True, slots=True)
class Need:
    """An approval that is needed: for which class, in which environment, from whom, and how many rows need it."""

    change_class: ChangeClass
    environment: str
    people: int
    groups: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its highest class, what is needed and what blocks."""

    outcome: Outcome
    change_class: ChangeClass
    needs: tuple[Need, ...] = ()
    blockers: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """What a shell is told of it."""
        return EXIT_CODES[self.outcome]


UNDECIDED = Verdict(Outcome.CANNOT_JUDGE, ChangeClass.UNKNOWN)
"""Before anything was judged."""


def needs(rows: Iterable[tuple[ChangeClass, str]], routes: Routes) -> Iterator[Need]:
    """What is needed for these rows, each with its class and stack; the highest class first."""
    counted: dict[tuple[ChangeClass, str, Route], int] = {}
    for change_class, stack in rows:
        route = routes.of(stack).get(change_class)
        if route is not None and route.people:
            key = (change_class, environment_of(stack), route)
            counted[key] = counted.get(key, 0) + 1
    for (change_class, environment, route), number in sorted(counted.items(), reverse=True):
        yield Need(change_class, environment, route.people, route.groups, number)
