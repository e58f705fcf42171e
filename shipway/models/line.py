"""The documents of one line, side by side: what resolve makes a workload of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shipway.models.bundle import Bundle, Job
from shipway.models.environment import Environment
from shipway.models.names import Names
from shipway.models.output import Output
from shipway.models.release import ReleaseManifest
from shipway.models.serving import Endpoint
from shipway.pointer.pointer import Pointer, salt_of

__all__ = ["Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """One use case in one environment, as its documents say it."""

    names: Names
    environment: Environment
    bundle: Bundle
    manifest: ReleaseManifest

    @property
    def job(self) -> Job:
        """The bundle's job; only of kinds that have one, which `checks_kinds` has seen to."""
        if self.bundle.job is None:
            raise ValueError(f"{self.names.use_case} is of kind {self.bundle.kind} and has no job")
        return self.bundle.job

    @property
    def endpoint(self) -> Endpoint:
        """The bundle's endpoint; only of kinds that have one, which `checks_kinds` has seen to."""
        if self.bundle.endpoint is None:
            raise ValueError(f"{self.names.use_case} is of kind {self.bundle.kind} and has no endpoint")
        return self.bundle.endpoint

    @property
    def pointer(self) -> Pointer:
        """What consumers get, by slots."""
        active, candidate = self.manifest.active, self.manifest.candidate
        if self.manifest.percent is None:
            return Pointer(active)
        return Pointer(active, active.other, self.manifest.percent, salt_of(self.names.use_case, candidate.id))

    @property
    def release_pointer(self) -> Pointer:
        """What consumers get, by releases: rows say who wrote them, and a slot holds many releases over time."""
        manifest, pointer = self.manifest, self.pointer
        candidate = None if pointer.candidate is None else manifest.candidate.id
        return replace(pointer, active=manifest.release(manifest.active).id, candidate=candidate)

    @property
    def output(self) -> Output:
        """The bundle's output; only of kinds that have one, which `checks_kinds` has seen to."""
        if self.bundle.output is None:
            raise ValueError(f"{self.names.use_case} is of kind {self.bundle.kind} and has no output")
        return self.bundle.output

    @property
    def catalog(self) -> str:
        """Where its data is."""
        return self.names.catalog(self.bundle.data.catalog)

    @property
    def schema(self) -> str:
        """Where in its catalog."""
        return self.names.schema(self.bundle.data.schema_)

    @property
    def tags(self) -> dict[str, str]:
        """What everything that costs money in this line is tagged with."""
        return {
            "cost_center": self.bundle.cost_center,
            "environment": self.names.environment,
            "product_line": self.bundle.product_line,
            "use_case": self.names.use_case,
        }
