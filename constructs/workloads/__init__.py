"""Constructs of a use case: its registered model, the job of a slot, the router that points at one of them."""

from workloads.jobs import add_jobs
from workloads.registered_model import UseCaseModel
from workloads.router import RouterJob
from workloads.slot_job import SlotJob

__all__ = ["RouterJob", "SlotJob", "UseCaseModel", "add_jobs"]
