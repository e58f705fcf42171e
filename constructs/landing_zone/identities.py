"""The groups and service principals of one use case, and whose tokens its deploy identities accept."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, Token, databricks
from landing_zone.account_group import AccountGroup, account_group
from landing_zone.rule_set import RuleSet
from shipway.models.deployment import FederationSpec, PrincipalSpec, UseCaseIdentities

__all__ = ["UseCaseIdentity"]


class UseCaseIdentity(Construct):
    """Identities of a use case over all environments: builders and deployers are different groups by construction.

    `groups` has the platform's, by name; its own are added to them in `self.groups`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: UseCaseIdentities,
        account_id: str,
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        self._account_id = account_id
        group_scope = Construct(self, "groups")
        by_key = {item.key: account_group(group_scope, item) for item in spec.groups}
        self.groups = {**groups, **{item.name: by_key[item.key] for item in spec.groups}}
        principal_scope, member_scope = Construct(self, "principals"), Construct(self, "members")
        rule_scope = Construct(self, "rule_sets")
        self.principals: dict[str, databricks.ServicePrincipal] = {}
        for principal in spec.principals:
            made = databricks.ServicePrincipal(
                principal_scope, principal.key, display_name=principal.name, allow_cluster_create=False
            )
            databricks.GroupMember(member_scope, principal.key, group_id=by_key[principal.group].id, member_id=made.id)
            self._rules(rule_scope, principal, made)
            self.principals[principal.key] = made
        federation_scope = Construct(self, "federations")
        for federation in spec.federations:
            self._federate(federation_scope, federation)

    def _rules(self, scope: Construct, spec: PrincipalSpec, principal: databricks.ServicePrincipal) -> None:
        RuleSet(
            scope,
            spec.key,
            account_id=self._account_id,
            about=f"servicePrincipals/{principal.application_id}",
            roles={"servicePrincipal.manager": spec.managers, "servicePrincipal.user": spec.users},
            groups=self.groups,
        )

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
