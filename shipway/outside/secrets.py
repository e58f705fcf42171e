"""The secret stores of workspaces, over the API, and what stands in for them.

Only the names of keys and the time of their last write are read, never a value. What Databricks answers to a write is
not passed on: an answer may quote what it was sent.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shipway.errors import MissingTool, ToolFailed
from shipway.rotation.seams import SecretValue

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

__all__ = ["DatabricksSecrets", "FakeSecrets", "connect"]

_PATIENCE = 30
"""Seconds until a workspace that does not answer is an error."""


def connect(host: str) -> DatabricksSecrets:
    """The store of the workspace at `host`, with the credentials of this shell; raises MissingTool and ToolFailed."""
    try:
        from databricks.sdk import WorkspaceClient
        from databricks.sdk.core import Config
    except ImportError as error:
        raise MissingTool("databricks-sdk is not installed", "run `make setup` in the project's folder") from error
    # Its debug log has requests and answers: it blanks out values, but not where an answer quotes one.
    logging.getLogger("databricks.sdk").setLevel(logging.INFO)
    try:
        # Its own patience is five minutes a call.
        settings = Config(host=host, retry_timeout_seconds=_PATIENCE, http_timeout_seconds=_PATIENCE)
        return DatabricksSecrets(host, WorkspaceClient(config=settings))
    except ValueError as error:
        # What the SDK raises where it finds no credentials.
        raise ToolFailed(f"cannot sign in to {host}: {error}", "set credentials of Databricks in this shell") from error


@dataclass(frozen=True)
class DatabricksSecrets:
    """The store of one workspace."""

    name: str
    client: WorkspaceClient

    def updated(self, scope: str) -> Mapping[str, int] | None:
        """As `SecretStore`; raises ToolFailed."""
        from databricks.sdk.errors.base import DatabricksError
        from databricks.sdk.errors.platform import NotFound

        try:
            found = list(self.client.secrets.list_secrets(scope))
        except NotFound:
            return None
        except (DatabricksError, OSError) as error:
            raise ToolFailed(f"{self.name} does not list the secrets of {scope}: {error}") from error
        return {one.key: one.last_updated_timestamp or 0 for one in found if one.key}

    def put(self, scope: str, key: str, value: SecretValue) -> None:
        """As `SecretStore`; raises ToolFailed with the kind of the answer only."""
        from databricks.sdk.errors.base import DatabricksError

        plain = value.reveal()
        failed = ""
        try:
            try:
                text = plain.decode()
            except UnicodeDecodeError:
                self.client.secrets.put_secret(scope, key, bytes_value=base64.b64encode(plain).decode())
            else:
                self.client.secrets.put_secret(scope, key, string_value=text)
        except (DatabricksError, OSError) as error:
            failed = type(error).__name__
        if failed:
            # Raised out here, so that what Databricks said does not come along as its cause.
            raise ToolFailed(
                f"{self.name} did not take the value of {key} in {scope}: {failed}",
                "whose WRITE permission on the scope is it? its answer is not shown: it may hold the value",
            )


@dataclass
class FakeSecrets:
    """A store in memory, whose clock is one tick a write."""

    name: str = "a fake"
    scopes: dict[str, dict[str, tuple[bytes, int]]] = field(default_factory=dict)
    failing: bool = False
    clock: int = 1_800_000_000_000

    def updated(self, scope: str) -> Mapping[str, int] | None:
        """As the real one."""
        found = self.scopes.get(scope)
        return None if found is None else {key: stamp for key, (_, stamp) in found.items()}

    def put(self, scope: str, key: str, value: SecretValue) -> None:
        """As the real one."""
        if self.failing:
            raise ToolFailed(f"{self.name} did not take the value of {key} in {scope}: PermissionDenied")
        self.clock += 1
        self.scopes[scope][key] = (value.reveal(), self.clock)

    def assert_holds(self, scope: str, key: str, value: bytes) -> None:
        """That key has exactly this value."""
        if self.scopes.get(scope, {}).get(key, (None, 0))[0] != value:
            raise AssertionError(f"{key} in {scope} has another value, or none")
