"""Which keys are in the candidate's share: a keyed hash, the same in Python, Databricks SQL and DuckDB.

A key's bucket, of 10,000, is the first 15 hexadecimal digits of SHA-256 over salt, U+001F and the key in UTF-8, modulo
10,000. Fifteen digits are 60 bits: `conv` and a BIGINT hold them without loss, a DOUBLE would not. Taking 2^60 modulo
10,000 favours the first buckets by less than one in 10^14. A key is in the share of `percent` if its bucket is below
100 * percent, so the shares are nested: who is in 5 % is in 25 % too. `tests/vectors/cohorts.json` has keys with their
buckets, and every implementation is held against it.

Source of the scheme: Deng, Kohavi and others hash a unit's id with an experiment's salt; the digest, the separator and
the width are our own choice. SQL hashes the text as it stands in the table: it has no Unicode normalisation (Spark) or
its own name for it (DuckDB), so what is written to a table is `normalised` first.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral
from uuid import UUID

from shipway.errors import ShipwayError

__all__ = ["BUCKETS", "SEPARATOR", "BadKey", "Key", "bucket", "in_cohort", "normalised", "share"]

BUCKETS = 10_000
SEPARATOR = "\x1f"
"""U+001F, the unit separator: no salt holds it, so no two pairs of salt and key give one text."""

Key = object
"""Text, a whole number, a date, a UUID, true or false, or null in any of its Python forms."""

_EXACT = 2**53
"""Above it, two whole numbers are one float."""


class BadKey(ShipwayError):
    """A value that cannot tell one thing from another: part of a number, a moment, bytes, a list."""


def normalised(key: Key) -> str | None:
    """The text that is hashed and stored for `key`, None for a null; raises BadKey.

    Text is brought to NFC, so that two ways of typing one name are one key. A whole number is its digits whatever type
    carries it: pandas turns whole numbers into floats as soon as a null stands among them.
    """
    match key:
        case None:
            return None
        case str():
            return _text(key)
        case bool():
            return "true" if key else "false"
        case Integral():
            return str(int(key))
        case float() | Decimal():
            return _number(key)
        case UUID():
            return str(key)
        case date() if not isinstance(key, datetime):
            return key.isoformat()
        case _ if type(key).__name__ in ("NAType", "NaTType"):
            # pandas' own nulls; it is not imported for asking.
            return None
        case _:
            raise BadKey(f"a key is a {type(key).__name__}, wanted text, a whole number or a date")


def bucket(salt: str, key: Key) -> int | None:
    """The bucket of `key`, 0 to 9,999; None for a null."""
    text = normalised(key)
    if text is None:
        return None
    digest = hashlib.sha256(f"{salt}{SEPARATOR}{text}".encode()).hexdigest()
    return int(digest[:15], 16) % BUCKETS


def in_cohort(salt: str, key: Key, percent: int) -> bool:
    """Whether `key` is in the share of `percent` of a hundred; a null never is."""
    found = bucket(salt, key)
    return found is not None and found < percent * (BUCKETS // 100)


def share(salt: str, keys: Iterable[Key], percent: int) -> float:
    """How many of a hundred of these keys are in the cohort; what a canary got, beside what it asked for."""
    inside = [in_cohort(salt, key, percent) for key in keys]
    return 100 * sum(inside) / len(inside) if inside else 0.0


def _text(key: str) -> str:
    text = unicodedata.normalize("NFC", key)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadKey(f"the key {key!r:.60} holds half a character, which is no UTF-8") from None
    return text


def _number(key: float | Decimal) -> str | None:
    if key != key:
        return None
    whole = key == key.to_integral_value() if isinstance(key, Decimal) and key.is_finite() else _is_whole(key)
    if not whole or (isinstance(key, float) and abs(key) > _EXACT):
        raise BadKey(f"the key {key!r} is not a whole number that is told from its neighbours")
    return str(int(key))


def _is_whole(key: float | Decimal) -> bool:
    return isinstance(key, float) and key.is_integer()
