"""R24: a budget tells somebody

Severity: MEDIUM

Why
    A budget stops nothing. Without an alert that goes somewhere, the month's bill is the first to say that it was
    passed.

Anti-pattern
    resource:
      databricks_budget:
        claims-triage:
          display_name: claims-triage-prod
          alert_configurations:
            - time_period: MONTH
              trigger_type: CUMULATIVE_SPENDING_EXCEEDED
              quantity_type: LIST_PRICE_DOLLARS_USD
              quantity_threshold: "840"

Best practice
    resource:
      databricks_budget:
        claims-triage:
          display_name: claims-triage-prod
          alert_configurations:
            - time_period: MONTH
              trigger_type: CUMULATIVE_SPENDING_EXCEEDED
              quantity_type: LIST_PRICE_DOLLARS_USD
              quantity_threshold: "840"
              action_configurations:
                - action_type: EMAIL_NOTIFICATION
                  target: claims-triage-owners@example.com

Not seen
    A use case without a budget, which is R24B's business, and whether anybody reads what is sent.

Sources
    Judgement; provider documentation of databricks_budget.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import is_given


class BudgetAlerts(Rule):
    """At least one alert, each with a threshold and somebody to tell."""

    resources = ("databricks_budget",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each alert's threshold, and one for each of its targets."""
        for alert in block.needed("alert_configurations"):
            yield alert.leaf("quantity_threshold").must(is_given, "wanted an amount")
            for action in alert.needed("action_configurations"):
                yield action.leaf("target").must(is_given, "wanted whom to tell")


RULE = BudgetAlerts()
