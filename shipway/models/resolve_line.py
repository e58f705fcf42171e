"""A line's stack: one use case in one environment: its model, the two slots' jobs and the router that points at one."""

from __future__ import annotations

from shipway.models.bundle import Bundle
from shipway.models.deployment import JobSpec, LineStack, ModelSpec, Permission, SlotSpec, TaskSpec
from shipway.models.environment import RoleAccess
from shipway.models.load import Documents
from shipway.models.names import Names, Role, Slot
from shipway.models.protection import lifted_paths
from shipway.models.release import ReleaseManifest
from shipway.models.resolve_access import merge_grants
from shipway.models.resolve_account import state_settings

__all__ = ["line_stack"]


def line_stack(documents: Documents, names: Names) -> LineStack:
    """The stack of one line; raises BadName."""
    environment = documents.environments[names.environment].model
    bundle = documents.bundles[names.use_case].model
    manifest = documents.releases[names.environment, names.use_case].model
    return LineStack(
        name=names.line_stack,
        host=environment.workspace.place[0],
        state_backend=environment.state.backend,
        state=state_settings(environment.state, names.line_stack),
        protected=environment.protected,
        lifted=lifted_paths([(names.line_stack, bundle.waivers)]),
        environment=names.environment,
        use_case=names.use_case,
        run_principal=names.run_principal,
        model=_model(bundle, names, environment.access),
        job=_job(bundle, names, environment.access),
        slots=tuple(_slot(bundle, names, manifest, slot) for slot in Slot),
        router_name=names.router,
        active=manifest.active,
        cron=bundle.job.schedule.cron,
        timezone=bundle.job.schedule.timezone,
    )


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


def _job(bundle: Bundle, names: Names, access: dict[Role, RoleAccess]) -> JobSpec:
    job = bundle.job
    return JobSpec(
        description=bundle.description,
        package=job.package,
        cluster_policy=names.cluster_policy(job.compute.policy),
        spark_version=job.compute.spark_version,
        node_type=job.compute.node_type,
        workers=job.compute.workers,
        timeout_seconds=job.timeout_minutes * 60,
        max_retries=job.max_retries,
        # The provider compares tasks by position: in the API's order, by key, a plan stays quiet.
        tasks=tuple(
            TaskSpec(key=key, entry_point=task.entry_point, after=tuple(sorted(task.after)))
            for key, task in sorted(job.tasks.items())
        ),
        tags={
            "cost_center": bundle.cost_center,
            "environment": names.environment,
            "product_line": bundle.product_line,
            "use_case": names.use_case,
        },
        permissions=tuple(
            Permission(group=names.group(role), level=row.job) for role, row in access.items() if row.job is not None
        ),
    )


def _slot(bundle: Bundle, names: Names, manifest: ReleaseManifest, slot: Slot) -> SlotSpec:
    release = manifest.release(slot)
    catalog, schema = names.catalog(bundle.data.catalog), names.schema(bundle.data.schema_)
    wheel = f"{bundle.job.package}-{release.version}-py3-none-any.whl"
    return SlotSpec(
        slot=slot,
        job_name=names.job(slot),
        release=release.id,
        version=release.version,
        model_version=release.model_version,
        catalog=catalog,
        schema_name=schema,
        wheel=f"/Volumes/{catalog}/{schema}/{names.volume()}/{release.wheel_sha256[:16]}/{wheel}",
    )
