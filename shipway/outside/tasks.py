"""Starts the processes of tasks, each in a group of its own, and ends them; the fake beside it only remembers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shipway.run.carry_out import Call

__all__ = ["FakeTasks", "Tasks"]

_LAUNCH = Path(__file__).parents[1] / "runtime" / "launch.py"

_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")
"""Of this shell: a task sees no credentials that happen to lie here."""


@dataclass
class Tasks:
    """Real processes, which see the sandbox in `sandbox` as their workspace."""

    sandbox: Path
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def run(self, call: Call, timeout: float) -> int | None:
        """The exit code, once it is over; None if it was killed, for its `timeout` in seconds or by `stop`."""
        with call.log.open("wb") as log:
            process = self._started(call, log.fileno())
            try:
                code = process.wait(timeout or None)
            except subprocess.TimeoutExpired:
                _kill(process)
                process.wait()
                log.seek(0, os.SEEK_END)
                log.write(f"\nKilled after {timeout:.0f} s, the time that it may take.\n".encode())
                return None
            finally:
                with self._lock:
                    self._running.discard(process)
                if process.stdin:
                    process.stdin.close()
        return None if self._stopped else code

    def stop(self) -> None:
        """Kill everything that runs. A signal's handler may call this: it takes no lock, which its thread may hold."""
        self._stopped = True
        for process in list(self._running):
            _kill(process)

    def _started(self, call: Call, log: int) -> subprocess.Popen[bytes]:
        wheels = os.pathsep.join(map(str, call.wheels))
        program = [sys.executable, "-I", "-u", "-X", "utf8", str(_LAUNCH)]
        process = subprocess.Popen(
            [*program, wheels, call.package, call.entry_point, *call.arguments],
            cwd=call.folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        with self._lock:
            self._running.add(process)
        if self._stopped:
            _kill(process)
        return process

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, "SHIPWAY_SANDBOX": str(self.sandbox), "MLFLOW_DISABLE_TELEMETRY": "true"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


@dataclass
class FakeTasks:
    """Remembers what was started, and ends each as `ends` says (0 unless it does)."""

    ends: Callable[[Call], int | None] = lambda _: 0
    started: list[Call] = field(default_factory=list)
    stopped: bool = False

    def run(self, call: Call, timeout: float) -> int | None:
        """Pretend a process."""
        self.started.append(call)
        call.log.touch()
        return self.ends(call)

    def assert_started(self, entry_points: Sequence[str]) -> None:
        """Fail unless exactly these were started, in that order."""
        assert [call.entry_point for call in self.started] == list(entry_points), self.started  # noqa: S101
