"""What each use case may cost in an environment."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.models.deployment import BudgetSpec
from shipway.models.load import Documents
from shipway.models.names import Names, Role

__all__ = ["budget_specs"]


def budget_specs(documents: Documents, environment: str) -> tuple[BudgetSpec, ...]:
    """One for each use case that is released there; raises BadName."""
    return tuple(_budgets(documents, environment))


def _budgets(documents: Documents, environment: str) -> Iterator[BudgetSpec]:
    account, budgets = documents.account.model, documents.environments[environment].model.budgets
    if budgets is None:
        return
    for use_case in sorted(name for where, name in documents.releases if where == environment):
        names, bundle = Names(account.organisation, environment, use_case), documents.bundles[use_case].model
        own = budgets.use_cases.get(use_case)
        amount = own.monthly_usd if own else budgets.monthly_usd
        yield BudgetSpec(
            use_case=use_case,
            name=names.budget,
            # Whole cents, without a float in between: the API compares texts.
            thresholds=tuple(_dollars(amount * percent) for percent in sorted(set(budgets.alert_percent))),
            notify=tuple(sorted({*budgets.notify, *(own.notify if own else ())})),
            tags={
                "cost_center": bundle.cost_center,
                "environment": environment,
                "owner": bundle.owner,
                "use_case": use_case,
            },
            users=tuple(sorted(names.group(role) for role in (Role.DEPLOYERS, Role.RUNNERS))),
            managers=(account.platform.administrators,),
        )


def _dollars(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
