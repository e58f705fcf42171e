"""Where a command asks what is there: the sandbox, the live workspace, or a recording of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.errors import ShipwayError
from shipway.observed import ObservedWorkspace

if TYPE_CHECKING:
    from shipway.models.load import Documents

__all__ = ["LIVE", "SANDBOX", "observe", "observe_environment", "types_read"]

SANDBOX, LIVE = "sandbox", "live"


def observe(
    root: Path,
    source: str,
    url: str,
    workspace_id: str,
    tell: Callable[[str], None] = lambda _: None,
    record: Path | None = None,
) -> ObservedWorkspace:
    """The workspace at `url` as `source` has it: `sandbox`, `live`, or a folder with a recording.

    What a live one answers is kept in the folder `record`, where that is given.
    Raises ShipwayError, also where the workspace that answers is not the one that the documents mean.
    """
    if source == SANDBOX:
        from shipway.sandbox.observe import observe_sandbox

        return observe_sandbox(root, url, workspace_id)
    found = _live(url, tell, record) if source == LIVE else _recorded(Path(source), workspace_id, tell)
    return _checked(found, source, workspace_id)


def observe_environment(
    root: Path, source: str, documents: Documents, environment: str, tell: Callable[[str], None] = lambda _: None
) -> ObservedWorkspace:
    """The environment's workspace, with the id that its state has for it; raises ShipwayError."""
    workspace = documents.environments[environment].model.workspace
    url, workspace_id = workspace.url, str(workspace.id or "")
    if not url:
        where = documents.environments[environment].at("workspace")
        raise ShipwayError(f"{environment} has no workspace yet, says {where}", "deploy it first: shipway synth")
    found = observe(root, source, url, workspace_id, tell)
    if source == LIVE:
        return found
    # The states beside a recording are the sandbox's too.
    there = found if source == SANDBOX else observe(root, SANDBOX, url, workspace_id)
    return replace(found, workspace_id=_made_here(there, documents, environment) or workspace_id)


def _checked(found: ObservedWorkspace, source: str, wanted: str) -> ObservedWorkspace:
    if wanted and found.workspace_id != wanted:
        raise ShipwayError(
            f"{source}: workspace {found.workspace_id or '(no id)'} answered, wanted {wanted}",
            "the credentials or the recording are another workspace's; or the environment's document is wrong",
        )
    return found


def types_read(source: str) -> frozenset[str] | None:
    """The resource types that the source reads; None: all there are."""
    if source == SANDBOX:
        return None
    from shipway.outside.workspace_readers import READ_TYPES

    return READ_TYPES | {"databricks_mws_permission_assignment"}


def _made_here(found: ObservedWorkspace, documents: Documents, environment: str) -> str:
    """The id that the sandbox gave a workspace that the account's stack makes: the document has Databricks' own."""
    from shipway.models.deployment import AccountStack
    from shipway.models.resolve import resolve

    accounts = (stack for stack in resolve(documents).stacks if isinstance(stack, AccountStack))
    specs = (one for stack in accounts for one in stack.workspaces if one.environment == environment and one.create)
    names = {one.create.name for one in specs if one.create}
    made = (one for one in found.of("databricks_mws_workspaces") if one.attributes.get("workspace_name") in names)
    return next((str(one.attributes.get("workspace_id", "")) for one in made), "")


def _live(url: str, tell: Callable[[str], None], record: Path | None) -> ObservedWorkspace:
    from shipway.outside.workspace import connect, read_workspace

    if record is None:
        return read_workspace(connect(url), tell=tell)
    from shipway.outside.workspace_recording import RecordingApi

    api = RecordingApi(connect(url).client)
    found = read_workspace(api, tell=tell)
    tell(f"recorded in {api.write(record)}")
    return found


def _recorded(folder: Path, workspace_id: str, tell: Callable[[str], None]) -> ObservedWorkspace:
    from shipway.outside.workspace import read_workspace
    from shipway.outside.workspace_recorded import RecordedWorkspace, read_recording

    if not folder.is_dir():
        raise ShipwayError(f"no folder {str(folder)!r}", "give sandbox, live, or a folder with a recorded workspace")
    workspace = RecordedWorkspace(read_recording(folder), workspace_id or "1")
    with workspace.serving() as api:
        return read_workspace(api, f"the recording {folder}", tell)
