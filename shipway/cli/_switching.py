"""What `shipway flags` and `shipway release kill` share: whose flags, where they are, and what is written down.

The flags file comes first: a kill must not wait for its record. What the ledger then gets names the file's revision, so
that a change which the ledger does not have is seen, whatever stopped the command in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue

from shipway.cli._ledgers import actor, ledger_of
from shipway.errors import DocumentErrors, ShipwayError
from shipway.flags.change import begin, kill, look, set_feature, to_back_fill, unkill
from shipway.flags.file import EVERYTHING, Change, FlagsFile, Line, NotWhole, What
from shipway.flags.store import FileStore, FlagStore
from shipway.ledger.chain import Ledger, SomebodyWasFirst
from shipway.ledger.entry import Act, Entry, Kind, head_of
from shipway.ledger.fold import fold
from shipway.models.bundle import Bundle
from shipway.models.document import Document, validate
from shipway.models.environment import Environment
from shipway.models.names import Names
from shipway.models.release import ReleaseManifest
from shipway.models.source import Unreadable, read_source
from shipway.project import find_root
from shipway.sandbox.layout import Home

__all__ = ["Standing", "Switches", "change_json", "change_text", "minute", "open_switches"]

Model = TypeVar("Model", bound=Document)

_ACTS = {What.KILL: Act.KILL, What.UNKILL: Act.UNKILL, What.FEATURE: Act.FEATURE}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the flags of a line stand."""

    line: Line
    place: str
    file: FlagsFile | None
    distrust: str
    """Why the file is not believed; empty where it is."""
    unrecorded: tuple[Change, ...]
    """Changes that the ledger does not have."""
    owed: tuple[Entry, ...]
    """Changes that the ledger has, and Git has not."""
    now: datetime

    @property
    def needs_somebody(self) -> bool:
        """Whether it is otherwise than in a quiet week."""
        return self.file is None or bool(self.file.killed or self.unrecorded or self.owed)


@dataclass(frozen=True, slots=True)
class Switches:
    """The flags of one line, and the ledger of its environment."""

    line: Line
    store: FlagStore
    place: str
    """For people."""
    ledger: Ledger
    ledger_file: str
    """For people too."""
    components: frozenset[str] | None
    """What can be killed; None where nobody has declared it."""
    release: str
    """The id of the live release."""

    def begin(self) -> bool:
        """Write the first file; False where there is one."""
        return begin(self.store, self.line, actor(), _now())

    def kill(self, component: str, reason: str) -> Change:
        """Take a component out of service, and write it down."""
        change = kill(self.store, self.line, component, reason, actor(), _now(), known=self.components)
        return self._told(change)

    def unkill(self, component: str, reason: str) -> Change:
        """Put it back, and write that down."""
        return self._told(unkill(self.store, self.line, component, reason, actor(), _now()))

    def set_feature(self, feature: str, percent: int, reason: str) -> Change:
        """Switch a feature on for a share of the keys, and write it down."""
        return self._told(set_feature(self.store, self.line, feature, percent, reason, actor(), _now()))

    def standing(self) -> Standing:
        """How the flags stand now."""
        file, distrust = None, "there is no flags file"
        try:
            file = look(self.store, self.line)
        except NotWhole as error:
            distrust = error.message
        entries = self.ledger.entries()
        told = {_change_id(one) for one in entries if one.line == self.line}
        owed = [one for one in fold(entries, self.line).to_back_fill if one.move in _ACTS.values()]
        unrecorded = tuple(to_back_fill(file, told)) if file else ()
        return Standing(self.line, self.place, file, "" if file else distrust, unrecorded, tuple(owed), _now())

    def _told(self, change: Change) -> Change:
        """Write into the ledger what it does not have, this change and any before it that a killed command left."""
        try:
            for one in self.standing().unrecorded:
                self._append(self._entry(one))
        except (ShipwayError, OSError) as error:
            why = error.message if isinstance(error, ShipwayError) else error
            done = f"{change.what.value} {change.name} is done and in force, and not in the ledger: {why}"
            raise ShipwayError(done, "the next change of these flags writes it there; shipway flags status") from error
        return change

    def _entry(self, change: Change) -> Entry:
        details: dict[str, JsonValue] = {
            "flags_change": change.id,
            "name": change.name,
            "changed_at": change.at,
            "back_fill_by": change.back_fill_by,
        }
        return Entry(
            kind=Kind.EVENT,
            environment=self.line.environment,
            use_case=self.line.use_case,
            move=_ACTS[change.what].value,
            actor=change.who,
            release=self.release,
            reason=change.reason,
            back_fill=True,
            details=details if change.percent is None else {**details, "percent": change.percent},
        )

    def _append(self, entry: Entry) -> None:
        """After whatever is there: a change of flags stands in no other's way, and no other in its."""
        for _ in range(20):
            entries = self.ledger.entries()
            if any(one.line == entry.line and _change_id(one) == _change_id(entry) for one in entries):
                return
            try:
                self.ledger.append(entry, head_of(entries))
            except SomebodyWasFirst:
                continue
            return
        raise ShipwayError(f"{self.ledger.path} is written by others all the time", "the flags are changed; run status")


def open_switches(use_case: str, environment: str, *, live: bool) -> Switches:
    """The flags of a line of the project in this folder; raises ShipwayError where there is no such line.

    Reads the line's own documents only: in the night, another one may be broken.
    """
    root = find_root(Path.cwd())
    lines = sorted((path.parent.name, path.stem) for path in root.glob("releases/*/*.yaml"))
    if (environment, use_case) not in lines:
        listed = ", ".join(f"{name} in {place}" for place, name in lines) or "none"
        raise ShipwayError(f"there is no line {use_case} in {environment}", f"there are: {listed}")
    bundle = _document(root, Bundle, f"bundles/{use_case}/bundle.yaml")
    path = Names("", environment, use_case).flags_file(bundle.data.catalog, bundle.data.schema_)
    ledger = ledger_of(root, environment, is_live=live)
    store, place = _store(root, environment, path, live=live)
    return Switches(
        line=Line(environment, use_case),
        store=store,
        place=place,
        ledger=ledger,
        ledger_file=str(ledger.path.relative_to(root)),
        components=frozenset(bundle.job.tasks) if bundle.job else None,
        release=_live_release(root, f"releases/{environment}/{use_case}.yaml"),
    )


def _document(root: Path, model: type[Model], file: str) -> Model:
    try:
        found = validate(model, read_source(root, root / file))
    except Unreadable as error:
        raise DocumentErrors(error.problems) from error
    if isinstance(found, list):
        raise DocumentErrors(found)
    return found


def _live_release(root: Path, file: str) -> str:
    """For the record; a manifest that is being edited does not stand in a kill's way."""
    try:
        manifest = _document(root, ReleaseManifest, file)
    except DocumentErrors:
        return ""
    return manifest.release(manifest.active).id


def change_text(switches: Switches, change: Change) -> str:
    """What was done, and what is left to do."""
    what = "everything" if change.name == EVERYTHING else change.name
    done = f"{what} of {switches.line.use_case} in {switches.line.environment} is "
    done += "out of service" if change.what is What.KILL else "back in service"
    file = switches.standing().file
    others = sorted(set(file.killed) - {change.name}) if file else []
    rest = [f"Out of service too: {', '.join(others).replace(EVERYTHING, 'everything')}."] if others else []
    known = f"Recorded in {switches.ledger_file}; Git has to know by {minute(change.back_fill_by)}."
    return "\n".join([f"{done}, for code that looks at its flags from now on.", *rest, known])


def minute(instant: str | None) -> str:
    """An instant of a flags file for people."""
    return f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M} UTC" if instant else "never"


def change_json(change: Change) -> dict[str, object]:
    """The same for a machine."""
    return {
        "revision": change.revision,
        "what": change.what.value,
        "name": change.name,
        "reason": change.reason,
        "who": change.who,
        "at": change.at,
        "back_fill_by": change.back_fill_by,
    }


def _store(root: Path, environment: str, path: str, *, live: bool) -> tuple[FlagStore, str]:
    if live:
        from shipway.outside.flags import connect

        host, _ = _document(root, Environment, f"environments/{environment}.yaml").workspace.place
        return connect(host, path), path
    file = Home(root).volumes / path.removeprefix("/Volumes/")
    return FileStore(file), str(file.relative_to(root))


def _change_id(entry: Entry) -> str:
    return str(entry.details.get("flags_change"))


def _now() -> datetime:
    return datetime.now(UTC)
