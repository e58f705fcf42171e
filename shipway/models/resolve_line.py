"""A line's stack: one use case in one environment: its model, and what works with it by the use case's kind."""

from __future__ import annotations

from typing import assert_never

from shipway.models.bundle import Bundle
from shipway.models.deployment import AgentWorkload, JobsWorkload, LineStack, ModelSpec, ServingWorkload
from shipway.models.environment import RoleAccess
from shipway.models.kinds import UseCaseKind
from shipway.models.line import Line
from shipway.models.load import Documents
from shipway.models.names import Names, Role
from shipway.models.protection import lifted_paths
from shipway.models.resolve_access import merge_grants
from shipway.models.resolve_account import state_settings
from shipway.models.resolve_jobs import jobs_workload
from shipway.models.resolve_serving import agent_workload, serving_workload

__all__ = ["line_stack"]


def line_stack(documents: Documents, names: Names) -> LineStack:
    """The stack of one line; raises BadName."""
    line = Line(
        names=names,
        environment=documents.environments[names.environment].model,
        bundle=documents.bundles[names.use_case].model,
        manifest=documents.releases[names.environment, names.use_case].model,
    )
    return LineStack(
        name=names.line_stack,
        host=line.environment.workspace.place[0],
        state_backend=line.environment.state.backend,
        state=state_settings(line.environment.state, names.line_stack),
        protected=line.environment.protected,
        lifted=lifted_paths([(names.line_stack, line.bundle.waivers)]),
        environment=names.environment,
        use_case=names.use_case,
        run_principal=names.run_principal,
        model=_model(line.bundle, names, line.environment.access),
        workload=_workload(line),
    )


def _workload(line: Line) -> JobsWorkload | ServingWorkload | AgentWorkload:
    match line.bundle.kind:
        case UseCaseKind.BATCH | UseCaseKind.BATCH_WITH_EFFECTS | UseCaseKind.STREAMING:
            return jobs_workload(line)
        case UseCaseKind.SERVING:
            return serving_workload(line)
        case UseCaseKind.AGENT:
            return agent_workload(line)
        case _:
            assert_never(line.bundle.kind)


def _model(bundle: Bundle, names: Names, access: dict[Role, RoleAccess]) -> ModelSpec:
    granted = [(names.group(role), row.model) for role, row in access.items()]
    owner = names.group(Role.DEPLOYERS)
    return ModelSpec(
        catalog=names.catalog(bundle.data.catalog),
        schema_name=names.schema(bundle.data.schema_),
        name=names.model(bundle.model),
        # Only a model's owner can move its aliases: that is who deploys, not who writes the code.
        owner=owner,
        comment=bundle.description,
        grants=merge_grants([*granted, (owner, ("MANAGE",))]),
    )
