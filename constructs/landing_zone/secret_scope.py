"""A use case's secret scope and who may read it; never a value: at provider 1.99 a value lands in the state."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import SecretScopeSpec

__all__ = ["UseCaseSecrets"]


class UseCaseSecrets(Construct):
    """One scope with its access list."""

    def __init__(self, scope: Construct, id_: str, *, spec: SecretScopeSpec) -> None:
        super().__init__(scope, id_)
        # No initial_manage_principal: it can only be `users`, which is everybody.
        self.scope = databricks.SecretScope(self, "scope", name=spec.name)
        # Terraform reads past it; R55 does not. A scope itself has no place for what its secrets need.
        rotation = {one.key: {"owner": one.owner, "rotate_days": one.rotate_days} for one in spec.rotation}
        self.scope.add_override("//.rotation", rotation)
        acls = Construct(self, "acls")
        for acl in spec.acls:
            databricks.SecretAcl(acls, acl.group, scope=self.scope.name, principal=acl.group, permission=acl.level)
