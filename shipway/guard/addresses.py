"""The construct path that a Terraform address stands for, also where nothing synthesizes it any more.

cdktf makes an address of a construct's path: its parts joined by `_`, then eight hexadecimal digits of the MD5 of the
whole path. The parts cannot be told from the text alone, but a guess can be tested against the digits. That is how a
waiver, which names a path, covers an object whose block is gone from every document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import product

__all__ = ["path_of"]

_NAME = re.compile(r"(?P<human>.+)_(?P<digits>[0-9A-F]{8})")
# Each further underscore doubles the guesses; the paths of our constructs have up to ten.
_MOST_UNDERSCORES = 12


def path_of(stack: str, address: str) -> str:
    """The construct path of `address` in `stack`; empty where none can be found, as for what cdktf did not name."""
    name = address.partition("[")[0].rpartition(".")[2]
    found = _NAME.fullmatch(name)
    if found is None:
        # A construct directly below its stack is called by its own name.
        return f"{stack}/{name}" if name else ""
    pieces = found["human"].split("_")
    if len(pieces) - 1 > _MOST_UNDERSCORES:
        return ""
    return next((f"{stack}/{path}" for path in _guesses(pieces) if _digits(path) == found["digits"]), "")


def _digits(path: str) -> str:
    # Not for secrecy: cdktf chose it.
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()[:8].upper()


def _guesses(pieces: list[str]) -> Iterator[str]:
    """Each way to read the underscores as separators or as themselves, the likeliest first."""
    ways = [_joined(pieces, signs) for signs in product("/_", repeat=len(pieces) - 1)]
    yield from ways
    # cdktf leaves out a part that the one before ends with: `model/model` is called `model`.
    for path in ways:
        parts = path.split("/")
        for index, part in enumerate(parts):
            for start in range(len(part)):
                yield "/".join([*parts[: index + 1], part[start:], *parts[index + 1 :]])


def _joined(pieces: list[str], signs: tuple[str, ...]) -> str:
    return pieces[0] + "".join(f"{sign}{piece}" for sign, piece in zip(signs, pieces[1:], strict=True))
