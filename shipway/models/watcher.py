"""The `watcher` block of an environment: the job in its workspace that watches releases while nobody does."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.bundle import Schedule
from shipway.models.document import Document, Flag

__all__ = ["Watcher"]

Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=200)]


class Watcher(Document):
    """When it looks, and who hears of what it finds."""

    schedule: Schedule
    """Quartz cron and time zone. A round starts serverless compute: as often as a release may do harm unseen."""

    notify: Annotated[tuple[Email, ...], Field(min_length=1)]
    """Mailboxes of teams: a round that has something to say fails, and Databricks writes to them."""

    paused: Flag = False
    """It is deployed and does not run by itself."""
