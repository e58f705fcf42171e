"""Constructs of a use case: its registered model, and what works with it: jobs, an endpoint or an agent's pointer."""

from workloads.endpoint import ServingEndpoint
from workloads.jobs import add_jobs
from workloads.pointer_file import PointerFile
from workloads.registered_model import UseCaseModel
from workloads.router import RouterJob
from workloads.slot_job import SlotJob

__all__ = ["PointerFile", "RouterJob", "ServingEndpoint", "SlotJob", "UseCaseModel", "add_jobs"]
