"""What a plan does not say about the Databricks provider's attributes: which are secret, which force a replacement.

`provider_facts.json` is generated from the provider's schema and measured behaviour by
`python -m shipway.plan.provider <provider-schema.json> <provider-behaviour.json>`.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shipway.plan.masks import NOT_SECRET, SecretTree, secret_tree

__all__ = ["condense", "forces_replacement", "secrets_of"]

_FACTS = Path(__file__).with_name("provider_facts.json")

# Secret by what they are, of other providers that stand beside Databricks in a landing zone.
_OTHER_SECRETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aws_iam_access_key": ("secret",),
        "aws_secretsmanager_secret_version": ("secret_string", "secret_binary"),
        "azuread_application_password": ("value",),
        "azuread_service_principal_password": ("value",),
        "azurerm_key_vault_secret": ("value",),
        "google_secret_manager_secret_version": ("secret_data",),
        "google_service_account_key": ("private_key",),
        "random_password": ("result", "bcrypt_hash"),
        "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
    }
)


@functools.cache
def secrets_of(kind: str) -> SecretTree:
    """The attributes of a resource type that hold secrets, also where a plan forgot to mark them."""
    paths = _facts()["sensitive"].get(kind) or _OTHER_SECRETS.get(kind)
    return secret_tree(paths) if paths else NOT_SECRET


def forces_replacement(kind: str, attribute: str) -> bool:
    """Whether changing `attribute` (a dotted path without indexes) replaces an object of this Databricks type."""
    return attribute in _facts()["force_new"].get(kind, ())


@functools.cache
def _facts() -> Any:
    return json.loads(_FACTS.read_text(encoding="utf-8"))


def condense(schema: Mapping[str, Any], behaviour: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a review needs, of the schema as Terraform prints it and of the measured behaviour."""
    (provider,) = schema["provider_schemas"].values()
    sensitive = {kind: sorted(_sensitive(item["block"])) for kind, item in provider["resource_schemas"].items()}
    force_new = {
        kind: sorted(path for path, attribute in item["attrs"].items() if attribute.get("force_new"))
        for kind, item in behaviour.items()
    }
    return {
        "generated_by": "python -m shipway.plan.provider",
        "force_new": {kind: paths for kind, paths in sorted(force_new.items()) if paths},
        "sensitive": {kind: paths for kind, paths in sorted(sensitive.items()) if paths},
    }


def _sensitive(block: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("sensitive"):
            yield f"{prefix}{name}"
        elif "nested_type" in attribute:
            yield from _sensitive(attribute["nested_type"], f"{prefix}{name}.")
    for name, nested in block.get("block_types", {}).items():
        yield from _sensitive(nested["block"], f"{prefix}{name}.")


def _main() -> None:
    schema, behaviour = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    _FACTS.write_text(json.dumps(condense(schema, behaviour), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
