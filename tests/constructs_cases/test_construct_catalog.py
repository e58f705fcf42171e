"""A catalog: what it says of its data, who is asked for access, one list of grants on each securable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_zone import DataCatalog
from shipway.models.deployment import AccessRequestsSpec, CatalogSpec, Grant, SchemaSpec, VolumeSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

KEEP = (Grant(principal="halyard-platform-deployers", privileges=("MANAGE",)),)
DEFAULT = CatalogSpec(
    key="claims",
    name="claims_prod",
    comment="Claims",
    owner="halyard-platform-admins",
    storage_root="s3://halyard-prod-claims/managed",
    location=None,
    properties={},
    isolation_mode="ISOLATED",
    bindings=(),
    grants=KEEP,
    access_requests=AccessRequestsSpec(destinations=(("EMAIL", "claims-data@halyard.example"),)),
    schemas=(),
)
VOLUME = VolumeSpec(key="triage", name="triage_releases", comment="Artifacts", grants=KEEP)
FULL = DEFAULT.model_copy(
    update={
        "owner": "halyard-claims-data-stewards",
        "properties": {"shipway.classification": "restricted"},
        "bindings": (("test", 1042000000000022, "BINDING_TYPE_READ_ONLY"),),
        "access_requests": AccessRequestsSpec(
            destinations=(("EMAIL", "claims-data@halyard.example"), ("URL", "https://access.halyard.example"))
        ),
        "schemas": (SchemaSpec(key="triage", name="triage", comment="Triage", grants=KEEP, volumes=(VOLUME,)),),
    }
)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: DataCatalog(stack, "claims", spec=DEFAULT))
    made = built.at("claims/catalog")
    assert made["force_destroy"] is False
    assert "properties" not in made
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: DataCatalog(stack, "claims", spec=FULL))
    assert built.at("claims/catalog")["properties"] == {"shipway.classification": "restricted"}
    owners = {
        built.at(path)["owner"]
        for path in ("claims/catalog", "claims/schemas/triage/schema", "claims/schemas/triage/volumes/triage/volume")
    }
    assert owners == {"halyard-claims-data-stewards"}
    assert built.at("claims/access_requests")["destinations"] == [
        {"destination_id": "claims-data@halyard.example", "destination_type": "EMAIL"},
        {"destination_id": "https://access.halyard.example", "destination_type": "URL"},
    ]
    built.passes_every_rule()


def test_a_securable_has_one_list_of_grants(build: Build) -> None:
    # Two of them revert each other on every apply (#2216).
    built = build("prod-landing-zone", lambda stack: DataCatalog(stack, "claims", spec=FULL))
    lists = [body for path, body in built.resources.items() if path.endswith("/grants")]
    on = [{key: value for key, value in body.items() if key != "grant"} for body in lists]
    assert len(on) == 3
    assert len({str(one) for one in on}) == 3
    assert "databricks_grant" not in built.types
