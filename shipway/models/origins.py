"""Where in the documents a construct comes from: its path mirrors the document, so no table has to be kept.

`prod-landing-zone/catalogs/claims/grants` is in environments/prod.yaml at catalogs.claims.grants, and
`prod-claims-triage/slots/green/job` in the manifest at slots.green. The longest part of the path that a document has
wins; what is below it was made by the construct.
"""

from __future__ import annotations

from collections.abc import Iterator

from shipway.errors import Position
from shipway.models.document import Document
from shipway.models.load import Documents, Loaded

__all__ = ["Origins"]


class Origins:
    """Finds the document line of a construct path."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._lines = {
            f"{environment}-{use_case}": (environment, use_case) for environment, use_case in documents.releases
        }

    def find(self, construct_path: str) -> Position | None:
        """The position of what the user wrote for this construct; None where no document has it."""
        stack, *steps = construct_path.split("/")
        found = [(loaded, _prefix(loaded, rest)) for loaded, rest in self._candidates(stack, steps)]
        if not found:
            return None
        loaded, path = max(found, key=lambda pair: len(pair[1]))
        return loaded.at(*path)

    def _candidates(self, stack: str, steps: list[str]) -> Iterator[tuple[Loaded[Document], list[str]]]:
        if len(steps) > 1 and steps[0] == "bundles" and steps[1] in self._documents.bundles:
            yield self._documents.bundles[steps[1]], steps[2:]
        elif stack in self._lines:
            environment, use_case = self._lines[stack]
            yield self._documents.bundles[use_case], steps
            yield self._documents.releases[environment, use_case], steps
        elif stack == "account" and len(steps) > 1 and steps[0] == "workspaces":
            if steps[1] in self._documents.environments:
                where = self._documents.environments[steps[1]]
                yield where, ["workspace", *(step for step in steps[2:] if step != "connectivity")]
                yield where, steps[2:]
        elif stack == "account":
            yield self._documents.account, steps
        elif (name := stack.removesuffix("-adopted")) in self._documents.adopted:
            yield self._documents.adopted[name], steps
        elif (
            name := stack.removesuffix("-landing-zone").removesuffix("-data-policies")
        ) in self._documents.environments:
            yield self._documents.environments[name], steps


def _prefix(loaded: Loaded[Document], steps: list[str]) -> tuple[str, ...]:
    places = loaded.source.places
    path: tuple[str, ...] = ()
    for step in steps:
        if (*path, step) not in places:
            break
        path = (*path, step)
    return path
