"""Which keys a canary gets: the same in Python and in SQL, nested, near the share that was asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.pointer.cohorts import BadKey, bucket, in_cohort, normalised, share
from shipway.pointer.view import bucket_sql

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "cohorts.json").read_text(encoding="utf-8")
)["vectors"]
IDS = [vector["note"] for vector in VECTORS]


def _query(salt: str, type_: str) -> str:
    expression = bucket_sql(salt, "key", "duckdb")
    return f"SELECT {expression} FROM (SELECT $1::{type_} AS key)"  # noqa: S608 (ours, all of it)


SALT = "claims-triage/r087fee668b6b"


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_python_agrees_with_the_vectors(vector: dict[str, Any]) -> None:
    assert normalised(vector["key"]) == vector["text"]
    assert bucket(vector["salt"], vector["key"]) == vector["bucket"]


def test_duckdb_agrees_with_the_vectors() -> None:
    connection = duckdb.connect()
    for vector in VECTORS:
        sql = _query(vector["salt"], "VARCHAR")
        assert connection.execute(sql, [vector["text"]]).fetchall() == [(vector["bucket"],)], vector["note"]


def test_a_vector_worked_out_with_other_tools() -> None:
    # printf 'claims-triage/r087fee668b6b\x1fC-2026-000017' | sha256sum; echo $((0xb3bfb6c893f7630 % 10000))
    assert bucket(SALT, "C-2026-000017") == 3360


def test_the_vectors_hold_what_is_hard() -> None:
    assert len(VECTORS) > 60
    assert {None, ""} < {vector["text"] for vector in VECTORS}
    texts = [vector["text"] or "" for vector in VECTORS]
    assert any("\N{GRINNING FACE}" in text for text in texts)
    assert any(vector["text"] != vector["key"] for vector in VECTORS if isinstance(vector["key"], str))


@given(st.text(), st.sampled_from(["", SALT]))
def test_duckdb_agrees_on_any_text(key: str, salt: str) -> None:
    sql = _query(salt, "VARCHAR")
    assert duckdb.execute(sql, [normalised(key)]).fetchall() == [(bucket(salt, key),)]


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_whole_number_in_sql_is_its_text(key: int) -> None:
    sql = _query(SALT, "BIGINT")
    assert duckdb.execute(sql, [key]).fetchall() == [(bucket(SALT, key),)]


@given(st.text(), st.integers(1, 99), st.integers(1, 99))
def test_cohorts_are_nested(key: str, one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert in_cohort(SALT, key, small) <= in_cohort(SALT, key, large)


@pytest.mark.parametrize("percent", [1, 5, 10, 25, 50])
def test_the_share_is_near_what_was_asked_for(percent: int) -> None:
    keys = [f"C-{number:06}" for number in range(50_000)]
    # Five standard deviations of a binomial: what a fair hash misses once in a million shares.
    allowed = 5 * (percent * (100 - percent) / len(keys)) ** 0.5
    assert abs(share(SALT, keys, percent) - percent) < allowed
    other = "claims-triage/r56de16299718"
    both = sum(in_cohort(SALT, key, percent) and in_cohort(other, key, percent) for key in keys)
    assert abs(both / len(keys) - percent**2 / 10_000) < 0.01, "two releases' cohorts are independent"


def test_nobody_is_in_no_percent_and_everybody_in_a_hundred() -> None:
    assert not any(in_cohort(SALT, key, 0) for key in range(2000))
    assert all(in_cohort(SALT, key, 100) for key in range(2000))
    assert share(SALT, [], 50) == 0.0


class NAType:
    """Named as pandas' null is."""


@pytest.mark.parametrize("null", [None, float("nan"), Decimal("NaN"), NAType()])
def test_a_null_is_in_no_cohort(null: object) -> None:
    assert bucket(SALT, null) is None
    assert not in_cohort(SALT, null, 100)


def test_what_is_one_key_whatever_carries_it() -> None:
    assert {bucket(SALT, key) for key in (17, 17.0, "17", Decimal(17), Decimal("1.7E1"))} == {bucket(SALT, "17")}
    day, number = dt.date(2026, 11, 21), uuid.UUID(int=7)
    assert bucket(SALT, day) == bucket(SALT, "2026-11-21")
    assert bucket(SALT, number) == bucket(SALT, str(number))


@pytest.mark.parametrize(
    "key",
    [
        *(17.5, float("inf"), float(2**53 + 2), Decimal("17.5"), Decimal("Infinity")),
        *(b"17", [17], (17,), {}, dt.datetime(2026, 11, 21), "\ud800", object()),
    ],
    ids=lambda key: type(key).__name__,
)
def test_what_cannot_tell_things_apart_is_no_key(key: object) -> None:
    with pytest.raises(BadKey):
        bucket(SALT, key)


def test_two_salts_and_keys_never_make_one_text() -> None:
    assert bucket("a", "b\x1fc") == int(hashlib.sha256(b"a\x1fb\x1fc").hexdigest()[:15], 16) % 10_000
    assert "\x1f" not in SALT
