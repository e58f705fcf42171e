"""What goes over the wire: Terraform's values and the protocol's messages."""

from __future__ import annotations

import contextlib

from hypothesis import example, given
from hypothesis import strategies as st

from shipway.sandbox.provider.messages import AttributePath, Diagnostic, DynamicValue, PathStep, PlanResponse
from shipway.sandbox.provider.values import UNKNOWN, Value, decode, encode, is_zero, without_unknowns
from shipway.sandbox.provider.wire import WireError
from shipway.sandbox.provider.wire import decode as decode_message
from shipway.sandbox.provider.wire import encode as encode_message

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False) | TEXT | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_comes_back(value: Value) -> None:
    assert decode(encode(value)) == value


def test_terraforms_two_kinds_of_unknown() -> None:
    assert decode(b"\xd4\x00\x00") is UNKNOWN
    assert decode(b"\xc7\x03\x0c\x81\x01\xc2") is UNKNOWN  # with a refinement: it is not null
    assert decode(b"") is None


@given(VALUES)
def test_no_unknown_is_left(value: Value) -> None:
    pending = [without_unknowns(value)]
    for one in pending:
        # Not by its text: a string can say the same.
        assert one is not UNKNOWN
        pending += list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []


def test_an_unknown_is_not_zero() -> None:
    assert not is_zero(UNKNOWN)
    zeros: list[Value] = [None, "", 0, False, [], {}]
    assert all(map(is_zero, zeros))


@given(
    st.text(), st.integers(0, 2**31 - 1), st.binary(), st.lists(st.integers(0, 99) | st.text(min_size=1), max_size=4)
)
def test_a_message_comes_back(text: str, number: int, data: bytes, path: list[int | str]) -> None:
    steps = [PathStep(element_key_int=s) if isinstance(s, int) else PathStep(attribute_name=s) for s in path]
    text = text.encode("utf-8", "replace").decode()
    message = PlanResponse(DynamicValue(data), [AttributePath(steps)], data, [Diagnostic(number, text)], True)
    back = decode_message(PlanResponse, encode_message(message))
    assert back.planned_state is not None
    assert back.planned_state.msgpack == data
    assert [(step.element_key_int, step.attribute_name) for step in back.requires_replace[0].steps] == [
        (step.element_key_int, step.attribute_name) for step in steps
    ]
    assert (back.diagnostics[0].severity, back.diagnostics[0].summary) == (number, text)
    assert back.legacy_type_system is True


@given(st.binary(max_size=60))
@example(b"\x0a\x01\x08")
@example(b"\x28\x01")
@example(b"\x22\x03\x12\x01\xff")
@example(b"\x08\x01")
def test_bytes_that_are_no_message_are_a_wire_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        decode_message(PlanResponse, data)
