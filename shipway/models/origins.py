"""Where in the documents a construct comes from: its path mirrors the document, so no table has to be kept.

`prod-landing-zone/catalogs/claims/schemas/triage/grants` is in environments/prod.yaml at catalogs.claims.schemas.triage;
`prod-claims-triage/slots/green/job` in the manifest at slots.green. The longest part of the path that a document has
wins; what is below it was made by the construct.
"""

from __future__ import annotations

from collections.abc import Iterator

from shipway.errors import Position
from shipway.models.load import Documents, Loaded

__all__ = ["Origins"]


class Origins:
    """Finds the document line of a construct path."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._lines = {f"{environment}-{use_case}": (environment, use_case) for environment, use_case in documents.releases}

    def find(self, construct_path: str) -> Position | None:
        """The position of what the user wrote for this construct; None where no document has it."""
        stack, *steps = construct_path.split("/")
        found = [(len(path), loaded, path) for loaded, rest in self._candidates(stack, steps) for path in [_prefix(loaded, rest)]]
        if not found:
            return None
        depth, loaded, path = max(found, key=lambda item: item[0])
        return loaded.at(*path)

    def documents_of(self, stack: str) -> list[str]:
        """The files that a stack's constructs can come from."""
        return [loaded.file for loaded, _ in self._candidates(stack, [])]

    def _candidates(self, stack: str, steps: list[str]) -> Iterator[tuple[Loaded[object], list[str]]]:  # type: ignore[type-var]
        if len(steps) > 1 and steps[0] == "bundles" and steps[1] in self._documents.bundles:
            yield self._documents.bundles[steps[1]], steps[2:]  # type: ignore[misc]
        elif stack in self._lines:
            environment, use_case = self._lines[stack]
            yield self._documents.bundles[use_case], steps  # type: ignore[misc]
            yield self._documents.releases[environment, use_case], steps  # type: ignore[misc]
        elif stack == "account":
            yield self._documents.account, steps  # type: ignore[misc]
        elif (name := stack.removesuffix("-landing-zone")) in self._documents.environments:
            yield self._documents.environments[name], steps  # type: ignore[misc]


def _prefix(loaded: Loaded[object], steps: list[str]) -> tuple[str, ...]:  # type: ignore[type-var]
    places = loaded.source.places
    path: tuple[str, ...] = ()
    for step in steps:
        if (*path, step) not in places:
            break
        path = (*path, step)
    return path
