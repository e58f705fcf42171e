"""Governed tags: which there are, which values they take, who may put them on data. Declared once for the account."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.document import Document, Text
from shipway.models.governance import TagKey, TagValue
from shipway.models.names import EnvironmentName, GroupName

__all__ = ["GovernedTag", "GovernedTags"]


class GovernedTag(Document):
    """One tag. Policies decide by its value who sees a column, so the list of values is closed."""

    description: Text
    values: Annotated[tuple[TagValue, ...], Field(min_length=1, max_length=50)]
    assigners: tuple[GroupName, ...] = ()
    """Who may put it on data, beside the platform's administrators."""


class GovernedTags(Document):
    """All of the account's governed tags."""

    through: EnvironmentName
    """The environment over whose workspace they are declared: the API is a workspace's, the tags are the account's."""

    tags: dict[TagKey, GovernedTag]
