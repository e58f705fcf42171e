"""The watcher's folder in a workspace's volume, over the Files API; `workspace_recorded` stands in for it.

The shapes are those of the API's reference and of databricks-sdk 0.156; no live workspace was at hand.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shipway.errors import ToolFailed
from shipway.judge.measures import Unread
from shipway.outside.workspace import WorkspaceApi, part, why_unread

if TYPE_CHECKING:
    from databricks.sdk.service.files import FilesAPI

__all__ = ["VolumeFolder"]

_LARGEST = 4_000_000
"""Bytes of a file: more is none of ours."""


@dataclass(frozen=True)
class VolumeFolder:
    """`shipway.watch.folder.Folder` at `path`, `/Volumes/...`."""

    api: WorkspaceApi
    path: str

    def read(self, name: str) -> bytes | None:
        """As `Folder`."""
        from databricks.sdk.errors.platform import NotFound

        try:
            contents = self._files.download(f"{self.path}/{name}").contents
            return bytes(contents.read(_LARGEST)) if contents else b""
        except NotFound:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unread(f"{self.path}/{name} cannot be read: {why_unread(error)}") from error

    def write(self, name: str, content: bytes) -> None:
        """As `Folder`."""
        file = f"{self.path}/{name}"
        try:
            # A file's folder has to be there; one that is there already is no error.
            self._files.create_directory(file.rpartition("/")[0])
            self._files.upload(file, io.BytesIO(content), overwrite=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ToolFailed(
                f"{file} cannot be written: {why_unread(error)}", "who makes moves needs WRITE VOLUME there"
            ) from error

    def names(self, folder: str) -> list[str]:
        """As `Folder`."""
        from databricks.sdk.errors.platform import NotFound

        where = "/".join(part(one) for one in f"{self.path}/{folder}".split("/"))
        try:
            return sorted(str(one["name"]) for one in self.api.pages(f"/api/2.0/fs/directories{where}", "contents"))
        except NotFound:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unread(f"{self.path}/{folder} cannot be listed: {why_unread(error)}") from error

    @property
    def _files(self) -> FilesAPI:
        from databricks.sdk.service.files import FilesAPI

        return FilesAPI(self.api.client)  # type: ignore[no-untyped-call]
