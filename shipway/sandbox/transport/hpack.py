"""HTTP/2's header compression (RFC 7541): decoding in full, encoding without compression."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

__all__ = ["Decoder", "HeaderError", "Headers", "encode"]

Headers = list[tuple[str, str]]

# Appendix A of the RFC: what a header block may name by number.
_STATIC: tuple[tuple[str, str], ...] = (
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
    (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
    (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
    ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
    ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
    ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""),
    ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
    ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""),
    ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""),
    ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
    ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""),
    ("www-authenticate", ""),
)  # fmt: skip

# Appendix B: bits per byte value. The code is canonical, so the lengths are all there is to know.
_LENGTHS = bytes((
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
    28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6,
    12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5,
    6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22,
    22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21,
    20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22,
    23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26,
    28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27,
    28, 27, 27, 27, 27, 27, 26,
))  # fmt: skip
_LONGEST_CODE = 30
# What an entry of the dynamic table costs beyond its text, by the RFC.
_ENTRY_OVERHEAD = 32


class HeaderError(Exception):
    """Bytes that are no header block."""


def _codes() -> dict[tuple[int, int], int]:
    codes: dict[tuple[int, int], int] = {}
    code = 0
    previous = 0
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(_LENGTHS)):
        code <<= length - previous
        codes[length, code] = symbol
        code, previous = code + 1, length
    return codes


_CODES = _codes()


class Decoder:
    """Decodes the header blocks of one connection in their order: each may refer to the ones before it."""

    def __init__(self, table_size: int = 4096) -> None:
        self._recent: deque[tuple[str, str]] = deque()
        self._size = 0
        self._limit = self._most = table_size

    def decode(self, block: bytes) -> Headers:
        """The headers in `block`; raises HeaderError."""
        headers: Headers = []
        at = 0
        try:
            while at < len(block):
                at = self._one(block, at, headers)
        except IndexError:
            raise HeaderError("a header block that ends too early") from None
        return headers

    def _one(self, block: bytes, at: int, headers: Headers) -> int:
        first = block[at]
        if first & 0x80:
            index, at = _integer(block, at, 7)
            headers.append(self._entry(index))
            return at
        if first & 0xE0 == 0x20:
            size, at = _integer(block, at, 5)
            self._resize(size)
            return at
        index, at = _integer(block, at, 6 if first & 0x40 else 4)
        if index:
            name = self._entry(index)[0]
        else:
            name, at = _text(block, at)
        value, at = _text(block, at)
        headers.append((name, value))
        if first & 0x40:
            self._remember(name, value)
        return at

    def _entry(self, index: int) -> tuple[str, str]:
        if index <= 0 or index > len(_STATIC) + len(self._recent):
            raise HeaderError(f"no header of number {index}")
        return _STATIC[index - 1] if index <= len(_STATIC) else self._recent[index - len(_STATIC) - 1]

    def _remember(self, name: str, value: str) -> None:
        self._recent.appendleft((name, value))
        self._size += len(name) + len(value) + _ENTRY_OVERHEAD
        self._evict()

    def _resize(self, size: int) -> None:
        if size > self._most:
            raise HeaderError(f"a table of {size} bytes was not agreed on")
        self._limit = size
        self._evict()

    def _evict(self) -> None:
        while self._size > self._limit:
            name, value = self._recent.pop()
            self._size -= len(name) + len(value) + _ENTRY_OVERHEAD


def _integer(block: bytes, at: int, bits: int) -> tuple[int, int]:
    most = (1 << bits) - 1
    value = block[at] & most
    at += 1
    if value < most:
        return value, at
    shift = 0
    while shift <= 28:
        byte = block[at]
        at += 1
        value += (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at
    raise HeaderError("a number that is too large")


def _text(block: bytes, at: int) -> tuple[str, int]:
    compressed = bool(block[at] & 0x80)
    length, at = _integer(block, at, 7)
    raw = block[at : at + length]
    if len(raw) < length:
        raise HeaderError("a header block that ends too early")
    return (_uncompressed(raw) if compressed else raw).decode("latin-1"), at + length


def _uncompressed(raw: Sequence[int]) -> bytes:
    out = bytearray()
    code = length = 0
    for byte in raw:
        for shift in range(7, -1, -1):
            code = code << 1 | byte >> shift & 1
            length += 1
            symbol = _CODES.get((length, code))
            if symbol is not None:
                out.append(symbol)
                code = length = 0
            elif length > _LONGEST_CODE:
                raise HeaderError("no such code")
    # What is left is padding: fewer than eight ones.
    if length > 7 or code != (1 << length) - 1:
        raise HeaderError("text that ends within a code")
    return bytes(out)


def encode(headers: Headers) -> bytes:
    """A header block that leans on no table."""
    out = bytearray()
    for name, value in headers:
        out.append(0)
        for text in (name.encode("latin-1"), value.encode("latin-1")):
            out += _length(len(text)) + text
    return bytes(out)


def _length(length: int) -> bytes:
    if length < 0x7F:
        return bytes((length,))
    out = bytearray((0x7F,))
    length -= 0x7F
    while length > 0x7F:
        out.append(length & 0x7F | 0x80)
        length >>= 7
    out.append(length)
    return bytes(out)
