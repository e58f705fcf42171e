"""`releases/<environment>/<use-case>.yaml`: the manifest of a line: what each slot holds and where the pointer stands.

A release is a set of artifacts named by the digest of its parts, so the same release has the same name in dev, test
and prod: promotion moves a name, it does not build again.

A line has three aspects, and all of them follow from the manifest: what a slot holds (`release`), whether it works
(`runs`), and what consumers get (`pointer`).
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field, model_validator

from shipway.models.document import Document, Text
from shipway.models.names import Slot
from shipway.models.phase import Phase

__all__ = ["Phase", "Release", "ReleaseManifest", "Slots"]


class Release(Document):
    """The artifacts of one release: all pinned, never an alias or `latest`."""

    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", max_length=40)]
    """The wheel's version, for people; the digest is what counts."""

    wheel_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    model_version: Annotated[int, Field(ge=1, strict=True)]
    prompt_version: Annotated[int, Field(ge=1, strict=True)] | None = None
    """Of an agent: the version in the prompt registry."""

    prompt_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Of an agent: the prompt's text."""

    @model_validator(mode="after")
    def _prompt_is_pinned_by_both(self) -> Release:
        if (self.prompt_version is None) != (self.prompt_sha256 is None):
            raise ValueError("`prompt_version` and `prompt_sha256` together: a version alone says nothing of the text")
        return self

    @property
    def id(self) -> str:
        """The release's name: `r` and the first 12 hex digits of the SHA-256 over its canonical JSON."""
        parts = self.model_dump(mode="json", exclude_none=True)
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return f"r{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"


class Slots(Document):
    """Both slots, always: a slot is permanent, preparing it is an update in place."""

    blue: Release
    green: Release


class ReleaseManifest(Document):
    """A line at rest or in transition."""

    phase: Phase = Phase.AT_REST
    """A line rests unless it says otherwise: one slot works, the other waits."""

    active: Slot
    """The slot that consumers get; in a canary, all but the cohort."""

    percent: Annotated[int, Field(ge=1, le=99, strict=True)] | None = None
    """Of a canary: how many of a hundred keys get the candidate."""

    rollback_to: Annotated[str, Field(pattern=r"^r[0-9a-f]{12}$")] | None = None
    """The release that a rollback brings back: said in the manifest, so that nobody has to work it out in the night."""

    hold: Text | None = None
    """Why the line stands still; while it does, it only goes back."""

    slots: Slots

    @model_validator(mode="after")
    def _says_what_its_phase_needs(self) -> ReleaseManifest:
        if (self.phase is Phase.CANARY) != (self.percent is not None):
            raise ValueError(f"`percent` in the phase canary and in no other; the phase is {self.phase.value}")
        if self.phase is Phase.AT_REST and (self.rollback_to or self.hold):
            extra = "rollback_to" if self.rollback_to else "hold"
            raise ValueError(f"no `{extra}` at rest: there is nothing under way")
        wanted, got = self.stable.id, self.rollback_to or "none"
        if self.phase is not Phase.AT_REST and got != wanted:
            brings = f"the release in {self.stable_slot.value} that a rollback brings back"
            raise ValueError(f"`rollback_to: {wanted}`, {brings}; got {got}")
        return self

    @property
    def stable_slot(self) -> Slot:
        """The slot that consumers get after a rollback."""
        return self.active.other if self.phase.flipped else self.active

    @property
    def candidate_slot(self) -> Slot:
        """The other one: what is being brought in, and at rest the place for it."""
        return self.stable_slot.other

    @property
    def stable(self) -> Release:
        """What a rollback brings back."""
        return self.release(self.stable_slot)

    @property
    def candidate(self) -> Release:
        """What is being brought in; at rest what was last."""
        return self.release(self.candidate_slot)

    def release(self, slot: Slot) -> Release:
        """What `slot` holds."""
        return self.slots.blue if slot is Slot.BLUE else self.slots.green

    def runs(self, slot: Slot) -> bool:
        """Whether `slot` works."""
        return slot is self.active or self.phase.both_run
