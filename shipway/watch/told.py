"""Which lines the watcher's job watches, and where their things are: a JSON file inside its wheel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

__all__ = ["WatchedLine", "parse", "render"]

_SCHEMA = "shipway/watch-lines/v1"


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """One line; its names are those of the naming standard."""

    environment: str
    use_case: str
    catalog: str
    schema: str
    volume: str
    measures: str
    """The table's last part."""
    router: str
    """Empty where the line has no jobs."""
    slots: tuple[str, ...]

    @property
    def table(self) -> str:
        """The full name of what its releases are judged by."""
        return f"{self.catalog}.{self.schema}.{self.measures}"

    @property
    def folder(self) -> str:
        """Its volume."""
        return f"/Volumes/{self.catalog}/{self.schema}/{self.volume}"


def render(lines: Sequence[WatchedLine]) -> bytes:
    """The file's bytes."""
    content = {"schema": _SCHEMA, "lines": [asdict(one) for one in lines]}
    return json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"


def parse(raw: bytes) -> tuple[WatchedLine, ...]:
    """What the file says; raises ValueError, KeyError or TypeError for one that `render` did not write."""
    said = json.loads(raw)
    if said["schema"] != _SCHEMA:
        raise ValueError(f"schema {said['schema']!r:.60}, wanted {_SCHEMA}")
    return tuple(WatchedLine(**{**one, "slots": tuple(one["slots"])}) for one in said["lines"])
