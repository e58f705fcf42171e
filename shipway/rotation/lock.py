"""One rotation of a scope at a time, on one machine; a killed process leaves no lock behind.

Between machines the runbook itself notices: it does not write over what was written since it began.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shipway.errors import ShipwayError

__all__ = ["alone"]


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of the file `path` while `what` is done; raises ShipwayError where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Closed on exec: a program that outlives its killed parent does not hold it.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShipwayError(
                f"{what} is being rotated by another process on this machine",
                "wait until it is done; nothing was changed",
            ) from None
        yield
    finally:
        os.close(descriptor)
