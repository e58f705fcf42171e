"""What goes over the wire: Terraform's values, the protocol's messages, HTTP/2's headers and frames."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shipway.sandbox.provider.messages import AttributePath, Diagnostic, DynamicValue, PathStep, PlanResponse
from shipway.sandbox.provider.values import UNKNOWN, Value, decode, encode, is_zero, without_unknowns
from shipway.sandbox.provider.wire import WireError
from shipway.sandbox.provider.wire import decode as decode_message
from shipway.sandbox.provider.wire import encode as encode_message
from shipway.sandbox.transport import frames, grpc
from shipway.sandbox.transport.hpack import Decoder, HeaderError
from shipway.sandbox.transport.hpack import encode as encode_headers

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
    assert "<unknown>" not in repr(without_unknowns(value))


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


def test_the_headers_of_the_rfc() -> None:
    # RFC 7541, C.4: three requests on one connection, with Huffman codes.
    decoder = Decoder()
    first, second, third = (
        decoder.decode(bytes.fromhex(text))
        for text in (
            "828684418cf1e3c2e5f23a6ba0ab90f4ff",
            "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        )
    )
    assert first[-1] == (":authority", "www.example.com")
    assert second[-2:] == [(":authority", "www.example.com"), ("cache-control", "no-cache")]
    assert third[-1] == ("custom-key", "custom-value")


ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)


@given(st.lists(st.tuples(ASCII, ASCII), max_size=5))
def test_headers_come_back(headers: list[tuple[str, str]]) -> None:
    assert Decoder().decode(encode_headers(headers)) == headers


@given(st.binary(max_size=80))
def test_bytes_that_are_no_headers_are_a_header_error(block: bytes) -> None:
    with contextlib.suppress(HeaderError):
        Decoder().decode(block)


def ask(handlers: dict[str, grpc.Handler], *sent: bytes) -> list[frames.Frame]:
    """What a connection answers to these frames."""
    target = io.BytesIO()
    grpc.serve_connection(io.BytesIO(frames.PREFACE + b"".join(sent)), target, handlers)
    answered = io.BytesIO(target.getvalue())
    found = []
    while (one := frames.read_frame(answered)) is not None:
        found.append(one)
    return found


def call(stream: int, path: str, message: bytes) -> bytes:
    headers = encode_headers([(":method", "POST"), (":path", path)])
    body = b"\0" + len(message).to_bytes(4, "big") + message
    return frames.frame(frames.HEADERS, frames.END_HEADERS, stream, headers) + frames.frame(
        frames.DATA, frames.END_STREAM, stream, body
    )


def answer_of(answered: list[frames.Frame], stream: int) -> bytes:
    return b"".join(one.body for one in answered if one.kind == frames.DATA and one.stream == stream)


def status_of(answered: list[frames.Frame], stream: int) -> dict[str, str]:
    """The trailers of a call; nothing while it is not answered to the end."""
    ends = [one for one in answered if one.stream == stream and one.kind == frames.HEADERS and one.ends_stream]
    return dict(Decoder().decode(ends[0].body)) if ends else {}


def test_calls_are_answered() -> None:
    answered = ask({"/up": bytes.upper}, call(1, "/up", b"one"), call(3, "/up", b"two"), call(5, "/down", b""))
    assert [answer_of(answered, stream)[5:] for stream in (1, 3)] == [b"ONE", b"TWO"]
    assert [status_of(answered, stream)["grpc-status"] for stream in (1, 3, 5)] == ["0", "0", "12"]


def test_a_large_answer_waits_for_room() -> None:
    large = bytes(200_000)
    asked = call(1, "/big", b"")
    some = ask({"/big": lambda _: large}, asked)
    assert len(answer_of(some, 1)) == 65_535
    assert status_of(some, 1) == {}
    room = b"".join(frames.frame(frames.WINDOW_UPDATE, 0, stream, (1_000_000).to_bytes(4, "big")) for stream in (0, 1))
    whole = ask({"/big": lambda _: large}, asked, room)
    assert len(answer_of(whole, 1)) == 200_005
    assert max(len(one.body) for one in whole) <= 16_384
    assert status_of(whole, 1)["grpc-status"] == "0"


def test_a_bug_is_told_and_the_connection_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: bytes) -> bytes:
        raise KeyError("databricks_nothing")

    answered = ask({"/bad": broken, "/up": bytes.upper}, call(1, "/bad", b""), call(3, "/up", b"on"))
    assert status_of(answered, 1)["grpc-status"] == "13"
    assert "databricks_nothing" in status_of(answered, 1)["grpc-message"]
    assert answer_of(answered, 3)[5:] == b"ON"
    assert "KeyError" in capsys.readouterr().err


def test_pings_and_settings_are_acknowledged() -> None:
    ping = frames.frame(frames.PING, 0, 0, b"12345678")
    setting = frames.frame(frames.SETTINGS, 0, 0, bytes.fromhex("000400100000"))
    answered = ask({}, ping, setting)
    assert [one.body for one in answered if one.kind == frames.PING] == [b"12345678"]
    assert any(one.kind == frames.SETTINGS and one.flags & frames.ACK for one in answered)


def test_padding_and_continued_headers() -> None:
    headers = encode_headers([(":method", "POST"), (":path", "/up")])
    asked = (
        frames.frame(frames.HEADERS, 0, 1, headers[:5])
        + frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, headers[5:])
        + frames.frame(frames.DATA, frames.END_STREAM | 0x8, 1, b"\x03" + b"\0\0\0\0\x02hi" + b"\0\0\0")
    )
    assert answer_of(ask({"/up": bytes.upper}, asked), 1)[5:] == b"HI"


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\n\r\n" + bytes(20), frames.PREFACE + b"\0\0\x01\0\x08\0\0\0\1\x09"]
)
def test_what_is_no_http2_is_refused(sent: bytes) -> None:
    with pytest.raises(frames.FrameError):
        grpc.serve_connection(io.BytesIO(sent), io.BytesIO(), {})
