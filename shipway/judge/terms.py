"""What the judge wants to know of a bundle's `release` block: the document itself, or what a job was told of it.

`shipway.models.judging.Judging` is such terms. In a job there are no documents and no pydantic: there they are read
from JSON, which `terms_json` wrote from terms that were checked as a document before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

__all__ = ["JudgingTerms", "LookTerms", "MetricTerms", "read_terms", "terms_json"]


class MetricTerms(Protocol):
    """One metric."""

    @property
    def direction(self) -> Literal["higher", "lower"]: ...  # noqa: D102 - as in shipway.models.judging
    @property
    def type(self) -> Literal["binary", "continuous"]: ...  # noqa: D102
    @property
    def margin(self) -> float: ...  # noqa: D102
    @property
    def minimum_effect(self) -> float: ...  # noqa: D102
    @property
    def critical(self) -> bool: ...  # noqa: D102
    @property
    def phases(self) -> tuple[Literal["shadow", "canary"], ...]: ...  # noqa: D102
    @property
    def slices(self) -> tuple[str, ...]: ...  # noqa: D102


class LookTerms(Protocol):
    """When the judge looks."""

    @property
    def at(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def unit(self) -> Literal["hours", "runs", "keys"]: ...  # noqa: D102


class JudgingTerms(Protocol):
    """All that a bundle declares for the judge."""

    @property
    def metrics(self) -> Mapping[str, MetricTerms]: ...  # noqa: D102
    @property
    def looks(self) -> LookTerms: ...  # noqa: D102
    @property
    def minimum_sample(self) -> int: ...  # noqa: D102
    @property
    def completeness(self) -> float: ...  # noqa: D102
    @property
    def alpha(self) -> float: ...  # noqa: D102
    @property
    def power(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _Metric:
    direction: Literal["higher", "lower"]
    type: Literal["binary", "continuous"]
    margin: float
    minimum_effect: float
    critical: bool
    phases: tuple[Literal["shadow", "canary"], ...]
    slices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Looks:
    at: tuple[int, ...]
    unit: Literal["hours", "runs", "keys"]


@dataclass(frozen=True, slots=True)
class _Terms:
    metrics: Mapping[str, MetricTerms]
    looks: LookTerms
    minimum_sample: int
    completeness: float
    alpha: float
    power: float


def terms_json(terms: JudgingTerms) -> dict[str, Any]:
    """The terms as JSON."""
    return {
        "metrics": {
            name: {field: _plain(getattr(metric, field)) for field in _Metric.__slots__}
            for name, metric in terms.metrics.items()
        },
        "looks": {"at": list(terms.looks.at), "unit": terms.looks.unit},
        **{name: getattr(terms, name) for name in ("minimum_sample", "completeness", "alpha", "power")},
    }


def read_terms(said: Mapping[str, Any]) -> JudgingTerms:
    """The terms in what `terms_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    metrics: dict[str, MetricTerms] = {}
    for name, one in said["metrics"].items():
        metrics[name] = _Metric(**{**one, "phases": tuple(one["phases"]), "slices": tuple(one["slices"])})
    looks = _Looks(tuple(int(at) for at in said["looks"]["at"]), said["looks"]["unit"])
    if looks.unit not in ("hours", "runs", "keys"):
        raise ValueError(f"looks count {looks.unit!r}")
    return _Terms(
        metrics,
        looks,
        int(said["minimum_sample"]),
        float(said["completeness"]),
        float(said["alpha"]),
        float(said["power"]),
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
