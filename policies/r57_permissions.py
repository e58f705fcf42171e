"""R57: who may do what with a job, a policy or a warehouse is said once, for groups

Severity: HIGH

Why
    `users` is everyone in the workspace: with CAN_MANAGE they hand the object on or change what it runs. A person's
    permission outlives the person. Two levels for one principal is a plan that never becomes empty: the API keeps one.

Anti-pattern
    resource:
      databricks_permissions:
        score:
          job_id: "1"
          access_control:
            - group_name: users
              permission_level: CAN_MANAGE
            - user_name: jane@example.com
              permission_level: IS_OWNER

Best practice
    resource:
      databricks_permissions:
        score:
          job_id: "1"
          access_control:
            - group_name: users
              permission_level: CAN_VIEW
            - group_name: acme-claims-triage-operators
              permission_level: CAN_MANAGE_RUN

Not seen
    A second databricks_permissions for the same object: each resource is judged alone.

Sources
    Security Analysis Tool, GOV-45; KICS databricks_permissions; provider issue 3730.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed

_EVERYONE = frozenset({"users", "account users"})
_FOR_EVERYONE = ("CAN_READ", "CAN_USE", "CAN_VIEW")
_PRINCIPALS = ("group_name", "service_principal_name", "user_name")


class Permissions(Rule):
    """No person, at most a look for everyone, one level for each principal."""

    resources = ("databricks_permissions",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each entry, and one for each principal that stands there twice."""
        entries = list(block.blocks("access_control"))
        for entry in entries:
            yield from _judged(entry)
        named = Counter(str(leaf.value) for entry in entries for name in _PRINCIPALS for leaf in entry.each(name))
        for principal, times in named.items():
            if times > 1:
                yield failed("access_control", f"{principal!r} has {times} levels, wanted the highest only")


def _judged(entry: Block) -> Iterator[Answer]:
    yield entry.leaf("user_name").must(lambda name: name is None, "wanted a group or a service principal")
    level, group = entry.leaf("permission_level"), entry.leaf("group_name")
    if group.unknown or str(group.value).lower() in _EVERYONE:
        if group.unknown and level.value in _FOR_EVERYONE:
            return
        checked = group if group.unknown else level
        yield checked.must(lambda value: value in _FOR_EVERYONE, "for everyone; wanted a look at most, or a group")
    else:
        yield level.must(lambda value: isinstance(value, str), "wanted a level")


RULE = Permissions()
