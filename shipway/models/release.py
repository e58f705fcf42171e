"""`releases/<environment>/<use-case>.yaml`: the manifest of a line: what each slot holds and where the pointer stands.

A release is a set of artifacts named by the digest of its parts, so the same release has the same name in dev, test
and prod: promotion moves a name, it does not build again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field

from shipway.models.document import Document
from shipway.models.names import Slot

__all__ = ["Release", "ReleaseManifest", "Slots"]


class Release(Document):
    """The artifacts of one release: all pinned, never an alias or `latest`."""

    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", max_length=40)]
    """The wheel's version, for people; the digest is what counts."""

    wheel_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    model_version: Annotated[int, Field(ge=1, strict=True)]

    @property
    def id(self) -> str:
        """The release's name: `r` and the first 12 hex digits of the SHA-256 over its canonical JSON."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return f"r{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"


class Slots(Document):
    """Both slots, always: a slot is permanent, preparing it is an update in place."""

    blue: Release
    green: Release


class ReleaseManifest(Document):
    """A line at rest or in transition."""

    active: Slot
    """The pointer: the slot that the router runs."""

    slots: Slots

    def release(self, slot: Slot) -> Release:
        """What `slot` holds."""
        return self.slots.blue if slot is Slot.BLUE else self.slots.green
