"""The sandbox's server: the provider on a unix socket and the state on a loopback port, for one call of Terraform."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from shipway.sandbox.layout import Home

if TYPE_CHECKING:
    from shipway.sandbox.state_service import StateService

__all__ = ["Served", "Turn", "detach", "serve", "write_log"]

_POLL_SECONDS, _END_SECONDS = 0.05, 5.0


@dataclass(frozen=True)
class Turn:
    """What is served: one stack, in one run, to whom the token was given."""

    home: Home
    stack: str
    run: str
    token: str
    packed: Path


def serve(turn: Turn, provider: socket.socket, state: socket.socket, client: int) -> None:
    """Serve until the process `client` is gone, then end what was begun."""
    detach(provider.fileno(), state.fileno())
    write_log(turn)
    # Only now: Terraform starts meanwhile.
    served = Served(turn, provider, state)
    while os.getppid() == client:
        time.sleep(_POLL_SECONDS)
    served.finish()


@dataclass
class Served:
    """A turn that is being served, from threads of its own."""

    turn: Turn
    provider: socket.socket
    state: socket.socket
    _threads: list[threading.Thread] = field(default_factory=list)
    _states: StateService = field(init=False)

    def __post_init__(self) -> None:
        from shipway.sandbox.provider.calls import handlers
        from shipway.sandbox.provider.store import Maker, Store
        from shipway.sandbox.provider.types import Types
        from shipway.sandbox.state_service import StateService
        from shipway.sandbox.transport import grpc, http

        turn = self.turn
        self._states = StateService(turn.home, turn.stack, turn.run, turn.token)
        types, store, maker = Types(turn.packed), Store(turn.home.workspaces), Maker(turn.stack, turn.run)

        def provide(source: BinaryIO, target: BinaryIO) -> None:
            grpc.serve_connection(source, target, handlers(types, store, maker))

        def keep_state(source: BinaryIO, target: BinaryIO) -> None:
            http.serve_connection(source, target, self._states.answer)

        self._accept(self.provider, provide)
        self._accept(self.state, keep_state)

    @property
    def busy(self) -> bool:
        """Whether somebody is connected."""
        return any(thread.is_alive() for thread in self._threads)

    @property
    def locked(self) -> bool:
        """Whether the state's lock is held for this turn."""
        return self._states.locked

    def finish(self) -> None:
        """Take no more connections, and end what was asked for, even by who was killed: no object is half made."""
        for listener in (self.provider, self.state):
            # So that who waits in accept() hears of it.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        until = time.monotonic() + _END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _accept(self, listener: socket.socket, serve_one: Callable[[BinaryIO, BinaryIO], None]) -> None:
        def one(connection: socket.socket) -> None:
            # Where the client is gone, nobody is left to be told.
            with contextlib.suppress(OSError), connection:
                serve_one(connection.makefile("rb"), connection.makefile("wb"))

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    thread = threading.Thread(target=one, args=(connection,), daemon=True)
                    self._threads.append(thread)
                    thread.start()

        threading.Thread(target=accept, daemon=True).start()


def detach(*kept: int) -> None:
    """Let go of all that belongs to who started this process: its terminal, its pipes, its signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 65_536)


def write_log(turn: Turn) -> None:
    """What is printed as an error from now on goes to the log of the turn's stack."""
    turn.home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = os.open(turn.home.logs / f"{turn.stack}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    os.close(log)
