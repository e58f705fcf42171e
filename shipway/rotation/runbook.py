"""The runbook of a scope: for each key obtain, try, write, verify, revoke, and how it goes on after a kill.

Nothing is read back but the time of the last write, so who rotates needs WRITE and never sees an old value. Until the
write is written down a new start takes a new value: the one that was in memory is gone. From then on it is not written
again: what is left is to verify and to revoke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from shipway.errors import ShipwayError
from shipway.rotation.declared import DeclaredSecret
from shipway.rotation.record import ABANDONED, BEGUN, DONE, ENDED, FAILED, INTENT, Event, History, Journal, OpenRotation
from shipway.rotation.seams import Hooks, Occasion, SecretStore, SecretValue

__all__ = ["Rotation", "Step", "explain", "steps_of"]


class Step(StrEnum):
    """What is done for one key, in this order."""

    OBTAIN = "obtain"
    TRY = "try"
    WRITE = "write"
    VERIFY = "verify"
    REVOKE = "revoke"


_SAYS = {
    Step.OBTAIN: "get a new value, into memory only",
    Step.TRY: "try it, before anybody gets it",
    Step.WRITE: "write it through the API, if nobody else has written since this began",
    Step.VERIFY: "see that those who use it still work",
    Step.REVOKE: "take the old value out of service",
}


def steps_of(hooks: Hooks) -> tuple[Step, ...]:
    """The steps that there is something to do for."""
    return tuple(step for step in Step if step in (Step.OBTAIN, Step.WRITE) or step in hooks.steps)


def explain(secrets: Sequence[DeclaredSecret], steps: Sequence[Step]) -> Iterator[str]:
    """What `Rotation.carry_out` does, in lines."""
    for secret in secrets:
        yield f"{secret.key} in {secret.scope}:"
        for number, step in enumerate(steps, 1):
            yield f"  {number}. {step}: {_SAYS[step]}"


@dataclass(frozen=True)
class Rotation:
    """The runbook with all that it needs; `now` is UTC in ISO 8601, `new_id` a name never used before."""

    store: SecretStore
    journal: Journal
    hooks: Hooks
    now: Callable[[], str]
    new_id: Callable[[], str]
    by: str
    tell: Callable[[str], None]
    """Says to people what is being done."""

    def carry_out(self, secrets: Sequence[DeclaredSecret]) -> None:
        """Rotate these secrets of one scope, or go on with the rotation of it that is open; raises ShipwayError."""
        first = secrets[0]
        rotation = self._open(first)
        if rotation is None:
            rotation = self._begin(secrets)
        else:
            self._may_go_on(rotation, secrets)
            self.tell(f"going on with rotation {rotation.id}, begun {rotation.began.at}")
        for key in rotation.remaining:
            secret = next((one for one in secrets if one.key == key), None)
            if secret is not None:
                self._rotate(rotation, secret)

    def abandon(self, secrets: Sequence[DeclaredSecret]) -> str:
        """Give up the open rotation of the scope; the answer is its name, or nothing where there is none."""
        rotation = self._open(secrets[0])
        if rotation is None:
            return ""
        self.journal.append(self._event(rotation.began, ABANDONED))
        return rotation.id

    def _open(self, secret: DeclaredSecret) -> OpenRotation | None:
        history = History(self.journal.events())
        return history.open(secret.environment, secret.use_case, self.store.name)

    def _begin(self, secrets: Sequence[DeclaredSecret]) -> OpenRotation:
        first = secrets[0]
        stamps = self._stamps(first.scope)
        began = Event(
            event=BEGUN,
            rotation=self.new_id(),
            environment=first.environment,
            use_case=first.use_case,
            at=self.now(),
            by=self.by,
            store=self.store.name,
            keys={secret.key: stamps.get(secret.key, 0) for secret in secrets},
            steps=steps_of(self.hooks),
        )
        self.journal.append(began)
        return OpenRotation(began.rotation, began, (began,))

    def _may_go_on(self, rotation: OpenRotation, secrets: Sequence[DeclaredSecret]) -> None:
        """Refuse to go on where that would do something else than what was begun."""
        what = f"rotation {rotation.id} of {', '.join(rotation.remaining)}, begun {rotation.began.at}, is not through"
        hint = "go on with it, or give it up with --abandon"
        if not {secret.key for secret in secrets} & set(rotation.remaining):
            raise ShipwayError(what, hint)
        if rotation.began.steps != steps_of(self.hooks):
            wanted = ", ".join(rotation.began.steps)
            raise ShipwayError(f"{what}: its steps are {wanted}", f"give the options of those steps, or {hint}")

    def _rotate(self, rotation: OpenRotation, secret: DeclaredSecret) -> None:
        occasion = Occasion(rotation.id, secret.environment, secret.scope, secret.key)
        if not rotation.did(secret.key, Step.WRITE):
            self._write(rotation, occasion)
        else:
            self.tell(f"{secret.key}: was written before")
        for step, hook in ((Step.VERIFY, self.hooks.verify), (Step.REVOKE, self.hooks.revoke)):
            if step in rotation.began.steps and not rotation.did(secret.key, step):
                self._do(rotation, secret.key, step, partial(hook, occasion))
        self.journal.append(self._event(rotation.began, ENDED, secret.key))

    def _write(self, rotation: OpenRotation, occasion: Occasion) -> None:
        key = occasion.key
        self._check_untouched(rotation, occasion)
        value = self._obtained(rotation, occasion)
        if Step.TRY in rotation.began.steps:
            self._do(rotation, key, Step.TRY, lambda: self.hooks.try_out(occasion, value))
        before = self._check_untouched(rotation, occasion)

        def put() -> int:
            self.store.put(occasion.scope, key, value)
            stamp = self._stamps(occasion.scope).get(key, 0)
            if stamp == before:
                raise ShipwayError(f"{self.store.name} took the value of {key} and does not date it anew")
            return stamp

        self._do(rotation, key, Step.WRITE, put)

    def _obtained(self, rotation: OpenRotation, occasion: Occasion) -> SecretValue:
        values: list[SecretValue] = []
        self._do(rotation, occasion.key, Step.OBTAIN, lambda: values.append(self.hooks.obtain(occasion)))
        return values[0]

    def _check_untouched(self, rotation: OpenRotation, occasion: Occasion) -> int:
        """When the key was last written; raises ShipwayError if that was after the beginning, by somebody else."""
        stamp = self._stamps(occasion.scope).get(occasion.key, 0)
        # A kill between our own write and its line leaves exactly the intent: then it was us, or cannot be told.
        ours = rotation.did(occasion.key, Step.WRITE, INTENT)
        if stamp != rotation.began.keys[occasion.key] and not ours:
            raise ShipwayError(
                f"somebody wrote {occasion.key} in {occasion.scope} since this rotation began; it was left as it is",
                "if that was the rotation, give this one up with --abandon",
            )
        return stamp

    def _stamps(self, scope: str) -> dict[str, int]:
        stamps = self.store.updated(scope)
        if stamps is None:
            raise ShipwayError(
                f"{self.store.name} has no secret scope {scope!r}", "deploy the environment's landing zone first"
            )
        return dict(stamps)

    def _do(self, rotation: OpenRotation, key: str, step: Step, act: Callable[[], int | None]) -> None:
        """One step, with its intent before and its outcome after."""
        self.tell(f"{key}: {step}")
        self.journal.append(self._event(rotation.began, INTENT, key, step))
        try:
            stamp = act()
        except ShipwayError:
            self.journal.append(self._event(rotation.began, FAILED, key, step))
            self.tell(f"{key}: {step} failed; the same command goes on from here, --abandon gives the rotation up")
            raise
        self.journal.append(self._event(rotation.began, DONE, key, step, stamp or 0))

    def _event(self, began: Event, event: str, key: str = "", step: str = "", stamp: int = 0) -> Event:
        return Event(
            event=event,
            rotation=began.rotation,
            environment=began.environment,
            use_case=began.use_case,
            at=self.now(),
            by=self.by,
            store=began.store,
            key=key,
            step=step,
            stamp=stamp,
        )
