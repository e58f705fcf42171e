"""Changing flags: by compare-and-swap, so that two writers both get what they asked for, and with a record.

A kill takes effect when the file is in place, and within the readers' `ttl` everywhere. It is written without Git and
Terraform; the record says until when Git has to know of it. Whoever calls writes the returned change into the ledger.
A kill never brings anything back: where the file cannot be believed, everything was on the safe path, and stays there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shipway.errors import ShipwayError
from shipway.flags.file import (
    EVERYTHING,
    LARGEST,
    Change,
    Feature,
    FlagsFile,
    Killed,
    Line,
    NotWhole,
    What,
    is_name,
    parse,
    render,
    shown,
)
from shipway.flags.store import FlagStore

__all__ = ["BACK_FILL_WITHIN", "begin", "kill", "look", "set_feature", "to_back_fill", "unkill"]

BACK_FILL_WITHIN = timedelta(hours=1)

_KEPT = 200
_ATTEMPTS = 50
"""Each time that one writer loses, another wins: that many would have to write within a second."""


def begin(store: FlagStore, line: Line, who: str, now: datetime) -> bool:
    """Write the first flags file of a line, with nothing killed; False where it has one. Raises ShipwayError.

    Until then everything of the line takes the safe path.
    """
    if store.read() is not None:
        look(store, line)
        return False
    change = _change(1, What.BEGIN, "", "the line's first flags file", who, now)
    return store.replace(render(_next(_nothing(line), change)), None) or begin(store, line, who, now)


def kill(
    store: FlagStore,
    line: Line,
    component: str,
    reason: str,
    who: str,
    now: datetime,
    *,
    known: Collection[str] | None = None,
) -> Change:
    """Take `component`, or EVERYTHING, out of service; returns what was recorded. Raises ShipwayError.

    `known`: the components of the use case. A kill of a name that no code asks for would do nothing, and look well.
    """
    _check(component, reason, known)

    def edit(file: FlagsFile | None, raw: bytes | None) -> FlagsFile:
        # Where everything is killed anyway, the caller's reason is the one to keep.
        file = file or (_nothing(line) if component == EVERYTHING else _distrusted(line, raw, who, now))
        change = _change(file.revision + 1, What.KILL, component, reason, who, now)
        killed = Killed(reason=change.reason, who=change.who, at=change.at)
        # Who killed it first stays: that is since when it has been out.
        return _next(file, change, killed={component: killed, **file.killed})

    return _write(store, line, edit)


def unkill(store: FlagStore, line: Line, component: str, reason: str, who: str, now: datetime) -> Change:
    """Put `component` back into service; returns what was recorded. Raises ShipwayError where it is not out of it."""
    _check(component, reason, None)

    def edit(file: FlagsFile | None, raw: bytes | None) -> FlagsFile:
        file = file or _refused(store, raw)
        if component not in file.killed:
            out = ", ".join(sorted(file.killed)) or "nothing"
            raise ShipwayError(f"{component} of {line.use_case} is not killed in {line.environment}", f"killed: {out}")
        change = _change(file.revision + 1, What.UNKILL, component, reason, who, now)
        return _next(file, change, killed={name: one for name, one in file.killed.items() if name != component})

    return _write(store, line, edit)


def set_feature(
    store: FlagStore, line: Line, feature: str, percent: int, reason: str, who: str, now: datetime
) -> Change:
    """Switch `feature` on for `percent` of a hundred keys; returns what was recorded. Raises ShipwayError."""
    if not 0 <= percent <= 100:
        raise ShipwayError(f"{feature}: got {percent} percent, wanted 0 to 100")
    if feature == EVERYTHING:
        raise ShipwayError("a feature has a name; `*` is for components")
    _check(feature, reason, None)

    def edit(file: FlagsFile | None, raw: bytes | None) -> FlagsFile:
        file = file or _refused(store, raw)
        change = _change(file.revision + 1, What.FEATURE, feature, reason, who, now, percent)
        return _next(file, change, features={**file.features, feature: Feature(percent=percent)})

    return _write(store, line, edit)


def look(store: FlagStore, line: Line) -> FlagsFile | None:
    """What the flags of the line are now, None where there are none; raises ShipwayError, NotWhole among them."""
    raw = store.read()
    return None if raw is None else _whole(raw, line)


def to_back_fill(file: FlagsFile, told: Collection[str]) -> Iterable[Change]:
    """The changes that are to be back-filled but for those whose ids are in `told`."""
    return (change for change in file.changes if change.back_fill_by and change.id not in told)


def _write(store: FlagStore, line: Line, edit: Callable[[FlagsFile | None, bytes | None], FlagsFile]) -> Change:
    for _ in range(_ATTEMPTS):
        raw = store.read()
        changed = edit(_believed(raw, line), raw)
        content = render(changed)
        if len(content) > LARGEST:
            raise ShipwayError(
                f"{store.name} would be too large to be believed", "nothing was changed; kill `*` instead"
            )
        if store.replace(content, raw):
            return changed.changes[-1]
    raise ShipwayError(f"{store.name} is written by others all the time", "nothing was changed; try again")


def _believed(raw: bytes | None, line: Line) -> FlagsFile | None:
    try:
        return None if raw is None else _whole(raw, line)
    except NotWhole:
        return None


def _whole(raw: bytes, line: Line) -> FlagsFile:
    file = parse(raw)
    if file.line != line:
        # Not to be written over: it is right, in the wrong place or asked for by the wrong name.
        got, wanted = f"{file.use_case} in {file.environment}", f"{line.use_case} in {line.environment}"
        raise ShipwayError(f"the flags file is of {got}, wanted that of {wanted}")
    return file


def _distrusted(line: Line, raw: bytes | None, who: str, now: datetime) -> FlagsFile:
    """A file that says what was so without one: everything is on the safe path."""
    why = "there was no flags file" if raw is None else f"what was there is not whole: {_seen(raw)}"
    change = _change(1, What.KILL, EVERYTHING, why, who, now)
    killed = Killed(reason=change.reason, who=change.who, at=change.at)
    return _next(_nothing(line), change, killed={EVERYTHING: killed})


def _nothing(line: Line) -> FlagsFile:
    return FlagsFile(environment=line.environment, use_case=line.use_case, revision=0)


def _refused(store: FlagStore, raw: bytes | None) -> FlagsFile:
    state = "there is no flags file" if raw is None else f"the flags file is not whole ({_seen(raw)})"
    begin_it = "begin one" if raw is None else "see what it should say, kill what must stay out, then unkill `*`"
    raise ShipwayError(f"{store.name}: {state}, so everything takes the safe path", begin_it)


def _seen(raw: bytes) -> str:
    return f"{len(raw):,} bytes, SHA-256 {hashlib.sha256(raw).hexdigest()[:16]}"


def _check(name: str, reason: str, known: Collection[str] | None) -> None:
    if name != EVERYTHING and not is_name(name):
        raise ShipwayError(f"{name!r:.80} is no name: small letters, digits, - and _, at most 100")
    if known is not None and name != EVERYTHING and name not in known:
        listed = ", ".join(sorted(known))
        raise ShipwayError(f"there is no component {name}: a kill of it would do nothing", f"there are: {listed}, or *")
    if not reason.strip():
        raise ShipwayError("a change of flags has a reason", "say it in a few words: who reads it was not there")


def _change(
    revision: int, what: What, name: str, reason: str, who: str, now: datetime, percent: int | None = None
) -> Change:
    at = now.astimezone(UTC)
    return Change(
        revision=revision,
        what=what,
        name=name,
        percent=percent,
        reason=shown(reason),
        who=shown(who),
        at=at.isoformat(timespec="milliseconds"),
        back_fill_by=(at + BACK_FILL_WITHIN).isoformat(timespec="milliseconds") if what is not What.BEGIN else None,
    )


def _next(
    file: FlagsFile,
    change: Change,
    killed: Mapping[str, Killed] | None = None,
    features: Mapping[str, Feature] | None = None,
) -> FlagsFile:
    changes = (*file.changes, change)[-_KEPT:]
    return replace(
        file,
        revision=change.revision,
        changes=changes,
        killed=file.killed if killed is None else killed,
        features=file.features if features is None else features,
    )
