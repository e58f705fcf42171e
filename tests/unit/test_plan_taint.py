"""Secrets by value: no text that holds one, in any usual encoding, comes out of redaction with it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.plan.masks import NOT_SECRET, SecretTree, merge, secret_parts, secret_tree
from shipway.plan.secrets import secrets_inside
from shipway.plan.taint import REDACTED, Taint, scalars
from shipway.plan.values import Record, Secret, Unknown

SECRETS = st.text(min_size=6, max_size=40).filter(lambda text: len(text.strip()) >= 6)


def forms(secret: str, before: str, after: str) -> list[str]:
    raw, lead, tail = (part.encode("utf-8", "surrogatepass") for part in (secret, before, after))
    return [
        before + secret + after,
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
        raw.hex(),
        raw.hex().upper(),
        json.dumps(before + secret + after),
        json.dumps(before + secret + after, ensure_ascii=False),
        base64.b64encode(lead + raw + tail).decode(),
        base64.urlsafe_b64encode(lead + raw + tail).decode(),
    ]


@given(secret=SECRETS, before=st.text(max_size=5), after=st.text(max_size=5))
def test_no_form_survives(secret: str, before: str, after: str) -> None:
    taint = Taint.of([secret])
    for form in forms(secret, before, after):
        redacted = taint.redact(form)
        assert REDACTED in redacted
        assert not any(needle in redacted.replace(REDACTED, "\0") for needle in taint.needles)


@given(secrets=st.lists(SECRETS, min_size=1, max_size=4), text=st.text(max_size=60))
def test_overlapping_secrets_leave_nothing(secrets: list[str], text: str) -> None:
    taint = Taint.of(secrets)
    redacted = taint.redact(text.join(secrets) + text)
    assert not any(needle in redacted.replace(REDACTED, "\0") for needle in taint.needles)


@given(text=st.text())
def test_text_without_a_secret_is_untouched(text: str) -> None:
    assert Taint().redact(text) == text
    assert Taint.of(["\U0001f511" * 8]).redact(text.replace("\U0001f511", "")) == text.replace("\U0001f511", "")


@pytest.mark.parametrize("short", ["", "a", "12345", 7, True, None, Unknown()])
def test_short_ones_would_blank_everything(short: object) -> None:
    assert not Taint.of([short]).needles  # type: ignore[list-item]


def test_every_part_of_a_secret_value() -> None:
    key = "-----BEGIN KEY-----\nMIIabcdefghijklmnop\n-----END KEY-----\n"
    account = json.dumps({"private_key": "a-long-private-key", "n": 1})
    taint = Taint.of([Secret(Record({"port": 12345678, "key": key, "list": (account,)}))])
    for leak in ("12345678", "MIIabcdefghijklmnop", "a-long-private-key"):
        assert taint.redact(f"x={leak};") == f"x={REDACTED};"


def test_a_taint_does_not_show_itself() -> None:
    assert "hunter2" not in repr(Taint.of(["hunter2-hunter2"])) + repr(Secret("hunter2-hunter2"))


def test_a_secret_of_one_plan_is_one_in_all() -> None:
    joined = Taint.joined([Taint.of(["first-secret"]), Taint.of(["second-secret"])])
    assert joined.redact("first-secret second-secret") == f"{REDACTED} {REDACTED}"


_NAMES = st.sampled_from(["a", "b", "task"])
_RAW = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("xyz", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_MASK = st.recursive(
    st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=5,
)
_TREES = st.sampled_from([NOT_SECRET, secret_tree(["a"]), secret_tree(["task.b", "b.a.a"]), None])


@given(_RAW, _MASK, _TREES)
def test_secrets_are_found_where_a_merge_hides_them(raw: Any, mask: Any, tree: SecretTree) -> None:
    """Also under a mask that does not fit its value: what is hidden there is a secret elsewhere too."""
    hidden = {text for value in secrets_inside(merge(raw, None, mask, tree)) for text in scalars(value)}
    assert {text for value in secret_parts(raw, mask, tree) for text in scalars(value)} == hidden


def test_many_secrets_that_begin_alike() -> None:
    """Each is found by itself, the longest first, and looking does not take longer for each one more."""
    taint = Taint.of(f"hunter2-{number}" for number in range(2_000))
    assert taint.redact("hunter2-1999 hunter2-199 hunter2-x") == f"{REDACTED} {REDACTED} hunter2-x"
