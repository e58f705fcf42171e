"""Bundles whose blocks are not those of their kind."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.errors import Problem
from shipway.models.kinds import BLOCKS
from shipway.models.load import Documents

__all__ = ["blocks_of_other_kinds"]


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
