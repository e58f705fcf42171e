"""What a synthesized stack depends on, as digests: the documents, our code, the locked versions.

Nothing else may influence synthesis: no clock, no network, no environment. So equal digests mean equal bytes, and what
has equal digests need not be synthesized again.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from pathlib import Path

__all__ = ["code_digest", "documents_digest", "file_stamp"]

# Everything that main.py runs, and what fixes the versions of what it imports.
_CODE = (
    "main.py",
    "stacks/**/*.py",
    "constructs/**/*.py",
    "constructs/**/*.cjs",
    "shipway/errors.py",
    "shipway/models/*.py",
    "shipway/synth/inputs.py",
    "requirements.lock",
)
_DOCUMENTS = ("environments/*.y*ml", "bundles/*/*.y*ml", "releases/*.y*ml", "releases/*/*.y*ml")


def code_digest(root: Path) -> str:
    """SHA-256 over everything but documents that synthesis depends on."""
    return _digest(root, _CODE, platform.python_version())


def documents_digest(root: Path) -> str:
    """SHA-256 over the bytes and names of everything that `models.load` looks at."""
    # A folder counts even when it is empty: a bundle without its bundle.yaml is a mistake that must be said.
    folders = sorted(path.name for path in (root / "bundles").glob("*/"))
    return _digest(root, _DOCUMENTS, "\0".join(folders))


def file_stamp(path: Path) -> list[int]:
    """Size and modification time in ns: whether a file was touched since, without reading it; [] if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _digest(root: Path, patterns: Iterable[str], salt: str) -> str:
    digest = hashlib.sha256(salt.encode())
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
