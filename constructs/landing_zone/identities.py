"""The groups and service principals of one use case, and whose tokens its deploy identities accept."""

from __future__ import annotations

from binding import Construct, Token, databricks
from shipway.models.deployment import FederationSpec, UseCaseIdentities

__all__ = ["UseCaseIdentity"]


class UseCaseIdentity(Construct):
    """Identities of a use case over all environments: builders and deployers are different groups by construction."""

    def __init__(self, scope: Construct, id_: str, *, spec: UseCaseIdentities) -> None:
        super().__init__(scope, id_)
        group_scope = Construct(self, "groups")
        groups = {
            item.key: databricks.Group(group_scope, item.key, display_name=item.name, allow_cluster_create=False)
            for item in spec.groups
        }
        self.groups = {item.name: groups[item.key] for item in spec.groups}
        principal_scope, member_scope = Construct(self, "principals"), Construct(self, "members")
        self.principals: dict[str, databricks.ServicePrincipal] = {}
        for principal in spec.principals:
            made = databricks.ServicePrincipal(
                principal_scope, principal.key, display_name=principal.name, allow_cluster_create=False
            )
            databricks.GroupMember(member_scope, principal.key, group_id=groups[principal.group].id, member_id=made.id)
            self.principals[principal.key] = made
        federation_scope = Construct(self, "federations")
        for federation in spec.federations:
            self._federate(federation_scope, federation)

    def _federate(self, scope: Construct, spec: FederationSpec) -> None:
        databricks.ServicePrincipalFederationPolicy(
            scope,
            spec.principal,
            service_principal_id=Token.as_number(self.principals[spec.principal].id),
            policy_id=spec.principal,
            description=f"Only {spec.subject}",
            oidc_policy=databricks.ServicePrincipalFederationPolicyOidcPolicy(
                issuer=spec.issuer, subject=spec.subject, audiences=[spec.audience]
            ),
        )
