"""R50: an access policy is one that Databricks takes

Severity: HIGH

Why
    Provider 1.99 plans a policy of type `WHATEVER` for nobody. The API refuses it in the middle of the apply, after
    the tags are set and before anything masks what they mark.

Anti-pattern
    resource:
      databricks_policy_info:
        mask-pii:
          name: mask-pii
          on_securable_type: CATALOG
          on_securable_fullname: claims_prod
          for_securable_type: TABLE
          policy_type: POLICY_TYPE_COLUMN_MASK
          to_principals: []
          column_mask:
            function_name: mask_text
            on_column: pii

Best practice
    resource:
      databricks_policy_info:
        mask-pii:
          name: mask-pii
          on_securable_type: CATALOG
          on_securable_fullname: claims_prod
          for_securable_type: TABLE
          policy_type: POLICY_TYPE_COLUMN_MASK
          to_principals: [account users]
          except_principals: [acme-claims-data-stewards]
          match_columns:
            - condition: hasTagValue('classification', 'pii')
              alias: pii
          column_mask:
            function_name: claims_prod.policy.mask_text
            on_column: pii
          lifecycle:
            prevent_destroy: true

Not seen
    Whether the function and the tag exist, and whether it masks anything.

Sources
    Provider documentation of databricks_policy_info; Databricks, requirements and quotas of attribute-based access
    control (20 principals, 3 columns).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed, unknown
from policies._values import given, is_given, one_of

# Each type of policy and the block that says what it does.
_ACTIONS = {"POLICY_TYPE_COLUMN_MASK": "column_mask", "POLICY_TYPE_ROW_FILTER": "row_filter"}
_FUNCTION = re.compile(r"[^.\s]+\.[^.\s]+\.[^.\s]+")
_MOST_PRINCIPALS = 20
_MOST_COLUMNS = 3


class PoliciesThatHold(Rule):
    """Known types, somebody it is for, within the limits, and a function by its full name."""

    resources = ("databricks_policy_info",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each of these."""
        kind = block.leaf("policy_type")
        yield kind.must(one_of(*_ACTIONS), f"wanted {' or '.join(_ACTIONS)}")
        yield block.leaf("for_securable_type").must(one_of("TABLE"), "wanted TABLE")
        yield block.leaf("on_securable_type").must(
            one_of("CATALOG", "SCHEMA", "TABLE"), "wanted CATALOG, SCHEMA or TABLE"
        )
        yield given(
            block.leaf("on_securable_fullname"), "databricks_catalog", "databricks_schema", "databricks_sql_table"
        )
        yield from _principals(block)
        yield _columns(list(block.blocks("match_columns")))
        for name in [name for word, name in _ACTIONS.items() if kind.value == word]:
            for action in block.needed(name):
                yield action.leaf("function_name").must(_is_full, "wanted <catalog>.<schema>.<function>")


def _columns(columns: list[Block]) -> Answer:
    if any(column.unknown for column in columns):
        return unknown("match_columns", "not known before apply")
    many = len(columns) > _MOST_COLUMNS
    return failed("match_columns", f"got {len(columns)}, wanted at most {_MOST_COLUMNS}") if many else passed()


def _principals(block: Block) -> Iterator[Answer]:
    if not list(block.each("to_principals")):
        yield failed("to_principals", "is empty, so the policy holds for nobody")
    for name in ("to_principals", "except_principals"):
        principals = list(block.each(name))
        for principal in principals:
            yield principal.must(is_given, "wanted a group")
        if len(principals) > _MOST_PRINCIPALS:
            yield failed(name, f"got {len(principals)}, wanted at most {_MOST_PRINCIPALS}")


def _is_full(name: object) -> bool:
    return isinstance(name, str) and bool(_FUNCTION.fullmatch(name))


RULE = PoliciesThatHold()
