"""gRPC as Terraform speaks it to a provider: a real HTTP/2 client on the other end of a socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, TrailersReceived
from h2.exceptions import ProtocolError
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.sandbox.transport import grpc


@dataclass
class Client:
    """Terraform's side of one connection."""

    connection: socket.socket
    http: H2Connection = field(default_factory=lambda: H2Connection(H2Configuration()))
    data: dict[int, bytes] = field(default_factory=dict)
    trailers: dict[int, dict[str, str]] = field(default_factory=dict)

    def ask(self, stream: int, path: str, message: bytes) -> None:
        """Ask without waiting for the answer."""
        self.http.send_headers(stream, [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "x")])
        body = b"\0" + len(message).to_bytes(4, "big") + message
        for start in range(0, len(body), 16_384):
            self.http.send_data(stream, body[start : start + 16_384], end_stream=start + 16_384 >= len(body))
        self.connection.sendall(self.http.data_to_send())

    def read(self, *streams: int) -> None:
        """Read until these streams are answered to the end."""
        while not set(streams) <= self.trailers.keys():
            for event in self.http.receive_data(self.connection.recv(65_536)):
                match event:
                    case DataReceived():
                        self.data[event.stream_id] = self.data.get(event.stream_id, b"") + event.data
                        self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    case TrailersReceived():
                        headers = dict(event.headers or ())
                        self.trailers[event.stream_id] = {k.decode(): v.decode() for k, v in headers.items()}
            self.connection.sendall(self.http.data_to_send())


@contextmanager
def served(handlers: Mapping[str, grpc.Handler]) -> Iterator[Client]:
    """A client of a server with these handlers."""
    ours, theirs = socket.socketpair()
    served = threading.Thread(
        target=lambda: grpc.serve_connection(theirs.makefile("rb"), theirs.makefile("wb"), handlers), daemon=True
    )
    served.start()
    with ours, theirs:
        ours.settimeout(10)
        client = Client(ours)
        client.http.initiate_connection()
        ours.sendall(client.http.data_to_send())
        yield client
        ours.shutdown(socket.SHUT_WR)
        served.join(10)
        assert not served.is_alive(), "the server did not notice that the client is gone"


def test_calls_are_answered_and_an_unknown_one_is_told() -> None:
    with served({"/up": bytes.upper}) as client:
        for stream, path, message in ((1, "/up", b"one"), (3, "/up", b"two"), (5, "/down", b"")):
            client.ask(stream, path, message)
        client.read(1, 3, 5)
    assert [client.data[stream][5:] for stream in (1, 3)] == [b"ONE", b"TWO"]
    assert [client.trailers[stream]["grpc-status"] for stream in (1, 3, 5)] == ["0", "0", "12"]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 400_000))
def test_an_answer_of_any_size_arrives_whole(size: int) -> None:
    with served({"/big": lambda _: bytes(size)}) as client:
        client.ask(1, "/big", b"")
        client.read(1)
    assert client.data[1] == b"\0" + size.to_bytes(4, "big") + bytes(size)


def test_a_question_larger_than_the_default_window_is_read() -> None:
    with served({"/length": lambda asked: str(len(asked)).encode()}) as client:
        # The server has opened its windows by now, or this would not be allowed to be sent.
        client.ask(1, "/length", b"")
        client.read(1)
        message = bytes(60_000)
        for stream in (3, 5, 7):
            client.ask(stream, "/length", message)
        client.read(3, 5, 7)
    assert {client.data[stream][5:] for stream in (3, 5, 7)} == {b"60000"}


@pytest.mark.parametrize("size", [65_530, 65_531, 1_000_000])
def test_one_question_larger_than_the_default_window_is_read(size: int) -> None:
    """A job of fifty tasks is asked about in one such message: more than this hung Terraform for ever."""
    with served({"/length": lambda asked: str(len(asked)).encode()}) as client:
        client.ask(1, "/length", b"")
        client.read(1)
        client.ask(3, "/length", bytes(size))
        client.read(3)
    assert client.data[3][5:] == str(size).encode()


def test_an_answer_without_a_message_ends_at_once() -> None:
    with served({"/stdio": lambda _: None}) as client:
        client.ask(1, "/stdio", b"")
        client.read(1)
    assert client.data.get(1, b"") == b""
    assert client.trailers[1]["grpc-status"] == "0"


def test_a_bug_is_told_and_the_connection_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: bytes) -> bytes:
        raise KeyError("databricks_nothing")

    with served({"/bad": broken, "/up": bytes.upper}) as client:
        client.ask(1, "/bad", b"")
        client.ask(3, "/up", b"on")
        client.read(1, 3)
    assert client.trailers[1]["grpc-status"] == "13"
    assert "databricks_nothing" in client.trailers[1]["grpc-message"]
    assert client.data[3][5:] == b"ON"
    assert "KeyError" in capsys.readouterr().err


def test_what_is_no_http2_is_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"GET / HTTP/1.1\r\n\r\n" + bytes(20))
        with pytest.raises(ProtocolError):
            grpc.serve_connection(theirs.makefile("rb"), theirs.makefile("wb"), {})
