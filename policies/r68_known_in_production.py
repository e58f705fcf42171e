"""R68: what decides on access in production is known before it is applied

Severity: HIGH

Why
    A reviewer approves what the plan shows. A principal or a mode that is only known on apply is approved unseen, and
    whoever controls where it comes from has the last word.

Anti-pattern
    resource:
      databricks_permissions:
        score:
          //:
            metadata:
              path: prod-claims-triage/slots/blue/permissions
          job_id: "1"
          access_control:
            - group_name: ${data.external.group.result.name}
              permission_level: CAN_VIEW

Best practice
    resource:
      databricks_permissions:
        score:
          //:
            metadata:
              path: prod-claims-triage/slots/blue/permissions
          job_id: "1"
          access_control:
            - group_name: acme-claims-triage-operators
              permission_level: CAN_MANAGE_RUN

Not seen
    Expressions below production, by the environment's name; principals, privileges and modes, which other rules judge.

Sources
    Judgement. A service principal's id is the exception: Databricks gives it out, and the reference says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._place import in_production
from policies._rule import Answer, Block, Leaf, Rule, failed, passed

# What decides on access and no other rule looks at: what another one does is UNKNOWN there, and one finding will do.
_DECIDING: dict[str, tuple[str, ...]] = {
    "databricks_catalog": ("owner",),
    "databricks_credential": ("owner",),
    "databricks_external_location": ("owner",),
    "databricks_permissions": ("access_control.group_name", "access_control.service_principal_name"),
    "databricks_schema": ("owner",),
    "databricks_storage_credential": ("owner",),
    "databricks_volume": ("owner",),
    "databricks_workspace_binding": ("workspace_id",),
}


class KnownInProduction(Rule):
    """In production no deciding value is an expression; elsewhere that is for the rule on it to say."""

    resources = tuple(sorted(_DECIDING))

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each deciding value, and one that all were looked at."""
        yield passed()
        strict = in_production(block)
        for path in _DECIDING[block.kind]:
            for leaf in _leaves(block, path):
                yield _judged(leaf, strict)


def _judged(leaf: Leaf, strict: bool) -> Answer:
    if not leaf.unknown or leaf.is_principal_id or not strict:
        return passed()
    return failed(leaf.path, f"is not known before apply in production, got {str(leaf.value)[:80]!r}")


def _leaves(block: Block, path: str) -> Iterator[Leaf]:
    head, _, rest = path.partition(".")
    if rest:
        for inner in block.blocks(head):
            yield from inner.each(rest)
    else:
        yield from block.each(head)


RULE = KnownInProduction()
