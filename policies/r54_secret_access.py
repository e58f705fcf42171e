"""R54: secrets are read by those who were named, and managed by the platform team

Severity: HIGH

Why
    `initial_manage_principal = "users"` lets every user of the workspace read, write and hand on every secret of the
    scope. An ACL for `users` does so by another way, and an ACL for a person outlives the person.

Anti-pattern
    resource:
      databricks_secret_scope:
        claims-triage:
          name: claims-triage-prod
          initial_manage_principal: users
      databricks_secret_acl:
        everyone:
          scope: claims-triage-prod
          principal: users
          permission: READ

Best practice
    resource:
      databricks_secret_scope:
        claims-triage:
          //:
            rotation:
              claims-desk-token: {owner: Claims Analytics, rotate_days: 90}
          name: claims-triage-prod
          lifecycle:
            prevent_destroy: true
      databricks_secret_acl:
        runners:
          scope: claims-triage-prod
          principal: acme-claims-triage-runners-prod
          permission: READ

Sources
    Provider documentation of databricks_secret_scope.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import is_administering_group
from policies._rule import Answer, Block, Rule

_EVERYONE = frozenset({"users", "account users"})


class SecretAccess(Rule):
    """No initial manager of a scope; an ACL names a group, and MANAGE an administering one."""

    resources = ("databricks_secret_acl", "databricks_secret_scope")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for a scope, two for an ACL."""
        if block.kind == "databricks_secret_scope":
            manager = block.leaf("initial_manage_principal")
            yield manager.must(lambda name: name is None, "wanted none: the scope's maker manages it")
            return
        principal, permission = block.leaf("principal"), block.leaf("permission")
        if not principal.is_principal_id:
            yield principal.must(_is_named, "wanted a group or a service principal")
        if permission.value == "MANAGE":
            yield principal.must(is_administering_group, "holds MANAGE; wanted a platform or deployers group")
        else:
            yield permission.must(lambda level: level in ("READ", "WRITE"), "wanted READ, WRITE or MANAGE")


def _is_named(name: object) -> bool:
    return isinstance(name, str) and bool(name.strip()) and "@" not in name and name.lower() not in _EVERYONE


RULE = SecretAccess()
