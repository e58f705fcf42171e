"""Waivers: what they cover, when they end, and that nothing is lost on the way."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shipway.errors import DocumentErrors, Position
from shipway.models.waivers import PlacedWaiver, Waiver
from shipway.scan.findings import Finding, refuse_unknown_rules, settle
from shipway.scan.rules import Severity, read_rules
from shipway.scan.scanner import Status

TODAY = date(2026, 11, 21)
STACK = "prod-landing-zone"


def _waiver(rule: str = "R56", expires: date = TODAY, path: str | None = None) -> Waiver:
    return Waiver(rule=rule, owner="halyard-platform-admins", reason="replaced next month", expires=expires, path=path)


def _placed(waiver: Waiver, line: int = 7, scopes: frozenset[str] = frozenset({STACK})) -> PlacedWaiver:
    return PlacedWaiver(waiver, Position("environments/prod.yaml", line, 3), scopes)


def _finding(rule: str = "R56", path: str = f"{STACK}/cluster_policies/batch/policy", stack: str = STACK) -> Finding:
    address = "databricks_cluster_policy.batch"
    return Finding(rule, "title", Severity.HIGH, Status.FAILED, stack, address, path, None, ("why",))


def test_active_waiver_moves_the_finding_and_keeps_it() -> None:
    placed = _placed(_waiver())
    settled = settle([_finding()], [placed], TODAY, frozenset({STACK}))
    assert settled.open == ()
    assert [finding.waiver for finding in settled.waived] == [placed]


def test_expired_waiver_waives_nothing_and_is_a_finding() -> None:
    placed = _placed(_waiver(expires=TODAY - timedelta(days=1)))
    settled = settle([_finding()], [placed], TODAY, frozenset({STACK}))
    assert [finding.rule for finding in settled.open] == ["R56", "WAIVER_EXPIRED"]
    assert settled.open[1].position == placed.at
    assert settled.waived == ()


def test_unused_waiver_is_a_low_finding_at_its_line() -> None:
    settled = settle([], [_placed(_waiver())], TODAY, frozenset({STACK}))
    assert [(finding.rule, finding.severity) for finding in settled.open] == [("WAIVER_UNUSED", Severity.LOW)]
    assert str(settled.open[0].position) == "environments/prod.yaml:7:3"


def test_waiver_of_a_stack_that_was_not_scanned_is_not_called_unused() -> None:
    placed = _placed(_waiver(), scopes=frozenset({STACK, "prod-claims-triage/slots"}))
    assert settle([], [placed], TODAY, frozenset({STACK})).open == ()


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (None, True),
        (STACK, True),
        (f"{STACK}/cluster_policies", True),
        (f"{STACK}/cluster_policies/batch/policy", True),
        (f"{STACK}/cluster_policies/bat", False),
        (f"{STACK}/cluster_policies/batch/policy/x", False),
        ("dev-landing-zone", False),
    ],
)
def test_scope_is_a_prefix_of_whole_steps(scope: str | None, covered: bool) -> None:
    settled = settle([_finding()], [_placed(_waiver(path=scope))], TODAY, frozenset({STACK}))
    assert bool(settled.waived) is covered


def test_another_documents_stack_is_not_covered() -> None:
    # The metadata's path is data of the stack; which stack it is, is not.
    finding = _finding(stack="dev-landing-zone", path=f"{STACK}/cluster_policies/batch")
    assert settle([finding], [_placed(_waiver())], TODAY, frozenset({STACK})).waived == ()


def test_a_use_cases_waiver_covers_its_part_of_a_shared_stack_only() -> None:
    placed = _placed(_waiver(), scopes=frozenset({f"{STACK}/bundles/claims"}))
    inside, outside = (
        _finding(path=f"{STACK}/bundles/claims/secrets"),
        _finding(path=f"{STACK}/bundles/claims-2/secrets"),
    )
    settled = settle([inside, outside], [placed], TODAY, frozenset({STACK}))
    assert [finding.construct_path for finding in settled.waived] == [inside.construct_path]


def test_provider_finding_is_covered_by_its_stack() -> None:
    assert settle([_finding(path="")], [_placed(_waiver(path=STACK))], TODAY, frozenset({STACK})).waived


def test_waiving_an_unknown_rule_is_an_error_with_its_line(root: Path) -> None:
    rules = read_rules(root / "policies")
    with pytest.raises(DocumentErrors) as raised:
        refuse_unknown_rules([_placed(_waiver("R99")), _placed(_waiver("R98"), line=9)], rules)
    assert [str(problem.at) for problem in raised.value.problems] == [
        "environments/prod.yaml:7:3",
        "environments/prod.yaml:9:3",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "44"},
        {"rule": "WAIVER_EXPIRED"},
        {"owner": "jane@example.com"},
        {"reason": "because"},
        {"expires": 20270131},
        {"expires": "soon"},
        {"expires": None},
        {"path": "a//b"},
        {"path": ""},
        {"until": "2027-01-31"},
    ],
    ids=str,
)
def test_bad_waivers_are_refused(change: dict[str, object]) -> None:
    good = {"rule": "R44", "owner": "acme-platform", "reason": "replaced next month", "expires": "2027-01-31"}
    assert Waiver.model_validate(good).expires == date(2027, 1, 31)
    with pytest.raises(ValidationError):
        Waiver.model_validate(good | change)


_RULES = st.sampled_from(["R44", "R56"])
_PATHS = st.sampled_from([STACK, f"{STACK}/a", f"{STACK}/a/b", f"{STACK}/ab", "other/a"])
_DAYS = st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3))


@given(
    st.lists(st.builds(_finding, _RULES, _PATHS)),
    st.lists(st.builds(_placed, st.builds(_waiver, _RULES, _DAYS, _PATHS | st.none()))),
)
def test_no_finding_is_lost_and_no_expired_waiver_waives(findings: list[Finding], waivers: list[PlacedWaiver]) -> None:
    settled = settle(findings, waivers, TODAY, frozenset({STACK}))
    rules = [finding for finding in settled.open if finding.rule.startswith("R")]
    assert sorted(f.construct_path + f.rule for f in (*rules, *settled.waived)) == sorted(
        f.construct_path + f.rule for f in findings
    )
    assert all(f.waiver and f.waiver.waiver.expires >= TODAY for f in settled.waived)
    assert sum(f.rule == "WAIVER_EXPIRED" for f in settled.open) == sum(w.waiver.expires < TODAY for w in waivers)
    assert list(settled.open) == sorted(settled.open, key=lambda finding: finding.order)
