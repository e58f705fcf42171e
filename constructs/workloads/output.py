"""A batch job's output: a table that only grows, and the view that says whose rows consumers get."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import OutputSpec

__all__ = ["BatchOutput"]


class BatchOutput(Construct):
    """Moving the pointer is ALTER VIEW, in place; a release never touches the table."""

    def __init__(self, scope: Construct, id_: str, *, spec: OutputSpec) -> None:
        super().__init__(scope, id_)
        warehouse = databricks.DataDatabricksSqlWarehouse(self, "warehouse", name=spec.warehouse)
        self.table = databricks.SqlTable(
            self,
            "table",
            catalog_name=spec.catalog,
            schema_name=spec.schema_name,
            name=spec.table,
            table_type="MANAGED",
            data_source_format="DELTA",
            comment=spec.table_comment,
            owner=spec.owner,
            warehouse_id=warehouse.id,
            # Going back shows again what was published before: nobody may have changed it in between.
            properties={"delta.appendOnly": "true"},
            column=[databricks.SqlTableColumn(name=name, type=type_) for name, type_ in spec.columns.items()],
        )
        self.view = databricks.SqlTable(
            self,
            "view",
            catalog_name=spec.catalog,
            schema_name=spec.schema_name,
            name=spec.view,
            table_type="VIEW",
            comment=spec.view_comment,
            owner=spec.owner,
            warehouse_id=warehouse.id,
            view_definition=spec.definition,
            # The definition names the table in plain text, which Terraform does not see.
            depends_on=[self.table],
        )
