"""Which release answers a turn of a conversation: what an agent's code asks before it loads a prompt.

    pointer = AgentPointer.at("/Volumes/claims_prod/triage/claims_letters_releases", "claims-letters")
    turn = pointer.turn(key=user_id, began=conversation.release)
    conversation.release = turn.content.release      # kept with the conversation

The pointer file is read again when what is in hand is older than `ttl`. A user stays in or out of a canary by a keyed
hash. A running conversation stays with the release that it began with for as long as that release works: a prompt that
changes between two answers contradicts itself. A kill ends that at once, for the candidate or for the whole agent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from shipway.errors import ShipwayError
from shipway.flags.file import FLAGS_FILE
from shipway.flags.read import Answer, Flags
from shipway.flags.store import FileStore, Unreachable
from shipway.models.slot import Slot
from shipway.pointer.cohorts import BadKey, Key
from shipway.pointer.file_form import AgentFile, SlotContent, parse
from shipway.pointer.pointer import BadPointer
from shipway.runtime.place import sandbox

__all__ = ["AGENT", "CANDIDATE", "AgentPointer", "OutOfService", "Source", "Turn", "Why"]

AGENT = "agent"
"""The component that is the whole agent: `shipway release kill` of it, and nobody is answered."""

CANDIDATE = "candidate"
"""The component that is the candidate: out of service, and the active release answers everybody."""

_SHORTEST, _LONGEST = 30.0, 60.0


class OutOfService(ShipwayError):
    """The agent must not answer: it was killed, or nobody can say which release it is."""


class Why(StrEnum):
    """Why this release answers."""

    ACTIVE = "active"
    CANARY = "canary"
    """The key is in the candidate's share."""
    BEGUN = "begun"
    """The conversation began with it."""
    MOVED = "moved"
    """What the conversation began with does not answer any more; this does."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What answers one turn of a conversation."""

    slot: Slot
    content: SlotContent
    why: Why
    shadow: SlotContent | None = None
    """The other slot's release, where it gets a copy of the question: its tools must do nothing."""


class Source(Protocol):
    """Where the pointer file is."""

    @property
    def name(self) -> str:
        """For people."""

    def read(self) -> bytes | None:
        """Its content, None where there is none; raises Unreachable."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the last look at the file brought."""

    at: float
    seen: float
    """When it was last read well; `at` is when it was last tried."""
    file: AgentFile


class AgentPointer:
    """The pointer of one agent, where its code runs."""

    def __init__(
        self,
        source: Source,
        flags: Flags,
        *,
        ttl: float = 45.0,
        stale_after: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ttl`: seconds until the file is read again, 30 to 60. `stale_after`: for how many what was read holds."""
        if not _SHORTEST <= ttl <= _LONGEST:
            raise ValueError(f"ttl: got {ttl}, wanted {_SHORTEST:.0f} to {_LONGEST:.0f} seconds")
        self._source, self._flags, self._clock = source, flags, clock
        self._ttl, self._stale_after = ttl, stale_after
        # One value, replaced as a whole: threads may look twice, and never see half of a look.
        self._look: _Look | None = None

    @classmethod
    def at(cls, volume: str, use_case: str) -> AgentPointer:
        """The pointer and the flags in a volume: `/Volumes/...`, on a laptop the sandbox's copy of it."""
        folder, home = Path(volume), sandbox()
        if home is not None:
            folder = home / "volumes" / folder.relative_to("/Volumes")
        return cls(FileStore(folder / "pointer.json"), Flags(FileStore(folder / FLAGS_FILE), use_case))

    def turn(self, key: Key = None, began: str | None = None) -> Turn:
        """What answers now: `key` is the user's or the conversation's, `began` the release that it began with.

        Raises OutOfService.
        """
        alive = self._flags.component(AGENT)
        if not alive.on:
            raise OutOfService(_said("the agent", alive), "answer without it, or hand over to a person")
        file = self._now()
        # The watcher takes a release out by its id, so that the next candidate is in service.
        active, other = (file.content(one).release for one in _both(file))
        live = self._flags.component(active)
        if not live.on:
            raise OutOfService(
                _said(f"the active release {active}", live), "answer without it, or hand over to a person"
            )
        candidate_works = self._flags.alive(CANDIDATE) and self._flags.alive(other)
        slot, why = _slot(file, key, began, candidate_works=candidate_works)
        shadow = file.content(slot.other) if file.shadow and candidate_works else None
        return Turn(slot, file.content(slot), why, shadow)

    def _now(self) -> AgentFile:
        now, look = self._clock(), self._look
        # Below zero: a clock that went back, which is no reason to believe an old file for longer.
        if look is None or not 0 <= now - look.at < self._ttl:
            look = self._look = self._again(now, look)
        return look.file

    def _again(self, now: float, before: _Look | None) -> _Look:
        try:
            raw = self._source.read()
            if raw is None:
                raise Unreachable(f"there is no {self._source.name}")
            return _Look(now, now, parse(raw.decode()))
        except (Unreachable, BadPointer) as error:
            return self._unread(now, before, error.message)
        except UnicodeDecodeError as error:
            return self._unread(now, before, f"{self._source.name} is no text: {error.reason}")

    def _unread(self, now: float, before: _Look | None, message: str) -> _Look:
        """What was read before holds for a while: that a volume does not answer says nothing of what is in it."""
        if before is not None and 0 <= now - before.seen < self._stale_after:
            return _Look(now, before.seen, before.file)
        raise OutOfService(f"nobody can say which release answers: {message}", "see to the volume; then ask again")


def _slot(file: AgentFile, key: Key, began: str | None, *, candidate_works: bool) -> tuple[Slot, Why]:
    active = Slot(file.pointer.active)
    works = [active, active.other] if candidate_works and (file.shadow or file.pointer.candidate) else [active]
    if began is not None:
        kept = next((slot for slot in works if file.content(slot).release == began), None)
        if kept is not None:
            return kept, Why.BEGUN
    slot = _of_cohort(file, key) if candidate_works else active
    if began is not None:
        return slot, Why.MOVED
    return slot, Why.ACTIVE if slot is active else Why.CANARY


def _both(file: AgentFile) -> tuple[Slot, Slot]:
    """The active slot, and the other."""
    active = Slot(file.pointer.active)
    return active, active.other


def _of_cohort(file: AgentFile, key: Key) -> Slot:
    try:
        return file.slot_for(key)
    except BadKey:
        # What cannot tell one user from another puts nobody into a canary.
        return Slot(file.pointer.active)


def _said(what: str, answer: Answer) -> str:
    return f"{what} is out of service: {answer.why.value}" + (f", {answer.detail}" if answer.detail else "")
