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
from shipway.plan.access_readers import blocks
from shipway.plan.values import Record
from shipway.release.moves import Aspect

__all__ = ["PLACES", "Place", "Said", "Unreadable"]


class Unreadable(ValueError):
    """An object does not hold an aspect in the way it is written here; the message says what it holds."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an object says of an aspect: what follows from the manifest, and what no move may change beside it."""

    facts: Mapping[str, str]
    fixed: tuple[str, ...] = ()


Read = Callable[[Record, Slot], Said]
Expect = Callable[[str, ReleaseManifest, Slot], Mapping[str, str]]
"""Use case, manifest and slot; what the object is to say."""


@dataclass(frozen=True, slots=True)
class Place:
    """One aspect in one kind of object. `{slot}` stands for a slot; without it the object is the line's only one."""

    aspect: Aspect
    role: str
    """The construct's path below the stack."""
    attribute: str
    """A regular expression of the attribute paths that may differ."""
    read: Read
    expect: Expect

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots whose aspect stands here: both, each by itself, or once for the line."""
        return tuple(Slot) if "{slot}" in self.role + self.attribute else (Slot.BLUE,)

    def role_of(self, slot: Slot) -> str:
        """The construct's path for one slot."""
        return self.role.format(slot=slot.value)

    def allows(self, path: str, slot: Slot) -> bool:
        """Whether this attribute of the slot's object belongs to the aspect."""
        return re.fullmatch(self.attribute.replace("{slot}", slot.value), path) is not None


_WHEEL = re.compile(
    r"(?P<folder>/.*)/(?P<sha>[0-9a-f]{16})/(?P<package>[a-z_0-9]+)-(?P<version>[0-9.]+)-py3-none-any\.whl"
)


def _parameters(job: Record) -> dict[str, str]:
    found = {str(one.get("name")): one.get("default") for one in blocks(job.get("parameter"))}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _job_content(job: Record, slot: Slot) -> Said:
    del slot
    parameters = _parameters(job)
    wheels = [library.get("whl") for task in blocks(job.get("task")) for library in blocks(task.get("library"))]
    found = [_WHEEL.fullmatch(wheel) if isinstance(wheel, str) else None for wheel in wheels]
    if not found or None in found:
        raise Unreadable("its tasks name no wheel by digest")
    facts = {name: parameters.get(name, "(none)") for name in ("release", "model_version")}
    for name in ("sha", "version"):
        facts[f"wheel {name}"] = " and ".join(sorted({one[name] for one in found if one}))
    return Said(facts, tuple(sorted({f"{one['folder']} {one['package']}" for one in found if one})))


def _content_of_job(use_case: str, manifest: ReleaseManifest, slot: Slot) -> Mapping[str, str]:
    del use_case
    release = manifest.release(slot)
    return {
        "release": release.id,
        "model_version": str(release.model_version),
        "wheel sha": release.wheel_sha256[:16],
        "wheel version": release.version,
    }


_JOB_CONTENT = Place(
    Aspect.CONTENT,
    "slots/{slot}/job",
    r'parameter\["(release|model_version)"\]\.default|task\["[^"]*"\]\.library(\[0\])?\.whl',
    _job_content,
    _content_of_job,
)

PLACES: Mapping[str, tuple[Place, ...]] = MappingProxyType({"batch_with_effects": (_JOB_CONTENT,)})
"""By kind."""
