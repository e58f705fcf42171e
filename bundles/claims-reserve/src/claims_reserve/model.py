"""The formula: the logarithm of a claim's cost is a weighted sum of what is known of it, per line of business.

Fitted by least squares; weights are rounded, so that training gives the same file on every machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FILE", "INPUTS", "OUTPUTS", "ReserveModel", "features", "fit", "load"]

FILE = "model.json"
INPUTS = {"line_of_business": "string", "reported_amount": "double", "age": "double", "injured": "boolean"}
OUTPUTS = {"reserve": "double"}


@dataclass(frozen=True, slots=True)
class ReserveModel:
    """Weights of the features, per line of business, and a shift of the logarithm for all."""

    weights: Mapping[str, tuple[float, ...]]
    shift: float = 0.0

    def reserve(self, claim: Mapping[str, Any]) -> float:
        """The reserve of one claim, to the cent; raises KeyError for a line of business that it was not fitted to."""
        weights = self.weights[str(claim["line_of_business"])]
        known = sum(weight * value for weight, value in zip(weights, features(claim), strict=False))
        return round(math.exp(known + self.shift), 2)

    def as_bytes(self) -> bytes:
        """The file of the model."""
        weights = {line: [round(weight, 6) for weight in values] for line, values in sorted(self.weights.items())}
        return json.dumps({"weights": weights, "shift": self.shift}, indent=2).encode()


def load(folder: Path) -> ReserveModel:
    """The model in that folder."""
    found = json.loads((folder / FILE).read_bytes())
    return ReserveModel({line: tuple(values) for line, values in found["weights"].items()}, float(found["shift"]))


def features(claim: Mapping[str, Any]) -> tuple[float, ...]:
    """What the model knows of a claim: a constant, the reported amount, the age, whether anybody was injured."""
    return (1.0, math.log(float(claim["reported_amount"])), float(claim["age"]), float(claim["injured"]))


def fit(rows: Sequence[tuple[Mapping[str, Any], float]], count: int = 4) -> ReserveModel:
    """The weights of the first `count` features that fit the claims and their costs best, per line of business."""
    lines = sorted({str(claim["line_of_business"]) for claim, _ in rows})
    return ReserveModel(
        {
            line: _least_squares(
                [features(claim)[:count] for claim, _ in rows if claim["line_of_business"] == line],
                [math.log(cost) for claim, cost in rows if claim["line_of_business"] == line],
            )
            for line in lines
        }
    )


def _least_squares(rows: Sequence[Sequence[float]], targets: Sequence[float]) -> tuple[float, ...]:
    """Solves the normal equations by elimination: four unknowns need no library."""
    size = len(rows[0])
    table = [
        [math.fsum(row[i] * row[j] for row in rows) for j in range(size)]
        + [math.fsum(row[i] * target for row, target in zip(rows, targets, strict=True))]
        for i in range(size)
    ]
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda one: abs(table[one][pivot]))
        table[pivot], table[best] = table[best], table[pivot]
        for other in range(size):
            if other != pivot:
                factor = table[other][pivot] / table[pivot][pivot]
                table[other] = [a - factor * b for a, b in zip(table[other], table[pivot], strict=True)]
    return tuple(table[one][size] / table[one][one] for one in range(size))


class _Pyfunc:
    """What MLflow calls: a table in, a table out."""

    def __init__(self, model: ReserveModel) -> None:
        self.model = model

    def predict(self, table: Any, params: object = None) -> list[dict[str, float]]:
        return [{"reserve": self.model.reserve(claim)} for claim in table.to_dict("records")]


def _load_pyfunc(path: str) -> _Pyfunc:
    return _Pyfunc(load(Path(path)))
