"""Keeps what a live workspace answers while it is read, so that the reading can be repeated without it.

What is kept is what the readers ask for: names, owners, rights, settings; no secret's value is among it. It is still
about somebody's workspace: the folder is this user's alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from shipway.errors import ShipwayError
from shipway.outside.workspace import Answer, WorkspaceApi

__all__ = ["RecordingApi"]


@dataclass(frozen=True)
class RecordingApi(WorkspaceApi):
    """A workspace that is asked, and whose answers are kept as `workspace_recorded` reads them."""

    answers: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """As the workspace's; a refusal is an answer too."""
        from databricks.sdk.errors.base import DatabricksError

        try:
            answer = super().get(path, query)
        except DatabricksError as error:
            said = {"error_code": error.error_code, "message": str(error).partition(" Config: ")[0]}
            self._keep(path, query, said, _status(error))
            raise
        self._keep(path, query, answer, 200)
        return answer

    def _keep(self, path: str, query: Mapping[str, Any] | None, body: Any, status: int) -> None:
        asked = {name: str(value) for name, value in (query or {}).items()}
        self.answers.append({"path": unquote(path), "query": asked, "status": status, "body": body})

    def write(self, folder: Path) -> Path:
        """Write all answers into a new folder; raises ShipwayError where it is there already."""
        try:
            folder.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            raise ShipwayError(f"{folder} is there already", "a recording is not written over: name another") from None
        file = folder / "answers.json"
        ordered = sorted(self.answers, key=lambda item: json.dumps([item["path"], item["query"]], sort_keys=True))
        file.write_text(json.dumps(ordered, indent=1) + "\n")
        return file


def _status(error: Exception) -> int:
    from databricks.sdk.errors import STATUS_CODE_MAPPING

    return next((status for status, kind in STATUS_CODE_MAPPING.items() if isinstance(error, kind)), 500)
