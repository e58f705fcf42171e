"""The real Terraform: where it is, and what it is told by its environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shipway.sandbox.layout import Home
from shipway.sandbox.state_service import USER

__all__ = ["Serving", "find_real", "without_accounts"]

# Settings of a shell that would lead out of the sandbox or get in its way.
_REMOVED = {"TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR", "TF_WORKSPACE", "TF_REATTACH_PROVIDERS"}
_REMOVED_STARTS = ("DATABRICKS_", "TF_HTTP_", "TF_CLI_ARGS")


def find_real(home: Home, path: str) -> str | None:
    """Terraform or OpenTofu in the folders of `path`, a sandbox's own program left out; None where there is none."""
    # The shell may be in another project's sandbox, so it is not only this one's folder.
    own = home.shim.parent.relative_to(home.root).parts
    folders = [Path(folder) for folder in path.split(os.pathsep) if folder]
    for name in ("terraform", "tofu"):
        for folder in folders:
            program = folder / name
            if os.access(program, os.X_OK) and program.is_file() and folder.resolve().parts[-len(own) :] != own:
                return str(program)
    return None


def without_accounts(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without credentials of Databricks: nothing in the sandbox can reach a real workspace."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _REMOVED
        and not name.startswith(_REMOVED_STARTS)
        # A leftover that names no file does nothing but make Terraform warn at every call.
        and not (name == "TF_CLI_CONFIG_FILE" and not Path(value).is_file())
    }


@dataclass(frozen=True)
class Serving:
    """Where the sandbox's server listens, for one call of Terraform."""

    process: int
    socket: Path
    port: int
    token: str

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """What Terraform needs to find the provider and the state."""
        address = f"http://127.0.0.1:{self.port}/state"
        # Named without its registry: Terraform and OpenTofu each put their own before it.
        provider = {
            "databricks/databricks": {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": self.process,
                "Test": True,  # Terraform is not to end a process that it has not started
                "Addr": {"Network": "unix", "String": str(self.socket)},
            }
        }
        return {
            **without_accounts(base),
            "CHECKPOINT_DISABLE": "1",
            "TF_REATTACH_PROVIDERS": json.dumps(provider),
            "TF_HTTP_ADDRESS": address,
            "TF_HTTP_LOCK_ADDRESS": address,
            "TF_HTTP_UNLOCK_ADDRESS": address,
            "TF_HTTP_USERNAME": USER,
            "TF_HTTP_PASSWORD": self.token,
            "TF_HTTP_RETRY_MAX": "0",
        }
