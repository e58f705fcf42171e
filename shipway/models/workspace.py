"""`workspace:` of an environment: one that exists, or how the account's stack makes it; and what leaves it.

A workspace goes through two states. Declared with `create` alone it is made by the account's stack, which prints its
address and id; nothing of what is inside can be planned before that, because provider 1.99 cannot create a workspace
and its contents in one apply (#1045, #5304). With `url` and `id` written beside it, its landing zone and lines exist.
One that somebody else made (Azure always, brownfield) has `url` and `id` only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag
from shipway.models.egress import Egress, EndpointName, PrivateEndpoint
from shipway.models.storage import Region

__all__ = [
    "AwsEndpoints",
    "AwsNetwork",
    "AwsWorkspace",
    "CreateWorkspace",
    "GcpEndpoints",
    "GcpNetwork",
    "GcpWorkspace",
    "Keys",
    "PrivateAccess",
    "ServerlessWorkspace",
    "Workspace",
]

# Limits and alphabets are AWS's and Google's own.
_Role = Annotated[str, Field(pattern=r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", max_length=2048)]
_Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
_Key = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"
        r"|projects/[a-z0-9:.-]+/locations/[a-z0-9-]+/keyRings/[A-Za-z0-9_-]+/cryptoKeys/[A-Za-z0-9_-]+)$",
        max_length=2048,
    ),
]
_Endpoint = Annotated[str, Field(pattern=r"^vpce-[0-9a-f]{8,17}$")]
_GoogleName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")]
_Project = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]


class Keys(Document):
    """Keys of one's own: withdrawn, they lock everybody out at once, Databricks included. Both may be the same key."""

    managed_services: _Key
    """Notebooks, secrets and query results: an AWS key's ARN, or a Google key's resource id."""

    storage: _Key
    """The workspace's bucket and the clusters' disks."""


class PrivateAccess(Document):
    """Who reaches the workspace's address at all."""

    public_access: Flag = False
    """Whether it can be reached from the internet; a protected environment cannot say so."""

    level: Literal["ACCOUNT", "ENDPOINT"] = "ACCOUNT"
    """Over any endpoint that is registered in the account, or only over those declared here."""


class AwsNetwork(Document):
    """The network that clusters run in; subnets and security groups belong to this workspace alone."""

    vpc: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
    subnets: Annotated[tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")], ...], Field(min_length=2)]
    """In two availability zones at least."""

    security_groups: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")], ...], Field(min_length=1, max_length=5)
    ]


class AwsEndpoints(Document):
    """PrivateLink endpoints in the workspace's network."""

    rest_api: _Endpoint
    dataplane_relay: _Endpoint
    front_end: _Endpoint | None = None
    """Over which people come, where it is another."""


class AwsWorkspace(Document):
    """A workspace in an AWS account of one's own. Always ENTERPRISE: own keys and private access need it."""

    kind: Literal["aws"]
    deployment_name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,61}[a-z0-9]$")] | None = None
    """Part of the address, where Databricks has given the account a prefix."""

    credentials_role: _Role
    """The cross-account role that Databricks starts machines with."""

    root_bucket: _Bucket
    network: AwsNetwork
    endpoints: AwsEndpoints | None = None
    keys: Keys
    private_access: PrivateAccess = PrivateAccess()

    @model_validator(mode="after")
    def _endpoints_for_their_level(self) -> AwsWorkspace:
        if self.private_access.level == "ENDPOINT" and self.endpoints is None:
            raise ValueError("endpoints, since private_access.level is ENDPOINT: without any nobody gets in")
        return self


class GcpNetwork(Document):
    """The network that clusters run in; it is in the region of the workspace."""

    project: _Project
    vpc: _GoogleName
    subnet: _GoogleName


class GcpEndpoints(Document):
    """Private Service Connect endpoints, by name."""

    project: _Project
    rest_api: _GoogleName
    dataplane_relay: _GoogleName


class GcpWorkspace(Document):
    """A workspace in a Google Cloud project of one's own. Always PREMIUM, which is the highest tier there."""

    kind: Literal["gcp"]
    project: _Project
    network: GcpNetwork
    endpoints: GcpEndpoints | None = None
    keys: Keys
    private_access: PrivateAccess = PrivateAccess()

    @model_validator(mode="after")
    def _endpoints_for_their_level(self) -> GcpWorkspace:
        if self.private_access.level == "ENDPOINT" and self.endpoints is None:
            raise ValueError("endpoints, since private_access.level is ENDPOINT: without any nobody gets in")
        return self


class ServerlessWorkspace(Document):
    """A workspace without clusters, network or bucket of one's own: what may leave it is its only fence."""

    kind: Literal["serverless"]
    managed_services_key: _Key
    """Encrypts notebooks, secrets and query results."""

    private_access: PrivateAccess = PrivateAccess()

    @model_validator(mode="after")
    def _no_endpoints_of_its_own(self) -> ServerlessWorkspace:
        if self.private_access.level == "ENDPOINT":
            raise ValueError("private_access.level ACCOUNT: a serverless workspace has no endpoints of its own")
        return self


CreateWorkspace = Annotated[AwsWorkspace | GcpWorkspace | ServerlessWorkspace, Field(discriminator="kind")]


class Workspace(Document):
    """Where the environment is: `url` and `id` of a workspace that exists, or `create`, or both once it is made."""

    url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$")] | None = None
    id: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$")] | None = None
    """The workspace id, quoted: YAML readers round large numbers."""

    region: Region
    """What says that data must stay there is held against it."""

    create: CreateWorkspace | None = None
    """How the account's stack makes it."""

    egress: Egress | None = None
    """What serverless compute may reach. None leaves what is there alone; whoever makes a workspace has to say."""

    private_endpoints: dict[EndpointName, PrivateEndpoint] = {}
    """What serverless compute reaches without the internet, by a name of one's own."""

    @model_validator(mode="after")
    def _exists_or_is_made(self) -> Workspace:
        if (self.url is None) != (self.id is None):
            raise ValueError("url and id together: the account's stack prints both once the workspace is made")
        if self.url is None and self.create is None:
            raise ValueError("url and id of a workspace that exists, or create")
        if self.create is not None and self.egress is None:
            raise ValueError("egress, since it is made here: `egress: {}` lets nothing out")
        return self

    @property
    def exists(self) -> bool:
        """Whether what is inside can be declared already."""
        return self.url is not None

    @property
    def place(self) -> tuple[str, int]:
        """Its url and its id; asking for them before it exists is a bug."""
        if self.url is None or self.id is None:
            raise AssertionError("a workspace that does not exist yet has no stacks inside")
        return self.url, int(self.id)
