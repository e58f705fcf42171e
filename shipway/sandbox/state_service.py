"""Terraform's http state backend for one stack, for the time of one call of Terraform.

Why not Terraform's local backend: it rewrites the whole state after every resource (2,000 resources: 182 s instead of
21 s), and it would put the state into the folder of the synthesized stack.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hmac
import json
import traceback

from shipway.sandbox.layout import Home
from shipway.sandbox.recover import recover
from shipway.sandbox.state import Held, Holder, Lock, read_state, write_state
from shipway.sandbox.transport.http import Request, Response

__all__ = ["USER", "StateService"]

USER = "shipway"
_LOCKED, _FULL, _FAILED = 423, 507, 500


class StateService:
    """Answers the requests of one Terraform; `token` is the password that only that Terraform was given."""

    def __init__(self, home: Home, stack: str, run: str, token: str) -> None:
        self._home = home
        self._stack = stack
        self._run = run
        self._path = home.state_file(stack)
        self._lock = Lock(self._path)
        self._authorization = "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()

    @property
    def locked(self) -> bool:
        """Whether Terraform holds the lock."""
        return self._lock.held

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode("latin-1", "replace"), self._authorization.encode()):
            return Response(401)
        try:
            return self._answer(request)
        except OSError as error:
            # The log may be on the disk that is full.
            with contextlib.suppress(OSError):
                traceback.print_exc()
            return Response(_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else _FAILED)

    def _answer(self, request: Request) -> Response:
        match request.method:
            case "GET":
                state = read_state(self._path)
                return Response(404) if state is None else Response(200, state)
            case "POST":
                write_state(self._path, request.body)
                return Response(200)
            case "DELETE":
                self._path.unlink(missing_ok=True)
                return Response(200)
            case "LOCK":
                return self._take(request.body.decode("utf-8", "replace"))
            case "UNLOCK":
                return self._release()
            case _:
                return Response(405)

    def _take(self, info: str) -> Response:
        holder = Holder(self._run, info)
        try:
            killed = self._lock.take(holder)
        except Held as held:
            return Response(_LOCKED, _lock_info(held.holder))
        if killed is not None:
            recover(self._home, self._stack, killed.run)
            self._lock.sign(holder)
        return Response(200)

    def _release(self) -> Response:
        if not self._lock.held:
            # `terraform force-unlock`: there is nothing to force, unless somebody is at work.
            there = Holder(self._run, "{}")
            try:
                killed = self._lock.take(there)
            except Held as held:
                return Response(_LOCKED, _lock_info(held.holder))
            if killed is not None:
                recover(self._home, self._stack, killed.run)
        self._lock.release()
        return Response(200)


def _lock_info(holder: Holder) -> bytes:
    """What Terraform reads of who holds the lock; it wants JSON."""
    try:
        json.loads(holder.info)
    except ValueError:
        return b'{"ID": "unknown"}'
    return holder.info.encode()
