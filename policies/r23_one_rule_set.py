"""R23: a rule set stands once, and authors may not act as who deploys

Severity: CRITICAL
Scope: project

Why
    `databricks_access_control_rule_set` replaces all rules of its name: two of one name take turns, and which holds
    depends on who applied last. Who has `servicePrincipal.user` on a deploy principal runs jobs as it, so an author who
    has it deploys, and `servicePrincipal.manager` lets give oneself that.

Anti-pattern
    resource:
      databricks_access_control_rule_set:
        deploy:
          name: accounts/5f0c/servicePrincipals/${databricks_service_principal.deploy.application_id}/ruleSets/default
          grant_rules:
            - role: roles/servicePrincipal.user
              principals: [groups/acme-claims-triage-authors]

Best practice
    resource:
      databricks_access_control_rule_set:
        deploy:
          name: accounts/5f0c/servicePrincipals/${databricks_service_principal.deploy.application_id}/ruleSets/default
          grant_rules:
            - role: roles/servicePrincipal.user
              principals: [groups/acme-claims-triage-deployers-prod]
      databricks_service_principal:
        deploy:
          display_name: sp-claims-triage-deploy-prod

Not seen
    Rule sets made outside this project; members of the groups.

Sources
    Provider documentation of databricks_access_control_rule_set; judgement on who may act as whom.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from policies._rule import Answer, Block, Leaf, failed, passed, unknown
from policies._together import Others, ProjectRule

_OF_PRINCIPAL = "/servicePrincipals/"
_USER, _MANAGER = "roles/servicePrincipal.user", "roles/servicePrincipal.manager"
_ID = re.compile(r"/servicePrincipals/(.*)/ruleSets/")
# The naming standard: sp-<use-case>-<role>-<environment>.
_NO_DEPLOYER = re.compile(r"sp-[a-z0-9-]+-(run|plan)-[a-z0-9]+")

_Names = dict[tuple[str, str], tuple[str | None, bool]]
"""Each rule set's name, None if unknown, and whether authors must not act as whom it is about."""


class OneRuleSet(ProjectRule[tuple[_Names, Counter[str]]]):
    """One of each name; no authors among the users of what deploys, nor among the managers of any principal."""

    resources = ("databricks_access_control_rule_set",)
    looks_up = ("databricks_service_principal", "databricks_budget_policy", "databricks_group", "databricks_tag_policy")

    def survey(self, others: Others) -> tuple[_Names, Counter[str]]:
        """The names and how often each stands there."""
        names: _Names = {}
        for block in others.of(*self.resources):
            names[block.file, block.address] = _name(block, others), _deploys(block, others)
        return names, Counter(name for name, _ in names.values() if name)

    def compare(self, block: Block, seen: tuple[_Names, Counter[str]]) -> Iterator[Answer]:
        """An answer for the name, and one for each principal of a role on a service principal."""
        (name, deploys), times = seen[0][block.file, block.address], seen[1]
        if name is None:
            yield unknown("name", "not known before apply")
        elif times[name] > 1:
            yield failed("name", f"{times[name]} rule sets are for {name}; wanted one with all the rules")
        else:
            yield passed()
        if name is None or _OF_PRINCIPAL in name:
            for rule in block.blocks("grant_rules"):
                yield from _judged(rule, deploys)


def _judged(rule: Block, deploys: bool) -> Iterator[Answer]:
    role = rule.leaf("role")
    if not role.unknown and role.value != _MANAGER and not (role.value == _USER and deploys):
        return
    for principal in rule.each("principals"):
        if not principal.is_principal_id:
            yield principal.must(_is_no_author, f"has {role.value}; wanted no authors")


def _is_no_author(principal: object) -> bool:
    return isinstance(principal, str) and not principal.endswith("-authors")


def _name(block: Block, others: Others) -> str | None:
    return others.called(block.leaf("name"), block.file)


def _deploys(block: Block, others: Others) -> bool:
    """Whether it is about a principal that deploys; one whose name nobody knows may be that."""
    found = _ID.search(str(block.leaf("name").value))
    principal = others.referred(Leaf("name", found[1]), block.file) if found else None
    display = others.called(principal.leaf("display_name"), block.file) if principal else None
    return display is None or not _NO_DEPLOYER.fullmatch(display)


RULE = OneRuleSet()
