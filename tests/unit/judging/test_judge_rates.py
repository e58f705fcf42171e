"""docs/judge-rates.md: what it says is what the judge does, and what it says is good enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shipway.judge.distributions import binomial_tail
from shipway.judge.simulate import SCENARIOS, Rates, Scenario, page, rates

# Resolved: pages are executed in a copy of the project, whose tests are a link.
PAGE = Path(__file__).resolve().parents[3] / "docs" / "judge-rates.md"
TRIALS = int(re.findall(r"^([\d,]+) candidates", PAGE.read_text(), re.MULTILINE)[0].replace(",", ""))
ROWS = re.findall(r"\| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+)% \|$", PAGE.read_text(), re.MULTILINE)
FOUND = {scenario: Rates(*(float(rate) / 100 for rate in row)) for scenario, row in zip(SCENARIOS, ROWS, strict=True)}
SHARED = [scenario for scenario in SCENARIOS if scenario.alpha <= 0.05]
FEW = 12


def beyond_luck(rate: float, bound: float) -> bool:
    """Whether a rate this high would be seen once in ten thousand times if the true one were at the bound."""
    return binomial_tail(round(rate * TRIALS), TRIALS, bound) < 1e-4


def named(scenario: Scenario) -> str:
    return f"{scenario.name}, loses {scenario.loss}"


def test_the_page_is_written_from_its_numbers() -> None:
    assert page(FOUND, TRIALS) == PAGE.read_text(), "run: .venv/bin/python -m shipway.judge.simulate"


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_a_small_run_agrees_with_the_page(scenario: Scenario) -> None:
    small, large = rates(scenario, FEW), FOUND[scenario]
    for one, other in zip((small.passed, small.failed), (large.passed, large.failed), strict=True):
        count = round(one * FEW)
        # The page's own numbers are uncertain too: by some two in a hundred.
        assert binomial_tail(count, FEW, min(other + 0.03, 1.0)) > 1e-3, f"{count} of {FEW}, the page says {other:.1%}"
        assert 1 - binomial_tail(count + 1, FEW, max(other - 0.03, 0.0)) > 1e-3


@pytest.mark.parametrize("scenario", SHARED, ids=named)
def test_it_is_wrong_no_more_often_than_it_may_be(scenario: Scenario) -> None:
    found = FOUND[scenario]
    if scenario.loss >= scenario.metric.margin:
        assert not beyond_luck(found.passed, scenario.alpha)
    if scenario.loss <= scenario.metric.margin:
        assert not beyond_luck(found.failed, scenario.alpha)


@pytest.mark.parametrize("scenario", SHARED, ids=named)
def test_it_is_right_as_often_as_it_promises(scenario: Scenario) -> None:
    found, power = FOUND[scenario], 0.8
    if scenario.loss == 0:
        assert not beyond_luck(1 - found.passed, 1 - power)
    if scenario.loss == scenario.metric.minimum_effect:
        assert not beyond_luck(1 - found.failed, 1 - power)


def test_looking_as_often_as_one_likes_is_wrong_far_too_often() -> None:
    unshared = next(scenario for scenario in SCENARIOS if scenario.alpha > 0.05)
    assert FOUND[unshared].passed > 2 * 0.05
