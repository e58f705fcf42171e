"""One command and everything it starts: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CommandFailed", "Measurement", "measure"]

_SAMPLE_SECONDS = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds on the clock, processor seconds of the whole tree, and its largest resident memory in bytes."""

    wall: float
    cpu: float
    peak: int


class CommandFailed(Exception):
    """A measured command did not succeed: nothing it took counts."""


def measure(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], succeeds: tuple[int, ...] = (0,)
) -> Measurement:
    """Run the command to its end and say what it took; raises CommandFailed with what it printed."""
    log = cwd / ".benchmark.log"
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            list(command), cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        memory = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = memory.stop()
    if process.returncode not in succeeds:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    # ru_maxrss is the largest single process: all that is known where there is no /proc.
    return Measurement(wall, usage.ru_utime + usage.ru_stime, peak or usage.ru_maxrss * 1024)


class _Memory:
    """Samples the resident memory of a process and its descendants, summed, until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """The largest sum seen, in bytes; 0 where there is no /proc."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        stopped = False
        while not stopped:
            self._peak = max(self._peak, sum(map(_resident, _tree(self._pid))))
            stopped = self._stopped.wait(_SAMPLE_SECONDS)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found.extend(int(child) for child in _read(children).split())
    return found


def _resident(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * _PAGE if fields else 0


def _read(path: Path) -> str:
    """The file's text, or nothing: a process may end at any moment."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
