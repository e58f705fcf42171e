"""`shipway build`, put together: the wheel, and its place in the volume of each environment's sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.models.bundle import Bundle
from shipway.models.load import Documents, load
from shipway.models.names import Names
from shipway.project import find_root
from shipway.run.wheel import BuiltWheel, build_wheel
from shipway.sandbox.layout import Home

__all__ = ["Built", "build"]


@dataclass(frozen=True, slots=True)
class Built:
    """A wheel, and the files that hold it now: each with whether it is new."""

    wheel: BuiltWheel
    placed: tuple[tuple[str, bool], ...]

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "schema": "shipway/build/v1",
            "wheel": self.wheel.name,
            "version": self.wheel.version,
            "wheel_sha256": self.wheel.sha256,
            "files": [file for file, _ in self.placed],
        }


def build(start: Path, use_case: str, environments: Sequence[str]) -> Built:
    """Build and place the wheel; raises ShipwayError, and then nothing was placed."""
    root = find_root(start)
    documents = load(root)
    chosen = _chosen(documents, use_case, environments)
    bundle = documents.bundles[use_case].model
    wheel = build_wheel(root / "bundles" / use_case)
    # An endpoint and an agent call no package by its name.
    if bundle.job is not None and wheel.package != bundle.job.package:
        raise ShipwayError(
            f"bundles/{use_case}/pyproject.toml builds {wheel.package!r}, "
            f"bundle.yaml's jobs call {bundle.job.package!r}"
        )
    volumes = [_volume(root, documents, bundle, use_case, environment) for environment in chosen]
    for volume in volumes:
        _refuse_other_bytes(volume, wheel)
    placed = tuple((str(file.relative_to(root)), is_new) for file, is_new in (_place(one, wheel) for one in volumes))
    return Built(wheel, placed)


def _chosen(documents: Documents, use_case: str, environments: Sequence[str]) -> list[str]:
    if use_case not in documents.bundles:
        has = ", ".join(sorted(documents.bundles)) or "none"
        raise ShipwayError(f"no use case {use_case!r} in bundles/", f"there are: {has}")
    lines = [environment for environment, name in sorted(documents.releases) if name == use_case]
    for environment in environments:
        if environment not in lines:
            raise ShipwayError(f"{use_case} has no line in {environment!r}", f"it has: {', '.join(lines) or 'none'}")
    return list(environments) or lines


def _volume(root: Path, documents: Documents, bundle: Bundle, use_case: str, environment: str) -> Path:
    names = Names(documents.account.model.organisation, environment, use_case)
    return Home(root).volumes / names.catalog(bundle.data.catalog) / names.schema(bundle.data.schema_) / names.volume()


def _refuse_other_bytes(volume: Path, wheel: BuiltWheel) -> None:
    for other in volume.glob(f"*/{wheel.name}"):
        if other.read_bytes() != wheel.content:
            raise ShipwayError(
                f"version {wheel.version} of {wheel.package} was built before, with other bytes: {other}",
                "raise the version in pyproject.toml; or delete that file, if no release was made of it. "
                "The wheel holds parts of Shipway: it changes with them",
            )


def _place(volume: Path, wheel: BuiltWheel) -> tuple[Path, bool]:
    file = volume / wheel.sha256[:16] / wheel.name
    if file.is_file():
        return file, False
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_bytes(wheel.content)
    draft.replace(file)
    return file, True
