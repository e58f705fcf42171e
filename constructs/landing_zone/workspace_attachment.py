"""A workspace in the account: made here or found, brought under Unity Catalog, and who may sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from binding import Construct, TerraformOutput, Token, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.budget import CostGuard
from landing_zone.egress import EgressPolicy, PrivateConnectivity
from landing_zone.workspace_aws import WorkspaceAws
from landing_zone.workspace_gcp import WorkspaceGcp
from landing_zone.workspace_serverless import WorkspaceServerless
from shipway.models.deployment import (
    AssignmentSpec,
    AwsWorkspaceSpec,
    GcpWorkspaceSpec,
    ServerlessWorkspaceSpec,
    WorkspaceSpec,
)

__all__ = ["WorkspaceAttachment"]


class WorkspaceAttachment(Construct):
    """One workspace with its metastore and the groups that are let in; `groups` has every group by its name.

    `metastores` has those that are made here, by region.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: WorkspaceSpec,
        account_id: str,
        metastores: Mapping[str, databricks.Metastore],
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        self.workspace_id = self._workspace_id(spec, account_id)
        self._metastore = databricks.MetastoreAssignment(
            self,
            "metastore",
            metastore_id=spec.metastore_id or metastores[spec.region].id,
            workspace_id=self.workspace_id,
        )
        if spec.egress:
            EgressPolicy(self, "egress", spec=spec.egress, account_id=account_id, workspace_id=self.workspace_id)
        if spec.connectivity:
            PrivateConnectivity(
                self,
                "connectivity",
                spec=spec.connectivity,
                account_id=account_id,
                workspace_id=self.workspace_id,
            )
        self._let_in(spec, groups)
        budgets = Construct(Construct(self, "budgets"), "use_cases")
        for budget in spec.budgets:
            CostGuard(
                budgets,
                budget.use_case,
                spec=budget,
                account_id=account_id,
                workspace_id=self.workspace_id,
                groups=groups,
            )

    def _let_in(self, spec: WorkspaceSpec, groups: Mapping[str, AccountGroup]) -> None:
        scopes: dict[tuple[str, ...], Construct] = {(): self}
        for assignment in spec.assignments:
            for end in range(1, len(assignment.path)):
                path = assignment.path[:end]
                if path not in scopes:
                    scopes[path] = Construct(scopes[path[:-1]], path[-1])
            self._assign(scopes[assignment.path[:-1]], assignment, groups[assignment.group])

    def _workspace_id(self, spec: WorkspaceSpec, account_id: str) -> float:
        """Of the resource where it is made here, so that nothing is attached to it before it runs."""
        match spec.create:
            case None:
                if spec.id is None:
                    raise AssertionError(f"the workspace of {spec.environment} neither exists nor is made")
                return spec.id
            case AwsWorkspaceSpec() as create:
                made = WorkspaceAws(self, "create", spec=create, account_id=account_id).workspace
            case GcpWorkspaceSpec() as create:
                made = WorkspaceGcp(self, "create", spec=create, account_id=account_id).workspace
            case ServerlessWorkspaceSpec() as create:
                made = WorkspaceServerless(self, "create", spec=create, account_id=account_id).workspace
            case _:
                assert_never(spec.create)
        # What has to be written into the environment's document once.
        for name, value in (("url", made.workspace_url), ("id", made.workspace_id)):
            TerraformOutput(self, name, value=value).override_logical_id(f"{spec.environment}-workspace-{name}")
        return Token.as_number(made.workspace_id)

    def _assign(self, scope: Construct, spec: AssignmentSpec, group: AccountGroup) -> None:
        databricks.MwsPermissionAssignment(
            scope,
            spec.path[-1],
            workspace_id=self.workspace_id,
            principal_id=Token.as_number(group.id),
            permissions=[spec.level],
            # Identity federation starts with the metastore: before it the API knows no account groups here (#1803).
            depends_on=[self._metastore],
        )
