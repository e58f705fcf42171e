"""R26: a governed tag has a list of values

Severity: HIGH

Why
    Policies decide by a tag's value who sees a column. Where anything may be written, `PII` beside `pii` is a column
    that no policy covers.

Anti-pattern
    resource:
      databricks_tag_policy:
        classification:
          tag_key: classification
          description: How sensitive a column is

Best practice
    resource:
      databricks_tag_policy:
        classification:
          tag_key: classification
          description: How sensitive a column is
          values:
            - name: public
            - name: pii

Not seen
    Tags that are used without being governed.

Sources
    Databricks, governed tags and attribute-based access control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed
from policies._values import is_given


class TagValues(Rule):
    """At least one value; none is empty or differs from another by case only."""

    resources = ("databricks_tag_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each value, and one for each that stands there twice."""
        names = [value.leaf("name") for value in block.needed("values")]
        for name in names:
            yield name.must(is_given, "wanted at least one value")
        alike = Counter(str(name.value).strip().lower() for name in names if not name.unknown)
        for spelling, times in alike.items():
            if times > 1:
                yield failed("values", f"{spelling!r} stands there {times} times")


RULE = TagValues()
