"""Where Terraform keeps state: plain data, one key per stack, the same shape in every environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shipway.models.document import Document

__all__ = ["AzurermState", "GcsState", "S3State", "State", "state_key"]

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=255)]


class S3State(Document):
    """A bucket, locked by S3 itself (Terraform 1.10 and later: no DynamoDB table)."""

    backend: Literal["s3"]
    bucket: Word
    region: Word


class AzurermState(Document):
    """A blob container."""

    backend: Literal["azurerm"]
    resource_group: Word
    storage_account: Word
    container: Word


class GcsState(Document):
    """A Google Cloud Storage bucket."""

    backend: Literal["gcs"]
    bucket: Word


State = Annotated[S3State | AzurermState | GcsState, Field(discriminator="backend")]


def state_key(stack: str) -> str:
    """Where in the backend a stack's state is."""
    return f"shipway/{stack}.tfstate"
