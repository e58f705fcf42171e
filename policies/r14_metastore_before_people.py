"""R14: a workspace has its metastore before anybody is assigned to it

Severity: MEDIUM
Scope: stack

Why
    Assignments go through an API that a workspace has only once a metastore is attached. Terraform makes what does not
    depend on each other at the same time, so the first apply of a new workspace fails halfway, and the next one works:
    nobody learns why.

Anti-pattern
    resource:
      databricks_metastore_assignment:
        prod:
          workspace_id: 1234
          metastore_id: 9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12
      databricks_mws_permission_assignment:
        administrators:
          workspace_id: 1234
          principal_id: ${databricks_group.administrators.id}
          permissions: [ADMIN]

Best practice
    resource:
      databricks_metastore_assignment:
        prod:
          workspace_id: 1234
          metastore_id: 9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12
          lifecycle:
            prevent_destroy: true
      databricks_mws_permission_assignment:
        administrators:
          workspace_id: 1234
          principal_id: ${databricks_group.administrators.id}
          permissions: [ADMIN]
          depends_on: [databricks_metastore_assignment.prod]

Not seen
    Workspaces whose metastore is attached elsewhere: there is nothing to wait for.

Sources
    databricks issues 1803, 5282.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import Others, StackRule

_ATTACHED = "databricks_metastore_assignment"


class MetastoreBeforePeople(StackRule[Others]):
    """Depends on the metastore assignment of its workspace, where the stack has one."""

    resources = ("databricks_mws_permission_assignment",)

    def survey(self, others: Others) -> Others:
        """The resources of the stack."""
        return others

    def compare(self, block: Block, seen: Others) -> Iterator[Answer]:
        """An answer for each metastore assignment that may be the workspace's."""
        yield passed()
        waited_for = {str(leaf.value) for leaf in block.each("depends_on")}
        mine = seen.called(block.leaf("workspace_id"), block.file)
        for attached in seen.of(_ATTACHED):
            theirs = seen.called(attached.leaf("workspace_id"), attached.file)
            if attached.address in waited_for:
                continue
            if mine is None or theirs is None:
                yield unknown("workspace_id", f"whether it is that of {attached.address} is not known before apply")
            elif mine == theirs:
                yield failed("depends_on", f"lacks {attached.address}, which attaches the workspace's metastore")


RULE = MetastoreBeforePeople()
