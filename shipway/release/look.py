"""Looking at a line: what its manifest and its ledger say, and what Terraform would do with a stack of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from shipway.deploy.begun import Begun
from shipway.deploy.runner import SavedPlan
from shipway.errors import ShipwayError
from shipway.ledger.blobs import digest_of
from shipway.ledger.entry import Entry, head_of
from shipway.ledger.fold import Recorded, fold
from shipway.models.release import ReleaseManifest
from shipway.plan.model import Plan
from shipway.plan.read import read_plan
from shipway.plan.synth import construct_paths
from shipway.release.line import Line, Ports, read_manifest

__all__ = ["Seen", "begin_plan", "look", "plan_json", "plan_stack", "put_stack", "synth_of"]

_STACK = "cdk.tf.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands: the manifest in the project, and what the ledger adds up to."""

    found: bytes
    """The manifest's file as it is; for a way back it may be anything."""
    content: bytes
    """The manifest that counts: the file's, or for a way back the one that the ledger says the line was left with."""
    manifest: ReleaseManifest
    entries: tuple[Entry, ...]
    """Of this use case."""
    recorded: Recorded

    @property
    def head(self) -> str:
        """Up to where the ledger was read."""
        return head_of(self.entries)


def look(line: Line, ports: Ports, *, backwards: bool = False) -> Seen:
    """What stands now; raises ShipwayError.

    Who goes `backwards` starts from where the ledger says that the line stands: an edit of the file, or what is left of
    the file, must not stand in the way.
    """
    entries = ports.ledger.entries(line.use_case)
    recorded = fold(entries, line.key)
    try:
        found = line.manifest.read_bytes()
    except OSError as error:
        if not (backwards and recorded.manifest):
            hint = "name a use case that has a manifest there"
            raise ShipwayError(f"{line.file}: {error.strerror}", hint) from error
        found = b""
    content = ports.ledger.blobs.get(recorded.manifest) if backwards and recorded.manifest else found
    return Seen(found, content, read_manifest(content, line.file), entries, recorded)


def synth_of(ports: Ports, seen: Seen) -> bytes | None:
    """The stack of the manifest in place as the last move left it, where it would be synthesized the same today."""
    last, inputs = seen.recorded.last, ports.inputs()
    if last is None or last.after != digest_of(seen.content) or not inputs or last.details.get("inputs") != inputs:
        return None
    digest = last.details.get("synth_after")
    return ports.ledger.blobs.get(digest) if isinstance(digest, str) else None


def put_stack(line: Line, synth: bytes) -> None:
    """Lay a synthesized stack where Terraform works on the line; what lies there already is not touched."""
    stack = line.folder / _STACK
    if not stack.is_file() or stack.read_bytes() != synth:
        line.folder.mkdir(parents=True, exist_ok=True)
        stack.write_bytes(synth)


def begin_plan(line: Line, ports: Ports, synth: bytes) -> Ports:
    """The same outside, with the plan of this stack on its way: planning changes nothing."""
    ready = (line.folder / _STACK).is_file()
    put_stack(line, synth)
    return replace(ports, terraform=Begun(ports.terraform, line.folder, _plan_file(line, ports), ready=ready))


def plan_stack(line: Line, ports: Ports, synth: bytes) -> tuple[SavedPlan, Plan]:
    """Plan one synthesized stack where nothing else is planned; raises ShipwayError."""
    saved, raw = plan_json(line, ports, synth)
    return saved, read_plan(raw, line.stack, construct_paths(line.folder))


def plan_json(line: Line, ports: Ports, synth: bytes) -> tuple[SavedPlan, bytes]:
    """The same, with the plan as Terraform prints it."""
    ready = (line.folder / _STACK).is_file()
    put_stack(line, synth)
    saved = ports.terraform.plan(line.folder, _plan_file(line, ports), ready=ready)
    return saved, ports.terraform.show(line.folder, saved.file)


def _plan_file(line: Line, ports: Ports) -> Path:
    return ports.plans / f"{line.stack}.tfplan"
