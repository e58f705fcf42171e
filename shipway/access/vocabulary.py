"""Which privileges there are on which kind of securable, what each needs before it can be used, what each implies.

Unity Catalog's privileges: https://docs.databricks.com/aws/en/data-governance/unity-catalog/access-control/privileges-reference
Permission levels: https://docs.databricks.com/aws/en/security/auth/access-control/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from shipway.access.landscape import Kind
from shipway.models.privileges import (
    CatalogPrivilege,
    CredentialPrivilege,
    FunctionPrivilege,
    LocationPrivilege,
    ModelPrivilege,
    SchemaPrivilege,
    VolumePrivilege,
)

__all__ = [
    "ADMIN",
    "ALL_NAMES",
    "ALL_PRIVILEGES",
    "ENTITLEMENTS",
    "IMPLIED",
    "MANAGE",
    "ONLY_OWNERS_GRANT",
    "OWNED",
    "PRIVILEGES",
    "implied_by",
    "usage_needed",
]

MANAGE = "MANAGE"
ALL_PRIVILEGES = "ALL_PRIVILEGES"
ADMIN = "ADMIN"

ENTITLEMENTS = (
    "ALLOW_CLUSTER_CREATE",
    "ALLOW_INSTANCE_POOL_CREATE",
    "DATABRICKS_SQL_ACCESS",
    "WORKSPACE_ACCESS",
    "WORKSPACE_CONSUME",
)
"""What somebody who is let into a workspace may do there; without being let in they are worth nothing:
https://docs.databricks.com/aws/en/security/auth/entitlements"""

ONLY_OWNERS_GRANT = frozenset({"EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION"})
"""They let data out of the house, so neither MANAGE nor ALL_PRIVILEGES contains them; the catalog's or the location's
owner grants them."""

# BROWSE can be granted on a catalog only, and shows the metadata of all that is in it.
_SEEN = ("BROWSE",)

PRIVILEGES: Mapping[Kind, tuple[str, ...]] = {
    Kind.CATALOG: get_args(CatalogPrivilege),
    Kind.SCHEMA: (*get_args(SchemaPrivilege), *_SEEN),
    Kind.TABLE: ("APPLY_TAG", "MANAGE", "MODIFY", "SELECT", *_SEEN),
    Kind.VOLUME: (*get_args(VolumePrivilege), *_SEEN),
    Kind.MODEL: (*get_args(ModelPrivilege), *_SEEN),
    Kind.FUNCTION: (*get_args(FunctionPrivilege), *_SEEN),
    Kind.EXTERNAL_LOCATION: get_args(LocationPrivilege),
    Kind.STORAGE_CREDENTIAL: get_args(CredentialPrivilege),
    Kind.JOB: ("CAN_VIEW", "CAN_MANAGE_RUN", "IS_OWNER", "CAN_MANAGE"),
    Kind.ENDPOINT: ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"),
    Kind.SECRET_SCOPE: ("READ", "WRITE", "MANAGE"),
    Kind.CLUSTER_POLICY: ("CAN_USE", "CAN_MANAGE"),
    Kind.WAREHOUSE: ("CAN_VIEW", "CAN_USE", "CAN_MONITOR", "IS_OWNER", "CAN_MANAGE"),
    Kind.SERVICE_PRINCIPAL: ("SERVICE_PRINCIPAL_USER", "SERVICE_PRINCIPAL_MANAGER"),
    Kind.WORKSPACE: ("USER", ADMIN, *ENTITLEMENTS),
}
"""Every privilege by the kinds of securable on which it means something."""

ALL_NAMES = frozenset(name for names in PRIVILEGES.values() for name in names)

# What exists on a container only to be inherited. An owner of a schema has none of these on the tables in it, and may
# grant them to itself; nor may it let other engines in (EXTERNAL_USE_SCHEMA) without being granted that:
# https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/ownership
_OF_CHILDREN = {
    Kind.CATALOG: set(get_args(CatalogPrivilege)) - {"APPLY_TAG", "BROWSE", "CREATE_SCHEMA", "MANAGE", "USE_CATALOG"},
    Kind.SCHEMA: {
        "CREATE_MODEL_VERSION",
        "EXECUTE",
        "EXTERNAL_USE_SCHEMA",
        "MODIFY",
        "READ_VOLUME",
        "REFRESH",
        "SELECT",
        "WRITE_VOLUME",
    },
}

OWNED: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(name for name in names if name not in _OF_CHILDREN.get(kind, ()))
    for kind, names in PRIVILEGES.items()
    if kind.in_unity_catalog or kind in (Kind.JOB, Kind.WAREHOUSE)
}
"""What an owner has by owning: all that concerns the object itself."""

IMPLIED: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.JOB: {
        "CAN_MANAGE_RUN": ("CAN_VIEW",),
        "IS_OWNER": ("CAN_VIEW", "CAN_MANAGE_RUN"),
        "CAN_MANAGE": ("CAN_VIEW", "CAN_MANAGE_RUN"),
    },
    Kind.ENDPOINT: {"CAN_QUERY": ("CAN_VIEW",), "CAN_MANAGE": ("CAN_VIEW", "CAN_QUERY")},
    Kind.SECRET_SCOPE: {"WRITE": ("READ",), "MANAGE": ("READ", "WRITE")},
    Kind.CLUSTER_POLICY: {"CAN_MANAGE": ("CAN_USE",)},
    # CAN_USE runs queries and does not see others'.
    Kind.WAREHOUSE: {
        "CAN_MONITOR": ("CAN_VIEW", "CAN_USE"),
        "IS_OWNER": ("CAN_VIEW", "CAN_USE", "CAN_MONITOR"),
        "CAN_MANAGE": ("CAN_VIEW", "CAN_USE", "CAN_MONITOR"),
    },
    # These three cannot be taken from admins; access to Databricks SQL can.
    Kind.WORKSPACE: {ADMIN: ("USER", "WORKSPACE_ACCESS", "ALLOW_CLUSTER_CREATE", "ALLOW_INSTANCE_POOL_CREATE")},
}
"""Levels are ladders: a higher one contains the lower ones. In Unity Catalog MODIFY does not give SELECT, and whoever
manages a service principal's roles does not run jobs as it:
https://docs.databricks.com/aws/en/security/auth/access-control/service-principal-acl"""


def implied_by(kind: Kind, privilege: str) -> tuple[str, ...]:
    """All that `privilege` follows from on that kind of securable; itself is not among them."""
    if kind.in_unity_catalog:
        # Documents cannot grant it; a workspace can. It leaves out what would let data or control out of the house.
        return () if privilege == MANAGE or privilege in ONLY_OWNERS_GRANT else (ALL_PRIVILEGES,)
    return tuple(higher for higher, lower in IMPLIED.get(kind, {}).items() if privilege in lower)


def usage_needed(kind: Kind, privilege: str) -> tuple[tuple[str, Kind], ...]:
    """The usage privileges without which `privilege` cannot be used, each with the kind of container it is needed on.

    BROWSE needs none; what MANAGE needs depends on where it is held, and is in `effective`:
    https://docs.databricks.com/aws/en/data-governance/unity-catalog/access-control/permissions-concepts
    """
    if kind is Kind.WORKSPACE and privilege in ENTITLEMENTS:
        return (("USER", kind),)
    if kind in (Kind.EXTERNAL_LOCATION, Kind.STORAGE_CREDENTIAL):
        # They lie in the metastore itself, which nobody has to enter.
        return ()
    if not kind.in_unity_catalog or privilege in ("BROWSE", "USE_CATALOG", MANAGE):
        return ()
    catalog = ("USE_CATALOG", Kind.CATALOG)
    if kind is Kind.CATALOG and privilege not in _OF_CHILDREN[Kind.CATALOG]:
        return (catalog,)
    if privilege == "USE_SCHEMA":
        return (catalog,)
    # On a catalog, what is inherited by what lies in schemas needs USE_SCHEMA too: on the catalog, for all of them.
    return catalog, ("USE_SCHEMA", Kind.CATALOG if kind is Kind.CATALOG else Kind.SCHEMA)
