"""System schemas: Databricks' own tables of who did what, which an account switches on and auditors read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shipway.models.document import Document, Flag
from shipway.models.names import GroupName

__all__ = ["SystemSchema", "SystemSchemaName"]

SystemSchemaName = Literal["access", "compute", "lakeflow", "marketplace", "query", "serving", "storage"]
"""Those that documents may name. `billing` and `information_schema` enable themselves: declared, they fail (#4539)."""


class SystemSchema(Document):
    """One schema of the catalog `system`, which all workspaces of a metastore share."""

    enable: Flag = True
    """False where Databricks has enabled it already: then only who reads it is declared."""

    readers: Annotated[tuple[GroupName, ...], Field(max_length=100)] = ()
    """May read every table in it; those of `access` hold query texts, so only auditors (R62)."""
