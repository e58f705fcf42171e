"""A world to try the use case in: 6,600 claims and what they turn out to cost, the same on every machine.

Costs follow from the claim, with much luck in them: half of all claims cost less than three quarters, or more than four
thirds, of what anybody could have known. Amounts are rounded to cents, so that the last bits of a machine's logarithm
do not show.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from claims_reserve.names import ASSESSMENTS, CLAIMS
from shipway.runtime import tables
from shipway.runtime.job import job_parameters

__all__ = ["FIRST_DAY", "LINES", "Claim", "claims", "main"]

LINES = ("home", "liability", "motor")
FIRST_DAY = date(2026, 11, 1)
"""The first business date with claims; 6,000 are open by then."""

_SEED, _OPEN, _DAYS, _A_DAY = 4711, 6000, 30, 20
_LUCK = 0.5
"""Standard deviation of the logarithm of what nobody could have known."""

_COST = {
    # Of the logarithm of the cost: constant, per logarithm of the reported amount, per year of age, if injured.
    "home": (1.9, 0.80, 0.010, 0.35),
    "liability": (2.6, 0.75, 0.000, 0.90),
    "motor": (1.2, 0.88, -0.020, 0.60),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it was reported, and what it will have cost."""

    claim_id: str
    line_of_business: str
    reported_on: date
    reported_amount: float
    age: float
    """Of the vehicle or building, in years."""

    injured: bool
    cost: float


def claims() -> Iterator[Claim]:
    """All claims, in the order in which they were reported."""
    chance = random.Random(_SEED)  # noqa: S311 - the same numbers each time are the point
    for number in range(_OPEN + _DAYS * _A_DAY):
        late = max(0, number - _OPEN) // _A_DAY
        line = LINES[int(chance.random() * 10) // 4]
        reported = round(math.exp(6.5 + 1.2 * _normal(chance)), 2)
        age = float(int(chance.random() * 30))
        injured = chance.random() < (0.3 if line == "liability" else 0.1)
        constant, by_amount, by_age, if_injured = _COST[line]
        known = constant + by_amount * math.log(reported) + by_age * age + if_injured * injured
        cost = round(math.exp(known + _LUCK * _normal(chance)), 2)
        day = FIRST_DAY + timedelta(days=late)
        yield Claim(f"C-{number + 1:06d}", line, day, reported, age, injured, cost)


def _normal(chance: random.Random) -> float:
    # Not `gauss`: how that makes its numbers has changed between versions of Python.
    return math.sqrt(-2 * math.log(1 - chance.random())) * math.cos(2 * math.pi * chance.random())


def main() -> None:
    """Write the claims and their assessments where the use case reads them, unless they are there."""
    job = job_parameters(sys.argv[1:])
    if tables.read(job.named(CLAIMS)):
        print("the reference claims are there already")
        return
    world = list(claims())
    reported = [
        {
            "claim_id": one.claim_id,
            "line_of_business": one.line_of_business,
            "reported_on": one.reported_on,
            "reported_amount": one.reported_amount,
            "age": one.age,
            "injured": one.injured,
        }
        for one in world
    ]
    assessed = [{"claim_id": one.claim_id, "assessed_on": one.reported_on, "cost": one.cost} for one in world]
    tables.append(job.named(CLAIMS), reported, _CLAIM_TYPES)
    count = tables.append(job.named(ASSESSMENTS), assessed, _ASSESSMENT_TYPES)
    print(f"{count:,} claims and their assessments written")


_CLAIM_TYPES = {
    "claim_id": "string",
    "line_of_business": "string",
    "reported_on": "date",
    "reported_amount": "double",
    "age": "double",
    "injured": "boolean",
}
_ASSESSMENT_TYPES = {"claim_id": "string", "assessed_on": "date", "cost": "double"}
