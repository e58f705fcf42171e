"""What a synthesized stack depends on, as digests: the documents, our code, the locked versions.

Nothing else may influence synthesis: no clock, no network, no environment. So equal digests mean equal bytes, and what
has equal digests need not be synthesized again.
"""

from __future__ import annotations

import hashlib
import os
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
    "shipway/models/**/*.py",
    "shipway/synth/inputs.py",
    "requirements.lock",
)
_DOCUMENTS = (
    "environments/*",
    "environments/functions/*",
    "bundles/*",
    "bundles/*/bundle.*",
    "releases/*",
    "releases/*/*",
    "adopted/*",
)


def code_digest(root: Path) -> str:
    """SHA-256 over everything but documents that synthesis depends on."""
    return _digest(root, _CODE, platform.python_version())


def documents_digest(root: Path) -> str:
    """SHA-256 over the bytes and names of everything that `models.load` looks at."""
    # What a folder is counts too: a link is refused, and one that cannot be listed is not an empty one.
    folders = [root / name for name in ("environments", "bundles", "releases", "adopted")]
    folders += [path for name in ("bundles", "releases") for path in sorted((root / name).glob("*"))]
    salt = "".join(f"{path.is_symlink()}{os.access(path, os.R_OK | os.X_OK)}" for path in folders)
    return _digest(root, _DOCUMENTS, salt)


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
        name = path.relative_to(root).as_posix()
        try:
            # A pipe or a device is nothing to read here; loading the documents says so.
            content = path.read_bytes() if path.is_file() else b"no file"
        except OSError as error:
            content = str(error).encode()
        digest.update(f"\0{name}\0{path.is_symlink()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()
