"""One comment on a pull request: over real HTTP to a server of this test, with everything that goes wrong between."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from click.testing import CliRunner

from shipway.cli.comment import command
from shipway.errors import ShipwayError
from shipway.outside.code_host import (
    LIMITS,
    AzureDevOps,
    Comments,
    FakeComments,
    GitHub,
    GitLab,
    Host,
    keep_one,
    open_host,
)
from shipway.outside.http_json import Api, ApiError, Gone
from shipway.plan.as_json import read_json, render_json
from shipway.plan.comment import MARK, render_comment
from shipway.plan.read import read_plan
from shipway.plan.report import Review
from shipway.plan.review import review

TOKEN, ME = "token-that-nobody-may-see", "github-actions[bot]"


@dataclass
class Served:
    """What the server keeps, and what it does to requests."""

    comments: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By id: author and body."""
    troubles: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the next answers, before it answers well."""
    tokens: set[str] = field(default_factory=set)
    deleted_when_changed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, author: str, body: str) -> int:
        with self.lock:
            number = max(self.comments, default=100) + 1
            self.comments[number] = (author, body)
            return number

    def change(self, number: int, body: str) -> int:
        with self.lock:
            if self.deleted_when_changed:
                self.comments.pop(number, None)
            if number not in self.comments:
                return 404
            self.comments[number] = (self.comments[number][0], body)
            return 200

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        number = int(found[1]) if (found := re.search(r"/(?:comments|notes)/(\d+)$", path)) else 0
        thread = int(found[1]) if (found := re.search(r"/threads/(\d+)/comments/1$", path)) else number
        match method:
            case "GET" if path in ("/user", "/_apis/connectionData"):
                return 200, {"id": ME, "authenticatedUser": {"id": ME}}
            case "GET" if path.endswith("/threads"):
                return 200, {"value": [self.thread(key) for key in self.comments]}
            case "GET":
                page = int(query["page"][0])
                keys = sorted(self.comments, reverse=True)[(page - 1) * 100 : page * 100]
                return 200, [self.flat(key) for key in keys]
            case "POST":
                text = body["comments"][0]["content"] if "comments" in body else body["body"]
                return 201, {"id": self.add(ME, text)}
            case "PATCH" | "PUT":
                return self.change(thread, body.get("body", body.get("content"))), {}
            case "DELETE":
                return (204, None) if self.comments.pop(thread, None) else (404, {})
            case _:
                return 405, {}

    def flat(self, key: int) -> dict[str, Any]:
        author, body = self.comments[key]
        return {"id": key, "body": body, "user": {"login": author}, "author": {"id": author}, "system": False}

    def thread(self, key: int) -> dict[str, Any]:
        author, body = self.comments[key]
        return {"id": key, "isDeleted": False, "comments": [{"id": 1, "author": {"id": author}, "content": body}]}


@contextmanager
def serving(served: Served) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            served.tokens |= {self.headers.get("Authorization", ""), self.headers.get("PRIVATE-TOKEN", "")}
            if served.troubles:
                status, headers = served.troubles.pop(0)
                answer: Any = {"message": f"no: {TOKEN}"}
            else:
                headers = {}
                status, answer = served.answer(self.command, unquote(self.path), body)
            raw = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def variables(host: Host, base: str) -> dict[str, str]:
    match host:
        case Host.GITHUB:
            return {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": base, "GITHUB_REPOSITORY": "o/r", "PULL_REQUEST": "7"}
        case Host.GITLAB:
            given = {"CI_API_V4_URL": base, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"}
            return {**given, "SHIPWAY_GITLAB_TOKEN": TOKEN}
        case Host.AZURE_DEVOPS:
            given = {
                "SYSTEM_COLLECTIONURI": f"{base}/",
                "SYSTEM_TEAMPROJECT": "a project",
                "BUILD_REPOSITORY_ID": "x-y",
            }
            return {**given, "SYSTEM_PULLREQUEST_PULLREQUESTID": "7", "SYSTEM_ACCESSTOKEN": TOKEN}


@pytest.fixture(params=list(Host))
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Served, Comments]]:
    served = Served()
    with serving(served) as base:
        opened = open_host(request.param, variables(request.param, base))
        assert isinstance(opened, (GitHub, GitLab, AzureDevOps))
        yield served, replace(opened, api=replace(opened.api, sleep=lambda _: None))


def bodies(served: Served) -> list[str]:
    return [body for _, body in served.comments.values()]


def test_the_second_time_the_same_comment_says_the_new(place: tuple[Served, Comments]) -> None:
    served, comments = place
    keep_one(comments, MARK, "one")
    keep_one(comments, MARK, "two")
    assert bodies(served) == [f"{MARK}\ntwo"]
    assert any(TOKEN in token for token in served.tokens)


def test_what_others_wrote_with_our_mark_is_not_ours(place: tuple[Served, Comments]) -> None:
    served, comments = place
    served.add("mallory", f"{MARK}\nno effect")
    served.add(ME, f"quoting {MARK}\nno effect")
    keep_one(comments, MARK, "needs approval")
    assert bodies(served) == [f"{MARK}\nno effect", f"quoting {MARK}\nno effect", f"{MARK}\nneeds approval"]


def test_ours_is_found_behind_hundreds_of_others(place: tuple[Served, Comments]) -> None:
    served, comments = place
    keep_one(comments, MARK, "one")
    for _ in range(250):
        served.add("somebody", "hello")
    keep_one(comments, MARK, "two")
    assert [body for body in bodies(served) if MARK in body] == [f"{MARK}\ntwo"]


def test_one_that_was_deleted_meanwhile_is_written_again(place: tuple[Served, Comments]) -> None:
    served, comments = place
    keep_one(comments, MARK, "one")
    served.deleted_when_changed = True
    keep_one(comments, MARK, "two")
    assert bodies(served) == [f"{MARK}\ntwo"]


def test_many_at_once_leave_one(place: tuple[Served, Comments]) -> None:
    served, comments = place
    threads = [threading.Thread(target=keep_one, args=(comments, MARK, f"run {number}")) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies(served)) == 1
    assert re.fullmatch(re.escape(MARK) + r"\nrun \d", bodies(served)[0])


def test_a_host_that_is_busy_is_asked_again(place: tuple[Served, Comments]) -> None:
    served, comments = place
    served.troubles = [(503, {}), (429, {"Retry-After": "7"}), (502, {"Retry-After": "tomorrow"})]
    keep_one(comments, MARK, "one")
    assert bodies(served) == [f"{MARK}\none"]


@pytest.mark.parametrize("status", [400, 401, 403, 422, 301, 307])
def test_a_refusal_says_what_and_never_the_token(status: int, place: tuple[Served, Comments]) -> None:
    served, comments = place
    with serving(elsewhere := Served()) as other:
        served.troubles = [(status, {"Location": f"{other}/user"})] * 9
        with pytest.raises(ApiError, match=str(status)) as refused:
            keep_one(comments, MARK, "one")
    assert TOKEN not in str(refused.value)
    assert TOKEN not in repr(comments)
    # Where a redirect leads, the token does not go.
    assert elsewhere.tokens == set()


def test_a_host_that_is_not_there_is_said_so() -> None:
    with serving(Served()) as base:
        pass
    waits: list[float] = []
    with pytest.raises(ApiError, match=r"127\.0\.0\.1 cannot be reached"):
        Api(base, {"Authorization": TOKEN}, waits.append).call("GET", "/user")
    assert waits == sorted(waits)


@pytest.mark.parametrize(
    "base", ["http://evil.example", "file:///etc/passwd", "ftp://x", "", "http://127.0.0.1.evil.example"]
)
def test_a_token_goes_nowhere_in_the_clear(base: str) -> None:
    with pytest.raises(ApiError, match="https"):
        Api(base, {})


@pytest.mark.parametrize("host", list(Host))
def test_a_variable_that_is_missing_or_odd_is_named(host: Host) -> None:
    given = variables(host, "https://api.example")
    for name in given:
        if name != "GITHUB_API_URL":
            with pytest.raises(ShipwayError, match=name):
                open_host(host, {**given, name: " "})
    for name in ("PULL_REQUEST", "CI_MERGE_REQUEST_IID", "SYSTEM_PULLREQUEST_PULLREQUESTID"):
        if name in given:
            for value in ("7/../8", "x", "-1"):
                with pytest.raises(ShipwayError, match=name):
                    open_host(host, {**given, name: value})


def test_the_fake_does_as_the_hosts_do() -> None:
    fake = FakeComments(kept={"7": f"{MARK}\nold"}, vanishing={"7"})
    keep_one(fake, MARK, "new")
    fake.assert_one("new")
    with pytest.raises(Gone):
        fake.delete("7")


def reviewed(names: int, prefix: str = "object") -> Review:
    """A review of a plan that destroys so many catalogs."""
    change = {"actions": ["delete"], "after": None}
    rows = [
        {
            "address": f"databricks_catalog.{prefix}{n}",
            "type": "databricks_catalog",
            "name": f"{prefix}{n}",
            "change": {**change, "before": {"name": f"{prefix}{n}"}},
        }
        for n in range(names)
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": rows}
    return review([read_plan(json.dumps(plan).encode(), "dev-landing-zone")])


def test_a_review_is_the_same_after_it_was_written_and_read() -> None:
    found = reviewed(3)
    assert read_json(render_json(found).encode(), "x") == found


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"error": "no"}', b'{"schema": "other"}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_review_is_none(raw: bytes) -> None:
    with pytest.raises(ShipwayError, match=r"r\.json: no review"):
        read_json(raw, "r.json")


@pytest.mark.parametrize("host", list(Host))
@pytest.mark.parametrize("many", [1, 5, 100])
def test_a_comment_fits_whatever_is_in_it(host: Host, many: int) -> None:
    large = reviewed(1_000 // many)
    text = render_comment({f"e{n}": large for n in range(many)}, ["prod"], "abc", "https://run", LIMITS[host])
    assert len(text.encode("utf-16-le")) // 2 <= LIMITS[host]
    assert host is not Host.GITHUB or "Do not approve on this comment alone" in text
    assert "Not planned: `prod`" in text


def test_a_short_review_is_whole_beside_a_long_one() -> None:
    text = render_comment({"dev": reviewed(3, "small"), "prod": reviewed(800)}, [], "", "", LIMITS[Host.GITHUB])
    assert all(f"small{n}" in text for n in range(3))
    assert text.index("`dev`: ") < text.index("\n# `dev`")


def test_names_cannot_leave_their_span() -> None:
    text = render_comment({"`@everyone <b>": reviewed(1)}, ["x`\n# hi"], "`c`", "](javascript:x)", LIMITS[Host.GITHUB])
    assert "\n# hi" not in text
    assert "`` `@everyone <b> ``" in text


def test_the_command_prints_posts_and_names_what_was_not_planned(tmp_path: Path) -> None:
    (tmp_path / "review-dev.json").write_text(render_json(reviewed(1)))
    (tmp_path / "review-test.json").write_text('{"error": "it could not be planned", "hint": ""}')
    expected = ["--expect", "dev", "--expect", "test", "--expect", "prod"]
    printed = CliRunner().invoke(command, [str(tmp_path), *expected])
    assert printed.exit_code == 0
    assert "Not planned: `prod`, `test`" in printed.stdout
    served = Served()
    with serving(served) as base:
        given = variables(Host.GITHUB, base)
        posted = CliRunner().invoke(command, [str(tmp_path), "--host", "github", *expected], env=given)
    assert posted.exit_code == 0, posted.output
    assert bodies(served) == [f"{MARK}\n{printed.stdout}"]
    assert TOKEN not in posted.output
