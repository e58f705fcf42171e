"""The cloud storage that an environment's catalogs lie in, and with which cloud identity Databricks reads it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag, Text
from shipway.models.names import EnvironmentName, GroupName
from shipway.models.privileges import CredentialPrivilege, LocationPrivilege

__all__ = [
    "AwsRole",
    "AzureConnector",
    "CredentialGrant",
    "ExternalLocation",
    "GcpServiceAccount",
    "LocationGrant",
    "Region",
    "Storage",
    "StorageCredential",
    "StorageName",
    "StorageUrl",
]

StorageName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
StorageUrl = Annotated[
    str, Field(pattern=r"^(s3|abfss|gs)://[A-Za-z0-9][A-Za-z0-9@._/-]*[A-Za-z0-9]$", max_length=1000)
]
Region = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""A cloud's region, as the cloud spells it."""


class AwsRole(Document):
    """An IAM role. The credential is made first: its external id goes into the trust of the role."""

    role_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$")]


class AzureConnector(Document):
    """An access connector for Azure Databricks, with its own identity or a managed one."""

    access_connector_id: Annotated[
        str,
        Field(
            pattern=r"^/subscriptions/[0-9a-f-]{36}/resourceGroups/[A-Za-z0-9._()-]+"
            r"/providers/Microsoft\.Databricks/accessConnectors/[A-Za-z0-9._-]+$"
        ),
    ]
    managed_identity_id: Annotated[str | None, Field(pattern=r"^/subscriptions/[A-Za-z0-9._()/-]+$")] = None


class GcpServiceAccount(Document):
    """A service account that Databricks makes and keeps the key of; it is let into the bucket afterwards."""


class CredentialGrant(Document):
    """What a group may do with a storage credential."""

    principal: GroupName
    privileges: Annotated[tuple[CredentialPrivilege, ...], Field(min_length=1)]


class LocationGrant(Document):
    """What a group may do with an external location."""

    principal: GroupName
    privileges: Annotated[tuple[LocationPrivilege, ...], Field(min_length=1)]


class StorageCredential(Document):
    """A cloud identity without a key: exactly one of `aws`, `azure` and `gcp`.

    It is isolated and validated when made; neither can be relaxed here. Keys (a client secret, a service account's
    private key) cannot be written at all: they would stand in the state in plain text.
    """

    comment: Text
    aws: AwsRole | None = None
    azure: AzureConnector | None = None
    gcp: GcpServiceAccount | None = None
    owner: GroupName | None = None
    """The platform's administrators unless said otherwise."""

    read_only: Flag = False
    shared_with: tuple[EnvironmentName, ...] = ()
    """Other environments whose workspace may use it, to read and write: the API has no other binding (#4978)."""

    grants: tuple[CredentialGrant, ...] = ()

    @model_validator(mode="after")
    def _is_one_cloud(self) -> StorageCredential:
        if sum(identity is not None for identity in (self.aws, self.azure, self.gcp)) != 1:
            raise ValueError("exactly one of aws, azure and gcp")
        return self

    @property
    def cloud(self) -> str:
        """Whose identity it is."""
        return "aws" if self.aws else "azure" if self.azure else "gcp"


class ExternalLocation(Document):
    """A place in cloud storage that Unity Catalog guards; no way around it (`fallback`) can be declared."""

    comment: Text
    url: StorageUrl
    credential: StorageName
    """The key of a credential of the same environment."""

    region: Region | None = None
    """Where the bucket or container lies; a catalog with a residency needs it said."""

    owner: GroupName | None = None
    """The platform's administrators unless said otherwise."""

    read_only: Flag = False
    """On an empty place this fails: Databricks then finds nothing to read (#3843)."""

    shared_with: tuple[EnvironmentName, ...] = ()
    """Other environments whose workspace may use it, for reading and writing."""

    grants: tuple[LocationGrant, ...] = ()


class Storage(Document):
    """Credentials and the locations that use them."""

    credentials: dict[StorageName, StorageCredential] = {}
    locations: dict[StorageName, ExternalLocation] = {}

    def location_of(self, url: str) -> str | None:
        """The key of the location that `url` lies in."""
        inside = f"{url.rstrip('/')}/"
        return next((key for key, one in self.locations.items() if inside.startswith(f"{one.url.rstrip('/')}/")), None)
