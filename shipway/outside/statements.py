"""Asks a SQL warehouse, over the Statement Execution API; `workspace_recorded` stands in for it.

An answer is whole or none: what failed, was cut off, or lacks a row is `Unread`, never a shorter list. The shapes are
those of the API's reference and of databricks-sdk 0.156; no live workspace was at hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shipway.judge.measures import Unread
from shipway.outside.workspace import Answer, Malformed, WorkspaceApi, part, why_unread

__all__ = ["Parameter", "Row", "Warehouse", "warehouse_named"]

Row = tuple[str | None, ...]
"""Values as the API gives them: each as text, NULL as None."""

_PATH = "/api/2.0/sql/statements"
_WAIT = "30s"
"""How long the API itself waits before it answers with an id; it takes 5 to 50 seconds."""

_PAUSES = (1.0, 2.0, 4.0, 8.0)
_UNDER_WAY = ("PENDING", "RUNNING")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that takes the place of `:name` in a statement: it never becomes part of the SQL."""

    name: str
    value: str
    type: str = "STRING"

    def as_json(self) -> dict[str, str]:
        """As the API takes it."""
        return {"name": self.name, "value": self.value, "type": self.type}


@dataclass(frozen=True)
class Warehouse:
    """One SQL warehouse of a workspace."""

    api: WorkspaceApi
    name: str
    id: str
    patience: float = 600.0
    """Seconds for one statement: a warehouse that stands still takes minutes to start."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def rows(self, statement: str, columns: Sequence[str], parameters: Sequence[Parameter] = ()) -> list[Row]:
        """Every row of the answer, whose columns have to be `columns`; raises Unread.

        The answer comes in chunks and is held once. The API gives no more than 25 MiB to one statement: what is larger
        fails, and has to be asked for in parts.
        """
        try:
            return list(self._rows(self._ended(statement, parameters), columns))
        # The SDK's errors and those of the network are OSErrors; the others are answers of another shape.
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unread(f"the SQL warehouse {self.name} gives no answer: {why_unread(error)}") from error

    def _ended(self, statement: str, parameters: Sequence[Parameter]) -> Answer:
        question = {
            "statement": statement,
            "warehouse_id": self.id,
            "parameters": [one.as_json() for one in parameters],
            "disposition": "INLINE",
            "format": "JSON_ARRAY",
            "wait_timeout": _WAIT,
            "on_wait_timeout": "CONTINUE",
        }
        give_up = self.clock() + self.patience
        answer = self.api.post(_PATH, question)
        where = f"{_PATH}/{part(answer['statement_id'])}"
        tries = 0
        while (state := _state(answer)) in _UNDER_WAY:
            if self.clock() >= give_up:
                self._cancel(where)
                raise Unread(
                    f"the SQL warehouse {self.name} did not answer within {self.patience:.0f} seconds: {state}",
                    "it may be starting; try again",
                )
            self.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1
            answer = self.api.get(where)
        if state != "SUCCEEDED":
            raise Unread(f"the SQL warehouse {self.name} did not answer: {_said(answer, state)}")
        return answer

    def _cancel(self, where: str) -> None:
        try:
            self.api.post(f"{where}/cancel", {})
        except (OSError, ValueError):
            # It is given up already; a warehouse ends by itself what nobody polls.
            return

    def _rows(self, answer: Answer, columns: Sequence[str]) -> Iterator[Row]:
        manifest, chunk = _object(answer, "manifest"), _object(answer, "result", {})
        found = [str(column["name"]) for column in _object(manifest, "schema")["columns"]]
        if found != list(columns):
            raise Malformed(f"columns {', '.join(found)}, wanted {', '.join(columns)}")
        if manifest.get("truncated"):
            raise Unread(f"the SQL warehouse {self.name} cut its answer off")
        wanted, got = int(manifest["total_row_count"]), 0
        for rows in self._chunks(answer, chunk):
            for row in rows:
                if not isinstance(row, list) or len(row) != len(columns):
                    raise Malformed("a row without a value for each column")
                yield tuple(None if value is None else str(value) for value in row)
            got += len(rows)
        if got != wanted:
            raise Unread(f"the SQL warehouse {self.name} has {wanted:,} rows and gave {got:,}")

    def _chunks(self, answer: Answer, chunk: Answer) -> Iterator[list[Any]]:
        where, last = f"{_PATH}/{part(answer['statement_id'])}", 0
        while True:
            rows = chunk.get("data_array", [])
            if not isinstance(rows, list):
                raise Malformed("data_array is no list")
            yield rows
            following = chunk.get("next_chunk_index")
            if following is None:
                return
            if not isinstance(following, int) or following <= last:
                raise Malformed(f"chunk {following!r} after chunk {last}")
            last = following
            chunk = self.api.get(f"{where}/result/chunks/{following}")


def warehouse_named(api: WorkspaceApi, name: str) -> Warehouse:
    """The SQL warehouse of that name; raises Unread where there is none, or more than one."""
    try:
        found = [one for one in api.pages("/api/2.0/sql/warehouses", "warehouses") if one.get("name") == name]
        ids = [str(one["id"]) for one in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unread(f"{api.url} does not say which SQL warehouses there are: {why_unread(error)}") from error
    if len(ids) != 1:
        raise Unread(
            f"{api.url} has {len(ids)} SQL warehouses called {name!r} that may be used, wanted one",
            "deploy its landing zone; who asks needs CAN_USE",
        )
    return Warehouse(api, name, ids[0])


def _state(answer: Answer) -> str:
    return str(_object(answer, "status")["state"])


def _said(answer: Answer, state: str) -> str:
    error = answer["status"].get("error") or {}
    # Beyond its first line the message is a trace of the engine's.
    said = (str(error.get("message", "")).strip().splitlines() or [""])[0]
    return f"{state}: {said[:300]}" if said else state


def _object(answer: Answer, key: str, default: Mapping[str, Any] | None = None) -> Answer:
    found = answer.get(key, default)
    if not isinstance(found, dict):
        raise Malformed(f"{key} is no object")
    return found
