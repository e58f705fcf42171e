"""What bundles measured and what consumers see, in the sandbox: what judge and releases read on a laptop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shipway.errors import MissingTool, ShipwayError
from shipway.judge.measures import COLUMNS, Observation, observation
from shipway.models.load import Documents
from shipway.models.names import Names

__all__ = ["SandboxMeasures", "measures_table", "read_view", "view_name"]


def measures_table(documents: Documents, environment: str, use_case: str) -> str:
    """The full name of the table that the line's own job writes its measures to."""
    names, bundle = (
        Names(documents.account.model.organisation, environment, use_case),
        documents.bundles[use_case].model,
    )
    return ".".join((names.catalog(bundle.data.catalog), names.schema(bundle.data.schema_), names.measures()))


@dataclass(frozen=True)
class SandboxMeasures:
    """The `Measures` of `shipway.judge`: those of every line in the sandbox in the folder `sandbox`."""

    sandbox: Path
    documents: Documents

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        """Every row of the line of these releases, from the business date `since` on; raises ShipwayError.

        None where nothing was measured yet. What is missing or doubled is handed over as it is: the judge sorts it.
        """
        environment, _, use_case = line.partition("/")
        if (environment, use_case) not in self.documents.releases:
            raise ShipwayError(f"no line {line!r}: wanted <environment>/<use case>")
        table = measures_table(self.documents, environment, use_case)
        return [observation(row) for row in _rows(self.sandbox, table, releases, since)]


def _rows(sandbox: Path, table: str, releases: Sequence[str], since: date) -> Iterator[Mapping[str, Any]]:
    try:
        import duckdb
        from deltalake import DeltaTable

        from shipway.runtime.tables import delta_files
    except ImportError as error:
        raise MissingTool("reading tables needs duckdb and deltalake", "pip install 'shipway[run]'") from error
    path = sandbox.joinpath("tables", *table.split("."))
    if not DeltaTable.is_deltatable(str(path)):
        return
    with duckdb.connect() as database:
        found = database.execute(
            f"SELECT {', '.join(COLUMNS)} FROM read_parquet($files) "  # noqa: S608 - our own columns
            "WHERE list_contains($releases, release) AND as_of >= $since ORDER BY as_of, release, metric, key",
            {"files": delta_files(path), "releases": list(releases), "since": since},
        )
        names = [column[0] for column in found.description]
        for row in found.fetchall():
            yield dict(zip(names, row, strict=True))


def view_name(documents: Documents, environment: str, use_case: str) -> str:
    """The full name of the view that consumers of a batch use case read; raises ShipwayError for other kinds."""
    names, bundle = (
        Names(documents.account.model.organisation, environment, use_case),
        documents.bundles[use_case].model,
    )
    if bundle.output is None:
        raise ShipwayError(f"{use_case} is of kind {bundle.kind.value}, which has no view")
    return ".".join((names.catalog(bundle.data.catalog), names.schema(bundle.data.schema_), bundle.output.view))


def read_view(sandbox: Path, name: str) -> list[dict[str, Any]]:
    """What consumers see of the view `catalog.schema.view` as it is deployed, by its key.

    Raises ShipwayError where no such view is deployed, and BadPointer for a definition that no release puts there.
    """
    from shipway.runtime import views

    text = views.definition(sandbox, name)
    if text is None:
        raise ShipwayError(f"no view {name} in the sandbox", "deploy its line first")
    return views.rows_of(sandbox, text)
