"""R19: nobody is both an author and a deployer of a use case

Severity: CRITICAL
Scope: project

Why
    Whoever writes the code and deploys it reviews nothing: one stolen account, or one tired person, reaches production
    alone. Groups in groups count, since their members are members.

Anti-pattern
    resource:
      databricks_group:
        authors:
          display_name: acme-claims-triage-authors
        deployers:
          display_name: acme-claims-triage-deployers-prod
      databricks_group_member:
        code:
          group_id: ${databricks_group.authors.id}
          member_id: "4711"
        deployment:
          group_id: ${databricks_group.deployers.id}
          member_id: "4711"

Best practice
    resource:
      databricks_group:
        authors:
          display_name: acme-claims-triage-authors
        deployers:
          display_name: acme-claims-triage-deployers-prod
      databricks_group_member:
        code:
          group_id: ${databricks_group.authors.id}
          member_id: "4711"
        deployment:
          group_id: ${databricks_group.deployers.id}
          member_id: ${databricks_service_principal.deploy.id}
      databricks_service_principal:
        deploy:
          display_name: sp-claims-triage-deploy-prod

Not seen
    Members that the identity provider puts into groups, and a member given by number here and by reference there.

Sources
    Judgement: segregation of duties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import Others, ProjectRule

# The naming standard: <organisation>-<use-case>-authors, <organisation>-<use-case>-deployers-<environment>; whoever is
# in <organisation>-platform-deployers deploys every use case of that organisation.
_AUTHORS = re.compile(r"(([a-z][a-z0-9]*)-[a-z0-9-]+)-authors")
_DEPLOYERS = re.compile(r"(([a-z][a-z0-9]*)-[a-z0-9-]+)-deployers(-[a-z0-9]+)?")

_Seen = dict[tuple[str, str], frozenset[str]]
"""What the member of each membership is, all groups it is in by then included; nothing if that is not known."""


class AuthorsDoNotDeploy(ProjectRule[_Seen]):
    """No member is in a use case's authors and its deployers, directly or through groups."""

    resources = ("databricks_group_member",)
    looks_up = ("databricks_group", "databricks_service_principal", "databricks_user")

    def survey(self, others: Others) -> _Seen:
        """Every membership, with all groups that it makes its member one of."""
        pairs = {}
        above: dict[str, set[str]] = {}
        for block in others.of("databricks_group_member"):
            group, member = (_name(block, name, others) for name in ("group_id", "member_id"))
            pairs[block.file, block.address] = group, member
            if group and member:
                above.setdefault(member, set()).add(group)
        return {
            place: _all_above(member, above) if group and member else frozenset()
            for place, (group, member) in pairs.items()
        }

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """An answer for each two groups that no one may be in together."""
        groups = seen[block.file, block.address]
        if not groups:
            yield unknown(block.address, "who becomes a member of what is not known before apply")
            return
        yield passed()
        for authors, deployers in product(sorted(groups), repeat=2):
            if _clash(authors, deployers):
                yield failed("member_id", f"is in {authors} and in {deployers}; wanted one of the two")


def _name(block: Block, attribute: str, others: Others) -> str | None:
    """A group's display name, since that tells its role; what else it is called by for others."""
    leaf = block.leaf(attribute)
    referred = others.referred(leaf, block.file)
    if referred is not None and referred.kind.endswith("databricks_group"):
        return others.called(referred.leaf("display_name"), block.file)
    # A group by its number may be any.
    return others.called(leaf, block.file) if attribute == "member_id" or referred is not None else None


def _all_above(member: str, above: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = {member}
    waiting = [member]
    while waiting:
        new = above.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def _clash(authors: str, deployers: str) -> bool:
    writes, deploys = _AUTHORS.fullmatch(authors), _DEPLOYERS.fullmatch(deployers)
    if writes is None or deploys is None:
        return False
    return deploys[1] in (writes[1], f"{writes[2]}-platform")


RULE = AuthorsDoNotDeploy()
