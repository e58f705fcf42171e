"""Making a plan set: all of it in a draft folder of this user's, then renamed; a killed run leaves no plan set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from shipway.errors import ShipwayError
from shipway.plan.report import Review
from shipway.planset.model import MANIFEST, PlanSet, StackPart, digest_of
from shipway.planset.saved import BadSavedPlan, read_saved

__all__ = ["HOLDS_FOR", "Origin", "PlannedStack", "keep_recent", "write_plan_set"]

HOLDS_FOR = timedelta(hours=24)
"""How long a plan set can be applied: a working day and its night; what is older was reviewed in another world."""


@dataclass(frozen=True, slots=True)
class PlannedStack:
    """A stack as it was planned."""

    stack: str
    wave: int
    changes: bool
    content: bytes
    """The saved plan."""
    effects: tuple[str, ...]
    """Fingerprints of the review of this stack alone."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and from what it was planned."""

    target: str
    commit: str
    clean: bool
    rules: str


def write_plan_set(
    folder: Path,
    planned: Sequence[PlannedStack],
    review: Review,
    reports: Mapping[str, str],
    origin: Origin,
    now: datetime,
) -> str:
    """Write the plan set to `folder`, which must not exist, and answer its digest.

    `reports` holds the review in its forms and the scan, by file name. Raises ShipwayError, and leaves nothing behind.
    """
    parts = tuple(_part(item) for item in planned)
    content = {name: text.encode() for name, text in reports.items()}
    content |= {part.plan_file: item.content for part, item in zip(parts, planned, strict=True)}
    manifest = PlanSet(
        target=origin.target,
        commit=origin.commit,
        clean=origin.clean,
        created=now.astimezone(UTC),
        expires=now.astimezone(UTC) + HOLDS_FOR,
        outcome=review.verdict.outcome.value,
        change_class=review.verdict.change_class.value,
        rules=origin.rules,
        stacks=parts,
        files={name: digest_of(data) for name, data in sorted(content.items())},
    )
    raw = manifest.as_bytes()
    _write(folder, {**content, MANIFEST: raw})
    return digest_of(raw)


def _part(item: PlannedStack) -> StackPart:
    try:
        facts = read_saved(item.content)
    except BadSavedPlan as error:
        raise ShipwayError(f"the saved plan of {item.stack}: {error}", "plan again") from error
    return StackPart(
        stack=item.stack,
        wave=item.wave,
        changes=item.changes,
        synth=facts.synth,
        lineage=facts.lineage,
        serial=facts.serial,
        effects=item.effects,
    )


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = Path(mkdtemp(prefix=".draft-", dir=folder.parent))
    except OSError as error:
        raise ShipwayError(
            f"{folder.parent}: {error.strerror or error}", "name a folder that can be written"
        ) from error
    try:
        for name, data in content.items():
            file = draft / name
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(data)
        draft.rename(folder)
    except OSError as error:
        message = f"{folder}: {error.strerror or error}"
        raise ShipwayError(message, "name a folder that is not there yet and can be written") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def keep_recent(parent: Path, now: datetime) -> None:
    """Remove plan sets that have expired, and drafts of killed runs: they hold what the states hold, secrets too."""
    for folder in parent.iterdir() if parent.is_dir() else ():
        age = now.timestamp() - folder.stat().st_mtime
        if folder.is_dir() and age > HOLDS_FOR.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)
