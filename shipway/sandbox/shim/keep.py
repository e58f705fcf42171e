"""`python -m shipway.sandbox.shim.keep <project> <packed> <folder>`: a server for one call of Terraform after another.

On its standard input, a socket, it is told of each turn, with the two listening sockets; the turn before is over then.
It ends with who started it, and first lets a Terraform that is still at work come to its end.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from shipway.sandbox.layout import Home
from shipway.sandbox.shim.serve import Served, Turn, detach, write_log

__all__: list[str] = []

# What a turn's message may be long; a stack's name has 100 characters.
_MESSAGE = 4096
# Between two questions of its own a Terraform may be connected to nobody.
_QUIET_SECONDS, _POLL_SECONDS = 1.0, 0.05


def main(arguments: list[str]) -> int:
    """Serve turns until the other end is closed."""
    home, packed, folder = Home(Path(arguments[0])), Path(arguments[1]), Path(arguments[2])
    control = socket.socket(fileno=os.dup(0))
    detach(control.fileno())
    _import()
    served: Served | None = None
    try:
        while True:
            message, sockets, _, _ = socket.recv_fds(control, _MESSAGE, 2)
            if served is not None:
                if not message:
                    _wait(served)
                served.finish()
            if not message:
                return 0
            served = _begun(home, packed, json.loads(message), sockets)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _import() -> None:
    """While nobody waits for it."""
    import shipway.sandbox.provider.calls
    import shipway.sandbox.state_service
    import shipway.sandbox.transport.grpc  # noqa: F401


def _begun(home: Home, packed: Path, said: Mapping[str, str], sockets: list[int]) -> Served:
    turn = Turn(home, said["stack"], said["run"], said["token"], packed)
    write_log(turn)
    provider, state = (socket.socket(fileno=descriptor) for descriptor in sockets)
    return Served(turn, provider, state)


def _wait(served: Served) -> None:
    """Until the Terraform of somebody who was killed is through; it holds the lock as long as it has work to do."""
    quiet_since = time.monotonic()
    while (served.busy or served.locked) and time.monotonic() - quiet_since < _QUIET_SECONDS:
        if served.busy:
            quiet_since = time.monotonic()
        time.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
