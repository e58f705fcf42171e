"""Runs the project's cdktf app, main.py, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from shipway.errors import ToolFailed
from shipway.synth.inputs import FED_BY_PARENT, Order

__all__ = ["CdktfApps", "run_alone"]


# -O leaves out the type checks that jsii generates into every call; our models have checked already.
_COMMAND = (sys.executable, "-O", "main.py")


_NOT_PASSED_ON = ("CDKTF_", "SYNTH_", "PYTHONTZPATH")


def _environment(root: Path) -> dict[str, str]:
    # Synthesis is a function of the files: what cdktf would take from a shell (another output format, context) is not
    # passed on. The path is the project's own code, also where the installed package is that of another checkout.
    given = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    return {**given, "PYTHONPATH": f"{root}{os.pathsep}{root / 'constructs'}"}


def run_alone(root: Path, out: Path) -> None:
    """Synthesize all of the project at `root` into `out` with its own code only; raises ToolFailed."""
    environment = _environment(root) | {"CDKTF_OUTDIR": str(out)}
    done = subprocess.run(_COMMAND, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolFailed(f"main.py of {root} failed:\n{done.stderr.strip()}")


@dataclass
class CdktfApps:
    """Apps of one run. The first is started before anybody knows what it has to do: starting is most of its work."""

    root: Path
    scratch: Path
    """jsii unpacks into the temporary folder and leaves it there when it is killed: here the next run clears it."""
    _waiting: list[subprocess.Popen[str]] = field(default_factory=list)

    def __enter__(self) -> CdktfApps:
        """Start the first app."""
        self._waiting.append(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what was started and is not needed."""
        for process in self._waiting:
            process.kill()
            process.communicate()

    def run(self, orders: Sequence[Order]) -> None:
        """Carry out all orders at the same time; raises ToolFailed with what the first failing app printed."""
        running = []
        for order in orders:
            process = self._waiting.pop() if self._waiting else self._start()
            running.append((process, order.line()))
        # All are told before any is waited for; an order is far smaller than a pipe.
        for process, line in running:
            self._tell(process, line)
        answers = [(process, process.communicate()[1]) for process, _ in running]
        for process, stderr in answers:
            if process.returncode != 0:
                raise ToolFailed(f"main.py failed:\n{stderr.strip()}", "run `.venv/bin/python main.py` to see it alone")

    @staticmethod
    def _tell(process: subprocess.Popen[str], line: str) -> None:
        try:
            if process.stdin:
                process.stdin.write(line)
                process.stdin.flush()
        except BrokenPipeError:
            # It ended before it was told anything; what it said on stderr is the message.
            return

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            _COMMAND,
            cwd=self.root,
            env=_environment(self.root) | {FED_BY_PARENT: "1", "TMPDIR": str(self.scratch)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
