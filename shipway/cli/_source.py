"""Where a command asks what is there: the sandbox, the live workspace, or a recording of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.observed import ObservedWorkspace

__all__ = ["LIVE", "SANDBOX", "observe", "types_read"]

SANDBOX, LIVE = "sandbox", "live"


def observe(
    root: Path, source: str, url: str, workspace_id: str, tell: Callable[[str], None] = lambda _: None
) -> ObservedWorkspace:
    """The workspace at `url` as `source` has it: `sandbox`, `live`, or a folder with a recording.

    Raises ShipwayError, also where the workspace that answers is not the one that the documents mean.
    """
    if source == SANDBOX:
        from shipway.sandbox.observe import observe_sandbox

        return observe_sandbox(root, url, workspace_id)
    found = _live(url, tell) if source == LIVE else _recorded(Path(source), workspace_id, tell)
    if workspace_id and found.workspace_id != workspace_id:
        raise ShipwayError(
            f"{source}: workspace {found.workspace_id or '(no id)'} answered, wanted {workspace_id}",
            "the credentials or the recording are another workspace's; or the environment's document is wrong",
        )
    return found


def types_read(source: str) -> frozenset[str] | None:
    """The resource types that the source reads; None: all there are."""
    if source == SANDBOX:
        return None
    from shipway.outside.workspace_readers import READ_TYPES

    return READ_TYPES | {"databricks_mws_permission_assignment"}


def _live(url: str, tell: Callable[[str], None]) -> ObservedWorkspace:
    from shipway.outside.workspace import connect, read_workspace

    return read_workspace(connect(url), tell=tell)


def _recorded(folder: Path, workspace_id: str, tell: Callable[[str], None]) -> ObservedWorkspace:
    from shipway.outside.workspace import read_workspace
    from shipway.outside.workspace_recorded import RecordedWorkspace, read_recording

    if not folder.is_dir():
        raise ShipwayError(f"no folder {str(folder)!r}", "give sandbox, live, or a folder with a recorded workspace")
    workspace = RecordedWorkspace(read_recording(folder), workspace_id or "1")
    with workspace.serving() as api:
        return read_workspace(api, f"the recording {folder}", tell)
