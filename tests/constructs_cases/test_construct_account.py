"""What an account declares once: metastores, the delivery of its audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_zone import AuditLogDelivery, RegionMetastore
from shipway.models.deployment import AuditLogSpec, MetastoreSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

ACCOUNT = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
METASTORE = MetastoreSpec(
    region="eu-central-1",
    name="halyard-eu-central-1",
    owner="halyard-platform-admins",
    delta_sharing="INTERNAL",
    recipient_token_seconds=30 * 86_400,
    organization_name=None,
)
SHARED = METASTORE.model_copy(
    update={
        "delta_sharing": "INTERNAL_AND_EXTERNAL",
        "recipient_token_seconds": 90 * 86_400,
        "organization_name": "halyard",
    }
)
LOG = AuditLogSpec(
    name="halyard-account-audit-log",
    credentials_name="halyard-account-audit-log-credentials",
    storage_name="halyard-account-audit-log-storage",
    role="arn:aws:iam::123456789012:role/audit",
    bucket="halyard-audit",
    prefix="audit",
)


def test_a_metastore_has_an_owner_and_no_storage(build: Build) -> None:
    built = build("account", lambda stack: RegionMetastore(stack, "eu-central-1", spec=METASTORE))
    metastore = built.at("eu-central-1/metastore")
    assert metastore["owner"] == "halyard-platform-admins"
    assert "storage_root" not in metastore
    # The provider refuses one without the other.
    assert metastore["delta_sharing_scope"] == "INTERNAL"
    assert metastore["delta_sharing_recipient_token_lifetime_in_seconds"] == 2_592_000
    built.passes_every_rule()


def test_a_metastore_that_is_shared_outside_passes_with_tokens_of_90_days(build: Build) -> None:
    build("account", lambda stack: RegionMetastore(stack, "eu-central-1", spec=SHARED)).passes_every_rule()


def test_tokens_that_live_for_ever_are_seen(build: Build) -> None:
    forever = SHARED.model_copy(update={"recipient_token_seconds": 0})
    built = build("account", lambda stack: RegionMetastore(stack, "eu-central-1", spec=forever))
    assert built.breaks() == {"R05"}


def test_the_audit_log_is_on_as_json_of_every_workspace(build: Build) -> None:
    built = build("account", lambda stack: AuditLogDelivery(stack, "audit_log", spec=LOG, account_id=ACCOUNT))
    delivery = built.at("audit_log/delivery")
    assert (delivery["log_type"], delivery["output_format"], delivery["status"]) == ("AUDIT_LOGS", "JSON", "ENABLED")
    assert "workspace_ids_filter" not in delivery
    assert delivery["lifecycle"] == {"prevent_destroy": True}
    built.passes_every_rule()


def test_the_audit_log_deep_in_a_bucket(build: Build) -> None:
    spec = LOG.model_copy(update={"prefix": "databricks/halyard/audit"})
    built = build("account", lambda stack: AuditLogDelivery(stack, "audit_log", spec=spec, account_id=ACCOUNT))
    assert built.at("audit_log/delivery")["delivery_path_prefix"] == "databricks/halyard/audit"
    built.passes_every_rule()
