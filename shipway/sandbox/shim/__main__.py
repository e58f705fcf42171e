"""`python -m shipway.sandbox.shim <project> <Terraform's arguments>`: see the package."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from shipway.sandbox.layout import Home, stack_name
from shipway.sandbox.shim.arguments import Call, parse
from shipway.sandbox.shim.folder import mirror
from shipway.sandbox.shim.program import Serving, find_real, without_accounts
from shipway.sandbox.shim.serve import Job, serve
from shipway.sandbox.state import Held, Holder, Lock

__all__: list[str] = []

# As the shell says it.
_NOT_FOUND = 127
# A server notices within this time that its Terraform was killed, and lets go of the lock.
_PATIENCE, _PAUSE = 10, 0.03


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
    run = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(6)}"
    token = secrets.token_urlsafe(24)
    try:
        _put_right(home, stack, run)
        mirror(call.folder, work)
        serving = _start(Job(home, stack, run, token, packed, os.getpid()))
    except OSError as error:
        return _fail(f"{error.strerror}: {error.filename or home.folder}", 1)
    return _become(real, call.arguments(work), serving.environment(os.environ))


def _become(program: str, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    os.execve(program, [program, *arguments], environment)  # noqa: S606 - no shell is wanted


def _start(job: Job) -> Serving:
    folder = Path(tempfile.mkdtemp(prefix="shipway-"))  # 0700, and short: a socket's path has at most 104 characters
    path = folder / "provider"
    provider = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    provider.bind(str(path))
    provider.listen()
    state = socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if child:
        port = int(state.getsockname()[1])
        provider.close()
        state.close()
        return Serving(child, path, port, job.token)
    code = 1
    try:
        serve(job, provider, state)
        code = 0
    finally:
        path.unlink(missing_ok=True)
        folder.rmdir()
        sys.stderr.flush()
        os._exit(code)


def _put_right(home: Home, stack: str, run: str) -> None:
    """If the last run on this stack was killed, remove what it made and Terraform's state does not know."""
    lock = Lock(home.state_file(stack))
    if lock.left_by() is None:
        return
    killed = _taken(lock, Holder(run, "{}"))
    if killed is None:
        return
    from shipway.sandbox.recover import recover

    removed = recover(home, stack, killed.run)
    lock.release()
    if removed:
        objects = "1 object" if len(removed) == 1 else f"{len(removed)} objects"
        sys.stderr.write(
            f"sandbox: the last run on {stack} was killed; removed {objects} that it made and the state does not know\n"
        )


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


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"Error: sandbox: {message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
