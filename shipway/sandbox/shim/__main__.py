"""`python -m shipway.sandbox.shim <project> <Terraform's arguments>`: see the package."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from shipway.sandbox.layout import Home, stack_name
from shipway.sandbox.shim.arguments import Call, parse
from shipway.sandbox.shim.folder import mirror
from shipway.sandbox.shim.program import Serving, find_real, without_accounts
from shipway.sandbox.shim.serve import Turn, serve
from shipway.sandbox.shim.turn import listen, new_run, new_token, put_right

__all__: list[str] = []

# As the shell says it.
_NOT_FOUND = 127


def main(arguments: list[str]) -> int:
    """Become the real Terraform; an exit code only where that could not be."""
    home, packed = Home(Path(arguments[0])), Path(arguments[1])
    call = parse(arguments[2:], Path.cwd())
    real = find_real(home, os.environ.get("PATH", ""))
    if real is None:
        return _fail("neither terraform nor tofu is on PATH: install Terraform 1.10 or later, or OpenTofu", _NOT_FOUND)
    if call.outside or not call.folder.is_dir():
        _become(real, arguments[2:], without_accounts(os.environ))
    if call.locks_providers:
        sys.stdout.write("Nothing to lock: the sandbox stands in for the databricks provider.\n")
        return 0
    return _run(home, packed, call, real)


def _run(home: Home, packed: Path, call: Call, real: str) -> int:
    stack = stack_name(call.folder)
    work = home.work_folder(stack, call.folder)
    turn = Turn(home, stack, new_run(), new_token(), packed)
    try:
        sys.stderr.write(put_right(home, stack, turn.run))
        mirror(call.folder, work)
        serving = _start(turn)
    except OSError as error:
        return _fail(f"{error.strerror}: {error.filename or home.folder}", 1)
    return _become(real, call.arguments(work), serving.environment(os.environ))


def _become(program: str, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    os.execve(program, [program, *arguments], environment)  # noqa: S606 - no shell is wanted


def _start(turn: Turn) -> Serving:
    folder = Path(tempfile.mkdtemp(prefix="shipway-"))  # 0700, and short: a socket's path has at most 104 characters
    listening = listen(folder / "provider")
    client = os.getpid()
    child = os.fork()
    if child:
        serving = Serving(child, listening.path, listening.port, turn.token)
        listening.close()
        return serving
    code = 1
    try:
        serve(turn, listening.provider, listening.state, client)
        code = 0
    finally:
        listening.path.unlink(missing_ok=True)
        folder.rmdir()
        sys.stderr.flush()
        os._exit(code)


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"Error: sandbox: {message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
