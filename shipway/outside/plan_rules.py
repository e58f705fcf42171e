"""Loading the rules on plans of a project: their code runs in this process, as the scan's rules do in checkov's."""

from __future__ import annotations

import importlib
from pathlib import Path

from shipway.guard.judge import prove
from shipway.guard.rules import FOLDER, PlanRule, PlanRuleError, plan_rule_files, read_plan_rule
from shipway.outside.checkov import imports_of

__all__ = ["load_plan_rules"]


def load_plan_rules(policies: Path) -> tuple[PlanRule, ...]:
    """Every rule on plans in a folder of policies, each proven by its own anti-pattern; raises PlanRuleError."""
    with imports_of(policies):
        rules = tuple(_load(policies, path) for path in plan_rule_files(policies))
    prove(rules)
    return rules


def _load(policies: Path, path: Path) -> PlanRule:
    name = f"{policies.name}.{FOLDER}.{path.stem}"
    try:
        module = importlib.import_module(name)
    # A rule's file can raise anything when it is imported.
    except (Exception, SystemExit) as error:
        what = f"{FOLDER}/{path.name} cannot be loaded: {type(error).__name__}: {error}"
        raise PlanRuleError(what, "a rule that cannot be loaded judges nothing") from error
    return read_plan_rule(path, getattr(module, "KINDS", None), getattr(module, "judge", None))
