"""R51: what is tagged as personal data is under a mask

Severity: HIGH
Scope: project

Why
    A tag by itself hides nothing: it is read by a policy, and where there is none on the table, its schema or its
    catalog, everyone with SELECT reads the column that somebody took the trouble to tag.

Anti-pattern
    resource:
      databricks_entity_tag_assignment:
        name:
          entity_type: columns
          entity_name: claims_prod.intake.claims.claimant_name
          tag_key: classification
          tag_value: pii

Best practice
    resource:
      databricks_entity_tag_assignment:
        name:
          entity_type: columns
          entity_name: claims_prod.intake.claims.claimant_name
          tag_key: classification
          tag_value: pii
      databricks_policy_info:
        mask:
          name: mask_pii
          policy_type: POLICY_TYPE_COLUMN_MASK
          for_securable_type: TABLE
          on_securable_type: CATALOG
          on_securable_fullname: claims_prod
          to_principals: [account users]
          except_principals: [acme-claims-data-stewards]
          match_columns:
            - alias: column
              condition: has_tag_value('classification', 'pii')
          column_mask:
            function_name: claims_prod.policy.hide
            on_column: column
          lifecycle:
            prevent_destroy: true

Not seen
    Tables that nobody tagged, masks that are set on a table itself, and what the masking function does.

Sources
    Databricks, attribute-based access control; judgement on what must be masked.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed, unknown
from policies._tags import asked_for, conditions
from policies._together import NAMED, Others, ProjectRule

_PERSONAL = "pii"
_MASK = "POLICY_TYPE_COLUMN_MASK"

_Asked = list[tuple[str, str | None]]
"""The tags that a mask matches."""
_Seen = tuple[list[tuple[str | None, _Asked | None]], dict[tuple[str, str], str | None]]
"""The masks as what they are on and what they match, None if unknown; and what each tag is on."""


class PersonalDataIsMasked(ProjectRule[_Seen]):
    """A column or table tagged `pii` has a mask policy for that tag on its table, schema or catalog."""

    resources = ("databricks_entity_tag_assignment",)
    looks_up = (*NAMED, "databricks_policy_info")

    def survey(self, others: Others) -> _Seen:
        """The masks, and the names of what is tagged."""
        masks: list[tuple[str | None, _Asked | None]] = []
        for policy in others.of("databricks_policy_info"):
            kind = policy.leaf("policy_type")
            if kind.value == _MASK:
                masks.append((others.called(policy.leaf("on_securable_fullname"), policy.file), _matched(policy)))
        tagged = {
            (block.file, block.address): others.called(block.leaf("entity_name"), block.file)
            for block in others.of(*self.resources)
        }
        return masks, tagged

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """One answer for the tag."""
        key, value, kind = (block.leaf(name) for name in ("tag_key", "tag_value", "entity_type"))
        if any(leaf.unknown for leaf in (key, value, kind)):
            yield unknown("tag_key", "which tag on what it is is not known before apply")
        elif kind.value in ("columns", "tables") and _PERSONAL in (str(key.value).lower(), str(value.value).lower()):
            yield _masked(block, seen)
        else:
            yield passed()


def _masked(block: Block, seen: _Seen) -> Answer:
    name = seen[1][block.file, block.address]
    if name is None:
        return unknown("entity_name", "not known before apply")
    tag = str(block.leaf("tag_key").value), block.leaf("tag_value").value
    above = [mask for mask in seen[0] if mask[0] is None or _within(name, mask[0])]
    found = [None if on is None or asked is None else _asks(asked, tag) for on, asked in above]
    if True in found:
        return passed()
    if None in found:
        return unknown("entity_name", f"whether a mask on {name} matches is not known before apply")
    return failed("entity_name", f"no mask policy for this tag is on {name}, its table, its schema or its catalog")


def _matched(policy: Block) -> _Asked | None:
    found: _Asked = []
    for condition in conditions(policy):
        asked = None if condition.unknown else asked_for(str(condition.value))
        if asked is None:
            return None
        found += asked
    return found


def _asks(asked: _Asked, tag: tuple[str, object]) -> bool:
    return any(key == tag[0] and value in (None, tag[1]) for key, value in asked)


def _within(name: str, securable: str) -> bool:
    return f"{name}.".lower().startswith(f"{securable}.".lower())


RULE = PersonalDataIsMasked()
