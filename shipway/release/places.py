"""Where a line's three aspects stand in Terraform, by kind of use case: the closed table that a move is held to.

A place says which objects hold an aspect, at which attributes, what they are to say for a manifest, and how what they
say is read. Reading is by meaning: a pointer is parsed, never compared as text. An aspect that a kind has no place for
cannot be moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shipway.models.names import Slot
from shipway.models.release import ReleaseManifest
from shipway.plan.values import Record
from shipway.pointer.pointer import salt_of
from shipway.release import said
from shipway.release.moves import Aspect
from shipway.release.said import Said

__all__ = ["PLACES", "Place"]

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """One aspect in one kind of object. `{slot}` stands for a slot."""

    aspect: Aspect
    role: str
    """The construct's path below the stack."""
    attribute: str
    """A regular expression of the attribute paths that may differ."""
    read: Callable[[Record, Slot], Said]
    """What the object says; raises said.Unreadable."""
    expect: Callable[[str, ReleaseManifest, Slot], Facts]
    """Use case, manifest and slot; what the object is to say."""
    per_slot: bool = True
    """Whether each slot has its own; else it is the line's, once."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots that are read here; one stands for the line."""
        return tuple(Slot) if self.per_slot else (Slot.BLUE,)

    def role_of(self, slot: Slot) -> str:
        """The construct's path for one slot."""
        return self.role.replace("{slot}", slot.value)

    def allows(self, path: str, slot: Slot) -> bool:
        """Whether this attribute of the slot's object belongs to the aspect."""
        return re.fullmatch(self.attribute.replace("{slot}", slot.value), path) is not None


def _pointer(use_case: str, manifest: ReleaseManifest, *, releases: bool = False) -> Facts:
    """The pointer that a manifest asks for, its ends by slot or by release."""
    other = manifest.active.other
    canary = manifest.percent is not None
    ends = {slot: manifest.release(slot).id if releases else slot.value for slot in Slot}
    return {
        "active": ends[manifest.active],
        "candidate": ends[other] if canary else "",
        "percent": str(manifest.percent or 0),
        "salt": salt_of(use_case, manifest.release(other).id) if canary else "",
    }


def _traffic(manifest: ReleaseManifest) -> Facts:
    share = manifest.percent or 0
    return {manifest.active.value: str(100 - share), manifest.active.other.value: str(share)}


def _wheel(manifest: ReleaseManifest, slot: Slot) -> Facts:
    release = manifest.release(slot)
    return {
        "release": release.id,
        "model_version": str(release.model_version),
        "wheel sha": release.wheel_sha256[:16],
        "wheel version": release.version,
    }


def _agent(manifest: ReleaseManifest, slot: Slot) -> Facts:
    release = manifest.release(slot)
    parts = ("version", "wheel_sha256", "model_version", "prompt_version", "prompt_sha256")
    return {"release": release.id, **{name: str(getattr(release, name)) for name in parts}}


def _on(manifest: ReleaseManifest, slot: Slot) -> Facts:
    return {"runs": "on" if manifest.runs(slot) else "off"}


_JOB_CONTENT = Place(
    Aspect.CONTENT,
    "slots/{slot}/job",
    r'parameter\["(release|model_version)"\]\.default|task\["[^"]*"\]\.library(\[0\])?\.whl',
    said.job_content,
    lambda use_case, manifest, slot: _wheel(manifest, slot),
)
_JOB_RUNS = Place(
    Aspect.RUNS,
    "router/job",
    r'parameter\["{slot}"\]\.default',
    said.job_runs,
    lambda use_case, manifest, slot: _on(manifest, slot),
)
_JOB_POINTER = Place(
    Aspect.POINTER,
    "router/job",
    r'parameter\["pointer"\]\.default(\{json\}\..*)?',
    said.job_pointer,
    lambda use_case, manifest, slot: _pointer(use_case, manifest),
    per_slot=False,
)
_VIEW_POINTER = Place(
    Aspect.POINTER,
    "output/view",
    "view_definition",
    said.view_pointer,
    lambda use_case, manifest, slot: _pointer(use_case, manifest, releases=True),
    per_slot=False,
)
_ENTITY = r'config(\[0\])?\.served_entities\["{slot}"\]'
_ENDPOINT_CONTENT = Place(
    Aspect.CONTENT,
    "endpoint/endpoint",
    rf"{_ENTITY}\.entity_version",
    said.entity_content,
    lambda use_case, manifest, slot: {"model_version": str(manifest.release(slot).model_version)},
)
_ENDPOINT_RUNS = Place(
    Aspect.RUNS,
    "endpoint/endpoint",
    rf"{_ENTITY}\.scale_to_zero_enabled",
    said.entity_runs,
    lambda use_case, manifest, slot: _on(manifest, slot),
)
_ENDPOINT_POINTER = Place(
    Aspect.POINTER,
    "endpoint/endpoint",
    r"config(\[0\])?\.traffic_config(\[0\])?\.routes\[[^\]]*\]\.traffic_percentage",
    said.endpoint_traffic,
    lambda use_case, manifest, slot: _traffic(manifest),
    per_slot=False,
)
# One small file holds all of it: what of it may differ is a matter of what it says.
_FILE = ("pointer/file", r"content_base64(\{text\}|\{json\}\..*)?|md5")
_FILE_CONTENT = Place(
    Aspect.CONTENT, *_FILE, said.file_content, lambda use_case, manifest, slot: _agent(manifest, slot)
)
_FILE_RUNS = Place(
    Aspect.RUNS,
    *_FILE,
    said.file_shadow,
    lambda use_case, manifest, slot: _on(manifest, manifest.active.other),
    per_slot=False,
)
_FILE_POINTER = Place(
    Aspect.POINTER,
    *_FILE,
    said.file_pointer,
    lambda use_case, manifest, slot: _pointer(use_case, manifest),
    per_slot=False,
)

PLACES: Mapping[str, tuple[Place, ...]] = MappingProxyType(
    {
        "batch": (_JOB_CONTENT, _JOB_RUNS, _VIEW_POINTER),
        "batch_with_effects": (_JOB_CONTENT, _JOB_RUNS, _JOB_POINTER),
        "streaming": (_JOB_CONTENT, _JOB_RUNS, _JOB_POINTER),
        "serving": (_ENDPOINT_CONTENT, _ENDPOINT_RUNS, _ENDPOINT_POINTER),
        "agent": (_FILE_CONTENT, _FILE_RUNS, _FILE_POINTER),
    }
)
"""By kind."""
