"""A governed tag: its values, and who may put it on data."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.rule_set import RuleSet
from shipway.models.deployment import TagPolicySpec

__all__ = ["TagGovernance"]


class TagGovernance(Construct):
    """One tag of the account, made over a workspace: that is where its API is (#5659)."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: TagPolicySpec,
        account_id: str,
        through: databricks.DatabricksProvider,
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        self.policy = databricks.TagPolicy(
            self,
            "policy",
            provider=through,
            tag_key=spec.key,
            description=spec.description,
            # A list without values would let anything be written, and `PII` beside `pii` is what no policy covers.
            values=[databricks.TagPolicyValues(name=value) for value in spec.values],
        )
        RuleSet(
            self,
            "rule_set",
            account_id=account_id,
            about=f"tagPolicies/{self.policy.id}",
            roles={"tagPolicy.assigner": spec.assigners, "tagPolicy.manager": spec.managers},
            groups=groups,
        )
