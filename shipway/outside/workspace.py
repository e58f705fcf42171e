"""Reads a live workspace over its API, through the databricks-sdk, into what was observed.

Answers are taken as JSON, not as the SDK's classes: those leave out a field that they do not know and make nothing of
a word that is new to them, and what is left out without a word would be overwritten by an adoption. The SDK signs in,
waits out 429 and 503, and tells errors apart. Reads only; no secret's value is ever asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from shipway.errors import MissingTool, ShipwayError
from shipway.observed import Observed, ObservedWorkspace, Unreadable
from shipway.outside.workspace_shapes import NEEDED

if TYPE_CHECKING:
    from databricks.sdk.core import ApiClient

__all__ = [
    "NOT_ASKED",
    "Answer",
    "Malformed",
    "Reading",
    "WorkspaceApi",
    "connect",
    "items",
    "part",
    "read_workspace",
    "why_unread",
]

T = TypeVar("T")
R = TypeVar("R")
Answer = Mapping[str, Any]

NOT_ASKED = (
    "tables, views and functions",
    "connections, shares, recipients and providers",
    "clusters, instance pools and profiles, global init scripts",
    "pipelines, serving endpoints, vector search, apps, MLflow experiments",
    "dashboards, queries, alerts, notebooks, files and repositories",
    "users, tokens, values of secrets",
    "objects that the identity which asks may not see",
)
"""What a workspace also has and this reader does not list."""

# As many questions at once: the SDK's rate limit is what holds them back, not the waiting for each.
_AT_ONCE = 8
_RATE_LIMIT = 30
_MOST_PAGES = 10_000


class Malformed(ValueError):
    """An answer that is not what the API's documentation says."""


@dataclass(frozen=True)
class WorkspaceApi:
    """Questions to one workspace: GET requests, and the POST requests by which a question itself is sent."""

    client: ApiClient

    @property
    def url(self) -> str:
        """The workspace's address."""
        return str(self.client._cfg.host)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """One answer; raises DatabricksError, an OSError of the network, TimeoutError after retries, or Malformed."""
        answer = self.client.do("GET", path, query=dict(query or {}))
        if not isinstance(answer, dict):
            raise Malformed(f"{path} answered with a {type(answer).__name__}, wanted an object")
        return answer

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """As `get`, of a question that is too long for an address."""
        answer = self.client.do("POST", path, body=dict(body))
        if not isinstance(answer, dict):
            raise Malformed(f"{path} answered with a {type(answer).__name__}, wanted an object")
        return answer

    def if_set(self, path: str) -> list[Answer]:
        """As `get`; nothing where the workspace has the API and nothing was ever set there."""
        from databricks.sdk.errors import NotFound

        try:
            return [self.get(path)]
        except NotFound as error:
            if error.error_code == "ENDPOINT_NOT_FOUND":
                raise
            return []

    def pages(self, path: str, key: str, query: Mapping[str, Any] | None = None) -> Iterator[Answer]:
        """Every item of a listing under `key`, page by page."""
        asked: dict[str, Any] = dict(query or {})
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            answer = self.get(path, asked)
            yield from items(answer, key, path)
            token = answer.get("next_page_token")
            if not token:
                return
            if token in seen:
                raise Malformed(f"{path} goes round in circles: the page {token!r} came twice")
            seen.add(token)
            asked["page_token"] = token
        raise Malformed(f"{path} has more than {_MOST_PAGES} pages")

    def scim(self, path: str, attributes: str) -> Iterator[Answer]:
        """Every resource of a SCIM listing, which counts instead of giving tokens."""
        start = 1
        while True:
            answer = self.get(path, {"attributes": attributes, "startIndex": start, "count": 100})
            found = items(answer, "Resources", path)
            yield from found
            start += len(found)
            total = answer.get("totalResults", 0)
            if start > total:
                return
            if not found:
                raise Malformed(f"{path} says it has {total} and stopped at {start - 1}")

    def workspace_id(self) -> str:
        """The workspace's id, which it says in a header."""
        answer = self.client.do("GET", "/api/2.0/preview/scim/v2/Me", response_headers=["X-Databricks-Org-Id"])
        found = answer.get("X-Databricks-Org-Id") if isinstance(answer, dict) else None
        return str(found) if found else ""


def items(answer: Answer, key: str, path: str) -> list[Answer]:
    """The list under `key`; the API leaves an empty one out. Raises Malformed."""
    found = answer.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Malformed(f"{path}: {key} is no list of objects")
    return found


def part(name: object) -> str:
    """`name` as one part of a URL's path, whatever is in it."""
    return quote(str(name), safe="")


@dataclass
class Reading:
    """One reading of a workspace: what was found so far, and what could not be read."""

    api: WorkspaceApi
    tell: Callable[[str], None]
    objects: list[Observed] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, type_: str, where: str, question: Callable[[], Iterable[T]]) -> list[T]:
        """What `question` yields; where it breaks off, what came until then, and the break is written down."""
        found: list[T] = []
        needs = NEEDED.get(type_, ())
        try:
            for item in question():
                missing = [name for name in needs if isinstance(item, dict) and name not in item]
                if missing:
                    self.miss(type_, where, f"an item without {' and '.join(missing)}: {str(item)[:100]}")
                else:
                    found.append(item)
        # The SDK's errors and those of the network are OSErrors; the others are answers of another shape.
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.miss(type_, where, f"{why_unread(error)}{f' (after {len(found)} that came)' if found else ''}")
        return found

    def miss(self, type_: str, where: str, why: str) -> None:
        """Write down what could not be read."""
        with self._lock:
            self.unreadable.append(Unreadable(type_, where, why))

    def for_each(self, things: Sequence[T], question: Callable[[T], R]) -> list[R]:
        """The answers to one question about each of `things`, in their order, several asked at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(question, things))

    def of(self, *types: str) -> list[Observed]:
        """What was found of these types so far."""
        return [one for one in self.objects if one.type in types]

    def add(self, type_: str, id_: object, name: object, attributes: Mapping[str, Any]) -> Observed:
        """Write down an object."""
        one = Observed(
            type_, str(id_), str(name), {key: value for key, value in attributes.items() if value is not None}
        )
        self.objects.append(one)
        return one


def why_unread(error: Exception) -> str:
    """What an error of a question says, for people."""
    # The SDK ends its messages with the whole of its configuration.
    said = str(error).partition(" Config: ")[0].rstrip(".")
    match error:
        # First: requests' own error for what is no JSON is an OSError too.
        case ValueError() | KeyError() | TypeError():
            return f"an answer that cannot be read: {type(error).__name__}: {said}"
        case _:
            return f"{getattr(error, 'error_code', None) or 'no answer'}: {said}"


def connect(host: str | None = None, token: str | None = None, *, patience_seconds: int = 60) -> WorkspaceApi:
    """The workspace of this shell's credentials (DATABRICKS_HOST and so on), or at `host` with them.

    Raises MissingTool without the SDK and ShipwayError where nobody can sign in.
    """
    try:
        from databricks.sdk.core import ApiClient, Config
    except ImportError as error:
        raise MissingTool("reading a workspace needs the databricks-sdk", "pip install 'shipway[live]'") from error
    try:
        # Without the two limits an address where nobody answers blocks for five minutes.
        config = Config(
            host=host,
            token=token,
            auth_type="pat" if token else None,
            retry_timeout_seconds=patience_seconds,
            http_timeout_seconds=patience_seconds,
            rate_limit=_RATE_LIMIT,
        )
        return WorkspaceApi(ApiClient(config))
    except (ValueError, OSError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ShipwayError(
            f"cannot sign in to {host or 'the workspace'}: {said}",
            "set DATABRICKS_HOST and the credentials that the databricks-sdk takes, or `databricks auth login`",
        ) from error


def read_workspace(
    api: WorkspaceApi, source: str = "", tell: Callable[[str], None] = lambda _: None
) -> ObservedWorkspace:
    """Everything that the readers of `workspace_readers` find; what they could not read is in the result.

    Raises ShipwayError where the workspace does not even say who it is: then nothing else could be believed.
    """
    from shipway.outside.workspace_readers import READERS

    reading = Reading(api, tell)
    said = reading.ask("workspace", "", lambda: [api.workspace_id()])
    if not said:
        raise ShipwayError(
            f"{api.url} cannot be read: {reading.unreadable[0].why}", "nothing was read and nothing written"
        )
    for reader in READERS:
        reader(reading)
    return ObservedWorkspace(
        source or api.url, api.url, said[0], tuple(reading.objects), tuple(sorted(reading.unreadable)), NOT_ASKED
    )
