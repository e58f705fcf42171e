"""HTTP/1.1 over one connection, as Terraform's http state backend speaks it: a body of known length each way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Request", "Response", "serve_connection"]

_REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 423: "Locked"}
_LONGEST_LINE = 65_536


@dataclass(frozen=True)
class Request:
    """What is asked; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""


def serve_connection(source: BinaryIO, target: BinaryIO, handler: Callable[[Request], Response]) -> None:
    """Answer the requests on one connection until it is closed; raises OSError."""
    while (request := _read(source)) is not None:
        response = handler(request)
        reason = _REASONS.get(response.status, "Failed")
        head = f"HTTP/1.1 {response.status} {reason}\r\nContent-Length: {len(response.body)}\r\n\r\n"
        target.write(head.encode() + response.body)
        target.flush()


def _read(source: BinaryIO) -> Request | None:
    line = source.readline(_LONGEST_LINE).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers: dict[str, str] = {}
    while (raw := source.readline(_LONGEST_LINE)) not in (b"\r\n", b"\n", b""):
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    if not length.isdigit():
        return None
    body = source.read(int(length))
    return Request(line[0], line[1], headers, body) if len(body) == int(length) else None
