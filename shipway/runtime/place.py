"""Where the code runs: in the sandbox on a laptop, or in a Databricks job."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

__all__ = ["full_name", "sandbox", "spark"]

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)


def sandbox() -> Path | None:
    """The sandbox's folder, or None in a Databricks job."""
    found = os.environ.get("SHIPWAY_SANDBOX", "")
    return Path(found) if found else None


def spark() -> Any:
    """The job's Spark session."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def full_name(name: str) -> tuple[str, str, str]:
    """Catalog, schema and name; raises ValueError for what is no full name, or would lead out of a folder."""
    parts = name.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise ValueError(f"{name!r:.120} is not catalog.schema.name")
    catalog, schema, last = parts
    return catalog, schema, last
