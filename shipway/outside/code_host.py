"""Comments on pull requests of GitHub, GitLab and Azure DevOps: one comment of ours, kept up to date.

Ours is a comment that this token's own identity wrote *and* that begins with our mark. Either alone can be forged:
anybody can write the mark, and the same bot may say other things. Inside our comments everything foreign stands in a
code span, so it is never at the beginning of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import quote

from shipway.errors import ShipwayError
from shipway.outside.http_json import Api, ApiError, Gone

__all__ = [
    "LIMITS",
    "AzureDevOps",
    "Comment",
    "Comments",
    "FakeComments",
    "GitHub",
    "GitLab",
    "Host",
    "keep_one",
    "open_host",
]

_PAGE = 100
_MOST_PAGES = 100


class Host(StrEnum):
    """The code hosts that are known."""

    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE_DEVOPS = "azure-devops"


LIMITS = {Host.GITHUB: 65_536, Host.GITLAB: 1_000_000, Host.AZURE_DEVOPS: 150_000}
"""Characters of one comment; a longer one is refused, not cut."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its id, as the host tells it, and what it says."""

    id: str
    body: str


class Comments(Protocol):
    """The comments on one pull request that the token's own identity wrote."""

    def own(self) -> list[Comment]:
        """All of them, the oldest first."""

    def create(self, body: str) -> None:
        """Write a new one."""

    def update(self, comment: str, body: str) -> None:
        """Replace what one says; raises Gone if somebody deleted it."""

    def delete(self, comment: str) -> None:
        """Delete one; raises Gone if somebody did."""


def keep_one(comments: Comments, mark: str, body: str) -> None:
    """Make `body` the one comment that begins with `mark`, also where another run does the same at this moment."""
    text = f"{mark}\n{body}"
    before = _ours(comments, mark)
    if not before or not _updated(comments, before[0], text):
        comments.create(text)
    # Two runs that both found none have both written one. Each keeps the oldest, so both keep the same.
    first, *others = _ours(comments, mark) or [Comment("", text)]
    if others and first.body != text:
        _updated(comments, first, text)
    for other in others:
        try:
            comments.delete(other.id)
        except Gone:
            continue


def _ours(comments: Comments, mark: str) -> list[Comment]:
    return [comment for comment in comments.own() if comment.body.startswith(mark)]


def _updated(comments: Comments, comment: Comment, text: str) -> bool:
    try:
        comments.update(comment.id, text)
    except Gone:
        return False
    return True


@dataclass(frozen=True, slots=True)
class GitHub:
    """Comments of an issue or pull request; a workflow's own token writes as `github-actions[bot]`."""

    api: Api
    repository: str
    number: int
    author: str = "github-actions[bot]"
    """GitHub tells an app's token not who it is."""

    def own(self) -> list[Comment]:
        """As Comments says."""
        found = _pages(self.api, f"/repos/{self.repository}/issues/{self.number}/comments")
        mine = (one for one in found if one["user"] and one["user"]["login"] == self.author)
        return [Comment(str(one["id"]), one["body"] or "") for one in sorted(mine, key=_by_id)]

    def create(self, body: str) -> None:
        """As Comments says."""
        self.api.call("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": body})

    def update(self, comment: str, body: str) -> None:
        """As Comments says."""
        self.api.call("PATCH", f"/repos/{self.repository}/issues/comments/{comment}", {"body": body})

    def delete(self, comment: str) -> None:
        """As Comments says."""
        self.api.call("DELETE", f"/repos/{self.repository}/issues/comments/{comment}")


@dataclass(frozen=True, slots=True)
class GitLab:
    """Notes of a merge request."""

    api: Api
    project: str
    number: int

    def own(self) -> list[Comment]:
        """As Comments says."""
        me = self.api.call("GET", "/user")["id"]
        found = _pages(self.api, self._notes)
        mine = (one for one in found if not one.get("system") and one["author"]["id"] == me)
        return [Comment(str(one["id"]), one["body"]) for one in sorted(mine, key=_by_id)]

    def create(self, body: str) -> None:
        """As Comments says."""
        self.api.call("POST", self._notes, {"body": body})

    def update(self, comment: str, body: str) -> None:
        """As Comments says."""
        self.api.call("PUT", f"{self._notes}/{comment}", {"body": body})

    def delete(self, comment: str) -> None:
        """As Comments says."""
        self.api.call("DELETE", f"{self._notes}/{comment}")

    @property
    def _notes(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"


_VERSION = "api-version=7.1"


@dataclass(frozen=True, slots=True)
class AzureDevOps:
    """The first comment of a thread on a pull request; an id here is `<thread>/<comment>`."""

    api: Api
    project: str
    repository: str
    number: int

    def own(self) -> list[Comment]:
        """As Comments says."""
        # The project has no part in who one is; this call exists as a preview only.
        who = self.api.call("GET", "/_apis/connectionData?api-version=7.1-preview.1")["authenticatedUser"]["id"]
        threads = self.api.call("GET", f"{self._threads}?{_VERSION}")["value"]
        found = []
        for thread in sorted((one for one in threads if not one.get("isDeleted")), key=_by_id):
            for comment in thread["comments"][:1]:
                if not comment.get("isDeleted") and comment["author"]["id"] == who:
                    found.append(Comment(f"{thread['id']}/{comment['id']}", comment.get("content") or ""))
        return found

    def create(self, body: str) -> None:
        """As Comments says."""
        comment = {"parentCommentId": 0, "content": body, "commentType": 1}
        self.api.call("POST", f"{self._threads}?{_VERSION}", {"comments": [comment], "status": "closed"})

    def update(self, comment: str, body: str) -> None:
        """As Comments says."""
        self.api.call("PATCH", self._comment(comment), {"content": body})

    def delete(self, comment: str) -> None:
        """As Comments says."""
        self.api.call("DELETE", self._comment(comment))

    def _comment(self, comment: str) -> str:
        thread, _, number = comment.partition("/")
        return f"{self._threads}/{thread}/comments/{number}?{_VERSION}"

    @property
    def _threads(self) -> str:
        place = f"/{quote(self.project, safe='')}/_apis/git/repositories/{quote(self.repository, safe='')}"
        return f"{place}/pullRequests/{self.number}/threads"


def open_host(host: Host, environment: Mapping[str, str], author: str = "") -> Comments:
    """The pull request that this CI job is about; raises ShipwayError where a variable is missing."""
    given = _Given(host, environment)
    match host:
        case Host.GITHUB:
            headers = {
                "Authorization": f"Bearer {given['GITHUB_TOKEN']}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
            api = Api(environment.get("GITHUB_API_URL", "https://api.github.com"), headers)
            repository = quote(given["GITHUB_REPOSITORY"])
            return GitHub(api, repository, given.number("PULL_REQUEST"), author or "github-actions[bot]")
        case Host.GITLAB:
            # CI_JOB_TOKEN cannot write notes: a project access token with the scope `api`, role Reporter, can.
            api = Api(given["CI_API_V4_URL"], {"PRIVATE-TOKEN": given["SHIPWAY_GITLAB_TOKEN"]})
            return GitLab(api, given["CI_PROJECT_ID"], given.number("CI_MERGE_REQUEST_IID"))
        case Host.AZURE_DEVOPS:
            headers = {"Authorization": f"Bearer {given['SYSTEM_ACCESSTOKEN']}"}
            api = Api(given["SYSTEM_COLLECTIONURI"].rstrip("/"), headers)
            number = given.number("SYSTEM_PULLREQUEST_PULLREQUESTID")
            return AzureDevOps(api, given["SYSTEM_TEAMPROJECT"], given["BUILD_REPOSITORY_ID"], number)


@dataclass(frozen=True, slots=True)
class _Given:
    host: Host
    environment: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        found = self.environment.get(name, "").strip()
        if not found:
            raise ShipwayError(f"{name} is not set", f"a job on {self.host} has it: docs/pull-requests.md")
        if "\n" in found or "\r" in found:
            raise ShipwayError(f"{name} has more than one line", "give the value alone")
        return found

    def number(self, name: str) -> int:
        found = self[name]
        if not (found.isascii() and found.isdecimal()):
            raise ShipwayError(f"{name} is {found!r}, wanted the pull request's number", "docs/pull-requests.md")
        return int(found)


def _pages(api: Api, path: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _MOST_PAGES + 1):
        found = api.call("GET", f"{path}?per_page={_PAGE}&page={page}")
        if not isinstance(found, list):
            raise ApiError(f"{path} is no list of comments", "is it the API?")
        yield from found
        if len(found) < _PAGE:
            return


def _by_id(found: Mapping[str, Any]) -> int:
    return int(found["id"])


@dataclass(slots=True)
class FakeComments:
    """Stands in for a pull request: keeps comments, and can lose one between two calls."""

    kept: dict[str, str] = field(default_factory=dict)
    vanishing: set[str] = field(default_factory=set)
    """Comments that are listed and gone when they are to be changed."""
    made: int = 0

    def own(self) -> list[Comment]:
        """As the real ones."""
        return [Comment(key, self.kept[key]) for key in sorted(self.kept, key=int)]

    def create(self, body: str) -> None:
        """As the real ones."""
        self.made += 1
        self.kept[str(100 + self.made)] = body

    def update(self, comment: str, body: str) -> None:
        """As the real ones."""
        self._must_be_there(comment)
        self.kept[comment] = body

    def delete(self, comment: str) -> None:
        """As the real ones."""
        self._must_be_there(comment)
        del self.kept[comment]

    def assert_one(self, body: str) -> None:
        """There is exactly one comment, and it ends with `body`."""
        if len(self.kept) != 1 or not next(iter(self.kept.values())).endswith(body):
            raise AssertionError(f"wanted one comment that says {body!r}, got {self.kept}")

    def _must_be_there(self, comment: str) -> None:
        if comment in self.vanishing:
            self.kept.pop(comment, None)
        if comment not in self.kept:
            raise Gone("gone")
