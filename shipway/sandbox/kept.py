"""The sandbox's server kept for a whole command: its next call of Terraform finds it started and everything imported.

The program `terraform` of the sandbox starts a server for each call. A command that plans, shows, applies and plans
again pays for that once: it calls the real Terraform itself, in the same folder, with the same server behind it. Each
call is still a run of its own, with its own sockets, token and state lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.outside.terraform import Place
from shipway.sandbox.layout import Home, stack_name
from shipway.sandbox.shim.folder import mirror
from shipway.sandbox.shim.program import Serving
from shipway.sandbox.shim.turn import listen, new_run, new_token, put_right

__all__ = ["Kept"]


@dataclass(slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket
    folder: Path
    turns: int = 0

    def begin(self, home: Home, source: Path) -> tuple[Path, Serving]:
        """Serve the stack in `source` from now on; where Terraform is to work, and what it needs to find it."""
        stack, run, token = stack_name(source), new_run(), new_token()
        work = home.work_folder(stack, source)
        sys.stderr.write(put_right(home, stack, run))
        mirror(source, work)
        self.turns += 1
        listening = listen(self.folder / str(self.turns))
        serving = Serving(self.process.pid, listening.path, listening.port, token)
        message = json.dumps({"stack": stack, "run": run, "token": token}).encode()
        socket.send_fds(self.control, [message], [listening.provider.fileno(), listening.state.fileno()])
        listening.close()
        return work, serving

    def stop(self) -> None:
        self.control.close()


@dataclass
class Kept:
    """The servers that a command keeps for the sandbox of the project at `root`: one for each call at a time."""

    root: Path
    packed: Path
    terraform: str
    """The real one's program."""
    _idle: list[_Server] = field(default_factory=list)

    def __post_init__(self) -> None:
        # They end with this process in any case; sooner, where nobody holds this any more.
        weakref.finalize(self, _stop, self._idle)

    def warm(self) -> None:
        """Start a server before it is needed."""
        self._idle.append(self._started())

    @contextlib.contextmanager
    def at(self, folder: Path) -> Iterator[Place]:
        """Where one call of Terraform on the stack in `folder` works; raises ShipwayError.

        Who leaves by an exception leaves a server that may still be busy for a Terraform that was killed: it goes.
        """
        home = Home(self.root)
        try:
            server = self._idle.pop() if self._idle else self._started()
            work, serving = server.begin(home, folder.resolve())
        except OSError as error:
            raise ShipwayError(
                f"the sandbox cannot serve: {error.strerror}: {error.filename or home.folder}"
            ) from error
        try:
            yield Place(self.terraform, work, serving.environment(os.environ))
        except BaseException:
            server.stop()
            raise
        self._idle.append(server)

    def _started(self) -> _Server:
        folder = Path(tempfile.mkdtemp(prefix="shipway-"))
        ours, its = socket.socketpair()
        with its:
            command = [
                sys.executable,
                "-I",
                "-m",
                "shipway.sandbox.shim.keep",
                *map(str, (self.root, self.packed, folder)),
            ]
            # A session of its own: what ends this command must not end an apply in the middle of an object.
            nothing = subprocess.DEVNULL
            process = subprocess.Popen(
                command, stdin=its.fileno(), stdout=nothing, stderr=nothing, start_new_session=True
            )
        return _Server(process, ours, folder)


def _stop(servers: list[_Server]) -> None:
    for server in servers:
        server.stop()
