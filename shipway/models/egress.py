"""What leaves a workspace's serverless compute: to which hosts, buckets and private endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag

__all__ = ["Bucket", "Egress", "EndpointName", "PrivateEndpoint", "StorageAccount"]

# A full name: a wildcard lets out to whoever registers a name below it.
_Host = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$", max_length=253)
]
_Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$")]
_AzureResource = Annotated[str, Field(pattern=r"^/subscriptions/[A-Za-z0-9._()/-]+$", max_length=1000)]

EndpointName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]


class Bucket(Document):
    """A bucket of S3 or of Google Cloud Storage."""

    name: _Bucket
    region: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


class StorageAccount(Document):
    """One service of an Azure storage account."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]{3,24}$")]
    service: Literal["blob", "dfs"]


class Egress(Document):
    """A network policy of this workspace alone; whatever is not listed is refused.

    To take it away again, write `attached: false` first and deploy, then remove `egress`: deleting the attachment does
    nothing at provider 1.99, and a policy that is attached cannot be deleted (#5623).
    """

    attached: Flag = True
    """Whether the workspace has this policy, or the account's `default-policy`."""

    enforced: Flag = True
    """False only logs what would have been refused: to learn what a use case needs."""

    hosts: Annotated[tuple[_Host, ...], Field(max_length=100)] = ()
    """Full host names; no wildcard."""

    buckets: Annotated[tuple[Bucket, ...], Field(max_length=100)] = ()
    """Beyond those of declared external locations, which Unity Catalog lets through itself."""

    storage_accounts: Annotated[tuple[StorageAccount, ...], Field(max_length=100)] = ()
    """The same on Azure."""


class PrivateEndpoint(Document):
    """What serverless compute reaches without the internet: a service of AWS, or a resource of Azure.

    Whoever owns the other side approves the connection; until then it is PENDING and carries nothing.
    """

    endpoint_service: Annotated[str, Field(pattern=r"^com\.amazonaws\.[a-z0-9.-]+$", max_length=300)] | None = None
    """AWS: the S3 service of the region with `buckets`, or an endpoint service with `domains`."""

    resource_id: _AzureResource | None = None
    """Azure: with `group_id`, or with `domains` for a private link service."""

    group_id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{1,40}$")] | None = None
    buckets: tuple[_Bucket, ...] = ()
    domains: tuple[_Host, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> PrivateEndpoint:
        if (self.endpoint_service is None) == (self.resource_id is None):
            raise ValueError("endpoint_service (AWS) or resource_id (Azure), one of them")
        reached = [bool(self.group_id), bool(self.buckets), bool(self.domains)]
        if sum(reached) != 1:
            raise ValueError("one of buckets, domains and group_id: the provider takes one")
        if (self.group_id and self.endpoint_service) or (self.buckets and self.resource_id):
            raise ValueError("buckets with endpoint_service (AWS), group_id with resource_id (Azure)")
        return self
