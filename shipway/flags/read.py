"""What code in a job or an agent asks: is this component in service, is this feature on for this key.

    flags = open_flags(parameters.values["flags"], "claims-triage")
    if flags.alive("route"):
        ...                      # the component; else the path without it
    if flags.on("short-prompt", key=claim_id):
        ...                      # the new way; else the one that is proven

`False` is always the safe path. It is the answer where the file is missing, torn, another line's, or has been out of
reach for too long; asking never raises. A change is seen when the answer in hand is older than `ttl`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shipway.flags.file import EVERYTHING, FlagsFile, NotWhole, is_name, parse
from shipway.flags.store import FileStore, FlagStore, Unreachable
from shipway.pointer.cohorts import BadKey, Key, in_cohort
from shipway.runtime.place import sandbox

__all__ = ["Answer", "Flags", "Why", "feature_salt", "open_flags"]


class Why(StrEnum):
    """What an answer rests on. All below the first two are the safe path for want of better knowledge."""

    SET = "set"
    """The file says so."""
    SHARE = "share"
    """The file says so for the share that this key is in, or out of."""
    KILLED = "killed"
    UNKNOWN = "unknown"
    """The file knows of no such feature, or nothing can be called so."""
    NO_KEY = "no-key"
    """The feature is on for a share of the keys, and this is none."""
    MISSING = "missing"
    NOT_WHOLE = "not-whole"
    STALE = "stale"
    """The file has been out of reach for too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether to take the path that the flag guards, and why; `detail` is for logs."""

    on: bool
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the last look at the file brought."""

    at: float
    seen: float
    """When the file was last read; `at` is when it was last tried."""
    found: FlagsFile | Answer
    """The file, or the answer to everything where there is none to ask."""


def open_flags(path: str, use_case: str, release: str = "") -> Flags:
    """The flags in the file that jobs are told of, `/Volumes/...`; on a laptop that is in the sandbox's folder.

    `release`: whose code asks. Where that release is killed, all its components are.
    """
    folder = sandbox()
    file = Path(path) if folder is None else folder / "volumes" / path.removeprefix("/Volumes/")
    return Flags(FileStore(file), use_case, release=release)


def feature_salt(use_case: str, feature: str) -> str:
    """The salt of the keys that a feature is on for: each feature has keys of its own, the same in all environments."""
    return f"{use_case}/{feature}"


class Flags:
    """The flags of one use case, where this code runs."""

    def __init__(
        self,
        store: FlagStore,
        use_case: str,
        *,
        release: str = "",
        ttl: float = 30.0,
        stale_after: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ttl`: seconds until the file is read again. `stale_after`: for how many its last content holds unread."""
        self._store = store
        self._use_case = use_case
        self._release = release
        self._ttl = ttl
        self._stale_after = stale_after
        self._clock = clock
        # One value, replaced as a whole: threads may look twice, and never see half of a look.
        self._look: _Look | None = None

    def alive(self, component: str) -> bool:
        """Whether `component` is in service."""
        return self.component(component).on

    def on(self, feature: str, key: Key = None) -> bool:
        """Whether `feature` is on for `key`: a key that has it keeps it while the share grows."""
        return self.feature(feature, key).on

    def component(self, component: str) -> Answer:
        """As `alive`, with the reason."""
        file = self._now()
        if isinstance(file, Answer):
            return file
        if not is_name(component):
            return Answer(False, Why.UNKNOWN, f"{component!r:.80} is no name of a component")
        for name in (EVERYTHING, component, self._release):
            if killed := _killed(file, name):
                return killed
        return Answer(True, Why.SET)

    def feature(self, feature: str, key: Key = None) -> Answer:
        """As `on`, with the reason. A feature follows its use case: with everything killed, it is off."""
        file = self._now()
        if isinstance(file, Answer):
            return file
        if killed := _killed(file, EVERYTHING):
            return killed
        found = file.features.get(feature)
        if found is None:
            return Answer(False, Why.UNKNOWN, f"{feature!r:.80} is not in the flags file")
        if found.percent in (0, 100):
            return Answer(found.percent == 100, Why.SET)
        return self._for_key(feature, key, found.percent)

    def _for_key(self, feature: str, key: Key, percent: int) -> Answer:
        try:
            inside = in_cohort(feature_salt(self._use_case, feature), key, percent)
        except BadKey as error:
            return Answer(False, Why.NO_KEY, error.message)
        return Answer(inside, Why.NO_KEY if key is None else Why.SHARE, f"{percent} %")

    def _now(self) -> FlagsFile | Answer:
        now, look = self._clock(), self._look
        # Below zero: a clock that went back, which is no reason to believe an old answer for longer.
        if look is None or not 0 <= now - look.at < self._ttl:
            look = self._look = self._again(now, look)
        return look.found

    def _again(self, now: float, before: _Look | None) -> _Look:
        try:
            raw = self._store.read()
        except Unreachable as error:
            return self._unread(now, before, error.message)
        return _Look(now, now, self._read(raw))

    def _read(self, raw: bytes | None) -> FlagsFile | Answer:
        if raw is None:
            return Answer(False, Why.MISSING, f"there is no {self._store.name}")
        try:
            file = parse(raw)
        except NotWhole as error:
            return Answer(False, Why.NOT_WHOLE, error.message)
        if file.use_case != self._use_case:
            return Answer(False, Why.NOT_WHOLE, f"the flags of {file.use_case!r}, wanted those of {self._use_case!r}")
        return file

    def _unread(self, now: float, before: _Look | None, message: str) -> _Look:
        """What was read before holds for a while: that a volume does not answer says nothing of what is in it."""
        if before is not None and 0 <= now - before.seen < self._stale_after:
            return _Look(now, before.seen, before.found)
        return _Look(now, before.seen if before else now - self._stale_after, Answer(False, Why.STALE, message))


def _killed(file: FlagsFile, component: str) -> Answer | None:
    found = file.killed.get(component)
    return Answer(False, Why.KILLED, f"{found.who}, {found.at}: {found.reason}") if found else None
