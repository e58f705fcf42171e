"""A recorded workspace: answers of its API in files, given again by a real HTTP server on this machine.

The databricks-sdk talks to it as to Databricks, so that the reader which runs in tests and on a laptop is the one that
runs live. A recording is a folder of JSON files, each a list of answers:

    [{"path": "/api/2.1/unity-catalog/catalogs", "query": {"page_token": "2"}, "status": 200, "body": {"catalogs": []}}]

An answer is given to a request of that path whose query has all that the answer's has; of several that fit the one that
names most is given, and of equals each once, the last of them for ever. A question that is sent with POST has the texts
in its body for a query. What was not recorded is answered with 501, so that it is reported as unread and never taken
for empty.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from shipway.errors import ShipwayError
from shipway.outside.workspace import WorkspaceApi, connect

__all__ = ["Recorded", "RecordedWorkspace", "read_recording"]

_ME = "/api/2.0/preview/scim/v2/Me"
_HINT = "a recording is a folder of *.json files, each a list of answers; docs/import.md shows one"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer and what it is the answer to. `raw` is sent as it is instead of `body`, to be no JSON."""

    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    method: str = "GET"

    @classmethod
    def read(cls, item: Any) -> Recorded:
        """The answer in a recording's `item`; raises ValueError, TypeError or KeyError."""
        query = {str(name): str(value) for name, value in item.get("query", {}).items()}
        headers = {str(name): str(value) for name, value in item.get("headers", {}).items()}
        status, method = int(item.get("status", 200)), str(item.get("method", "GET"))
        return cls(str(item["path"]), item.get("body"), query, status, headers, method=method)

    def content(self) -> bytes:
        """What is sent."""
        return json.dumps(self.body).encode() if self.raw is None else self.raw


def read_recording(folder: Path) -> list[Recorded]:
    """Every answer in the folder's files, by file name; raises ShipwayError."""
    found: list[Recorded] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found += [Recorded.read(item) for item in json.loads(path.read_bytes())]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ShipwayError(f"{path} is no recording: {error!r}", _HINT) from error
    if not found:
        raise ShipwayError(f"{folder} has no recording in it", _HINT)
    return found


@dataclass
class RecordedWorkspace:
    """Answers requests as they were recorded, and remembers what was asked."""

    answers: Sequence[Recorded]
    workspace_id: str = "1"
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and query of every request."""
    posted: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of questions that were sent with POST."""
    _given: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serving(self) -> Iterator[WorkspaceApi]:
        """The workspace behind a server of its own, and the SDK signed in to it."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield connect(f"http://127.0.0.1:{server.server_address[1]}", "recorded", patience_seconds=5)
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, method: str, path: str, query: dict[str, str]) -> Recorded:
        """What to say to one request."""
        with self._lock:
            self.asked.append((method, path, query))
            fits = [one for one in self.answers if one.path == path and one.query.items() <= query.items()]
            fits = [one for one in fits if one.method == method]
            if not fits:
                return self._unrecorded(method, path)
            most = max(len(one.query) for one in fits)
            best = [one for one in fits if len(one.query) == most]
            turn = self._given.get(id(best[0]), 0)
            self._given[id(best[0])] = turn + 1
            return best[min(turn, len(best) - 1)]

    def _unrecorded(self, method: str, path: str) -> Recorded:
        if path == "/.well-known/databricks-config":
            return Recorded(path, {})
        if path == _ME and method == "GET":
            return Recorded(path, {"userName": "recorded"}, headers={"X-Databricks-Org-Id": self.workspace_id})
        said = {"error_code": "NOT_RECORDED", "message": f"{method} {path} is not in the recording"}
        return Recorded(path, said, status=501)

    def assert_only_read(self) -> None:
        """Nothing but GET was asked, or a SELECT of a SQL warehouse, and no secret's value."""
        wrong = [f"{method} {path}" for method, path, query in self.asked if not _reads(method, path, query)]
        if wrong:
            raise AssertionError(f"a reader asked for {wrong}")

    def assert_asked(self, path: str, **query: str) -> None:
        """There was a request of that path whose query has at least this."""
        if not any(where == path and query.items() <= had.items() for _, where, had in self.asked):
            raise AssertionError(
                f"nobody asked {path} with {query}; asked were {sorted({p for _, p, _ in self.asked})}"
            )


def _reads(method: str, path: str, query: Mapping[str, str]) -> bool:
    if method == "POST" and path == "/api/2.0/sql/statements":
        return query.get("statement", "").startswith("SELECT ")
    return method == "GET" and not path.endswith("/secrets/get")


def _handler(workspace: RecordedWorkspace) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            # A body that is not read would be taken for the next request.
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            if self.command == "POST":
                body = json.loads(sent or b"{}")
                workspace.posted.append(body)
                query |= {name: value for name, value in body.items() if isinstance(value, str)}
            found = workspace.answer(self.command, unquote(url.path), query)
            content = found.content()
            self.send_response(found.status)
            for name, value in {"Content-Type": "application/json", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
