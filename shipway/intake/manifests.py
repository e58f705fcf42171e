"""Manifests of lines that somebody contributes, taken as data: copied byte by byte where they are what they seem.

Whoever holds a plan identity reads them with the code and the documents of the base branch. A manifest says which
release is in which slot and where the pointer stands; it names no file, no address and no program.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from shipway.errors import ShipwayError

__all__ = ["BadManifest", "copy_manifests"]

_LARGEST = 16 * 1024
"""Bytes; the longest of the reference documents has a twentieth of that."""


class BadManifest(ShipwayError):
    """Manifests that are not read, each with why."""

    exit_code = 4


def copy_manifests(folder: Path, lines: Iterable[tuple[str, str]], target: Path) -> Path:
    """Copy the manifests of these lines (environment, use case) from `folder` to `target`, which is emptied first.

    One that is not there is left out: it is deleted, and nothing of it is a move. Others in `folder` are of no line
    that is declared here, and not looked at. Raises BadManifest with everything that is against any of them.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    found, against = {}, []
    for environment, use_case in lines:
        path = folder / environment / f"{use_case}.yaml"
        if not path.is_symlink() and not path.exists():
            continue
        try:
            content = _plain(folder, path)
            against += [f"releases/{environment}/{use_case}.yaml: {one}" for one in _odd(content)]
            found[target / environment / path.name] = content
        except (OSError, yaml.YAMLError, ValueError) as error:
            against.append(f"releases/{environment}/{use_case}.yaml: {str(error).splitlines()[0][:200]}")
    if against:
        raise BadManifest("contributed manifests are not read\n" + "\n".join(f"  - {one}" for one in against))
    for place, content in found.items():
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    return target


def _plain(folder: Path, path: Path) -> bytes:
    for place in (path, path.parent, folder):
        if place.is_symlink():
            raise ValueError("a link leads to it, and a link leads anywhere")
    told = path.stat()
    if not stat.S_ISREG(told.st_mode):
        raise ValueError("no regular file")
    if told.st_size > _LARGEST:
        raise ValueError(f"{told.st_size} bytes, at most {_LARGEST}")
    return path.read_bytes()


def _odd(content: bytes) -> Iterator[str]:
    """What a manifest has no use for: an alias can make a few lines into more than a machine holds."""
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            yield "an anchor or an alias"
            return
        if getattr(event, "tag", None) is not None:
            yield "a tag"
            return
