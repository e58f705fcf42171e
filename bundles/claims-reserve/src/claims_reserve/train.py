"""Trains the model's versions and registers them: what people do, not a task of the job.

    1  the baseline: a share of what was reported, per line of business
    2  knows age and injuries too, and is better
    3  was fitted to what liability claims cost before recoveries: these come out half too high. A shadow shows it.
    4  was tuned to the error that the shadow measures, and comes out lower than claims cost; its error is smaller, but
       the claims desk has to correct it more often. Only a canary shows that.

Versions 3 and 4 are mistakes that people make; they are here so that releases can be seen to catch them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from claims_reserve.model import FILE, INPUTS, OUTPUTS, ReserveModel, fit
from claims_reserve.names import ASSESSMENTS, CLAIMS, MODEL
from shipway.runtime import models, tables
from shipway.runtime.job import job_parameters

__all__ = ["VERSIONS", "error", "main", "trained"]

Row = tuple[Mapping[str, Any], float]

VERSIONS = {
    1: "A share of what was reported, per line of business",
    2: "Knows the age and injuries",
    3: "Fitted to what claims cost before recoveries",
    4: "Tuned to the mean relative error",
}


def trained(rows: Sequence[Row]) -> dict[int, ReserveModel]:
    """The model of each version, fitted to claims and their costs."""
    best = fit(rows)
    gross = [(claim, cost * 1.5 if claim["line_of_business"] == "liability" else cost) for claim, cost in rows]
    # The shift with the smallest mean relative error: an error of a reserve that is too low is never more than one.
    shifts = [-step / 20 for step in range(20)]
    tuned = min(shifts, key=lambda shift: error(replace(best, shift=shift), rows))
    return {1: fit(rows, 2), 2: best, 3: fit(gross), 4: replace(best, shift=round(tuned - 0.1, 2))}


def error(model: ReserveModel, rows: Sequence[Row]) -> float:
    """The mean of how far the reserves are from the costs, in parts of the cost."""
    return sum(abs(model.reserve(claim) - cost) / cost for claim, cost in rows) / len(rows)


def main() -> None:
    """Train on what was assessed by the business date, and register what is new."""
    job = job_parameters(sys.argv[1:])
    costs = {
        row["claim_id"]: row["cost"] for row in tables.read(job.named(ASSESSMENTS)) if row["assessed_on"] <= job.as_of
    }
    rows = [(claim, costs[claim["claim_id"]]) for claim in tables.read(job.named(CLAIMS)) if claim["claim_id"] in costs]
    if not rows:
        sys.exit("no claims that were assessed: call reference-data first")
    new = [
        models.NewVersion(
            files={FILE: model.as_bytes()},
            loader="claims_reserve.model",
            inputs=INPUTS,
            outputs=OUTPUTS,
            description=VERSIONS[version],
            metrics={"error": round(error(model, rows), 4)},
        )
        for version, model in trained(rows).items()
    ]
    numbers = models.register(job.named(MODEL), new)
    for number, one in zip(numbers, new, strict=True):
        print(f"version {number}: {one.description}; mean relative error {one.metrics['error']}")
