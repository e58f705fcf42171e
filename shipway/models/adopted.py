"""`adopted/<environment>.yaml`: what was in a workspace before Shipway, declared exactly as it was found.

Written by `shipway import`, edited by people. Names, owners, grants and settings are those of the workspace, not of the
naming standard: the rules say what is wrong with them, and an edit here changes them. Each object carries what
Terraform needs to take it over, so the first plan of the stack `<environment>-adopted` imports, and does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from shipway.models.document import Document, Flag
from shipway.models.privileges import BindingType
from shipway.models.waivers import Waiver

__all__ = [
    "AccessList",
    "Adopted",
    "AdoptedCatalog",
    "AdoptedClusterPolicy",
    "AdoptedCredential",
    "AdoptedIpAccessList",
    "AdoptedKey",
    "AdoptedLocation",
    "AdoptedModel",
    "AdoptedNotification",
    "AdoptedObject",
    "AdoptedSchema",
    "AdoptedScope",
    "AdoptedVolume",
    "AdoptedWarehouse",
    "AzureIdentity",
    "KeyVault",
]


def _no_address(key: str) -> str:
    # `..` would be a path, and constructs may not end in what file systems cut off.
    if ".." in key or key.endswith("."):
        raise ValueError("a key without '..' and not ending in '.'")
    return key


AdoptedKey = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100), AfterValidator(_no_address)
]
"""What the object is called here and in its Terraform address; `shipway import` makes it from the name."""

Name = Annotated[str, Field(min_length=1, max_length=255)]
Comment = Annotated[str, Field(max_length=10_000)]
Principal = Annotated[str, Field(min_length=1, max_length=300)]
Privilege = Annotated[str, Field(pattern=r"^[A-Z][A-Z_]*$", max_length=60)]
Address = Annotated[str, Field(min_length=1, max_length=2000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]
WorkspaceId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$")]
Grants = dict[Principal, Annotated[tuple[Privilege, ...], Field(min_length=1)]]
Properties = dict[Annotated[str, Field(min_length=1, max_length=255)], Annotated[str, Field(max_length=4000)]]
Isolation = Literal["ISOLATED", "OPEN"]
StorageIsolation = Literal["ISOLATION_MODE_ISOLATED", "ISOLATION_MODE_OPEN"]


class AdoptedObject(Document):
    """Base of everything that is adopted: what Terraform calls its type, and what it is imported by."""

    type_name: ClassVar[str]

    @property
    def import_id(self) -> str:
        """What the provider imports it by; with the type it tells an object from all others."""
        raise NotImplementedError

    @property
    def known_as(self) -> str:
        """What the workspace shows it as; where it draws the id, that is what other documents can name."""
        return self.import_id


class _Securable(AdoptedObject):
    """What everything that can be granted has."""

    name: Name
    owner: Principal
    comment: Comment = ""
    grants: Grants = {}
    """What was granted on the object itself, by principal. All of it: what is not here is revoked."""

    @property
    def import_id(self) -> str:
        """Its name, or its full name."""
        return self.name


class AdoptedCatalog(_Securable):
    """A catalog of this metastore; foreign and shared ones are not declared here."""

    type_name = "databricks_catalog"

    isolation_mode: Isolation
    storage_root: Address | None = None
    properties: Properties = {}
    bindings: dict[WorkspaceId, BindingType] = {}
    """Workspaces that see it. The home workspace of an isolated one is bound by Databricks itself."""


class AdoptedSchema(_Securable):
    """A schema."""

    type_name = "databricks_schema"

    catalog_name: Name
    storage_root: Address | None = None
    properties: Properties = {}

    @property
    def import_id(self) -> str:
        """Its full name."""
        return f"{self.catalog_name}.{self.name}"


class AdoptedVolume(_Securable):
    """A volume."""

    type_name = "databricks_volume"

    catalog_name: Name
    schema_name: Name
    volume_type: Literal["MANAGED", "EXTERNAL"]
    storage_location: Address | None = None
    """Of an external one; a managed volume's is Databricks' own."""

    @property
    def import_id(self) -> str:
        """Its full name."""
        return f"{self.catalog_name}.{self.schema_name}.{self.name}"


class AdoptedModel(_Securable):
    """A registered model; its versions and aliases are not Terraform's."""

    type_name = "databricks_registered_model"

    catalog_name: Name
    schema_name: Name

    @property
    def import_id(self) -> str:
        """Its full name."""
        return f"{self.catalog_name}.{self.schema_name}.{self.name}"


class AzureIdentity(Document):
    """An access connector, and the identity of it that is used."""

    access_connector_id: Address
    managed_identity_id: Address | None = None


class AdoptedCredential(_Securable):
    """A storage credential without a secret; one that holds a secret cannot be declared without writing it down."""

    type_name = "databricks_storage_credential"

    isolation_mode: StorageIsolation
    read_only: Flag = False
    role_arn: Address | None = None
    azure_managed_identity: AzureIdentity | None = None
    gcp_service_account: Flag = False
    bindings: dict[WorkspaceId, BindingType] = {}

    @model_validator(mode="after")
    def _is_of_one_cloud(self) -> AdoptedCredential:
        if sum((self.role_arn is not None, self.azure_managed_identity is not None, self.gcp_service_account)) != 1:
            raise ValueError("exactly one of role_arn, azure_managed_identity and gcp_service_account")
        return self


class AdoptedLocation(_Securable):
    """An external location."""

    type_name = "databricks_external_location"

    url: Address
    credential_name: Name
    isolation_mode: StorageIsolation
    read_only: Flag = False
    fallback: Flag = False
    bindings: dict[WorkspaceId, BindingType] = {}


class _Numbered(AdoptedObject):
    """What has an id that the workspace drew."""

    id: Id

    @property
    def import_id(self) -> str:
        """Its id."""
        return self.id


class AccessList(Document):
    """Permission levels of a workspace object; workspace admins have theirs without being named."""

    users: dict[Principal, Privilege] = {}
    groups: dict[Principal, Privilege] = {}
    service_principals: dict[Principal, Privilege] = {}
    """By application id."""


class AdoptedClusterPolicy(_Numbered):
    """A cluster policy with its definition as the workspace has it: JSON text."""

    type_name = "databricks_cluster_policy"

    name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Comment = ""
    definition: Annotated[str, Field(min_length=1, max_length=100_000)] | None = None
    policy_family_id: Name | None = None
    policy_family_definition_overrides: Annotated[str, Field(max_length=100_000)] | None = None
    max_clusters_per_user: Annotated[StrictInt, Field(ge=1)] | None = None
    permissions: AccessList = AccessList()

    @model_validator(mode="after")
    def _is_defined_once(self) -> AdoptedClusterPolicy:
        if (self.definition is None) == (self.policy_family_id is None):
            raise ValueError("either a definition or a policy_family_id")
        return self

    @property
    def known_as(self) -> str:
        """Its name."""
        return self.name


class AdoptedWarehouse(_Numbered):
    """A SQL warehouse. Nothing has a default: what is left out the provider would change to its own."""

    type_name = "databricks_sql_endpoint"

    name: Name
    cluster_size: Annotated[str, Field(pattern=r"^[0-9A-Z][A-Za-z0-9-]*$", max_length=20)]
    auto_stop_mins: Annotated[StrictInt, Field(ge=0)]
    min_num_clusters: Annotated[StrictInt, Field(ge=1)]
    max_num_clusters: Annotated[StrictInt, Field(ge=1)]
    warehouse_type: Literal["CLASSIC", "PRO"]
    enable_photon: StrictBool
    enable_serverless_compute: StrictBool
    spot_instance_policy: Literal["COST_OPTIMIZED", "POLICY_UNSPECIFIED", "RELIABILITY_OPTIMIZED"]
    channel: Literal["CHANNEL_NAME_CURRENT", "CHANNEL_NAME_PREVIEW"] = "CHANNEL_NAME_CURRENT"
    tags: Properties = {}
    permissions: AccessList = AccessList()

    @property
    def known_as(self) -> str:
        """Its name."""
        return self.name


class KeyVault(Document):
    """The Azure Key Vault that a scope shows."""

    resource_id: Address
    dns_name: Address


class AdoptedScope(AdoptedObject):
    """A secret scope and its access list; never a value."""

    type_name = "databricks_secret_scope"

    name: Annotated[str, Field(min_length=1, max_length=128)]
    keyvault: KeyVault | None = None
    acls: dict[Principal, Literal["READ", "WRITE", "MANAGE"]] = {}

    @property
    def import_id(self) -> str:
        """Its name."""
        return self.name


class AdoptedIpAccessList(_Numbered):
    """A list of addresses that may, or may not, connect."""

    type_name = "databricks_ip_access_list"

    label: Name
    list_type: Literal["ALLOW", "BLOCK"]
    ip_addresses: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9a-fA-F.:/]+$")], ...], Field(min_length=1)]
    enabled: Flag = True

    @property
    def known_as(self) -> str:
        """Its name."""
        return self.label


class AdoptedNotification(_Numbered):
    """Addresses that alerts are mailed to; the API does not tell a webhook's, so those are not declared here."""

    type_name = "databricks_notification_destination"

    display_name: Name
    emails: Annotated[tuple[Name, ...], Field(min_length=1)]

    @property
    def known_as(self) -> str:
        """Its name."""
        return self.display_name


class Adopted(Document):
    """All that was taken over in one environment's workspace."""

    storage_credentials: dict[AdoptedKey, AdoptedCredential] = {}
    external_locations: dict[AdoptedKey, AdoptedLocation] = {}
    catalogs: dict[AdoptedKey, AdoptedCatalog] = {}
    schemas: dict[AdoptedKey, AdoptedSchema] = {}
    volumes: dict[AdoptedKey, AdoptedVolume] = {}
    registered_models: dict[AdoptedKey, AdoptedModel] = {}
    cluster_policies: dict[AdoptedKey, AdoptedClusterPolicy] = {}
    sql_warehouses: dict[AdoptedKey, AdoptedWarehouse] = {}
    secret_scopes: dict[AdoptedKey, AdoptedScope] = {}
    ip_access_lists: dict[AdoptedKey, AdoptedIpAccessList] = {}
    notification_destinations: dict[AdoptedKey, AdoptedNotification] = {}
    waivers: tuple[Waiver, ...] = ()
    """Rules that were not kept here when it was found, each until a day."""

    def objects(self) -> Iterator[tuple[str, str, AdoptedObject]]:
        """Every object with its kind (the field) and its key."""
        for kind in type(self).model_fields:
            if kind != "waivers":
                for key, one in getattr(self, kind).items():
                    yield kind, key, one
