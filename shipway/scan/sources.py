"""What a scan reads of a project: the synthesized stacks, and the waivers of its documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from shipway.models.document import Document, suggestion
from shipway.models.load import Documents, Loaded
from shipway.models.names import Names
from shipway.models.waivers import PlacedWaiver, Waiver
from shipway.scan.scanner import ScanError

__all__ = ["placed_waivers", "read_stacks"]

_STACK_FILE = "cdk.tf.json"
_SYNTH = "run `shipway synth` first"


def read_stacks(out: Path, wanted: Sequence[str] = ()) -> dict[str, bytes]:
    """The text of each stack's cdk.tf.json in `out`, all or those wanted.

    Raises ScanError if `out` is no synthesized folder, a wanted stack is not in it, or a stack's folder holds another
    Terraform file: Terraform would read it too, and no rule would.
    """
    paths = _stack_files(out)
    for name in wanted:
        if name not in paths:
            message = f"there is no stack {name!r} in {out.name}{suggestion(name, paths)}"
            raise ScanError(message, f"the stacks are {', '.join(sorted(paths)) or 'none'}")
    return {name: _read(name, path) for name, path in paths.items() if not wanted or name in wanted}


def placed_waivers(documents: Documents) -> tuple[PlacedWaiver, ...]:
    """Every waiver with its place and what its document speaks for."""
    organisation = documents.account.model.organisation
    found = list(_placed(documents.account, documents.account.model.waivers, {"account"}))
    for environment, loaded in documents.environments.items():
        stacks = {Names(organisation, environment).landing_zone_stack}
        found += _placed(loaded, loaded.model.waivers, stacks)
    for environment, adopted in documents.adopted.items():
        found += _placed(adopted, adopted.model.waivers, {Names(organisation, environment).adopted_stack})
    for use_case, bundle in documents.bundles.items():
        found += _placed(bundle, bundle.model.waivers, set(_scopes_of(use_case, documents)))
    return tuple(found)


def _scopes_of(use_case: str, documents: Documents) -> Iterator[str]:
    """Its lines, and its parts of the stacks that it shares with others."""
    organisation = documents.account.model.organisation
    yield f"account/bundles/{use_case}"
    for environment, name in documents.releases:
        if name == use_case:
            names = Names(organisation, environment, name)
            yield names.line_stack
            yield f"{names.landing_zone_stack}/bundles/{use_case}"


def _placed(loaded: Loaded[Document], waivers: Sequence[Waiver], scopes: set[str]) -> Iterator[PlacedWaiver]:
    for index, waiver in enumerate(waivers):
        yield PlacedWaiver(waiver, loaded.at("waivers", index), frozenset(scopes))


def _stack_files(out: Path) -> dict[str, Path]:
    try:
        stacks = json.loads((out / "manifest.json").read_bytes())["stacks"]
        return {name: out / stack["synthesizedStackPath"] for name, stack in stacks.items()}
    except FileNotFoundError as error:
        raise ScanError(f"there is nothing synthesized in {out.name}", _SYNTH) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScanError(f"{out.name}/manifest.json is not what cdktf writes: {error}", _SYNTH) from error


def _read(name: str, path: Path) -> bytes:
    try:
        text = path.read_bytes()
        others = sorted(file.name for file in path.parent.iterdir() if file.name.endswith((".tf", ".tf.json")))
    except OSError as error:
        raise ScanError(f"the stack {name} cannot be read: {error.strerror} ({path.name})", _SYNTH) from error
    if others != [_STACK_FILE]:
        extra = ", ".join(file for file in others if file != _STACK_FILE)
        message = f"beside the stack {name} lies {extra}, which Terraform would read and no rule does"
        raise ScanError(message, "remove it, and declare what it holds in a construct")
    if b'"resource"' not in text and b'"provider"' not in text:
        raise ScanError(f"there is nothing in stack {name} to judge", _SYNTH)
    return text
