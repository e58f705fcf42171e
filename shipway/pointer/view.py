"""The pointer as the definition of a view over an append-only table whose rows say which release wrote them.

Consumers read the view. It shows the active release's rows, and the candidate's for the keys of its cohort; of several
rows of a key, the latest day's, and of one day's the candidate's. So a key that the candidate has not scored shows what
is active, and going back brings back what was already published.

A definition is parsed as a syntax tree, the four literals and the names are taken out of it, a definition is printed
from them, and it must be the same token for token: a condition, a column, a join, a hint or a comment that is smuggled
in is not printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shipway.pointer.pointer import RELEASE, BadPointer, Pointer

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["STAMPS", "Dialect", "View", "ViewPointer", "ViewShape", "bucket_sql", "parse", "quoted", "render"]

Dialect = Literal["databricks", "duckdb"]

STAMPS = ("as_of", "release", "slot")
"""Columns that every row is stamped with: the business date, the release's id, the slot."""

_LARGEST = 100_000
# 60 bits without loss: Spark would take the text of a number for a DOUBLE where it is not cast.
_BUCKETS = {
    "databricks": "CAST(conv(substr(sha2(concat('{salt}', chr(31), CAST({key} AS STRING)), 256), 1, 15), 16, 10) "
    "AS BIGINT) % 10000",
    "duckdb": "CAST('0x' || substr(sha256('{salt}' || chr(31) || CAST({key} AS VARCHAR)), 1, 15) AS BIGINT) % 10000",
}
_VIEW = """\
SELECT {columns}
FROM {table}
WHERE {release} = '{active}' OR ({release} = '{candidate}' AND {bucket} < {buckets})
QUALIFY row_number() OVER (
  PARTITION BY {key} ORDER BY {as_of} DESC, CASE WHEN {release} = '{candidate}' THEN 0 ELSE 1 END
) = 1"""


@dataclass(frozen=True, slots=True)
class ViewPointer:
    """The four literals of a view; without a canary, the candidate is the active release and nobody's."""

    active: str
    candidate: str
    percent: int
    salt: str

    def __post_init__(self) -> None:
        for release in (self.active, self.candidate):
            if not RELEASE.fullmatch(release):
                raise BadPointer(f"a view's release: got {release!r:.60}, wanted r and 12 hexadecimal digits")
        self.pointer()

    @classmethod
    def of(cls, pointer: Pointer) -> ViewPointer:
        """What a view says for a pointer whose ends are releases."""
        return cls(pointer.active, pointer.candidate or pointer.active, pointer.percent, pointer.salt)

    def pointer(self) -> Pointer:
        """The pointer whose ends are releases; raises BadPointer where the literals contradict each other."""
        candidate = None if self.candidate == self.active else self.candidate
        return Pointer(self.active, candidate, self.percent, self.salt)


@dataclass(frozen=True, slots=True)
class ViewShape:
    """What a view shows whatever the pointer: its table, the key, and the columns beside key and stamps.

    The key's column is text, a whole number or a date, never null, and text in it is normalised (`cohorts.normalised`).
    """

    table: tuple[str, ...]
    key: str
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [self.key, *self.columns, *STAMPS]
        if not 1 <= len(self.table) <= 3 or not all((*self.table, *names)):
            raise BadPointer(
                f"a view's table, key and columns: got an empty name or table {'.'.join(self.table)!r:.60}"
            )
        # SQL takes two names that differ in case for one, in backticks too.
        if len({name.casefold() for name in names}) != len(names):
            raise BadPointer(f"a view's columns: one stands twice, or is a stamp: {', '.join(names):.300}")


@dataclass(frozen=True, slots=True)
class View:
    """A view's definition, read."""

    shape: ViewShape
    pointer: ViewPointer


def render(shape: ViewShape, pointer: ViewPointer, dialect: Dialect = "databricks") -> str:
    """The definition: one text for one shape, pointer and dialect."""
    columns = (shape.key, *shape.columns, *STAMPS)
    return _VIEW.format(
        columns=", ".join(quoted(column, dialect) for column in columns),
        table=".".join(quoted(part, dialect) for part in shape.table),
        key=quoted(shape.key, dialect),
        release=quoted("release", dialect),
        as_of=quoted("as_of", dialect),
        active=pointer.active,
        candidate=pointer.candidate,
        bucket=bucket_sql(pointer.salt, shape.key, dialect),
        buckets=pointer.percent * 100,
    )


def bucket_sql(salt: str, column: str, dialect: Dialect = "databricks") -> str:
    """The bucket of the key in `column`, null for a null: what `cohorts.bucket` says of a normalised key."""
    return _BUCKETS[dialect].format(salt=salt, key=quoted(column, dialect))


def quoted(name: str, dialect: Dialect = "databricks") -> str:
    """`name` as an identifier, whatever is in it."""
    mark = "`" if dialect == "databricks" else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def parse(definition: str, dialect: Dialect = "databricks") -> View:
    """What a definition says; raises BadPointer for any but `render`'s own, spaces and the case of keywords aside."""
    tree = _tree(definition, dialect)
    try:
        view = _read(tree)
    except (AttributeError, LookupError, ValueError) as error:
        raise BadPointer("the view's definition is not one that a release moves", _HINT) from error
    ours = render(view.shape, view.pointer, dialect)
    # By tokens, which is stricter than by trees: a parser forgives what is missing, and keeps no comments.
    if _pieces(ours, dialect) != _pieces(definition, dialect):
        raise BadPointer("the view's definition has something in it that no release puts there", _HINT)
    return view


_HINT = "only the active release, the candidate, its share and the salt may differ; render the view anew"


def _read(tree: exp.Expr) -> View:
    """The literals and names where a definition of ours has them; whether the rest is ours is seen by printing it."""
    either = tree.args["where"].this
    canary = either.expression.this
    below = canary.expression
    names = tuple(column.name for column in tree.expressions)
    table = tuple(part.name for part in tree.args["from_"].this.parts)
    percent, odd = divmod(int(below.expression.name), 100)
    if odd or names[-len(STAMPS) :] != STAMPS:
        raise ValueError(names)
    active, candidate = _text(either.this.expression), _text(canary.this.expression)
    pointer = ViewPointer(active, candidate, percent, _salt(below))
    return View(ViewShape(table, names[0], names[1 : -len(STAMPS)]), pointer)


def _salt(comparison: exp.Expr) -> str:
    """The one text in the bucket's expression that is no prefix of DuckDB's hexadecimal numbers."""
    from sqlglot import exp

    found = [one.this for one in comparison.find_all(exp.Literal) if one.is_string and one.this != "0x"]
    if len(found) != 1:
        raise ValueError(found)
    return str(found[0])


def _text(node: exp.Expr) -> str:
    if not node.is_string:
        raise ValueError(node)
    return str(node.this)


def _pieces(definition: str, dialect: Dialect) -> list[tuple[str, list[str]]]:
    """Each token as it is written, names and texts to the letter, with the comments before it."""
    from sqlglot import tokenize

    written = [(definition[token.start : token.end + 1], token.comments) for token in tokenize(definition, dialect)]
    return [(text if text[0] in "'\"`" else text.upper(), comments) for text, comments in written]


def _tree(definition: str, dialect: Dialect) -> exp.Expr:
    from sqlglot import parse as parse_all
    from sqlglot.errors import SqlglotError

    if len(definition) > _LARGEST:
        raise BadPointer(f"the view's definition has {len(definition):,} characters, wanted at most {_LARGEST:,}")
    try:
        found = parse_all(definition, dialect=dialect)
    except (SqlglotError, RecursionError) as error:
        raise BadPointer(f"the view's definition is no SQL: {str(error).splitlines()[0]:.200}", _HINT) from None
    statements = [tree for tree in found if tree is not None]
    if len(found) != 1 or not statements:
        raise BadPointer(f"the view's definition has {len(statements)} statements, wanted one", _HINT)
    return statements[0]
