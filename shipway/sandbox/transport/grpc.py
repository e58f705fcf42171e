"""gRPC over one connection: calls with one message each way, which is all that Terraform asks of a provider.

A connection is served by one thread, call after call in the order in which they were asked to the end.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import quote

from shipway.sandbox.transport import frames
from shipway.sandbox.transport.frames import Frame, FrameError, frame, read_frame
from shipway.sandbox.transport.hpack import Decoder, encode

__all__ = ["Handler", "serve_connection"]

Handler = Callable[[bytes], bytes | None]
"""Takes a call's message and gives the answer's; None: the answer has no message (a stream that ends at once)."""

_INITIAL_WINDOW_SIZE, _MAX_FRAME_SIZE = 4, 5
_DEFAULT_WINDOW, _DEFAULT_FRAME = 65_535, 16_384
# As much as the protocol allows: what Terraform sends is wanted whole, and it sends no more than it has.
_OUR_WINDOW, _OUR_FRAME = 2**31 - 1, 2**24 - 1
_OK, _UNIMPLEMENTED, _INTERNAL = "0", "12", "13"
_START = encode([(":status", "200"), ("content-type", "application/grpc")])


@dataclass
class _Call:
    """A call that is being asked, or an answer that waits for room."""

    path: str = ""
    asked: bytearray = field(default_factory=bytearray)
    answer: memoryview = field(default_factory=lambda: memoryview(b""))
    status: str = ""
    message: str = ""
    window: int = 0


class _Connection:
    def __init__(self, source: BinaryIO, target: BinaryIO, handlers: Mapping[str, Handler]) -> None:
        self._source = source
        self._target = target
        self._handlers = handlers
        self._decoder = Decoder()
        self._calls: dict[int, _Call] = {}
        self._window = _DEFAULT_WINDOW
        self._stream_window = _DEFAULT_WINDOW
        self._largest = _DEFAULT_FRAME
        self._received = 0
        self._head = bytearray()

    def serve(self) -> None:
        """Answer until the other side closes the connection."""
        preface = self._source.read(len(frames.PREFACE))
        if not preface:
            return  # somebody asked whether there is somebody
        if preface != frames.PREFACE:
            raise FrameError("this is not HTTP/2")
        ours = ((_INITIAL_WINDOW_SIZE, _OUR_WINDOW), (_MAX_FRAME_SIZE, _OUR_FRAME))
        body = b"".join(number.to_bytes(2) + value.to_bytes(4) for number, value in ours)
        self._send(frame(frames.SETTINGS, 0, 0, body))
        self._send(frame(frames.WINDOW_UPDATE, 0, 0, (_OUR_WINDOW - _DEFAULT_WINDOW).to_bytes(4)))
        while (received := read_frame(self._source)) is not None:
            self._take(received)

    def _take(self, received: Frame) -> None:
        match received.kind:
            case frames.HEADERS | frames.CONTINUATION:
                self._take_headers(received)
            case frames.DATA:
                self._take_data(received)
            case frames.SETTINGS if not received.flags & frames.ACK:
                self._take_settings(received)
            case frames.PING if not received.flags & frames.ACK:
                self._send(frame(frames.PING, frames.ACK, 0, received.body))
            case frames.WINDOW_UPDATE:
                self._take_window(received)
            case frames.RST_STREAM:
                self._calls.pop(received.stream, None)
            case _:
                pass  # priorities, acknowledgements, a goodbye: nothing to do

    def _take_headers(self, received: Frame) -> None:
        self._head += received.body
        if not received.ends_headers:
            return
        headers = dict(self._decoder.decode(bytes(self._head)))
        self._head.clear()
        call = _Call(path=headers.get(":path", ""), window=self._stream_window)
        self._calls[received.stream] = call
        # A call without any message: Terraform asks none, but a stream can be opened and left open.
        if received.ends_stream or call.path not in self._handlers:
            self._answer(received.stream, call)

    def _take_data(self, received: Frame) -> None:
        self._received += len(received.body)
        if self._received > _OUR_WINDOW // 2:
            self._send(frame(frames.WINDOW_UPDATE, 0, 0, self._received.to_bytes(4)))
            self._received = 0
        call = self._calls.get(received.stream)
        if call is None or call.status:
            return
        call.asked += received.body
        if received.ends_stream:
            self._answer(received.stream, call)

    def _take_settings(self, received: Frame) -> None:
        theirs = frames.settings(received.body)
        change = theirs.get(_INITIAL_WINDOW_SIZE, self._stream_window) - self._stream_window
        self._stream_window += change
        for call in self._calls.values():
            call.window += change
        self._largest = theirs.get(_MAX_FRAME_SIZE, self._largest)
        self._send(frame(frames.SETTINGS, frames.ACK, 0))
        self._flush()

    def _take_window(self, received: Frame) -> None:
        more = int.from_bytes(received.body) & 0x7FFFFFFF
        if received.stream == 0:
            self._window += more
        elif received.stream in self._calls:
            self._calls[received.stream].window += more
        self._flush()

    def _answer(self, stream: int, call: _Call) -> None:
        handler = self._handlers.get(call.path)
        if handler is None:
            call.status = _UNIMPLEMENTED
        elif call.asked and call.asked[0]:
            call.status = _INTERNAL  # a compressed message, which nobody agreed on
        else:
            self._ask(handler, call)
        self._send(frame(frames.HEADERS, frames.END_HEADERS, stream, _START))
        self._flush()

    @staticmethod
    def _ask(handler: Handler, call: _Call) -> None:
        try:
            answer = handler(bytes(call.asked[5:]))
        except Exception as error:  # whatever a bug raises: Terraform must be told, or it waits for ever
            with contextlib.suppress(OSError):
                traceback.print_exc()
            call.status, call.message = _INTERNAL, f"a bug in the sandbox: {error!r}"
            return
        call.status = _OK
        if answer is not None:
            call.answer = memoryview(b"\0" + len(answer).to_bytes(4) + answer)

    def _flush(self) -> None:
        """Send what there is room for; what is left waits for the other side to make room."""
        for stream, call in [*self._calls.items()]:
            while call.status and call.answer and self._window > 0 and call.window > 0:
                part = call.answer[: min(self._largest, self._window, call.window)]
                call.answer = call.answer[len(part) :]
                self._window -= len(part)
                call.window -= len(part)
                self._send(frame(frames.DATA, 0, stream, bytes(part)))
            if call.status and not call.answer:
                end = encode([("grpc-status", call.status), ("grpc-message", quote(call.message))])
                self._send(frame(frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, stream, end))
                del self._calls[stream]

    def _send(self, data: bytes) -> None:
        self._target.write(data)
        self._target.flush()


def serve_connection(source: BinaryIO, target: BinaryIO, handlers: Mapping[str, Handler]) -> None:
    """Answer the calls on one connection until it is closed; raises FrameError, HeaderError and OSError."""
    _Connection(source, target, handlers).serve()
