"""Adopted objects on their own: each resource is imported by the id that the provider takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from landing_zone import adopted as data
from landing_zone import adopted_workspace as workspace

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

SECURABLE = {"name": "x", "owner": "o"}
HELD = {"comment": "c", "grants": {"g": ["SELECT"]}}
INSIDE = {"catalog_name": "c", "schema_name": "s"}
BOUND = {"bindings": {"7": "BINDING_TYPE_READ_ONLY"}}
STORED = {"isolation_mode": "ISOLATION_MODE_OPEN"}
HOUSE = {
    "id": "w1",
    "name": "w",
    "cluster_size": "Small",
    "auto_stop_mins": 10,
    "warehouse_type": "PRO",
    "min_num_clusters": 1,
    "max_num_clusters": 1,
    "enable_photon": True,
    "enable_serverless_compute": True,
    "spot_instance_policy": "COST_OPTIMIZED",
}
ACCESS = {
    "permissions": {"users": {"a@b.c": "CAN_USE"}, "groups": {"g": "CAN_USE"}, "service_principals": {"s": "CAN_USE"}}
}

# What stands in the document, and the ids that are imported.
CASES: dict[str, tuple[Any, dict[str, Any], set[str]]] = {
    "catalog": (data.FoundCatalog, {**SECURABLE, "isolation_mode": "OPEN"}, {"x"}),
    "catalog, full": (
        data.FoundCatalog,
        {
            **SECURABLE,
            **HELD,
            **BOUND,
            "isolation_mode": "ISOLATED",
            "storage_root": "s3://b",
            "properties": {"a": "b"},
        },
        {"x", "catalog/x", "7|catalog|x"},
    ),
    "schema": (data.FoundSchema, {**SECURABLE, "catalog_name": "c"}, {"c.x"}),
    "schema, full": (data.FoundSchema, {**SECURABLE, **HELD, "catalog_name": "c"}, {"c.x", "schema/c.x"}),
    "volume": (data.FoundVolume, {**SECURABLE, **INSIDE, "volume_type": "MANAGED"}, {"c.s.x"}),
    "volume, full": (
        data.FoundVolume,
        {**SECURABLE, **HELD, **INSIDE, "volume_type": "EXTERNAL", "storage_location": "s3://b/v"},
        {"c.s.x", "volume/c.s.x"},
    ),
    "model": (data.FoundModel, {**SECURABLE, **INSIDE}, {"c.s.x"}),
    "model, full": (data.FoundModel, {**SECURABLE, **HELD, **INSIDE}, {"c.s.x", "model/c.s.x"}),
    "credential": (data.FoundCredential, {**SECURABLE, **STORED, "role_arn": "arn:x"}, {"x"}),
    "credential of Azure": (
        data.FoundCredential,
        {**SECURABLE, **STORED, **HELD, **BOUND, "azure_managed_identity": {"access_connector_id": "/x"}},
        {"x", "storage_credential/x", "7|storage_credential|x"},
    ),
    "credential of Google": (data.FoundCredential, {**SECURABLE, **STORED, "gcp_service_account": True}, {"x"}),
    "location": (data.FoundLocation, {**SECURABLE, **STORED, "url": "s3://b", "credential_name": "c"}, {"x"}),
    "policy": (workspace.FoundPolicy, {"id": "P1", "name": "p", "definition": "{}"}, {"P1"}),
    "policy of a family": (
        workspace.FoundPolicy,
        {"id": "P1", "name": "p", "policy_family_id": "job-cluster", **ACCESS},
        {"P1", "/cluster-policies/P1"},
    ),
    "warehouse": (workspace.FoundWarehouse, HOUSE, {"w1"}),
    "warehouse, full": (
        workspace.FoundWarehouse,
        {**HOUSE, **ACCESS, "tags": {"a": "b"}},
        {"w1", "/sql/warehouses/w1"},
    ),
    "scope": (workspace.FoundScope, {"name": "k"}, {"k"}),
    "scope, full": (
        workspace.FoundScope,
        {
            "name": "k",
            "keyvault": {"resource_id": "/r", "dns_name": "https://v"},
            "acls": {"a/b": "READ", "a--b": "READ", "g": "MANAGE"},
        },
        {"k", "k|||a/b", "k|||a--b", "k|||g"},
    ),
    "addresses": (
        workspace.FoundIpAccessList,
        {"id": "i1", "label": "l", "list_type": "ALLOW", "ip_addresses": ["198.51.100.1"]},
        {"i1"},
    ),
    "notification": (workspace.FoundNotification, {"id": "n1", "display_name": "n", "emails": ["a@b.c"]}, {"n1"}),
}


@pytest.mark.parametrize("name", CASES)
def test_every_resource_is_imported_by_its_id(build: Build, name: str) -> None:
    construct, document, ids = CASES[name]
    model = _model_of(construct).model_validate(document)
    built = build("dev-adopted", lambda stack: construct(stack, "it", spec=model))
    imported = built.document["import"]
    assert {item["id"] for item in imported} == ids
    # Not one resource without its import: that one would be created.
    assert {item["to"] for item in imported} == set(built.addresses.values())


def _model_of(construct: Any) -> Any:
    """The document model that the construct takes."""
    import shipway.models.adopted as models

    return getattr(models, construct.__init__.__annotations__["spec"])
