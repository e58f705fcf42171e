"""Tables with their columns, and who sees what in them: tags, column masks, row filters and the functions of both.

Words and limits are those of Databricks' attribute-based access control: a policy on a catalog or schema holds for
every table in it whose columns match by their tags (at most 3 conditions, 20 principals; a column inherits no tag).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Flag, Text
from shipway.models.names import DataName, GroupName, Role
from shipway.models.privileges import FunctionPrivilege

__all__ = [
    "EVERYBODY",
    "Argument",
    "Column",
    "ColumnMask",
    "DataPolicy",
    "Days",
    "Function",
    "FunctionGrant",
    "FunctionRef",
    "Match",
    "PolicyKey",
    "RowFilter",
    "SqlType",
    "Table",
    "Tags",
]

EVERYBODY = "account users"
"""Databricks' own group of everybody: a policy may hold for it, a grant never."""

Days = Annotated[int, Field(ge=1, le=36_500, strict=True)]
# Both stand inside conditions, in quotes: neither may hold one.
TagKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=127)]
TagValue = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. -]*$", max_length=256)]
Tags = Annotated[dict[TagKey, TagValue], Field(max_length=20)]
PolicyKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
SqlType = Annotated[
    str,
    Field(
        pattern=r"^(BIGINT|BINARY|BOOLEAN|DATE|DOUBLE|FLOAT|INT|SMALLINT|STRING|TIMESTAMP|TIMESTAMP_NTZ|TINYINT"
        r"|DECIMAL\([0-9]{1,2}, ?[0-9]{1,2}\))$"
    ),
]
FunctionRef = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=130)]
Principal = GroupName | Literal["account users"]


class Column(Document):
    """A column of a declared table."""

    type: SqlType
    comment: Text | None = None
    personal_data: Flag = False
    """Whether it can say something about a person."""

    tags: Tags = {}
    """Governed tags, by which policies find it."""


class Table(Document):
    """A table that the data setup job makes where it is not there. It never drops or alters a column."""

    comment: Text
    columns: Annotated[dict[DataName, Column], Field(min_length=1)]
    retention_days: Days | None = None
    """How long a row may be kept; its catalog's unless said, and never longer."""

    tags: Tags = {}


class FunctionGrant(Document):
    """What a group may do with a function."""

    principal: GroupName
    privileges: Annotated[tuple[FunctionPrivilege, ...], Field(min_length=1)]


class Function(Document):
    """A function of `environments/functions/<name>.sql`, installed in this schema."""

    grants: tuple[FunctionGrant, ...] = ()
    """Who looks at a masked table needs none."""


class Match(Document):
    """A column, table, schema or catalog that bears a tag, of any value or of one."""

    tag: TagKey
    value: TagValue | None = None

    @property
    def condition(self) -> str:
        """The condition as Databricks' policy language spells it."""
        return f"hasTag('{self.tag}')" if self.value is None else f"hasTagValue('{self.tag}', '{self.value}')"

    def meets(self, tags: dict[str, str]) -> bool:
        """Whether something with those tags matches."""
        return self.tag in tags and self.value in (None, tags[self.tag])


class Argument(Document):
    """A further argument of a function: a matched column, or a constant."""

    alias: DataName | None = None
    constant: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_. -]+$", max_length=100)] = None

    @model_validator(mode="after")
    def _is_one(self) -> Argument:
        if (self.alias is None) == (self.constant is None):
            raise ValueError("exactly one of alias and constant")
        return self


class ColumnMask(Document):
    """What a matched column shows instead."""

    function: FunctionRef
    """`<schema>.<function>` of the same catalog; its first argument is the column."""

    on_column: DataName
    """An alias of match_columns."""

    using: tuple[Argument, ...] = ()


class RowFilter(Document):
    """Which rows are shown: those for which the function is true."""

    function: FunctionRef
    using: Annotated[tuple[Argument, ...], Field(min_length=1)]


class DataPolicy(Document):
    """One attribute-based policy: exactly one of `column_mask` and `row_filter`."""

    comment: Text
    match_columns: Annotated[dict[DataName, Match], Field(max_length=3)] = {}
    """By alias, which columns it is about."""

    column_mask: ColumnMask | None = None
    row_filter: RowFilter | None = None
    when: Match | None = None
    """Only tables that bear this tag, or inherit it."""

    to_principals: Annotated[tuple[Principal, ...], Field(min_length=1, max_length=20)] = ("account users",)
    """Everybody unless said otherwise: a mask that names its readers forgets the next one."""

    except_principals: Annotated[tuple[GroupName, ...], Field(max_length=20)] = ()
    except_roles: tuple[Role, ...] = ()
    """These roles of every use case whose data is in this catalog."""

    @model_validator(mode="after")
    def _holds_together(self) -> DataPolicy:
        if (self.column_mask is None) == (self.row_filter is None):
            raise ValueError("exactly one of column_mask and row_filter")
        used = [argument.alias for argument in self.using if argument.alias is not None]
        used += [self.column_mask.on_column] if self.column_mask else []
        if missing := sorted(set(used) - self.match_columns.keys()):
            raise ValueError(f"aliases that match_columns has; it lacks {', '.join(missing)}")
        return self

    @property
    def function(self) -> str:
        """Its function, `<schema>.<function>`."""
        action = self.column_mask or self.row_filter
        if action is None:  # the validator has seen to it
            raise AssertionError("a policy masks or filters")
        return action.function

    @property
    def using(self) -> tuple[Argument, ...]:
        """The arguments of its function, a mask's own column aside."""
        action = self.column_mask or self.row_filter
        return action.using if action else ()
