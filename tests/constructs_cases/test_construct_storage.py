"""Storage credentials and external locations: each cloud's identity, the order, and that nothing is relaxed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from binding import TerraformStack
from landing_zone import DataCatalog, StorageAccess, StorageLocation
from shipway.models.deployment import CatalogSpec, Grant, StorageCredentialSpec, StorageLocationSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

KEEP = Grant(principal="halyard-platform-deployers", privileges=("MANAGE",))
OWNER = "halyard-platform-admins"


def credential(
    cloud: Literal["aws", "azure", "gcp"] = "aws", full: bool = False, **identity: str
) -> StorageCredentialSpec:
    stewards = Grant(principal="halyard-claims-data-stewards", privileges=("READ_FILES",))
    return StorageCredentialSpec(
        key="claims",
        name="claims-prod",
        comment="The claims bucket",
        owner=OWNER,
        cloud=cloud,
        identity=identity or {"role_arn": "arn:aws:iam::333344445555:role/claims"},
        read_only=full,
        bindings=(("test", 1042000000000022, "BINDING_TYPE_READ_WRITE"),) if full else (),
        grants=(stewards, KEEP) if full else (KEEP,),
    )


def location(full: bool = False) -> StorageLocationSpec:
    return StorageLocationSpec(
        key="claims",
        name="claims-prod",
        comment="The claims bucket",
        owner=OWNER,
        url="s3://halyard-prod-claims",
        credential="claims",
        read_only=full,
        bindings=(("test", 1042000000000022, "BINDING_TYPE_READ_WRITE"),) if full else (),
        grants=(KEEP,),
    )


def catalog() -> CatalogSpec:
    return CatalogSpec(
        key="claims",
        name="claims_prod",
        comment="Claims",
        owner=OWNER,
        storage_root="s3://halyard-prod-claims/managed",
        location="claims",
        properties={},
        isolation_mode="ISOLATED",
        bindings=(),
        grants=(KEEP,),
        access_requests=None,
        schemas=(),
    )


def both(stack: TerraformStack, full: bool = False) -> StorageLocation:
    access = StorageAccess(stack, "credential", spec=credential(full=full))
    return StorageLocation(stack, "location", spec=location(full), access=access)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", both)
    made = built.at("credential/credential")
    assert made["aws_iam_role"] == {"role_arn": "arn:aws:iam::333344445555:role/claims"}
    assert (made["isolation_mode"], made["skip_validation"]) == ("ISOLATION_MODE_ISOLATED", False)
    assert built.at("location/location")["fallback"] is False
    # Databricks binds the home workspace itself; a binding declared too breaks the destroy (#5300).
    assert "databricks_workspace_binding" not in built.types
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: both(stack, full=True))
    binding = built.at("credential/shared_with/test")
    # Only a catalog can be bound for reading (#4978).
    assert binding["binding_type"] == "BINDING_TYPE_READ_WRITE"
    assert binding["securable_type"] == "storage_credential"
    assert built.at("location/shared_with/test")["securable_type"] == "external_location"
    built.passes_every_rule()


@pytest.mark.parametrize(
    ("cloud", "block", "identity"),
    [
        ("azure", "azure_managed_identity", {"access_connector_id": "/subscriptions/x"}),
        ("gcp", "databricks_gcp_service_account", {}),
    ],
)
def test_the_identities_of_the_other_clouds(
    build: Build, cloud: Literal["azure", "gcp"], block: str, identity: dict[str, str]
) -> None:
    spec = credential(cloud).model_copy(update={"identity": identity})
    built = build("prod-landing-zone", lambda stack: StorageAccess(stack, "credential", spec=spec))
    made = built.at("credential/credential")
    assert made[block] == identity
    assert "aws_iam_role" not in made
    built.passes_every_rule()


def test_the_catalog_comes_after_its_location_and_that_after_its_credential(build: Build) -> None:
    def make(stack: TerraformStack) -> None:
        DataCatalog(stack, "catalog", spec=catalog(), location=both(stack))

    built = build("prod-landing-zone", make)
    assert set(built.at("catalog/catalog")["depends_on"]) == {
        built.addresses["location/location"],
        built.addresses["location/grants"],
    }
    assert built.at("location/location")["depends_on"] == [built.addresses["credential/grants"]]
    assert built.addresses["credential/credential"] in built.at("location/location")["credential_name"]
