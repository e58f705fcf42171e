"""Registers the model's versions: each moved the threshold a little, as the desks asked for it over the years."""

from __future__ import annotations

import sys

from claims_triage.model import FILE, INPUTS, OUTPUTS, TriageModel
from claims_triage.names import MODEL
from shipway.runtime import models
from shipway.runtime.job import job_parameters

__all__ = ["main", "versions"]

_COUNT = 8


def versions() -> list[TriageModel]:
    """The model of each version, from 1 on."""
    return [
        TriageModel(parties=0.15, documents=0.04, injured=0.42, threshold=round(0.92 - number / 50, 2))
        for number in range(_COUNT)
    ]


def main() -> None:
    """Register what is new."""
    job = job_parameters(sys.argv[1:])
    new = [
        models.NewVersion(
            files={FILE: model.as_bytes()},
            loader="claims_triage.model",
            inputs=INPUTS,
            outputs=OUTPUTS,
            description=f"Experts from a complexity of {model.threshold} on",
        )
        for model in versions()
    ]
    for number, one in zip(models.register(job.named(MODEL), new), new, strict=True):
        print(f"version {number}: {one.description}")
