"""R13: only the platform's groups administer a workspace, and no person is assigned to one

Severity: HIGH

Why
    A workspace administrator runs as anyone, reads every notebook and changes what hardens the workspace. A person who
    is assigned directly stays after leaving the group.

Anti-pattern
    resource:
      databricks_permission_assignment:
        authors:
          group_name: acme-claims-triage-authors
          permissions: [ADMIN]
      databricks_mws_permission_assignment:
        jane:
          workspace_id: 1234
          principal_id: ${databricks_user.jane.id}
          permissions: [USER]

Best practice
    resource:
      databricks_permission_assignment:
        authors:
          group_name: acme-claims-triage-authors
          permissions: [USER]
      databricks_mws_permission_assignment:
        administrators:
          workspace_id: 1234
          principal_id: ${databricks_group.administrators.id}
          permissions: [ADMIN]

Not seen
    Which group it is where it is given by reference; a number says not even that it is one, so it is UNKNOWN.

Sources
    Security Analysis Tool, INFO-6; provider documentation of databricks_permission_assignment.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import is_administering_group
from policies._rule import Answer, Block, Leaf, Rule, failed, passed, unknown
from policies._values import is_given, one_of

_GROUP, _PRINCIPAL, _USER = "databricks_group", "databricks_service_principal", "databricks_user"


class WorkspaceAdmins(Rule):
    """The principal is no person, and a platform group where it administers."""

    resources = ("databricks_mws_permission_assignment", "databricks_permission_assignment")

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each permission, and those for whom they are."""
        administers = False
        for permission in block.each("permissions"):
            administers = administers or permission.value != "USER"
            yield permission.must(one_of("ADMIN", "USER"), "wanted ADMIN or USER")
        yield block.leaf("user_name").must(lambda name: name is None, "wanted a group")
        yield from _by_name(block, administers)
        yield from _by_id(block.leaf("principal_id"), administers)


def _by_name(block: Block, administers: bool) -> Iterator[Answer]:
    group, principal = block.leaf("group_name"), block.leaf("service_principal_name")
    if group.value is not None and administers:
        yield group.must(is_administering_group, "is ADMIN; wanted a platform or deployers group")
    elif group.value is not None:
        yield group.must(is_given, "wanted a group")
    if principal.value is not None:
        yield failed(principal.path, "is ADMIN; wanted a group") if administers else passed()


def _by_id(principal: Leaf, administers: bool) -> Iterator[Answer]:
    if principal.value is None:
        return
    if principal.refers_to(_USER):
        yield failed(principal.path, "is one person's; wanted a group's")
    elif principal.refers_to(_GROUP) or (principal.refers_to(_PRINCIPAL) and not administers):
        yield passed()
    elif principal.refers_to(_PRINCIPAL):
        yield failed(principal.path, "is ADMIN; wanted a group's")
    else:
        yield unknown(principal.path, "does not tell whose it is; wanted that of a databricks_group")


RULE = WorkspaceAdmins()
