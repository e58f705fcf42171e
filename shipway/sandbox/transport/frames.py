"""HTTP/2's frames (RFC 9113): reading and writing them on a socket."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

__all__ = [
    "ACK",
    "CONTINUATION",
    "DATA",
    "END_HEADERS",
    "END_STREAM",
    "GOAWAY",
    "HEADERS",
    "PING",
    "PREFACE",
    "PRIORITY",
    "PUSH_PROMISE",
    "RST_STREAM",
    "SETTINGS",
    "WINDOW_UPDATE",
    "Frame",
    "FrameError",
    "frame",
    "read_frame",
    "settings",
]

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 0x1
END_HEADERS, _PADDED, _HAS_PRIORITY = 0x4, 0x8, 0x20


class FrameError(Exception):
    """Bytes that are no frame."""


@dataclass(frozen=True)
class Frame:
    """One frame; `body` is without padding and priority."""

    kind: int
    flags: int
    stream: int
    body: bytes

    @property
    def ends_stream(self) -> bool:
        """Whether it is the last of its stream in this direction."""
        return bool(self.flags & END_STREAM)

    @property
    def ends_headers(self) -> bool:
        """Whether no continuation follows."""
        return bool(self.flags & END_HEADERS)


def read_frame(source: BinaryIO) -> Frame | None:
    """The next frame, or None where the other side has closed the connection; raises FrameError."""
    head = source.read(9)
    if len(head) < 9:
        return None
    length = int.from_bytes(head[:3])
    kind, flags, stream = head[3], head[4], int.from_bytes(head[5:9]) & 0x7FFFFFFF
    body = source.read(length)
    if len(body) < length:
        return None
    return Frame(kind, flags, stream, _bare(kind, flags, body) if kind in (DATA, HEADERS) else body)


def _bare(kind: int, flags: int, body: bytes) -> bytes:
    padding = 0
    if flags & _PADDED:
        if not body:
            raise FrameError("a padded frame without its padding's length")
        padding, body = body[0], body[1:]
    if kind == HEADERS and flags & _HAS_PRIORITY:
        body = body[5:]
    if padding > len(body):
        raise FrameError("more padding than frame")
    return body[: len(body) - padding]


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    """The bytes of a frame."""
    return len(body).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + body


def settings(body: bytes) -> dict[int, int]:
    """The settings in a frame's body, by their numbers; raises FrameError."""
    if len(body) % 6:
        raise FrameError("settings come in six bytes each")
    return dict(struct.iter_unpack(">HI", body))
