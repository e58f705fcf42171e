"""`release:` of a bundle: what a new release is judged by, when, and in which steps it comes in.

The judge compares the candidate with the live release, metric by metric. For each metric the bundle says which
direction is good, how large a loss it tolerates (`margin`) and how large a loss must be found (`minimum_effect`); from
both follows how many keys are needed. docs/judge.md has the formulas and what they were measured to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from shipway.models.document import Document, Flag

__all__ = ["PERCENTS", "Judging", "Looks", "Metric", "Period", "Risk"]

Risk = Literal["low", "medium", "high"]

# Pydantic reads true as 1.0 otherwise: a margin that tolerates everything.
Amount = Annotated[float, Field(gt=0, le=1e12, strict=True, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, lt=1, strict=True)]
MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
SliceName = Annotated[str, Field(min_length=1, max_length=100)]
Hours = Annotated[int, Field(ge=1, le=24 * 90, strict=True)]
Count = Annotated[int, Field(ge=1, le=100_000_000, strict=True)]
Percent = Annotated[int, Field(ge=1, le=99, strict=True)]

PERCENTS: Mapping[Risk, tuple[int, ...]] = MappingProxyType({"low": (25,), "medium": (10, 50), "high": (5, 25, 50)})
"""The canary's steps where a bundle does not say its own: the riskier, the fewer keys meet the candidate first."""


def _rising(values: tuple[int, ...]) -> tuple[int, ...]:
    if list(values) != sorted(set(values)):
        raise ValueError("numbers that rise, each once")
    return values


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names that each stand once")
    return values


class Metric(Document):
    """One number per key by which a release is judged, written by the bundle's own job."""

    direction: Literal["higher", "lower"]
    """Which way is good."""

    type: Literal["binary", "continuous"]
    """Binary is 0 or 1 for each key; continuous is compared by its mean, so that a few very bad keys count."""

    margin: Amount
    """The loss that is tolerated, in the metric's own unit: a candidate passes when it surely loses less than that."""

    minimum_effect: Amount
    """The loss that must be found. Larger than the margin: between both, a release may wait for a person."""

    critical: Flag = True
    """Whether a failure takes the release back. Where it does not, it holds the release, and a person decides."""

    phases: Annotated[tuple[Literal["shadow", "canary"], ...], Field(min_length=1), AfterValidator(_each_once)] = (
        "shadow",
        "canary",
    )
    """When it can be measured: what consumers do with an answer is not known while none of them sees it."""

    slices: Annotated[tuple[SliceName, ...], Field(max_length=50), AfterValidator(_each_once)] = ()
    """Parts of the keys that are judged on their own too: none of them may lose as much as `minimum_effect`."""

    @field_validator("minimum_effect")
    @classmethod
    def _can_be_met(cls, effect: float, others: ValidationInfo) -> float:
        margin = others.data.get("margin")
        if margin is not None and effect <= margin:
            raise ValueError(f"more than the `margin`: what is tolerated, {margin:g}, cannot have to be found")
        if others.data.get("type") == "binary" and effect >= 1:
            raise ValueError("less than 1: a binary metric is a share, 0.03 are three keys of a hundred")
        return effect


class Looks(Document):
    """When the judge looks: fixed before, because who looks whenever he likes finds what he likes."""

    hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=10), AfterValidator(_rising)] | None = None
    """After so many hours of the phase, or of the canary's step."""

    runs: Annotated[tuple[Count, ...], Field(min_length=1, max_length=10), AfterValidator(_rising)] | None = None
    """After so many runs, counted by the business dates that were scored."""

    keys: Annotated[tuple[Count, ...], Field(min_length=1, max_length=10), AfterValidator(_rising)] | None = None
    """After so many keys of the candidate."""

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Looks:
        said = [name for name in ("hours", "runs", "keys") if getattr(self, name) is not None]
        if len(said) != 1:
            raise ValueError("exactly one of `hours`, `runs` and `keys`")
        return self

    @property
    def at(self) -> tuple[int, ...]:
        """The looks, in `unit`."""
        return self.hours or self.runs or self.keys or ()

    @property
    def unit(self) -> Literal["hours", "runs", "keys"]:
        """What the looks count."""
        if self.hours is not None:
            return "hours"
        return "runs" if self.runs is not None else "keys"


class Period(Document):
    """How long something lasts: by the clock, by runs, or both."""

    hours: Hours | None = None
    runs: Count | None = None

    @model_validator(mode="after")
    def _is_some_time(self) -> Period:
        if self.hours is None and self.runs is None:
            raise ValueError("`hours`, `runs` or both")
        return self


class Judging(Document):
    """How a new release of the use case comes in. Without metrics nothing passes: silence is no permission."""

    metrics: Annotated[dict[MetricName, Metric], Field(max_length=50)] = {}

    looks: Looks = Looks(hours=(24, 48))
    """In each phase and at each step of the canary anew."""

    minimum_sample: Annotated[int, Field(ge=10, le=100_000_000, strict=True)] = 100
    """Below so many keys nothing passes, whatever the margins ask; they can ask for more."""

    completeness: Share = 0.99
    """The share of the live release's keys that the candidate has to have scored."""

    alpha: Annotated[float, Field(ge=0.0001, le=0.2, strict=True)] = 0.05
    """The chance that a candidate at the margin passes, or fails, by luck; all looks share it."""

    power: Annotated[float, Field(ge=0.5, le=0.999, strict=True)] = 0.8
    """The chance to find a loss of `minimum_effect`, and to pass a candidate that loses nothing."""

    percents: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=10), AfterValidator(_rising)] | None = None
    """The canary's steps; without them they follow from the bundle's risk: 25, or 10 and 50, or 5, 25 and 50."""

    soak: Period = Period(hours=24)
    """How long a shadow and each step of the canary last at least."""

    window: Period = Period(hours=24 * 7)
    """How long after a flip the old release keeps running, before the new one counts as stable."""

    watcher: Literal["act", "propose"] | None = None
    """What the watcher does where something fails: take the release back, or say so. Without it, it acts but for low
    risk: the way back was approved with the release, and what is risky cannot wait for somebody to wake up."""

    def watcher_acts(self, risk: Risk) -> bool:
        """Whether the watcher takes a release of such a bundle back by itself."""
        return self.watcher == "act" or (self.watcher is None and risk != "low")

    def canary_percents(self, risk: Risk) -> tuple[int, ...]:
        """The canary's steps of a bundle of this risk."""
        return self.percents or PERCENTS[risk]
