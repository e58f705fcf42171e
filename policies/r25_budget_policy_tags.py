"""R25: a budget policy says whose cost it is, and where

Severity: MEDIUM

Why
    Serverless compute has no cluster to tag: what its budget policy does not say cannot be told from the bill. Bound
    to no workspace, a policy can be used from all of them.

Anti-pattern
    resource:
      databricks_budget_policy:
        claims-triage:
          policy_name: claims-triage-prod
          custom_tags:
            - key: use_case
              value: claims-triage

Best practice
    resource:
      databricks_budget_policy:
        claims-triage:
          policy_name: claims-triage-prod
          binding_workspace_ids: [1234]
          custom_tags:
            - key: cost_center
              value: CC-4711
            - key: environment
              value: prod
            - key: use_case
              value: claims-triage

Sources
    Provider documentation of databricks_budget_policy on the binding and the limit of 20 tags; which tags is
    judgement, those that the jobs here have.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed
from policies._values import given, is_given

_REQUIRED = ("cost_center", "environment", "use_case")
_MOST_TAGS = 20


class BudgetPolicyTags(Rule):
    """Bound to a workspace at least, and with the tags that costs are split by."""

    resources = ("databricks_budget_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Answers for the workspaces, for each tag, and for their number."""
        workspaces = list(block.each("binding_workspace_ids"))
        if not workspaces:
            yield failed("binding_workspace_ids", "is missing, wanted at least one workspace")
        for workspace in workspaces:
            yield given(workspace, "databricks_mws_workspaces")
        tags = list(block.blocks("custom_tags"))
        values = {str(tag.leaf("key").value): tag.leaf("value") for tag in tags}
        for name in _REQUIRED:
            if name in values:
                yield values[name].must(is_given, f"wanted a value for {name}")
            elif any(tag.leaf("key").unknown for tag in tags):
                yield from (tag.leaf("key").must(is_given, "") for tag in tags)
            else:
                yield failed("custom_tags", f"has no {name}")
        many = len(tags) > _MOST_TAGS
        yield failed("custom_tags", f"got {len(tags)}, wanted at most {_MOST_TAGS}") if many else passed()


RULE = BudgetPolicyTags()
