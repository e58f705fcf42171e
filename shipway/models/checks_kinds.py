"""Bundles whose blocks, and releases whose parts, are not those of their kind."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.errors import Problem
from shipway.models.kinds import BLOCKS, UseCaseKind
from shipway.models.load import Documents
from shipway.models.names import Slot
from shipway.models.release import Phase

__all__ = ["blocks_of_other_kinds", "moves_to_itself", "prompts_of_releases"]


def blocks_of_other_kinds(documents: Documents) -> Iterable[Problem]:
    """Blocks that a bundle's kind needs and that are missing, and those that nothing would read."""
    specific = sorted({block for blocks in BLOCKS.values() for block in blocks})
    for bundle in documents.bundles.values():
        kind = bundle.model.kind
        for block in specific:
            is_there, is_needed = getattr(bundle.model, block) is not None, block in BLOCKS[kind]
            if is_needed and not is_there:
                message = f"{block}: this key is missing; a use case of kind {kind.value} has it"
                yield Problem("missing-key", message, bundle.at("kind"))
            elif is_there and not is_needed:
                kinds = " or ".join(other.value for other, blocks in BLOCKS.items() if block in blocks)
                message = f"{block}: a use case of kind {kind.value} has none; nothing would read it"
                yield Problem("of-another-kind", message, bundle.at(block), f"remove it, or write kind: {kinds}")


def prompts_of_releases(documents: Documents) -> Iterable[Problem]:
    """Releases of agents whose prompt is not pinned, and prompts in releases that nobody would give one to."""
    for (_, use_case), release in documents.releases.items():
        bundle = documents.bundles.get(use_case)
        if bundle is None:
            continue
        kind = bundle.model.kind
        for slot in Slot:
            has_prompt = release.model.release(slot).prompt_version is not None
            here = f"slots.{slot}.prompt_version"
            if kind is UseCaseKind.AGENT and not has_prompt:
                message = f"{here}: this key is missing; a release of an agent pins its prompt"
                hint = "add prompt_version and prompt_sha256: the version in the prompt registry and its text's digest"
                yield Problem("missing-key", message, release.at("slots", slot), hint)
            elif kind is not UseCaseKind.AGENT and has_prompt:
                message = f"{here}: a release of kind {kind.value} has no prompt; nothing would read it"
                at = release.at("slots", slot, "prompt_version")
                yield Problem("of-another-kind", message, at, "remove prompt_version and prompt_sha256")


def moves_to_itself(documents: Documents) -> Iterable[Problem]:
    """Lines that bring in a release that they have: nothing would tell its rows, its cohort or its way back apart."""
    for release in documents.releases.values():
        manifest = release.model
        if manifest.phase is not Phase.AT_REST and manifest.stable.id == manifest.candidate.id:
            slot = manifest.candidate_slot
            message = f"slots.{slot}: in the phase {manifest.phase.value}, both slots hold {manifest.stable.id}"
            hint = "a release that comes in is another one than the live one; at rest both slots may hold the same"
            yield Problem("same-release", message, release.at("slots", slot), hint)
