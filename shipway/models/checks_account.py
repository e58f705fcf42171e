"""What one document alone cannot know of workspaces: which cloud the account is on, what an environment is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.document import spelled
from shipway.models.load import Documents
from shipway.models.source import Path_
from shipway.models.workspace import Workspace

__all__ = ["of_another_cloud", "public_workspaces", "regions_without_metastore"]

_MADE_HERE = {"aws": ("aws", "serverless"), "azure": (), "gcp": ("gcp", "serverless")}
_KEY_STARTS = {"aws": "arn:", "gcp": "projects/"}


def of_another_cloud(documents: Documents) -> Iterable[Problem]:
    """What the cloud that the account is on does not have."""
    account = documents.account
    cloud = account.model.cloud
    if account.model.audit_log and cloud != "aws":
        message = f"audit_log: the account is on {cloud}, and Databricks delivers its audit log on aws only"
        hint = "deliver it by the cloud's own diagnostic settings or log sink"
        yield Problem("of-another-cloud", message, account.at("audit_log"), hint)
    for loaded in documents.environments.values():
        for path, got, hint in (*_created(loaded.model.workspace, cloud), *_let_out(loaded.model.workspace, cloud)):
            message = f"{spelled(path)}: got {got}, and the account is on {cloud}"
            yield Problem("of-another-cloud", message, loaded.at(*path), hint)


def _created(workspace: Workspace, cloud: str) -> Iterator[tuple[Path_, str, str]]:
    create = workspace.create
    if create is None:
        return
    at: Path_ = ("workspace", "create")
    if create.kind not in _MADE_HERE[cloud]:
        kinds = " or ".join(_MADE_HERE[cloud])
        # Azure's workspaces are resources of the provider azurerm, and so is their hardening.
        hint = f"wanted {kinds}" if kinds else "make it outside, and write its url and id here"
        yield (*at, "kind"), repr(create.kind), hint
        return
    keys: dict[Path_, str] = (
        {("managed_services_key",): create.managed_services_key}
        if create.kind == "serverless"
        else {
            ("keys", "managed_services"): create.keys.managed_services,
            ("keys", "storage"): create.keys.storage,
        }
    )
    for path, key in keys.items():
        if not key.startswith(_KEY_STARTS[cloud]):
            yield (*at, *path), repr(key), f"wanted a key that starts with {_KEY_STARTS[cloud]}"


def _let_out(workspace: Workspace, cloud: str) -> Iterator[tuple[Path_, str, str]]:
    at: Path_ = ("workspace",)
    egress = workspace.egress
    if egress and egress.buckets and cloud == "azure":
        yield (*at, "egress", "buckets"), "buckets", "wanted storage_accounts"
    if egress and egress.storage_accounts and cloud != "azure":
        yield (*at, "egress", "storage_accounts"), "Azure's storage accounts", "wanted buckets"
    for key, endpoint in workspace.private_endpoints.items():
        its = "aws" if endpoint.endpoint_service else "azure"
        if its != cloud:
            yield (
                (*at, "private_endpoints", key),
                f"a private endpoint of {its}",
                "this cloud has none for it",
            )


def public_workspaces(documents: Documents) -> Iterable[Problem]:
    """Protected environments that are made to be reached from the internet."""
    for loaded in documents.environments.values():
        create = loaded.model.workspace.create
        if create and loaded.model.protected and create.private_access.public_access:
            path: Path_ = ("workspace", "create", "private_access", "public_access")
            message = f"{spelled(path)}: got true in a protected environment"
            hint = "remove the line, or write protected: false if that is so"
            yield Problem("public-workspace", message, loaded.at(*path), hint)


def regions_without_metastore(documents: Documents) -> Iterable[Problem]:
    """Workspaces that there is no metastore for."""
    account = documents.account.model
    for loaded in documents.environments.values():
        region = loaded.model.workspace.region
        if account.metastore_id is None and region not in account.metastores:
            message = f"workspace.region: there is no metastore for {region!r}"
            hint = "write metastore_id into environments/account.yaml, or make one under metastores"
            yield Problem("no-metastore", message, loaded.at("workspace", "region"), hint)
