"""The flags files of workspaces, over the Files API, and what stands in for it.

The API has no compare-and-swap for a file that is there: between the look at what is there and the write after it,
somebody else can write. So a write is looked at again when every writer who may have looked before it must have
written, and is done again where it was written over. For that a writer is held to writing soon after its look.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from shipway.errors import MissingTool, ToolFailed
from shipway.flags.file import LARGEST
from shipway.flags.store import Unreachable

__all__ = ["FakeFiles", "Files", "VolumeStore", "connect"]

_PATIENCE = 10
"""Seconds until a workspace that does not answer is an error."""

_SETTLED = 22.0
"""Seconds after a write until no one who looked before it can still be writing: two calls' patience, and a little."""


class Files(Protocol):
    """The two calls of the Files API that are used."""

    def read(self, path: str) -> bytes | None:
        """The content, at most a byte more than a flags file may have; None where there is none. Raises Unreachable."""

    def write(self, path: str, content: bytes, *, new: bool) -> bool:
        """Write it; False where it should be new and is there. Raises ToolFailed."""


@dataclass(frozen=True, slots=True)
class VolumeStore:
    """A flags file in a workspace's volume."""

    path: str
    files: Files
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    @property
    def name(self) -> str:
        """As `FlagStore`."""
        return self.path

    def read(self) -> bytes | None:
        """As `FlagStore`."""
        return self.files.read(self.path)

    def replace(self, content: bytes, was: bytes | None) -> bool:
        """As `FlagStore`. In force as soon as it is written; returns when it is sure that nobody wrote over it."""
        looked = self.clock()
        if self.read() != was:
            return False
        if self.clock() - looked > _PATIENCE:
            return False
        if not self.files.write(self.path, content, new=was is None):
            return False
        self.sleep(_SETTLED)
        try:
            return self.read() == content
        except Unreachable as error:
            raise ToolFailed(f"{self.path} was written, and cannot be read any more", "look at it again") from error


def connect(host: str, path: str) -> VolumeStore:
    """The flags file at `path` in the workspace at `host`, with this shell's credentials; raises ShipwayError."""
    try:
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config
    except ImportError as error:
        raise MissingTool("databricks-sdk is not installed", "run `make setup` in the project's folder") from error
    try:
        # Its own patience is five minutes a call, in which another writer would long be through.
        settings = Config(host=host, retry_timeout_seconds=_PATIENCE, http_timeout_seconds=_PATIENCE)
        client = WorkspaceClient(config=settings)
    except ValueError as error:
        raise ToolFailed(f"cannot sign in to {host}: {error}", "set credentials of Databricks in this shell") from error
    return VolumeStore(path, _WorkspaceFiles(client.files))


class _Api(Protocol):
    """The SDK's part that is used."""

    def download(self, file_path: str) -> object: ...

    def upload(self, file_path: str, contents: io.BytesIO, *, overwrite: bool | None = None) -> object: ...


@dataclass(frozen=True, slots=True)
class _WorkspaceFiles:
    """`Files` over the SDK."""

    api: _Api

    def read(self, path: str) -> bytes | None:
        """As `Files`."""
        from databricks.sdk.errors.base import DatabricksError
        from databricks.sdk.errors.platform import NotFound

        try:
            contents = getattr(self.api.download(path), "contents", None)
            return bytes(contents.read(LARGEST + 1)) if contents else b""
        except NotFound:
            return None
        except (DatabricksError, OSError, TimeoutError) as error:
            raise Unreachable(f"{path} cannot be read: {error}") from error

    def write(self, path: str, content: bytes, *, new: bool) -> bool:
        """As `Files`."""
        from databricks.sdk.errors.base import DatabricksError
        from databricks.sdk.errors.platform import ResourceConflict

        try:
            self.api.upload(path, io.BytesIO(content), overwrite=not new)
        except ResourceConflict:
            return False
        except (DatabricksError, OSError, TimeoutError) as error:
            raise ToolFailed(
                f"{path} cannot be written: {error}", "whose WRITE VOLUME is it? without it, stop the job itself"
            ) from error
        return True


@dataclass
class FakeFiles:
    """Files in memory; `meanwhile` is what another writer does just before the next writes, or while they settle."""

    contents: dict[str, bytes] = field(default_factory=dict)
    failing: bool = False
    writes: int = 0
    meanwhile: list[Callable[[FakeFiles], None]] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        """As the real one."""
        if self.failing:
            raise Unreachable(f"{path} cannot be read: a fake fails")
        return self.contents.get(path)

    def write(self, path: str, content: bytes, *, new: bool) -> bool:
        """As the real one."""
        if self.failing:
            raise ToolFailed(f"{path} cannot be written: a fake fails")
        if self.meanwhile:
            self.meanwhile.pop(0)(self)
        if new and path in self.contents:
            return False
        self.contents[path] = content
        self.writes += 1
        return True

    def assert_written(self, times: int) -> None:
        """So many writes were done."""
        if self.writes != times:
            raise AssertionError(f"{self.writes} writes, wanted {times}")
