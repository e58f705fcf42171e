"""What a saved plan holds besides the plan itself: the configuration it was made from, and which state it is for.

A saved plan is a zip archive with `tfplan`, `tfstate`, `tfconfig/m-/<file>` and `.terraform.lock.hcl` (Terraform's
internal/plans/planfile). It is read with nothing of Terraform's, so that what is claimed of a plan can be checked where
Terraform is not installed. It can hold secrets: nothing of it is shown.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

from shipway.planset.model import digest_of

__all__ = ["BadSavedPlan", "SavedFacts", "read_saved"]

_LARGEST = 512 * 1024 * 1024
_CONFIGURATION = "tfconfig/m-/cdk.tf.json"


class BadSavedPlan(ValueError):
    """The bytes are no saved plan of Terraform or OpenTofu, or one of another kind; the message says what."""


@dataclass(frozen=True, slots=True)
class SavedFacts:
    """What a saved plan says of itself."""

    synth: str
    """SHA-256 of the synthesized configuration in it."""
    lineage: str
    serial: int


def read_saved(content: bytes) -> SavedFacts:
    """The facts of a saved plan; raises BadSavedPlan."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            state = json.loads(_member(archive, "tfstate"))
            synth = digest_of(_member(archive, _CONFIGURATION))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as error:
        raise BadSavedPlan(f"not a saved plan of Terraform ({error})") from error
    lineage, serial = state.get("lineage", ""), state.get("serial", 0)
    if not isinstance(lineage, str) or not isinstance(serial, int):
        raise BadSavedPlan("its state has no lineage and serial")
    return SavedFacts(synth, lineage, serial)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise BadSavedPlan(f"it holds no {name}") from None
    if entry.file_size > _LARGEST:
        raise BadSavedPlan(f"its {name} is larger than {_LARGEST // 1024**2} MiB")
    return archive.read(entry)
