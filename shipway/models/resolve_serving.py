"""The workloads of lines without jobs: a served model's endpoint, an agent's pointer file."""

from __future__ import annotations

from shipway.models.deployment import AgentWorkload, EntitySpec, GuardrailSpec, InferenceTableSpec, ServingWorkload
from shipway.models.deployment.base import Permission
from shipway.models.line import Line
from shipway.models.names import Slot
from shipway.models.serving import Guardrail
from shipway.pointer.file_form import AgentFile, SlotContent, render
from shipway.pointer.traffic import Traffic

__all__ = ["agent_workload", "serving_workload"]


def serving_workload(line: Line) -> ServingWorkload:
    """The endpoint of one line; raises BadName."""
    endpoint, names, data = line.endpoint, line.names, line.bundle.data
    traffic = Traffic.of(line.pointer).routes()
    guardrails = endpoint.guardrails
    return ServingWorkload(
        kind="serving",
        endpoint_name=names.endpoint,
        workload_size=endpoint.workload_size,
        workload_type=endpoint.workload_type,
        entities=tuple(
            EntitySpec(
                slot=slot,
                model_version=line.manifest.release(slot).model_version,
                warm=line.manifest.runs(slot),
                percent=traffic[slot],
            )
            for slot in Slot
        ),
        inference_table=InferenceTableSpec(
            catalog=names.catalog(data.catalog), schema_name=names.schema(data.schema_), prefix=names.inference_table
        ),
        input_guardrail=_guardrail(guardrails.input if guardrails else None),
        output_guardrail=_guardrail(guardrails.output if guardrails else None),
        tags=line.tags,
        permissions=tuple(
            Permission(group=names.group(role), level=row.endpoint)
            for role, row in line.environment.access.items()
            if row.endpoint is not None
        ),
    )


def _guardrail(said: Guardrail | None) -> GuardrailSpec | None:
    return None if said is None else GuardrailSpec(safety=said.safety, pii=said.pii)


def agent_workload(line: Line) -> AgentWorkload:
    """The pointer file of one line; raises BadName."""
    manifest, data = line.manifest, line.bundle.data
    file = AgentFile(
        pointer=line.pointer,
        blue=_content(line, Slot.BLUE),
        green=_content(line, Slot.GREEN),
        # After a flip as well: what the old release would have said stays comparable until it is retired.
        shadow=manifest.runs(manifest.active.other),
    )
    return AgentWorkload(kind="agent", path=line.names.pointer_file(data.catalog, data.schema_), content=render(file))


def _content(line: Line, slot: Slot) -> SlotContent:
    release = line.manifest.release(slot)
    return SlotContent(
        release=release.id,
        version=release.version,
        wheel_sha256=release.wheel_sha256,
        model_version=release.model_version,
        prompt_version=release.prompt_version,
        prompt_sha256=release.prompt_sha256,
    )
