"""Who approves what, as the documents say it, in the form that a verdict is made from."""

from __future__ import annotations

from collections.abc import Mapping

from shipway.models.approvals import Approval, ApprovedClass, approvals_of
from shipway.models.load import Documents
from shipway.plan.classes import ChangeClass
from shipway.plan.verdict import Route, Routes

__all__ = ["routes_of"]


def routes_of(documents: Documents) -> Routes:
    """The routes of every environment and of the account, whose stack is always treated as protected."""
    account = documents.account.model
    administrators = account.platform.administrators
    found = {
        name: _routes(
            approvals_of(loaded.model.approvals, protected=loaded.model.protected, administrators=administrators)
        )
        for name, loaded in documents.environments.items()
    }
    own = approvals_of(account.approvals, protected=True, administrators=administrators)
    return Routes({**found, "account": _routes(own)})


def _routes(approvals: Mapping[ApprovedClass, Approval]) -> dict[ChangeClass, Route]:
    return {ChangeClass(name): Route(approval.people, approval.groups) for name, approval in approvals.items()}
