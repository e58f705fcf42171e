"""What a use case may cost in a workspace, and what marks its serverless compute on the bill."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.rule_set import RuleSet
from shipway.models.deployment import BudgetSpec

__all__ = ["CostGuard"]

# Whatever runs for a use case has these two tags: jobs and clusters by their own, serverless by the budget policy.
_COUNTED_BY = ("environment", "use_case")


class CostGuard(Construct):
    """A budget with its alerts, and a budget policy for this workspace only."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: BudgetSpec,
        account_id: str,
        workspace_id: float,
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        databricks.Budget(
            self,
            "budget",
            display_name=spec.name,
            alert_configurations=[_alert(threshold, spec) for threshold in spec.thresholds],
            filter=databricks.BudgetFilter(
                workspace_id=databricks.BudgetFilterWorkspaceId(operator="IN", values=[workspace_id]),
                tags=[
                    databricks.BudgetFilterTags(
                        key=key, value=databricks.BudgetFilterTagsValue(operator="IN", values=[spec.tags[key]])
                    )
                    for key in _COUNTED_BY
                ],
            ),
        )
        policy = databricks.BudgetPolicy(
            self,
            "policy",
            policy_name=spec.name,
            # Bound to nothing it could be used from every workspace.
            binding_workspace_ids=[workspace_id],
            custom_tags=[databricks.BudgetPolicyCustomTags(key=key, value=spec.tags[key]) for key in sorted(spec.tags)],
        )
        RuleSet(
            self,
            "rule_set",
            account_id=account_id,
            about=f"budgetPolicies/{policy.policy_id}",
            roles={"budgetPolicy.manager": spec.managers, "budgetPolicy.user": spec.users},
            groups=groups,
        )


def _alert(threshold: str, spec: BudgetSpec) -> databricks.BudgetAlertConfigurations:
    return databricks.BudgetAlertConfigurations(
        time_period="MONTH",
        trigger_type="CUMULATIVE_SPENDING_EXCEEDED",
        quantity_type="LIST_PRICE_DOLLARS_USD",
        quantity_threshold=threshold,
        action_configurations=[
            databricks.BudgetAlertConfigurationsActionConfigurations(action_type="EMAIL_NOTIFICATION", target=target)
            for target in spec.notify
        ],
    )
