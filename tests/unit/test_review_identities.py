"""Whose id a plan holds: its own objects say it, what data sources read in any module, or another stack's plan."""

from __future__ import annotations

import json
from typing import Any

from shipway.plan.model import Plan
from shipway.plan.read import read_plan
from shipway.plan.report import Review
from shipway.plan.review import review

GROUP = {"id": "7", "display_name": "claims-authors"}


def plan(stack: str, *changes: tuple[str, Any, Any], **more: Any) -> Plan:
    """Changes by type, before and after; `more` are other parts of the document."""
    items = [
        {
            "address": f"{kind}.x{number}",
            "mode": "managed",
            "type": kind,
            "name": f"x{number}",
            "change": {"actions": _words(before, after), "before": before, "after": after},
        }
        for number, (kind, before, after) in enumerate(changes)
    ]
    head = {"format_version": "1.2", "terraform_version": "1.11.4", "complete": True}
    return read_plan(json.dumps({**head, "resource_changes": items, **more}).encode(), stack)


def _words(before: Any, after: Any) -> list[str]:
    return ["create"] if before is None else ["delete"] if after is None else ["no-op"]


def entitled(stack: str, **more: Any) -> Plan:
    return plan(stack, ("databricks_entitlements", {"group_id": "7", "workspace_access": True}, None), **more)


def principals(found: Review) -> list[str]:
    return [row.principal for row in found.access]


def test_a_number_alone_says_whose_it_is() -> None:
    assert principals(review([entitled("prod-x")])) == ["group 7"]


def test_what_a_data_source_in_a_module_read_names_it() -> None:
    read = {"address": "module.a.data.databricks_group.g", "mode": "data", "type": "databricks_group", "name": "g"}
    module = {"address": "module.a", "resources": [{**read, "values": GROUP}]}
    state = {"format_version": "1.0", "values": {"root_module": {"child_modules": [module]}}}
    assert principals(review([entitled("prod-x", prior_state=state)])) == ["claims-authors"]


def test_the_plan_of_another_stack_names_it() -> None:
    account = plan("account", ("databricks_group", GROUP, GROUP))
    assert principals(review([entitled("prod-x"), account])) == ["claims-authors"]


def test_two_stacks_that_name_it_in_two_ways_do_not() -> None:
    first = plan("account", ("databricks_group", GROUP, GROUP))
    other = {**GROUP, "display_name": "somebody-else"}
    second = plan("other", ("databricks_group", other, other))
    assert principals(review([entitled("prod-x"), first, second])) == ["group 7"]


def test_a_user_of_that_id_is_no_group() -> None:
    user = {"id": "7", "user_name": "a@example.com"}
    assert principals(review([entitled("prod-x"), plan("account", ("databricks_user", user, user))])) == ["group 7"]
