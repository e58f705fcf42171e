"""Desired, recorded and observed must say the same before a line moves. Each way of disagreeing has a name.

OPEN        the ledger says that a move was begun, and not how it ended
UNAPPLIED   the manifest says what the ledger, or the objects, do not: it was edited, and nobody carried it out
UNRECORDED  objects and manifest agree, and the ledger does not know: it was carried out by other means
DRIFT       manifest and ledger agree, and the objects say something else: somebody was there
BACK-FILL   the manifest is one from before a way back of which Git does not know
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from shipway.errors import ShipwayError
from shipway.ledger.blobs import Blobs
from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded
from shipway.models.release import ReleaseManifest
from shipway.release.line import Line, read_manifest

__all__ = ["Disagreement", "Open", "Way", "behind", "refuse_disagreement"]


class Way(StrEnum):
    """How the three views of a line disagree."""

    OPEN = "OPEN"
    UNAPPLIED = "UNAPPLIED"
    UNRECORDED = "UNRECORDED"
    DRIFT = "DRIFT"
    BACK_FILL = "BACK-FILL"


class Disagreement(ShipwayError):
    """A line whose three views do not say the same."""

    exit_code = 4

    def __init__(self, way: Way, message: str, hint: str) -> None:
        self.way = way
        self.said = message
        super().__init__(f"{way.value}: {message}", hint)

    @classmethod
    def of_objects(cls, line: Line, found: Sequence[str], *, recorded: bool) -> Disagreement:
        """The objects do not say what the manifest does; `recorded`: the ledger says that it was carried out."""
        listed = "\n".join(f"  - {one}" for one in found)
        if recorded:
            return cls(
                Way.DRIFT,
                f"what is there is not what {line} was left with\n{listed}",
                f"see who was there: shipway drift --env {line.environment}; put it right: shipway deploy {line.stack}",
            )
        return cls(
            Way.UNAPPLIED,
            f"what is there is not what {line.file} says, and the ledger knows nothing of the line\n{listed}",
            f"bring the line to where its manifest says it stands: shipway deploy {line.stack}",
        )


class Open(Disagreement):
    """A move that was begun and not ended; the next command that changes something settles it."""

    def __init__(self, line: Line, intent: Entry) -> None:
        super().__init__(
            Way.OPEN,
            f"a {intent.move} of {line} was begun by {intent.actor} at {intent.at}, and did not end",
            "any move goes on with it or takes it back first; `shipway release status` says where it stands",
        )


def behind(line: Line, recorded: Recorded, manifest: ReleaseManifest, blobs: Blobs) -> Disagreement | None:
    """What there is to say where `manifest` is one from before a way back that Git does not know of."""
    for done in recorded.to_back_fill:
        if done.before and read_manifest(blobs.get(done.before), "the manifest before it") == manifest:
            return Disagreement(
                Way.BACK_FILL,
                f"{line.file} is from before a {done.move} that {done.actor} made at {done.at[:16]} without Git",
                f"commit what the line stands at: {blobs.folder.name}/{recorded.manifest} of its ledger",
            )
    return None


def refuse_disagreement(line: Line, desired: ReleaseManifest, recorded: Recorded, blobs: Blobs) -> None:
    """Raises Disagreement where the manifest is not what the ledger says the line was left with."""
    if not recorded.manifest:
        return
    known = read_manifest(blobs.get(recorded.manifest), "the recorded manifest")
    if known != desired:
        if (older := behind(line, recorded, desired, blobs)) is not None:
            raise older
        raise Disagreement(
            Way.UNAPPLIED,
            f"{line.file} says {said(desired)}, and the ledger {said(known)}",
            "carry out what the manifest says: shipway release apply; or take the edit back",
        )


def said(manifest: ReleaseManifest) -> str:
    """A manifest in a few words."""
    percent = f" at {manifest.percent} %" if manifest.percent else ""
    held = ", held" if manifest.hold else ""
    live, other = manifest.release(manifest.active), manifest.release(manifest.active.other)
    return (
        f"{manifest.phase.value}{percent}{held}, {manifest.active.value} live with {live.version} ({live.id}), "
        f"the other slot with {other.version} ({other.id})"
    )
