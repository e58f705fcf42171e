"""Databricks' own tables of who did what: switched on, and read by those who audit."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import SystemSchemaSpec

__all__ = ["SystemSchemas"]

_CATALOG = "system"


class SystemSchemas(Construct):
    """All that one environment declares of them.

    The catalog is everybody's, so nothing here is a whole list of grants: each is one group's alone, and what others
    were granted stays.
    """

    def __init__(self, scope: Construct, id_: str, *, specs: tuple[SystemSchemaSpec, ...]) -> None:
        super().__init__(scope, id_)
        for spec in specs:
            self._schema(spec)
        catalog = Construct(self, "catalog")
        for reader in sorted({reader for spec in specs for reader in spec.readers}):
            databricks.Grant(catalog, reader, catalog=_CATALOG, principal=reader, privileges=["USE_CATALOG"])

    def _schema(self, spec: SystemSchemaSpec) -> None:
        here = Construct(self, spec.name)
        enabled = databricks.SystemSchema(here, "schema", schema=spec.name) if spec.enable else None
        readers = Construct(here, "readers")
        for reader in spec.readers:
            databricks.Grant(
                readers,
                reader,
                schema=f"{_CATALOG}.{spec.name}",
                principal=reader,
                privileges=["SELECT", "USE_SCHEMA"],
                depends_on=[enabled] if enabled else None,
            )
