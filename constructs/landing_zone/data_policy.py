"""What decides who sees what in tables: a governed tag, the grants on a function, and the policy that uses both."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.grants import grant_list
from shipway.models.deployment import DataPolicySpec, FunctionSpec, TagSpec

__all__ = ["FunctionGrants", "MaskOrFilter", "TagOnData"]


class FunctionGrants(Construct):
    """The one list of grants on an installed function."""

    def __init__(self, scope: Construct, id_: str, *, spec: FunctionSpec) -> None:
        super().__init__(scope, id_)
        self.grants = databricks.Grants(self, "grants", function=spec.full_name, grant=grant_list(spec.grants))


class TagOnData(Construct):
    """One tag on a catalog, schema, table or column."""

    def __init__(self, scope: Construct, id_: str, *, spec: TagSpec) -> None:
        super().__init__(scope, id_)
        databricks.EntityTagAssignment(
            self,
            "tag",
            entity_type=spec.entity_type,
            entity_name=spec.entity_name,
            tag_key=spec.key,
            # Left out it is null in the state and empty at the API: a difference on every plan (#4550).
            tag_value=spec.value,
        )


class MaskOrFilter(Construct):
    """One policy. Where it masks no column, its function decides on rows."""

    def __init__(self, scope: Construct, id_: str, *, spec: DataPolicySpec, function: FunctionGrants) -> None:
        super().__init__(scope, id_)
        self.policy = databricks.PolicyInfo(
            self,
            "policy",
            name=spec.name,
            comment=spec.comment,
            on_securable_type=spec.on_type,
            on_securable_fullname=spec.on_name,
            for_securable_type="TABLE",
            policy_type="POLICY_TYPE_COLUMN_MASK" if spec.masks else "POLICY_TYPE_ROW_FILTER",
            to_principals=list(spec.to),
            except_principals=list(spec.exempt) or None,
            when_condition=spec.when,
            match_columns=[
                databricks.PolicyInfoMatchColumns(alias=match.alias, condition=match.condition) for match in spec.match
            ]
            or None,
            column_mask=_mask(spec),
            row_filter=_filter(spec),
            # Who applies this may execute the function by its grants.
            depends_on=[function.grants],
        )


def _mask(spec: DataPolicySpec) -> databricks.PolicyInfoColumnMask | None:
    if spec.masks is None:
        return None
    using = [
        databricks.PolicyInfoColumnMaskUsing(**{kind: value})  # one of its two fields
        for kind, value in spec.using
    ]
    return databricks.PolicyInfoColumnMask(function_name=spec.function, on_column=spec.masks, using=using or None)


def _filter(spec: DataPolicySpec) -> databricks.PolicyInfoRowFilter | None:
    if spec.masks is not None:
        return None
    using = [
        databricks.PolicyInfoRowFilterUsing(**{kind: value})  # one of its two fields
        for kind, value in spec.using
    ]
    return databricks.PolicyInfoRowFilter(function_name=spec.function, using=using or None)
