"""How often the judge is right and wrong, found out by trying: `python -m shipway.judge.simulate` writes the page.

It takes some three minutes. The same numbers come out each time, on every machine: the seed is the scenario's name.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from shipway.judge.decide import Comparison, decide
from shipway.judge.evidence import Arm, Arms
from shipway.models.judging import Judging, Metric
from shipway.verdict import Verdict

__all__ = ["SCENARIOS", "Rates", "Scenario", "page", "rates"]

TRIALS = 200
_DAY = date(2026, 11, 2)
_SHARE = Metric(direction="higher", type="binary", margin=0.03, minimum_effect=0.07)
_RARE = Metric(direction="lower", type="binary", margin=0.01, minimum_effect=0.03)
_AMOUNT = Metric(direction="lower", type="continuous", margin=0.5, minimum_effect=1.5)

Draw = Callable[[random.Random, float], tuple[float, float]]
"""One key: the candidate's value and the live release's, where the candidate loses so much on average."""


def _right(chance: random.Random, loss: float) -> tuple[float, float]:
    """Nine of ten keys are right; of a hundred, four change from right to wrong and four back, but for the loss."""
    which = chance.random()
    if which < 0.04 + loss / 2:
        return 0.0, 1.0
    return (1.0, 0.0) if which < 0.08 else (1.0, 1.0) if which < 0.94 - loss / 2 else (0.0, 0.0)


def _event(chance: random.Random, loss: float) -> tuple[float, float]:
    """Five of a thousand keys go wrong."""
    return float(chance.random() < 0.005 + loss), float(chance.random() < 0.005)


def _amount(chance: random.Random, loss: float) -> tuple[float, float]:
    """Errors of 8 on average, skewed to the right as errors are; half of them belong to the key itself."""
    common = chance.lognormvariate(1.2, 0.6)
    return common + chance.lognormvariate(1.2, 0.6) + loss, common + chance.lognormvariate(1.2, 0.6)


def _outliers(chance: random.Random, loss: float) -> tuple[float, float]:
    """All of the loss is in two of a hundred keys; ranks do not see it."""
    common = chance.gauss(8, 2)
    return common + chance.gauss(0, 1) + (50 * loss if chance.random() < 0.02 else 0), common + chance.gauss(0, 1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of the table: what is drawn, and how it is looked at."""

    name: str
    draw: Draw
    metric: Metric
    loss: float
    keys: int
    """Of the candidate, at the last look."""

    live: int = 0
    """Live keys to one of the candidate; 0 where both score the same."""

    looks: int = 2
    alpha: float = 0.05
    """Of all looks together."""


def _three(name: str, draw: Draw, metric: Metric, keys: int, live: int) -> Iterator[Scenario]:
    for loss in (0.0, metric.margin, metric.minimum_effect):
        yield Scenario(name, draw, metric, loss, keys, live)


SCENARIOS: tuple[Scenario, ...] = (
    *_three("share, same keys", _right, _SHARE, 1000, 0),
    *_three("share, 25 % canary", _right, _SHARE, 1400, 3),
    *_three("rare event, 5 % canary", _event, _RARE, 1500, 19),
    *_three("amount, same keys", _amount, _AMOUNT, 600, 0),
    *_three("amount, 25 % canary", _amount, _AMOUNT, 1000, 3),
    *_three("amount, loss in 2 % of the keys", _outliers, _AMOUNT, 1500, 0),
    Scenario("share, same keys, ten looks", _right, _SHARE, 0.03, 1000, looks=10),
    # What fixed looks are for: each of ten looks as bold as a single one might be.
    Scenario("share, same keys, ten looks, not shared", _right, _SHARE, 0.03, 1000, looks=10, alpha=0.5),
)


@dataclass(frozen=True, slots=True)
class Rates:
    """Of all trials, the share that passed at some look, that failed before, and that stayed undecided."""

    passed: float
    failed: float
    undecided: float


def rates(scenario: Scenario, trials: int) -> Rates:
    """What the judge says of so many candidates."""
    # Seeded by what is tried, so that a new scenario changes no other one's numbers.
    chance = random.Random(f"{scenario.name} {scenario.loss}")  # noqa: S311  nothing secret
    said = Counter(_trial(scenario, chance) for _ in range(trials))
    return Rates(*(said[verdict] / trials for verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.UNDECIDED)))


def _trial(scenario: Scenario, chance: random.Random) -> Verdict:
    """What ends a trial is the first look that decides: on PASSED the release goes on, on FAILED it goes back."""
    comparison = Comparison(
        name="m",
        metric=scenario.metric,
        part=None,
        paired=not scenario.live,
        alpha=scenario.alpha / scenario.looks,
        judging=Judging(metrics={"m": scenario.metric}),
    )
    candidate, live = _values(scenario, chance)
    for look in range(1, scenario.looks + 1):
        arms = Arms(
            _arm("c", candidate[: len(candidate) * look // scenario.looks]),
            _arm("l" if scenario.live else "c", live[: len(live) * look // scenario.looks]),
            (),
        )
        verdict = decide(comparison, arms).verdict
        if verdict is not Verdict.UNDECIDED:
            return verdict
    return Verdict.UNDECIDED


def _values(scenario: Scenario, chance: random.Random) -> tuple[list[float], list[float]]:
    if not scenario.live:
        drawn = [scenario.draw(chance, scenario.loss) for _ in range(scenario.keys)]
        return [new for new, _ in drawn], [old for _, old in drawn]
    candidate = [scenario.draw(chance, scenario.loss)[0] for _ in range(scenario.keys)]
    return candidate, [scenario.draw(chance, 0.0)[1] for _ in range(scenario.keys * scenario.live)]


def _arm(prefix: str, values: list[float]) -> Arm:
    return Arm({(f"{prefix}{number}", _DAY): value for number, value in enumerate(values)}, {}, frozenset())


_HEAD = """<!-- Generated by `python -m shipway.judge.simulate` from shipway/judge/simulate.py; do not edit. -->

# How often the judge is right

{trials:,} candidates of each kind, drawn at random and judged at two looks, at half of the keys and at all of them,
with the bundle's defaults: alpha 0.05, power 0.8. "Passed" and "failed" is what the first look that decided said.
How it decides: [judge.md](judge.md).

| what is judged | keys | the candidate loses | passed | failed | undecided |
|---|---|---|---|---|---|
"""

_TAIL = """
How to read it:

- A candidate that loses nothing should pass: `power` says how often at least, where there are as many keys as it takes.
- A candidate at the margin is the worst that is tolerated: it should pass seldom, and fail seldom. `alpha` is the most.
- A candidate that loses `minimum_effect` should fail, again with `power`. What does not fail waits; it does not pass.
- Rare events and skewed amounts are where simple tests are wrong most often: `shipway/judge/shares.py` and
  `shipway/judge/means.py` say what is done about it.
- The last two rows are one judge that shares its error among ten looks, and one that looks as often as it likes.
- With {trials:,} candidates a rate near one in twenty is known to about three in a hundred.
"""


def page(found: dict[Scenario, Rates], trials: int) -> str:
    """docs/judge-rates.md."""
    return _HEAD.format(trials=trials) + "".join(_row(*one) for one in found.items()) + _TAIL.format(trials=trials)


def _row(scenario: Scenario, found: Rates) -> str:
    keys = f"{scenario.keys:,}" + (f" against {scenario.keys * scenario.live:,}" if scenario.live else "")
    return (
        f"| {scenario.name} | {keys} | {_loss(scenario)} | {found.passed:.1%} | {found.failed:.1%} "
        f"| {found.undecided:.1%} |\n"
    )


def _loss(scenario: Scenario) -> Literal["nothing", "the margin", "the minimum effect"]:
    if scenario.loss == 0:
        return "nothing"
    return "the margin" if scenario.loss == scenario.metric.margin else "the minimum effect"


def main() -> None:
    """Write docs/judge-rates.md of the current folder."""
    found = {scenario: rates(scenario, TRIALS) for scenario in SCENARIOS}
    Path("docs", "judge-rates.md").write_text(page(found, TRIALS))


if __name__ == "__main__":
    main()
