"""What entries name by digest (manifests, synths, plans): files called by the SHA-256 of their content."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from shipway.errors import ShipwayError
from shipway.journal import sync_folder

__all__ = ["Blobs", "digest_of"]

_PART = ".part-"
"""How a file begins that is being written; a kill leaves it, and nobody reads it."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def digest_of(content: bytes) -> str:
    """The name of a blob: 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


class Blobs:
    """A folder of blobs. One that is there is never written again, so that two writers never meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep it; returns its digest. It is on disk when this returns."""
        digest = digest_of(content)
        place = self.folder / digest
        if self.has(digest):
            return digest
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.folder, prefix=_PART, delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).rename(place)
                sync_folder(self.folder)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return digest

    def has(self, digest: str) -> bool:
        """Whether it is there and is what its name says."""
        try:
            self.get(digest)
        except ShipwayError:
            return False
        return True

    def kept(self, digest: str) -> bool:
        """Whether a file of that name is there, whatever it holds."""
        return bool(_DIGEST.fullmatch(digest)) and (self.folder / digest).exists()

    def get(self, digest: str) -> bytes:
        """The content; raises ShipwayError where it is missing or not what its name says."""
        if not _DIGEST.fullmatch(digest):
            raise ShipwayError(f"{digest!r} is no digest: 64 hex digits")
        try:
            content = (self.folder / digest).read_bytes()
        except FileNotFoundError:
            raise ShipwayError(
                f"{self.folder / digest} is missing", "get it from Git or from where the ledger is kept a second time"
            ) from None
        if digest_of(content) != digest:
            raise ShipwayError(f"{self.folder / digest} was altered: its content has another digest")
        return content
