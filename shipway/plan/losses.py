"""What is lost when an object is destroyed: data, keys and identities that no apply can bring back.

One sentence a type, from the documentation of Databricks (object storage lifecycle in Unity Catalog, DROP and UNDROP)
and of the other providers. Where the pages of Databricks disagree, the more careful one is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shipway.plan.values import Record

__all__ = ["UNKNOWN_LOSS", "Loss", "loss_of"]


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes, and until when it can be had back."""

    what: str
    recovery: str


UNKNOWN_LOSS = Loss("unknown: this program does not know what an object of this type holds", "unknown")

_SOFT = "Databricks keeps managed files for 7 days, then purges them within 48 hours"
_NONE = "cannot be recovered"
_AGAIN = "it is built again from its source"
_TRASH = "from the trash, while Databricks keeps it there"
_STAYS = "the files stay in your storage; create the object again over the same location"

_LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "databricks_catalog": Loss("the catalog with every schema, managed table, volume and model in it", _SOFT),
        "databricks_connection": Loss("the connection with its credential; foreign catalogs over it end", _NONE),
        "databricks_dashboard": Loss("the dashboard with its drafts and subscriptions", _TRASH),
        "databricks_database_database_catalog": Loss("the catalog over the database instance", "create it again"),
        "databricks_database_instance": Loss("the database instance with all its databases", _NONE),
        "databricks_database_synced_database_table": Loss("the synced copy of the table", _AGAIN),
        "databricks_dbfs_file": Loss("the file", _NONE),
        "databricks_file": Loss("the file in the volume", _NONE),
        "databricks_metastore": Loss("the metastore with the metadata of every catalog in the region", _NONE),
        "databricks_mlflow_experiment": Loss("the experiment with its runs, metrics and artifacts", _TRASH),
        "databricks_mlflow_model": Loss("the registered model with all its versions and stages", _NONE),
        "databricks_mws_customer_managed_keys": Loss("the key configuration that workspaces are encrypted with", _NONE),
        "databricks_mws_storage_configurations": Loss("the root storage configuration", "the bucket itself stays"),
        "databricks_mws_workspaces": Loss("the workspace with its notebooks, jobs, dashboards and run history", _NONE),
        "databricks_online_store": Loss("the online store with all published features", _AGAIN),
        "databricks_online_table": Loss("the online table", _AGAIN),
        "databricks_pipeline": Loss("the pipeline with the tables, views and checkpoints it owns", _SOFT),
        "databricks_recipient": Loss("the recipient: a partner's access ends and its activation link dies", _NONE),
        "databricks_registered_model": Loss("the registered model with all its versions and aliases", _NONE),
        "databricks_repo": Loss("the Git folder with its uncommitted changes", _NONE),
        "databricks_schema": Loss("the schema with every managed table, volume, model and function in it", _SOFT),
        "databricks_secret": Loss("the secret's value", _NONE),
        "databricks_secret_scope": Loss("the secret scope with every secret in it", _NONE),
        "databricks_service_principal": Loss("the identity with its credentials; what it owns loses its owner", _NONE),
        "databricks_service_principal_secret": Loss("the credential: whoever logs in with it is locked out", _NONE),
        "databricks_share": Loss("the share: its recipients lose the data", "share again"),
        "databricks_sql_table": Loss("the table with its data and history", "UNDROP within 7 days"),
        "databricks_table": Loss("the table with its data and history", "UNDROP within 7 days"),
        "databricks_vector_search_endpoint": Loss("the endpoint with every index on it", _AGAIN),
        "databricks_vector_search_index": Loss("the index; queries fail until it is built again", _AGAIN),
        "databricks_volume": Loss("the volume with all files in it", f"{_SOFT}; do not count on UNDROP VOLUME"),
        "databricks_workspace_file": Loss("the file", _NONE),
        "aws_kms_key": Loss("the key, and with it whatever is encrypted by it", "in the waiting period, 7 to 30 days"),
        "aws_s3_bucket": Loss("the bucket with every object in it", _NONE),
        "azurerm_databricks_workspace": Loss("the workspace with its notebooks, jobs and managed storage", _NONE),
        "azurerm_key_vault": Loss("the vault with its keys and secrets", "soft delete, 7 to 90 days"),
        "azurerm_key_vault_key": Loss("the key, and with it whatever is encrypted by it", "soft delete, 7 to 90 days"),
        "azurerm_storage_account": Loss("the storage account with every container in it", _NONE),
        "azurerm_storage_container": Loss("the container with every blob in it", _NONE),
        "google_kms_crypto_key": Loss("the key, and with it whatever is encrypted by it", _NONE),
        "google_storage_bucket": Loss("the bucket with every object in it", _NONE),
        "random_password": Loss("the generated password", _NONE),
        "tls_private_key": Loss("the generated private key", _NONE),
    }
)

# Types of other providers that hold nothing; any other one that is destroyed is said to be unknown.
_EMPTY = frozenset({"terraform_data", "null_resource", "time_sleep", "time_static", "random_id", "random_string"})


def loss_of(type_name: str, own: Record) -> Loss | None:
    """What destroying this object loses, or None where the configuration alone can bring it back."""
    if own.get("volume_type") == "EXTERNAL" or own.get("table_type") == "EXTERNAL":
        return Loss("the name and the grants; external data", _STAYS)
    if own.get("table_type") in ("VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW"):
        return None
    found = _LOSSES.get(type_name)
    if found and own.get("force_destroy") is False:
        return Loss(found.what, f"{found.recovery}; force_destroy is off: the apply fails unless it is empty")
    if found or type_name.startswith("databricks_") or type_name in _EMPTY:
        return found
    return UNKNOWN_LOSS
