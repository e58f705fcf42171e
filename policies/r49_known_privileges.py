"""R49: a privilege is one that its securable has

Severity: HIGH

Why
    Provider 1.99 plans `NOT_A_PRIVILEGE` without a word, and the API refuses it in the middle of the apply: the grants
    before it are changed, those after it are not. Since the list is authoritative, what was to be revoked still holds.

Anti-pattern
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-triage-consumers
              privileges: [USE_CATALOG, READ]

Best practice
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-triage-consumers
              privileges: [USE_SCHEMA, SELECT]

Not seen
    Grants on pipelines and recipients: their lists are not published, so the answer is UNKNOWN.

Sources
    Databricks, Unity Catalog privileges reference; what provider 1.99.0 accepts was tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import GRANTS, grants_of
from policies._rule import Answer, Block, Leaf, Rule, failed, unknown

_TABLE = {"APPLY_TAG", "MANAGE", "MODIFY", "REFRESH", "SELECT"}
_VOLUME = {"APPLY_TAG", "MANAGE", "READ_VOLUME", "WRITE_VOLUME"}
_MODEL = {"APPLY_TAG", "CREATE_MODEL_VERSION", "EXECUTE", "MANAGE"}
_IN_SCHEMA = {"CREATE_FUNCTION", "CREATE_MATERIALIZED_VIEW", "CREATE_MODEL", "CREATE_TABLE", "CREATE_VOLUME"}
_SCHEMA = _TABLE | _VOLUME | _MODEL | _IN_SCHEMA | {"EXTERNAL_USE_SCHEMA", "USE_SCHEMA"}
_STORAGE = {"CREATE_EXTERNAL_LOCATION", "CREATE_EXTERNAL_TABLE", "MANAGE", "READ_FILES", "WRITE_FILES"}
_SERVICE = {"ACCESS", "CREATE_CONNECTION", "MANAGE"}
# A privilege on a catalog or schema is inherited by what is in it, so theirs contain those of the objects below.
_PRIVILEGES: dict[str, set[str]] = {
    "catalog": _SCHEMA | {"BROWSE", "CREATE_SCHEMA", "USE_CATALOG"},
    "credential": _STORAGE | _SERVICE,
    "external_location": {
        "BROWSE",
        "CREATE_EXTERNAL_TABLE",
        "CREATE_EXTERNAL_VOLUME",
        "CREATE_FOREIGN_SECURABLE",
        "CREATE_MANAGED_STORAGE",
        "EXTERNAL_USE_LOCATION",
        "MANAGE",
        "READ_FILES",
        "WRITE_FILES",
    },
    "foreign_connection": {"CREATE_FOREIGN_CATALOG", "MANAGE", "USE_CONNECTION"},
    "function": {"EXECUTE", "MANAGE"},
    "metastore": {
        "CREATE_CATALOG",
        "CREATE_CLEAN_ROOM",
        "CREATE_CONNECTION",
        "CREATE_EXTERNAL_LOCATION",
        "CREATE_PROVIDER",
        "CREATE_RECIPIENT",
        "CREATE_SERVICE_CREDENTIAL",
        "CREATE_SHARE",
        "CREATE_STORAGE_CREDENTIAL",
        "MANAGE_ALLOWLIST",
        "SET_SHARE_PERMISSION",
        "USE_MARKETPLACE_ASSETS",
        "USE_PROVIDER",
        "USE_RECIPIENT",
        "USE_SHARE",
    },
    "model": _MODEL,
    "schema": _SCHEMA,
    "share": {"SELECT"},
    "storage_credential": _STORAGE,
    "table": _TABLE,
    "volume": _VOLUME,
}
_UNLISTED = ("pipeline", "recipient")


class KnownPrivileges(Rule):
    """Each privilege is in its securable's list."""

    resources = GRANTS

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each privilege."""
        named = [name for name in (*_PRIVILEGES, *_UNLISTED) if block.leaf(name).value is not None]
        if len(named) != 1:
            yield failed("the securable", f"got {named or 'none'}, wanted exactly one")
            return
        (securable,) = named
        for grant in grants_of(block):
            for privilege in grant.each("privileges"):
                yield _judged(securable, privilege)


def _judged(securable: str, privilege: Leaf) -> Answer:
    if securable in _UNLISTED:
        return unknown(privilege.path, f"no list says what a {securable} can be granted, got {privilege.value!r}")
    known = _PRIVILEGES[securable]
    # ALL_PRIVILEGES exists; that nobody may hold it is R44's to say.
    return privilege.must(lambda name: str(name) in known | {"ALL_PRIVILEGES"}, f"a {securable} has no such privilege")


RULE = KnownPrivileges()
