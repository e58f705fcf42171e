"""The `output` block of a bundle of kind batch: the table its jobs append to and the view that consumers read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from shipway.models.document import Document
from shipway.models.governance import SqlType
from shipway.models.names import DataName

__all__ = ["STAMPS", "Output"]

STAMPS: dict[str, str] = {"as_of": "DATE", "release": "STRING", "slot": "STRING"}
"""What every row of an output table says of itself: the run's business date, and who wrote it."""

_KEYS = ("BIGINT", "DATE", "INT", "SMALLINT", "STRING", "TINYINT")


class Output(Document):
    """A table that only grows, and the view that says whose rows count."""

    table: DataName
    view: DataName
    """What consumers read: one row a key, from the live release or, for the cohort of a canary, from the candidate."""

    columns: Annotated[dict[DataName, SqlType], Field(min_length=1)]
    """Name and SQL type of each, the key among them; those in STAMPS are added."""

    key: DataName
    """The column that names what a row is about; a canary gives whole keys to the candidate."""

    warehouse: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
    """The environment's SQL warehouse that makes and changes the two."""

    @field_validator("view")
    @classmethod
    def _has_its_own_name(cls, view: str, found: ValidationInfo) -> str:
        if view == found.data.get("table"):
            raise ValueError("a name other than the table's")
        return view

    @field_validator("columns")
    @classmethod
    def _leaves_stamps_to_us(cls, columns: dict[str, str]) -> dict[str, str]:
        if stamps := sorted(STAMPS.keys() & columns.keys()):
            raise ValueError(f"columns other than those that every output table has: {', '.join(stamps)}")
        return columns

    @field_validator("key")
    @classmethod
    def _is_a_column(cls, key: str, found: ValidationInfo) -> str:
        if key not in found.data.get("columns", {key: ""}):
            raise ValueError(f"one of the columns: {', '.join(found.data['columns'])}")
        type_ = found.data.get("columns", {}).get(key, "STRING")
        if type_ not in _KEYS:
            # The cohort's hash is over the key as text, and every engine has its own text for half a number.
            raise ValueError(f"a column of one of the types {', '.join(_KEYS)}; it is {type_}")
        return key
