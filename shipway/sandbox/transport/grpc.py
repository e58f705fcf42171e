"""gRPC over one connection: calls with one message each way, which is all that Terraform asks of a provider.

HTTP/2 itself is the library h2's; here is what gRPC puts into it. A connection is served by one thread, call after call
in the order in which they were asked to the end.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes

__all__ = ["Handler", "serve_connection"]

Handler = Callable[[bytes], bytes | None]
"""Takes a call's message and gives the answer's; None: the answer has no message (a stream that ends at once)."""

# As much as the protocol allows: what Terraform sends is wanted whole, and it sends no more than it has.
_WINDOW, _FRAME = 2**31 - 1, 2**24 - 1
_PIECE = 65_536
_OK, _UNIMPLEMENTED, _INTERNAL = "0", "12", "13"


def serve_connection(source: BinaryIO, target: BinaryIO, handlers: Mapping[str, Handler]) -> None:
    """Answer the calls on one connection until it is closed; raises h2.exceptions.ProtocolError and OSError."""
    _Connection(source, target, handlers).serve()


@dataclass
class _Call:
    """A call that is being asked, or an answer that waits for room."""

    path: str
    asked: bytearray = field(default_factory=bytearray)
    answer: memoryview = field(default_factory=lambda: memoryview(b""))
    status: str = ""
    message: str = ""


class _Connection:
    def __init__(self, source: BinaryIO, target: BinaryIO, handlers: Mapping[str, Handler]) -> None:
        self._source, self._target, self._handlers = source, target, handlers
        self._http = H2Connection(H2Configuration(client_side=False))
        self._calls: dict[int, _Call] = {}

    def serve(self) -> None:
        """Answer until the other side closes the connection."""
        self._http.initiate_connection()
        # After it: what is set before is not sent, and then the other side waits for room that is never given.
        self._http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW, SettingCodes.MAX_FRAME_SIZE: _FRAME})
        self._http.increment_flow_control_window(_WINDOW - self._http.inbound_flow_control_window)
        self._send()
        while piece := self._source.read1(_PIECE):  # type: ignore[attr-defined]
            for event in self._http.receive_data(piece):
                self._take(event)
            self._answer_more()
            self._send()

    def _take(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(stream), headers=headers):
                self._calls[stream] = _Call(dict(headers or ())[b":path"].decode("ascii", "replace"))
                # A call without any message: Terraform asks none, but a stream can be opened and left open.
                if self._calls[stream].path not in self._handlers:
                    self._begin(stream)
            case DataReceived(stream_id=int(stream), data=bytes(data), flow_controlled_length=int(length)):
                if stream in self._calls:
                    self._calls[stream].asked += data
                    self._http.acknowledge_received_data(length, stream)
            case StreamEnded(stream_id=int(stream)):
                self._begin(stream)
            case StreamReset(stream_id=int(stream)):
                self._calls.pop(stream, None)
            case ConnectionTerminated():
                self._calls.clear()
            case _:
                pass  # settings, windows, priorities: h2 has seen to them

    def _begin(self, stream: int) -> None:
        call = self._calls.get(stream)
        if call is None or call.status:
            return
        handler = self._handlers.get(call.path)
        if handler is None:
            call.status = _UNIMPLEMENTED
        elif call.asked and call.asked[0]:
            call.status = _INTERNAL  # a compressed message, which nobody agreed on
        else:
            self._ask(handler, call)
        self._http.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])

    @staticmethod
    def _ask(handler: Handler, call: _Call) -> None:
        try:
            answer = handler(bytes(call.asked[5:]))
        except Exception as error:  # whatever a bug raises: Terraform must be told, or it waits for ever
            # The log may be on a full disk; the answer must go out all the same.
            with contextlib.suppress(OSError):
                traceback.print_exc()
            call.status, call.message = _INTERNAL, f"a bug in the sandbox: {error!r}"
            return
        call.status = _OK
        if answer is not None:
            call.answer = memoryview(b"\0" + len(answer).to_bytes(4) + answer)

    def _answer_more(self) -> None:
        """Send what there is room for; what is left waits for the other side to make room."""
        for stream, call in [*self._calls.items()]:
            while call.status and call.answer:
                room = min(self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size)
                if room <= 0:
                    break
                self._http.send_data(stream, bytes(call.answer[:room]))
                call.answer = call.answer[room:]
            if call.status and not call.answer:
                trailers = [("grpc-status", call.status), ("grpc-message", quote(call.message))]
                self._http.send_headers(stream, trailers, end_stream=True)
                del self._calls[stream]

    def _send(self) -> None:
        self._target.write(self._http.data_to_send())
        self._target.flush()
