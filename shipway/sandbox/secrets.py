"""The sandbox's secret stores: that a value was written, and when; never the value.

Files of the sandbox are for looking into, and a laptop is no place for what a rotation gives. So a secret's file keeps
a salted scrypt digest: enough to say whether it holds a value one knows, too slow to guess one by.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from shipway.errors import ShipwayError
from shipway.rotation.seams import SecretValue
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.store import Maker, Store, StoreError, workspace_name
from shipway.sandbox.provider.values import Object

__all__ = ["SandboxSecrets"]

_SECRET, _SCOPE = "databricks_secret", "databricks_secret_scope"


@dataclass(frozen=True)
class SandboxSecrets:
    """The store of one pretended workspace."""

    home: Home
    host: str

    @property
    def name(self) -> str:
        """As `SecretStore`."""
        return "the sandbox"

    def updated(self, scope: str) -> Mapping[str, int] | None:
        """As `SecretStore`; raises ShipwayError where a file is no object."""
        try:
            scopes = {str(one.attributes.get("name")) for one in self._store.objects(self._workspace, _SCOPE)}
            found = [one.attributes for one in self._store.objects(self._workspace, _SECRET)]
            if scope not in scopes:
                return None
            return {
                str(one["key"]): _whole(one.get("last_updated_timestamp")) for one in found if one.get("scope") == scope
            }
        except (StoreError, KeyError) as error:
            raise ShipwayError(f"{self.name}: {error}") from error

    def put(self, scope: str, key: str, value: SecretValue) -> None:
        """As `SecretStore`."""
        before = (self.updated(scope) or {}).get(key, 0)
        salt = os.urandom(16)
        digest = hashlib.scrypt(value.reveal(), salt=salt, n=2**14, r=8, p=1)
        id_ = f"{scope}|||{key}"
        attributes: Object = {
            "id": id_,
            "scope": scope,
            "key": key,
            # Two writes within a millisecond are still two.
            "last_updated_timestamp": max(time.time_ns() // 1_000_000, before + 1),
            "value_scrypt": f"{salt.hex()}:{digest.hex()}",
        }
        try:
            self._store.replace(self._workspace, _SECRET, id_, attributes, Maker("", "rotation"))
        except StoreError as error:
            raise ShipwayError(str(error)) from error

    def holds(self, scope: str, key: str, value: bytes) -> bool:
        """Whether that is the value of the key."""
        for one in self._store.objects(self._workspace, _SECRET):
            if (one.attributes.get("scope"), one.attributes.get("key")) == (scope, key):
                salt, _, digest = str(one.attributes.get("value_scrypt")).partition(":")
                return hashlib.scrypt(value, salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex() == digest
        return False

    @property
    def _store(self) -> Store:
        return Store(self.home.workspaces)

    @property
    def _workspace(self) -> str:
        return workspace_name(self.host)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
