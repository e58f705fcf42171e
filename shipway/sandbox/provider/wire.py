"""Bytes of the plugin protocol's messages: protobuf, read from the dataclasses of `messages`.

Protobuf's own runtime is not used: its generated code is tied to one runtime version, and importing it takes longer
than reading these few messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

__all__ = ["WireError", "decode", "encode", "wire"]

M = TypeVar("M")
_VARINT, _BYTES = 0, 2
_DEFAULTS: dict[type, object] = {bytes: b"", str: "", int: 0, bool: False}


class WireError(Exception):
    """Bytes that are no message: a bug here or in who sent them."""


@dataclass(frozen=True)
class _Field:
    name: str
    number: int
    kind: type
    many: bool
    optional: bool


def wire(number: int, kind: type = bytes, *, many: bool = False, optional: bool = False) -> Any:
    """A field of a message: its number, and its type (bytes, str, int, bool or another message).

    `many` is a list; a field that is `optional` is None until set and then written even where it is zero.
    """
    metadata = {"number": number, "kind": kind, "many": many, "optional": optional}
    if many:
        return field(default_factory=list, metadata=metadata)
    return field(default=None if optional else _DEFAULTS.get(kind), metadata=metadata)


_KNOWN: dict[type, dict[int, _Field]] = {}


def _fields(message: type) -> dict[int, _Field]:
    """The fields of a message by number; asked of its dataclass once."""
    if message not in _KNOWN:
        declared: Any = message
        found = [_Field(item.name, **item.metadata) for item in fields(declared)]
        _KNOWN[message] = {item.number: item for item in found}
    return _KNOWN[message]


def encode(message: object) -> bytes:
    """The bytes of `message`, a dataclass whose fields are declared with `wire`."""
    out = bytearray()
    for item in _fields(type(message)).values():
        value = getattr(message, item.name)
        if item.many:
            for one in value:
                _encode_one(out, item, one)
        elif value is not None and (item.optional or value != _DEFAULTS.get(item.kind)):
            _encode_one(out, item, value)
    return bytes(out)


def _encode_one(out: bytearray, item: _Field, value: Any) -> None:
    if item.kind is int or item.kind is bool:
        _put_varint(out, item.number << 3 | _VARINT)
        _put_varint(out, int(value))
        return
    if item.kind is str:
        data = value.encode()
    elif item.kind is bytes:
        data = value
    else:
        data = encode(value)
    _put_varint(out, item.number << 3 | _BYTES)
    _put_varint(out, len(data))
    out += data


def _put_varint(out: bytearray, value: int) -> None:
    value &= (1 << 64) - 1  # a negative number is written as its two's complement
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def decode(message: type[M], data: bytes) -> M:
    """A `message` from its bytes; fields it does not declare are left out. Raises WireError."""
    found: dict[str, Any] = {}
    known = _fields(message)
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        value, position = _payload(data, position, key & 7)
        item = known.get(key >> 3)
        if item is None:
            continue
        one = _decode_one(item, value)
        if item.many:
            found.setdefault(item.name, []).append(one)
        else:
            found[item.name] = one
    return message(**found)


def _decode_one(item: _Field, value: int | bytes) -> Any:
    if isinstance(value, int) != (item.kind in (int, bool)):
        raise WireError(f"field {item.name} has the wrong wire type")
    if isinstance(value, int):
        return bool(value) if item.kind is bool else value
    if item.kind is bytes:
        return value
    if item.kind is not str:
        return decode(item.kind, value)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise WireError(f"field {item.name} is not text: {error}") from None


def _payload(data: bytes, position: int, wire_type: int) -> tuple[int | bytes, int]:
    if wire_type == _VARINT:
        return _varint(data, position)
    if wire_type != _BYTES:
        raise WireError(f"wire type {wire_type} at byte {position}: the protocol's messages have 0 and 2 only")
    length, position = _varint(data, position)
    end = position + length
    if end > len(data):
        raise WireError(f"a field of {length} bytes at byte {position} of {len(data)}")
    return data[position:end], end


def _varint(data: Sequence[int], position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(data) and shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
    raise WireError(f"a number that does not end at byte {position} of {len(data)}")
