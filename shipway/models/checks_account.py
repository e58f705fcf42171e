"""What one document alone cannot know of workspaces: which cloud the account is on, what an environment is for."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.errors import Problem
from shipway.models.load import Documents

__all__ = ["unfit_workspaces"]

_MADE_HERE = {"aws": ("aws", "serverless"), "azure": (), "gcp": ("gcp", "serverless")}
_AWS_KEY = "arn:"


def unfit_workspaces(documents: Documents) -> Iterable[Problem]:
    """Workspaces that this account's cloud does not make, or that a protected environment must not have."""
    cloud = documents.account.model.cloud
    for loaded in documents.environments.values():
        create = loaded.model.workspace.create
        if create is None:
            continue
        if create.kind not in _MADE_HERE[cloud]:
            kinds = " or ".join(_MADE_HERE[cloud])
            message = f"workspace.create.kind: got {create.kind!r}, and the account is on {cloud}"
            # Azure's workspaces are resources of the provider azurerm, and so is their hardening.
            hint = f"wanted {kinds}" if kinds else "make it outside, and write its url and id here"
            yield Problem("workspace-of-another-cloud", message, loaded.at("workspace", "create", "kind"), hint)
        elif create.kind == "serverless" and create.managed_services_key.startswith(_AWS_KEY) != (cloud == "aws"):
            message = f"workspace.create.managed_services_key: this is no key of {cloud}, where the account is"
            at = loaded.at("workspace", "create", "managed_services_key")
            yield Problem("workspace-of-another-cloud", message, at, "name a key of the account's cloud")
        if loaded.model.protected and create.private_access.public_access:
            message = "workspace.create.private_access.public_access: got true in a protected environment"
            at = loaded.at("workspace", "create", "private_access", "public_access")
            yield Problem("public-workspace", message, at, "remove the line, or write protected: false if that is so")
