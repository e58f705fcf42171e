"""The objects of the pretended workspaces: one readable JSON file each, which people may edit or delete.

    <folder>/<workspace>/<type>/<id>.json

A file is written beside its place and moved there, so that a killed process or a full disk leaves the old file or none.
Files are readable by this user alone: an object can hold a secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from shipway.sandbox.provider.values import Object

__all__ = ["Maker", "Store", "StoreError", "Stored", "Taken", "file_name", "read_file", "workspace_name", "write_new"]

# File systems allow 255 bytes a name. Longer ones keep their start, for people, and end with a digest.
_LONGEST, _SHORTENED = 140, 120


class StoreError(Exception):
    """A file that cannot be read or written: which, why, and what to do. `str()` of it is for Terraform's user."""


class Taken(Exception):
    """There is an object of that key already."""


@dataclass(frozen=True)
class Maker:
    """Who made an object: the stack, and the one run of Terraform."""

    stack: str
    run: str


@dataclass(frozen=True)
class Stored:
    """An object as its file has it."""

    attributes: Object
    made_by: Maker
    file: Path


def workspace_name(host: str, account_id: str = "") -> str:
    """The folder of a workspace or, for the host of the account console, of that account."""
    bare = host.lower().removeprefix("https://").removeprefix("http://").split("/")[0]
    return f"{bare}@{account_id}" if account_id and bare.startswith("accounts.") else bare


def file_name(key: str) -> str:
    """The name of a key's file: safe on every file system, different for different keys."""
    safe = _safe(key)
    if len(safe) > _LONGEST:
        safe = f"{safe[:_SHORTENED]}~{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    return f"{safe}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _safe(name: str) -> str:
    # "~" is kept for shortened names, and a name that starts with a dot would be hidden or lead out of the folder.
    safe = quote(name, safe="@+=,$()", errors="surrogatepass").replace("~", "%7E")
    return "%2E" + safe[1:] if safe.startswith(".") else safe


class Store:
    """The objects of all workspaces below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, workspace: str, resource: str, key: str) -> Path:
        """Where an object lies or would lie."""
        return self._workspace(workspace) / resource / file_name(key)

    def get(self, workspace: str, resource: str, key: str) -> Stored | None:
        """The object, or None; raises StoreError where its file is no object."""
        return read_file(self.path(workspace, resource, key))

    def create(self, workspace: str, resource: str, key: str, attributes: Object, maker: Maker) -> None:
        """Write a new object; raises Taken, also where another process was first by a moment, and StoreError."""
        path = self.path(workspace, resource, key)
        write_new(path, _content(resource, key, attributes, maker))

    def replace(self, workspace: str, resource: str, key: str, attributes: Object, maker: Maker) -> None:
        """Write an object over what is there; raises StoreError."""
        path = self.path(workspace, resource, key)
        with _written_beside(path, _content(resource, key, attributes, maker)) as beside:
            beside.replace(path)

    def delete(self, workspace: str, resource: str, key: str) -> None:
        """Remove an object; nothing to do where there is none."""
        path = self.path(workspace, resource, key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed(path, error) from error

    def objects(self, workspace: str, resource: str) -> Iterator[Stored]:
        """Every object of a type in one workspace, by file name."""
        for path in sorted((self._workspace(workspace) / resource).glob("*.json")):
            found = read_file(path)
            if found:
                yield found

    def _workspace(self, workspace: str) -> Path:
        return self.folder / _safe(workspace)

    def accounts(self) -> list[str]:
        """The folders of the accounts: their users, groups and service principals are seen from every workspace."""
        return sorted(path.name for path in self.folder.glob("accounts.*") if path.is_dir())


def _content(resource: str, key: str, attributes: Object, maker: Maker) -> bytes:
    made_by = {"stack": maker.stack, "run": maker.run}
    whole = {"type": resource, "key": key, "made_by": made_by, "attributes": attributes}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def read_file(path: Path) -> Stored | None:
    """The object in that file, or None where there is no file; raises StoreError."""
    try:
        whole = json.loads(path.read_bytes())
        attributes, maker = whole["attributes"], whole["made_by"]
        if not isinstance(attributes, dict):
            raise TypeError("attributes is not an object")
        return Stored(attributes, Maker(str(maker["stack"]), str(maker["run"])), path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(path, error) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path} is not an object of the sandbox: {type(error).__name__}: {error}"
        raise StoreError(f"{message}. Mend the file, or delete it: then the object is gone.") from error


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all; raises Taken and StoreError."""
    with _written_beside(path, content) as beside:
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            raise Taken(str(path)) from None


@contextlib.contextmanager
def _written_beside(path: Path, content: bytes) -> Iterator[Path]:
    # The name cannot be an object's: those end with .json.
    beside = path.with_name(
        f".{hashlib.sha256(path.name.encode()).hexdigest()[:16]}.{os.getpid()}-{threading.get_ident()}.new"
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            yield beside
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path} cannot be read or written: {error.strerror}. Nothing was changed.")
