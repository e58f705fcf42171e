"""R26B: a tag that decides who sees what is a governed one

Severity: HIGH
Scope: project

Why
    Anyone with APPLY_TAG may write a tag that nobody governs, misspell it, and lift a mask by taking it away. A policy
    that asks for a tag or a value that nobody declared matches nothing and says so nowhere.

Anti-pattern
    stacks:
      prod-landing-zone:
        resource:
          databricks_entity_tag_assignment:
            name:
              entity_type: columns
              entity_name: claims_prod.intake.claims.claimant_name
              tag_key: clasification
              tag_value: pii

Best practice
    stacks:
      account:
        resource:
          databricks_tag_policy:
            classification:
              tag_key: classification
              values:
                - name: public
                - name: pii
      prod-landing-zone:
        resource:
          databricks_entity_tag_assignment:
            name:
              entity_type: columns
              entity_name: claims_prod.intake.claims.claimant_name
              tag_key: classification
              tag_value: pii

Not seen
    Tags governed outside this project, but those of Databricks' own (`class.`, `system.`).

Sources
    Databricks, governed tags and attribute-based access control.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policies._rule import Answer, Block, failed, passed, unknown
from policies._tags import asked_for, conditions, is_databricks_own
from policies._together import Others, ProjectRule


@dataclass(frozen=True)
class _Governed:
    """The governed tags with their values; `whole` where all of them are known."""

    values: dict[str, frozenset[str]]
    whole: bool


class OnlyGovernedTags(ProjectRule[_Governed]):
    """Every tag that is assigned or asked for is declared as a tag policy, with that value among its values."""

    resources = ("databricks_entity_tag_assignment", "databricks_policy_info")
    looks_up = ("databricks_tag_policy",)

    def survey(self, others: Others) -> _Governed:
        """What the tag policies declare."""
        values: dict[str, frozenset[str]] = {}
        whole = True
        for policy in others.of("databricks_tag_policy"):
            leaves = [policy.leaf("tag_key"), *(value.leaf("name") for value in policy.blocks("values"))]
            whole = whole and not any(leaf.unknown for leaf in leaves)
            values[str(leaves[0].value)] = frozenset(str(leaf.value) for leaf in leaves[1:])
        return _Governed(values, whole)

    def compare(self, block: Block, seen: _Governed) -> Iterator[Answer]:
        """An answer for each tag."""
        if block.kind == "databricks_entity_tag_assignment":
            key, value = block.leaf("tag_key"), block.leaf("tag_value")
            if key.unknown or value.unknown:
                yield unknown("tag_key", "which tag it is is not known before apply")
            else:
                yield _judged("tag_key", str(key.value), None if value.value is None else str(value.value), seen)
            return
        yield passed()
        for condition in conditions(block):
            asked = None if condition.unknown else asked_for(str(condition.value))
            if asked is None:
                yield unknown(condition.path, "for which tags it asks is not known")
            for name, wanted in asked or ():
                yield _judged(condition.path, name, wanted, seen)


def _judged(where: str, key: str, value: str | None, governed: _Governed) -> Answer:
    values = governed.values.get(key)
    if is_databricks_own(key) or (values is not None and (value is None or value in values)):
        return passed()
    if not governed.whole:
        return unknown(where, f"whether {key!r} is governed is not known before apply")
    if values is None:
        return failed(where, f"no databricks_tag_policy governs {key!r}")
    return failed(where, f"the tag policy of {key!r} has no value {value!r}")


RULE = OnlyGovernedTags()
