"""Terraform's values as Python ones, and their bytes on the wire.

null is None, a list and a set are a list, a map and an object are a dict, and a value that is not known until apply is
UNKNOWN: a type of its own, so that nothing takes it for null.
"""

from __future__ import annotations

import enum
import json
from typing import Final, TypeAlias, cast

import msgpack

__all__ = ["UNKNOWN", "Object", "Unknown", "Value", "decode", "decode_json", "encode", "is_zero", "without_unknowns"]


class Unknown(enum.Enum):
    """The type of UNKNOWN."""

    TOKEN = "unknown"  # noqa: S105 - not a password

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown.TOKEN

Value: TypeAlias = "bool | int | float | str | Unknown | list[Value] | dict[str, Value] | None"
Object: TypeAlias = "dict[str, Value]"

# Extension 0 is an unknown; 12 is one of which Terraform knows something ("not null"), which no rule here needs.
_UNKNOWN_BYTES = msgpack.ExtType(0, b"\x00")


def _unknown(code: int, data: bytes) -> Unknown:
    del code, data
    return UNKNOWN


def _extension(value: object) -> object:
    if value is UNKNOWN:
        return _UNKNOWN_BYTES
    raise TypeError(f"not a Terraform value: {value!r}")


def decode(data: bytes) -> Value:
    """The value in `data`; no bytes are a null."""
    if not data:
        return None
    return cast(Value, msgpack.unpackb(data, ext_hook=_unknown, strict_map_key=False))


def decode_json(data: bytes) -> Value:
    """The value in JSON `data`: how Terraform hands over what lies in its state."""
    return cast(Value, json.loads(data))


def encode(value: Value) -> bytes:
    """The bytes of `value`. Terraform wants every attribute of an object to be there, null included."""
    return cast(bytes, msgpack.packb(value, default=_extension))


def is_zero(value: Value) -> bool:
    """Whether the older of the provider's two frameworks takes `value` for not set."""
    return value is None or (value is not UNKNOWN and value in ("", 0, False, [], {}))


def without_unknowns(value: Value) -> Value:
    """`value` with null for every unknown in it."""
    if value is UNKNOWN:
        return None
    if isinstance(value, list):
        return [without_unknowns(item) for item in value]
    if isinstance(value, dict):
        return {key: without_unknowns(item) for key, item in value.items()}
    return value
