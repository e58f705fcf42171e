"""R33: workspace administrators cannot become somebody else

Severity: MEDIUM

Why
    Unrestricted, an administrator makes a token for any service principal and lets a job run as anyone, so that every
    segregation of duties ends at that group.

Anti-pattern
    resource:
      databricks_restrict_workspace_admins_setting:
        hardening:
          restrict_workspace_admins:
            status: ALLOW_ALL

Best practice
    resource:
      databricks_restrict_workspace_admins_setting:
        hardening:
          restrict_workspace_admins:
            status: RESTRICT_TOKENS_AND_JOB_RUN_AS
          lifecycle:
            prevent_destroy: true

Not seen
    The same setting by databricks_workspace_setting_v2, and a workspace without it.

Sources
    Security Analysis Tool, GOV-35; provider 1.99.0 takes any word for the status, which was tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import one_of

_WANTED = "RESTRICT_TOKENS_AND_JOB_RUN_AS"


class RestrictedWorkspaceAdmins(Rule):
    """The status is the restricting one, by its exact name."""

    resources = ("databricks_restrict_workspace_admins_setting",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the status's."""
        for setting in block.needed("restrict_workspace_admins"):
            yield setting.leaf("status").must(one_of(_WANTED), f"wanted {_WANTED}")


RULE = RestrictedWorkspaceAdmins()
