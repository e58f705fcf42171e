"""What an environment offers in its workspace: SQL warehouses, notification destinations, libraries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from shipway.models.document import HIDDEN_VALUE, Document
from shipway.models.names import GroupName
from shipway.models.privileges import WarehousePermission

__all__ = ["LibraryAllowlist", "NotificationDestination", "SqlWarehouse", "WarehouseGrant"]


class WarehouseGrant(Document):
    """What a group may do with a warehouse."""

    principal: GroupName
    permission: WarehousePermission


class SqlWarehouse(Document):
    """A serverless SQL warehouse; use cases' roles get at it by the access matrix."""

    size: Literal["2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large"]
    cost_center: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=40)]
    max_clusters: Annotated[int, Field(ge=1, le=30, strict=True)] = 1
    """More of them for more queries at once; each costs what the first does."""

    auto_stop_minutes: Annotated[int, Field(ge=1, le=30, strict=True)] = 15
    """The provider's own default is two hours."""

    permissions: tuple[WarehouseGrant, ...] = ()
    """Of groups that are no use case's role."""

    @model_validator(mode="after")
    def _one_level_for_each(self) -> SqlWarehouse:
        principals = [grant.principal for grant in self.permissions]
        if len(set(principals)) != len(principals):
            raise ValueError("each principal once in `permissions`: the API keeps one level, and no plan is ever empty")
        return self


def _variable(text: str) -> str:
    # Somebody may have pasted the secret itself: the message must not repeat it.
    if not (text.isascii() and text.isidentifier() and text.islower() and len(text) <= 60):
        raise PydanticCustomError(HIDDEN_VALUE, "the name of a Terraform variable such as on_call_url, never the value")
    return text


Variable = Annotated[str, AfterValidator(_variable)]
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=200)]


class NotificationDestination(Document):
    """Where Databricks sends what somebody must hear of: exactly one kind.

    A kind other than e-mail needs a secret, which lands in the Terraform state: it is named by a variable, whose
    value is set as TF_VAR_<name> where Terraform runs, and R60 wants a waiver that says who answers for it.
    """

    email: Annotated[tuple[Email, ...], Field(min_length=1)] | None = None
    microsoft_teams: Variable | None = None
    pagerduty: Variable | None = None
    slack: Variable | None = None
    webhook: Variable | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> NotificationDestination:
        kinds = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError(f"exactly one of {', '.join(sorted(type(self).model_fields))}")
        return self


def _in_a_volume(text: str) -> str:
    # A prefix match: `/Volumes/a` lets in `/Volumes/a_test` too, so a prefix ends a folder.
    parts = text.split("/")
    if parts[:2] != ["", "Volumes"] or len(parts) < 6 or parts[-1] or not all(parts[2:-1]) or {".", ".."} & {*parts}:
        raise ValueError("a folder of a volume such as /Volumes/<catalog>/<schema>/<volume>/, with that last slash")
    return text


Folder = Annotated[str, Field(pattern=r"^[A-Za-z0-9/._-]*$", max_length=500), AfterValidator(_in_a_volume)]
Coordinates = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+:[A-Za-z0-9._-]+(:[A-Za-z0-9._-]+)?$", max_length=300)
]


class LibraryAllowlist(Document):
    """What may be loaded on clusters that several people share. It is the metastore's: one environment declares it."""

    init_scripts: tuple[Folder, ...] = ()
    jars: tuple[Folder, ...] = ()
    maven: tuple[Coordinates, ...] = ()
    """`group:artifact`, with or without a version."""
