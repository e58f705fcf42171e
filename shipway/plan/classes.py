"""The seven classes of change, and the one closed table of rules that put a row into one of them.

A reviewer learns the classes once. There is no score: classes are ordered, nothing is added up, and a review is of the
highest class of any of its rows. What is not known sorts above everything that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["RULES", "ChangeClass", "ClassRule", "highest"]


class ChangeClass(StrEnum):
    """How far a change reaches. The values sort as the classes do: R0 lowest, RX highest."""

    NONE = "R0"
    CONFIGURATION = "R1"
    BEHAVIOUR = "R2"
    NARROWING = "R3"
    BROADENING = "R4"
    IRREVERSIBLE = "R5"
    UNKNOWN = "RX"

    @property
    def meaning(self) -> str:
        """What the class is, in a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    ChangeClass.NONE: "nothing happens",
    ChangeClass.CONFIGURATION: "configuration that can be put back",
    ChangeClass.BEHAVIOUR: "something runs differently",
    ChangeClass.NARROWING: "access is taken, or only the state changes",
    ChangeClass.BROADENING: "access is given, or something is exposed",
    ChangeClass.IRREVERSIBLE: "data is lost, or there is no way back",
    ChangeClass.UNKNOWN: "cannot be judged",
}


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Why a row is of its class. The id is what an approval remembers, so it never gets another meaning."""

    id: str
    change_class: ChangeClass
    reason: str


def _table(*rules: ClassRule) -> dict[str, ClassRule]:
    return {rule.id: rule for rule in rules}


RULES = _table(
    ClassRule("unjudged", ChangeClass.UNKNOWN, "something could not be read or is not known here"),
    ClassRule("unknown-action", ChangeClass.UNKNOWN, "the plan has an action that this program does not know"),
    ClassRule("unknown-loss", ChangeClass.UNKNOWN, "destroys an object of a kind that is not known here"),
    ClassRule("data-lost", ChangeClass.IRREVERSIBLE, "destroys what no apply brings back"),
    ClassRule("one-way", ChangeClass.IRREVERSIBLE, "a setting that cannot be taken back"),
    ClassRule("force-destroy", ChangeClass.IRREVERSIBLE, "lets a later destroy take the data along"),
    ClassRule("access-gained", ChangeClass.BROADENING, "somebody may do more"),
    ClassRule("access-unread", ChangeClass.BROADENING, "touches access in a way that is not broken down here"),
    ClassRule("exposed", ChangeClass.BROADENING, "makes something visible to more workspaces or networks"),
    ClassRule("guard-lowered", ChangeClass.BROADENING, "changes or removes a setting that guards the workspace"),
    ClassRule("mask-changed", ChangeClass.BROADENING, "changes or removes what hides rows, columns or tags them"),
    ClassRule("runs-command", ChangeClass.BROADENING, "runs a command where it is applied, which no plan lists"),
    ClassRule("access-lost", ChangeClass.NARROWING, "somebody may do less"),
    ClassRule("takes-over", ChangeClass.NARROWING, "may take access away that no plan shows"),
    ClassRule("guard-raised", ChangeClass.NARROWING, "sets something that guards the workspace"),
    ClassRule("state-only", ChangeClass.NARROWING, "only the state changes: moved, imported or forgotten"),
    ClassRule("release", ChangeClass.BEHAVIOUR, "a step of a release"),
    ClassRule("runs-differently", ChangeClass.BEHAVIOUR, "something runs, serves or costs differently"),
    ClassRule("configuration", ChangeClass.CONFIGURATION, "configuration that can be put back"),
    ClassRule("output", ChangeClass.CONFIGURATION, "an output changes"),
    *(
        ClassRule(f"unlike-{found}", found, f"differs from what is done in other stacks, where it is of class {found}")
        for found in ChangeClass
        if found > ChangeClass.CONFIGURATION
    ),
)


def highest(rules: Iterable[ClassRule]) -> ChangeClass:
    """The highest class of these rules, R0 for none."""
    return max((rule.change_class for rule in rules), default=ChangeClass.NONE)
