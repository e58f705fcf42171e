"""What begins a call of Terraform in the sandbox, whoever makes it: sockets, a run's name, what was left put right."""

from __future__ import annotations

import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from shipway.sandbox.layout import Home
from shipway.sandbox.state import Held, Holder, Lock

__all__ = ["Listening", "listen", "new_run", "new_token", "put_right"]

# A server notices within this time that its Terraform was killed, and lets go of the lock.
_PATIENCE, _PAUSE = 50, 0.03


@dataclass(frozen=True)
class Listening:
    """Two sockets that are open before anybody serves them."""

    path: Path
    """Of the provider's; at most 104 characters."""
    provider: socket.socket
    state: socket.socket

    @property
    def port(self) -> int:
        """Where the state is served."""
        return int(self.state.getsockname()[1])

    def close(self) -> None:
        """Leave them to who serves them."""
        self.provider.close()
        self.state.close()


def listen(path: Path) -> Listening:
    """Open a provider's socket at `path` and a state's; raises OSError."""
    provider = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        provider.bind(str(path))
        provider.listen()
        return Listening(path, provider, socket.create_server(("127.0.0.1", 0)))
    except OSError:
        provider.close()
        raise


def new_run() -> str:
    """The name of a run: every object says which one made it."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(6)}"


def new_token() -> str:
    """What only the Terraform of this call knows."""
    return secrets.token_urlsafe(24)


def put_right(home: Home, stack: str, run: str) -> str:
    """If the last run on this stack was killed, remove what it made and Terraform's state does not know; say so."""
    lock = Lock(home.state_file(stack))
    if lock.left_by() is None:
        return ""
    killed = _taken(lock, Holder(run, "{}"))
    if killed is None:
        return ""
    from shipway.sandbox.recover import recover

    removed = recover(home, stack, killed.run)
    lock.release()
    if not removed:
        return ""
    objects = "1 object" if len(removed) == 1 else f"{len(removed)} objects"
    return f"sandbox: the last run on {stack} was killed; removed {objects} that it made and the state does not know\n"


def _taken(lock: Lock, holder: Holder) -> Holder | None:
    for _ in range(_PATIENCE):
        try:
            killed = lock.take(holder)
        except Held:
            time.sleep(_PAUSE)
            continue
        if killed is None:
            lock.release()
        return killed
    return None  # somebody is at work; Terraform will say so
