"""The formula: complexity grows with parties, documents and injuries; above a threshold experts look at the claim."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["FILE", "INPUTS", "OUTPUTS", "TriageModel", "load"]

FILE = "model.json"
INPUTS = {"parties": "long", "documents": "long", "injured": "boolean"}
OUTPUTS = {"score": "double"}


@dataclass(frozen=True, slots=True)
class TriageModel:
    """Weights of what is known of a claim, and the score from which experts look at it."""

    parties: float
    documents: float
    injured: float
    threshold: float

    def score(self, claim: Mapping[str, Any]) -> float:
        """How complex the claim is, from 0 to 1."""
        weighed = (
            self.parties * claim["parties"] + self.documents * claim["documents"] + self.injured * claim["injured"]
        )
        return round(min(1.0, weighed), 4)

    def desk(self, score: float) -> str:
        """Who settles a claim of that score."""
        return "experts" if score >= self.threshold else "fast lane"

    def as_bytes(self) -> bytes:
        """The file of the model."""
        return json.dumps(asdict(self), indent=2).encode()


def load(folder: Path) -> TriageModel:
    """The model in that folder."""
    return TriageModel(**json.loads((folder / FILE).read_bytes()))


class _Pyfunc:
    """What MLflow calls: a table in, a table out."""

    def __init__(self, model: TriageModel) -> None:
        self.model = model

    def predict(self, table: Any, params: object = None) -> list[dict[str, float]]:
        return [{"score": self.model.score(claim)} for claim in table.to_dict("records")]


def _load_pyfunc(path: str) -> _Pyfunc:
    return _Pyfunc(load(Path(path)))
