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
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shipway.sandbox.layout import Home

__all__ = ["Job", "serve"]

_POLL_SECONDS, _END_SECONDS = 0.05, 5.0


@dataclass(frozen=True)
class Job:
    """What is served: one stack, in one run, to the process `client`."""

    home: Home
    stack: str
    run: str
    token: str
    packed: Path
    client: int


def serve(job: Job, provider: socket.socket, state: socket.socket) -> None:
    """Serve until the client is gone, then end what was begun."""
    _detach(job, (provider.fileno(), state.fileno()))
    # Only now: Terraform starts meanwhile.
    from shipway.sandbox.provider.calls import handlers
    from shipway.sandbox.provider.store import Maker, Store
    from shipway.sandbox.provider.types import Types
    from shipway.sandbox.state_service import StateService
    from shipway.sandbox.transport import grpc, http

    states = StateService(job.home, job.stack, job.run, job.token)
    types, store, maker = Types(job.packed), Store(job.home.workspaces), Maker(job.stack, job.run)
    threads: list[threading.Thread] = []

    def provide(source: BinaryIO, target: BinaryIO) -> None:
        grpc.serve_connection(source, target, handlers(types, store, maker))

    def keep_state(source: BinaryIO, target: BinaryIO) -> None:
        http.serve_connection(source, target, states.answer)

    _accept(provider, threads, provide)
    _accept(state, threads, keep_state)
    while os.getppid() == job.client:
        time.sleep(_POLL_SECONDS)
    # What Terraform asked for is ended even if Terraform was killed: no object is half made.
    until = time.monotonic() + _END_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _detach(job: Job, kept: tuple[int, int]) -> None:
    """Let go of all that belongs to Terraform: its terminal, its pipes, its signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    job.home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = os.open(job.home.logs / f"{job.stack}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (nothing, 1), (log, 2)):
        os.dup2(source, target)
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 65_536)


def _accept(
    listener: socket.socket, threads: list[threading.Thread], serve_one: Callable[[BinaryIO, BinaryIO], None]
) -> None:
    def one(connection: socket.socket) -> None:
        # Where the client is gone, nobody is left to be told.
        with contextlib.suppress(OSError), connection:
            serve_one(connection.makefile("rb"), connection.makefile("wb"))

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            thread = threading.Thread(target=one, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    threading.Thread(target=accept, daemon=True).start()
