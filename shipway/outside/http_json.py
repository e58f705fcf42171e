"""JSON over HTTP to one host: no redirect is followed, the token is never shown, a busy host is asked again."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from shipway.errors import ShipwayError

__all__ = ["Api", "ApiError", "Gone"]

_TRIES = 4
_BUSY = (429, 500, 502, 503, 504)
_PAUSE, _LONGEST_PAUSE, _TIMEOUT = 1.0, 60.0, 30.0
_LARGEST = 32 * 1024 * 1024


class ApiError(ShipwayError):
    """A host refused, or could not be reached."""


class Gone(ApiError):
    """What was asked for is not there (any more)."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """urllib would send the token along to wherever it is sent."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Never."""
        del req, fp, code, msg, headers, newurl


@dataclass(frozen=True, slots=True)
class Api:
    """One host's API below `base`; `headers` hold the token, so they are in no message and no repr."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
            raise ApiError(f"{self.base}: wanted an address that begins with https://", "a token goes there")

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer, None where it is empty; raises Gone for 404 and ApiError for any other refusal."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                if error.code not in _BUSY or attempt == _TRIES:
                    raise self._refused(method, path, error.code) from None
                self.sleep(_wait(error.headers.get("Retry-After", ""), attempt))
            except (OSError, HTTPException) as error:
                if attempt == _TRIES:
                    raise ApiError(f"{self._where} cannot be reached: {_words(error)}", "try again later") from None
                self.sleep(_wait("", attempt))
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, path: str, body: object) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "shipway"}
        request = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)  # noqa: S310 - checked above
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
            raw = answer.read(_LARGEST)
        try:
            return json.loads(raw) if raw.strip() else None
        except ValueError as error:
            raise ApiError(
                f"{self._where} answered {method} with something that is not JSON", "is it the API?"
            ) from error

    @property
    def _where(self) -> str:
        return urlsplit(self.base).hostname or self.base

    def _refused(self, method: str, path: str, code: int) -> ApiError:
        what = f"{self._where} answered {code} to {method} {path.partition('?')[0]}"
        if code in (404, 410):
            return Gone(what, "the pull request or the comment is not there, or the token may not see it")
        if code in (401, 403):
            return ApiError(what, "the token may not do this: docs/pull-requests.md says which rights it needs")
        return ApiError(what, "")


def _wait(asked: str, attempt: int) -> float:
    wanted = float(asked) if asked.isdecimal() else _PAUSE * 2 ** (attempt - 1)
    return min(wanted, _LONGEST_PAUSE)


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(reason) or type(error).__name__
