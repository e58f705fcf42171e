"""Files of `/Volumes`, where code on the laptop reads them: beside the workspaces, one file for each."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath

from shipway.sandbox.provider.store import StoreError

__all__ = ["Volumes"]

# /Volumes, catalog, schema, volume, and at least a name in it.
_SHORTEST = 5


class Volumes:
    """The volumes of all workspaces: a metastore has one of a name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: str, content: bytes) -> None:
        """Write a file, whole or not at all; raises StoreError."""
        file = self._file(path)
        beside = file.with_name(f".{file.name}.{os.getpid()}.new")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(file)
        except OSError as error:
            raise StoreError(f"{file} cannot be written: {error.strerror}. Nothing was changed.") from error

    def remove(self, path: str) -> None:
        """Remove a file; nothing to do where there is none."""
        # Whoever made it by hand in a state of ours may have given it any path.
        with contextlib.suppress(StoreError, OSError):
            self._file(path).unlink(missing_ok=True)

    def _file(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if len(parts) < _SHORTEST + 1 or parts[:2] != ("/", "Volumes") or ".." in parts or "\0" in path:
            raise StoreError(f"{path!r:.200} is no file of a volume: /Volumes/<catalog>/<schema>/<volume>/<file>")
        return self.folder.joinpath(*parts[2:])
