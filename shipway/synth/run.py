"""The steps of `shipway synth`: find what changed, synthesize it, put it in place.

Nothing in the output folder is touched before every changed stack was synthesized; then each file is replaced in one
step. A process killed in between leaves whole files, and the next run mends the rest.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from shipway.errors import ShipwayError
from shipway.synth.fingerprint import code_digest, documents_digest, file_stamp
from shipway.synth.inputs import Order
from shipway.synth.record import Entry, Record

if TYPE_CHECKING:
    from shipway.models.deployment import Stack
    from shipway.models.load import Documents

__all__ = ["Apps", "StartApps", "SynthResult", "synthesize"]


class Apps(Protocol):
    """Running apps, one of them started already; `shipway.outside.app` has the real ones."""

    def run(self, orders: Sequence[Order]) -> None:
        """Carry out all orders side by side; raises ToolFailed."""


StartApps = Callable[[Path, Path], AbstractContextManager[Apps]]
"""Starts the apps of the project (first argument), with a folder for their scratch."""


@dataclass(frozen=True, slots=True)
class SynthResult:
    """What a run of synth did."""

    out: Path
    synthesized: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    """Environments whose workspace is not made yet, and whose stacks are therefore left out."""

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "schema": "shipway/synth/v1",
            "out": str(self.out),
            "synthesized": list(self.synthesized),
            "unchanged": list(self.unchanged),
            "removed": list(self.removed),
            "waiting": list(self.waiting),
        }


def synthesize(root: Path, out: Path, start_apps: StartApps, *, cache: bool = True, processes: int = 0) -> SynthResult:
    """Bring `out` up to date with the documents of the project at `root`.

    `cache=False` synthesizes everything; `processes` is how many apps run side by side (0: one per core).
    Raises DocumentErrors, or ToolFailed where the app fails; `out` is then as it was.
    """
    code, documents = code_digest(root), documents_digest(root)
    inputs = f"{code}{documents}"
    file = Record.file(root, out)
    with _only_one(root):
        record = Record.read(file) if cache else Record()
        if record.unchanged(out, inputs):
            return SynthResult(out, (), tuple(record.stacks), (), tuple(record.waiting))
        made = _made_before(out)
        # Something has changed. The app starts while it is found out what: starting it takes as long.
        with _scratch(root) as scratch, start_apps(root, scratch) as apps:
            found = _find(root, out, record, code)
            fresh = _run(scratch, found.changed, apps, processes or os.cpu_count() or 1)
            removed = _put_in_place(out, fresh, set(found.keys), made)
        _write_record(file, out, record, found, fresh, inputs)
    names = {stack.name for stack in found.changed}
    unchanged = tuple(name for name in found.keys if name not in names)
    return SynthResult(out, tuple(sorted(names)), unchanged, removed, found.waiting)


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Two runs at once on one project wait for each other."""
    (root / ".shipway").mkdir(exist_ok=True)
    with (root / ".shipway" / "synth.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder for this run alone; what killed runs left is removed, which is safe under the lock."""
    shutil.rmtree(root / ".shipway" / "synth", ignore_errors=True)
    folder = root / ".shipway" / "synth" / str(os.getpid())
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(root / ".shipway" / "synth", ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is declared: the key of every stack, what lines are resolved from, and the stacks that have to be made."""

    keys: dict[str, str]
    inputs: dict[str, str]
    changed: list[Stack]
    waiting: tuple[str, ...]


def _find(root: Path, out: Path, record: Record, code: str) -> _Found:
    from shipway.models.load import load
    from shipway.models.resolve import resolve

    documents = load(root, root / ".shipway" / "cache" / "documents.json")
    inputs = _line_inputs(documents, code)
    settled = record.settled(out, inputs)
    deployment = resolve(documents, settled)
    stacks = deployment.stacks
    keys = {stack.name: f"{code[:32]}{stack.digest}" for stack in stacks}
    changed = [stack for stack in stacks if not record.holds(out, stack.name, keys[stack.name])]
    keys |= {name: record.stacks[name].key for name in sorted(settled)}
    return _Found(keys, inputs, changed, deployment.waiting)


def _line_inputs(documents: Documents, code: str) -> dict[str, str]:
    """By line, the digest of the four documents that it is resolved from, and of the code."""
    found = {}
    for (environment, use_case), release in documents.releases.items():
        sources = (documents.account, documents.environments.get(environment), documents.bundles.get(use_case), release)
        digests = "".join(source.digest for source in sources if source is not None)
        found[f"{environment}-{use_case}"] = hashlib.sha256(f"{code}{digests}".encode()).hexdigest()
    return found


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A stack that was just synthesized, still in scratch."""

    file: Path
    manifest: dict[str, Any]


def _run(scratch: Path, stacks: list[Stack], apps: Apps, processes: int) -> dict[str, _Fresh]:
    from shipway.models.deployment import Deployment

    # Starting Node costs what some two hundred resources cost: a second process pays from there on.
    shards = max(1, min(processes, len(stacks) // 30))
    orders = [Order(scratch / f"{index}.json", scratch / f"out{index}") for index in range(shards if stacks else 0)]
    for index, order in enumerate(orders):
        part = Deployment.model_construct(stacks=tuple(stacks[index::shards]))
        order.deployment.write_text(part.model_dump_json())
    if orders:
        apps.run(orders)
    fresh: dict[str, _Fresh] = {}
    for order in orders:
        for name, entry in json.loads((order.out / "manifest.json").read_bytes())["stacks"].items():
            fresh[name] = _Fresh(order.out / entry["synthesizedStackPath"], entry)
    return fresh


def _put_in_place(out: Path, fresh: dict[str, _Fresh], wanted: set[str], made: set[str]) -> tuple[str, ...]:
    for name, stack in fresh.items():
        target = out / "stacks" / name / "cdk.tf.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(stack.file, target)
    stacks = out / "stacks"
    # Only what an earlier run made: whatever else stands there is somebody's.
    gone = sorted(name for name in made if name not in wanted and (stacks / name).is_dir())
    for name in gone:
        shutil.rmtree(stacks / name)
    return tuple(gone)


def _made_before(out: Path) -> set[str]:
    """The stacks of the manifest that stands in `out`; raises ShipwayError where the folder is somebody else's."""
    try:
        stacks = json.loads((out / "manifest.json").read_bytes())["stacks"]
        return {name for name in stacks if Path(name).name == name}
    except FileNotFoundError:
        # `stacks` alone is what a first run that was killed leaves.
        if out.is_dir() and any(path.name != "stacks" for path in out.iterdir()):
            raise ShipwayError(f"{out} holds things that synth did not make", "name an empty folder") from None
        return set()
    except (ValueError, KeyError, TypeError) as error:
        raise ShipwayError(f"{out / 'manifest.json'} is no manifest of cdktf: {error}", "delete it") from error


def _replace(source: Path, target: Path) -> None:
    """Put a file in place in one step, from another file system too."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(source, draft)
        draft.replace(target)


def _write_record(file: Path, out: Path, old: Record, found: _Found, fresh: dict[str, _Fresh], inputs: str) -> None:
    entries = {}
    for name, key in found.keys.items():
        manifest = fresh[name].manifest if name in fresh else old.stacks[name].manifest
        stamp = file_stamp(out / "stacks" / name / "cdk.tf.json")
        entries[name] = Entry(key, stamp, manifest, found.inputs.get(name, ""))
    version = _write_manifest(out, {name: entry.manifest for name, entry in entries.items()})
    Record(inputs, version, entries, list(found.waiting)).write(file)


def _write_manifest(out: Path, stacks: dict[str, dict[str, Any]]) -> list[int]:
    """manifest.json as cdktf writes it: keys sorted, an empty list over two lines."""
    draft = out / "manifest.json.draft"
    text = json.dumps({"stacks": stacks, "version": "0.21.0"}, indent=2, sort_keys=True)
    lines = [line.replace("[]", f"[\n{' ' * (len(line) - len(line.lstrip()))}]") for line in text.split("\n")]
    draft.write_text("\n".join(lines))
    draft.replace(out / "manifest.json")
    return file_stamp(out / "manifest.json")
