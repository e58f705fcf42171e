"""What documents say about a plan: whether its stack is protected, which waivers speak for it, where to write one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shipway.errors import Position
from shipway.models.load import Documents
from shipway.models.origins import Origins
from shipway.models.protection import LIFTED_BY
from shipway.models.waivers import PlacedWaiver
from shipway.scan.sources import placed_waivers

__all__ = ["Ground", "bare_ground", "ground_of"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a judgement of plans stands on."""

    today: date
    protected: Callable[[str], bool]
    """Whether a stack is of a protected environment."""
    waivers: Callable[[str], Sequence[PlacedWaiver]]
    """The waivers that speak for a stack."""
    find: Callable[[str], Position | None]
    """Where a construct path comes from."""
    document: Callable[[str], str]
    """The document in which a waiver for a stack has to stand; empty where there is no project."""


def bare_ground(today: date) -> Ground:
    """No documents: everything is protected and nothing is waived, as for the plan of somebody else's Terraform."""
    return Ground(today, lambda _: True, lambda _: (), lambda _: None, lambda _: "")


def ground_of(documents: Documents, today: date) -> Ground:
    """What these documents say, also of stacks that they declare no more."""
    placed = placed_waivers(documents)
    stacks = _Stacks(documents)

    def waivers(stack: str) -> Sequence[PlacedWaiver]:
        if stack in stacks.declared:
            return [item for item in placed if stack in item.stacks]
        # Its own document is gone; what is left of it is for the environment to say, or for the account.
        inherited = [item for item in placed if item.at.file == stacks.document(stack)]
        lifting = [item for item in inherited if item.waiver.rule == LIFTED_BY]
        return [replace(item, scopes=frozenset({stack})) for item in lifting]

    return Ground(today, stacks.protected, waivers, Origins(documents).find, stacks.document)


class _Stacks:
    """Which document speaks for a stack."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._lines = {f"{environment}-{use_case}": use_case for environment, use_case in documents.releases}
        zones = {f"{environment}-landing-zone" for environment in documents.environments}
        self._adopted = {f"{environment}-adopted": found for environment, found in documents.adopted.items()}
        self.declared = frozenset({"account", *zones, *self._lines, *self._adopted})

    def protected(self, stack: str) -> bool:
        if stack in self._adopted:
            # Whatever the environment says: nobody can make again what was there before us.
            return True
        environment = self._environment(stack)
        # The account, and what was left behind by an environment that nobody declares.
        return environment is None or self._documents.environments[environment].model.protected

    def document(self, stack: str) -> str:
        if stack in self._lines:
            return self._documents.bundles[self._lines[stack]].file
        if stack in self._adopted:
            return self._adopted[stack].file
        environment = self._environment(stack)
        return (self._documents.environments[environment] if environment else self._documents.account).file

    def _environment(self, stack: str) -> str | None:
        found = [name for name in self._documents.environments if stack.startswith(f"{name}-")]
        return max(found, key=len, default=None)
