"""What the rules on serving endpoints must not be fooled by, in a stack and in a plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.guard.ground import bare_ground
from shipway.guard.judge import judge
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.masks import merge
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.scan.scanner import RawResult, Status

POLICIES = Path(__file__).parents[2] / "policies"
DOORS = {rule.id: rule for rule in load_plan_rules(POLICIES)}["R71"]
FAILED, PASSED, UNKNOWN = Status.FAILED, Status.PASSED, Status.UNKNOWN


def _entity(name: str = "blue", **changes: Any) -> dict[str, Any]:
    return {"name": name, "entity_name": "c.s.m", "entity_version": "7", **changes}


def _route(name: str, share: Any, key: str = "served_entity_name") -> dict[str, Any]:
    return {key: name, "traffic_percentage": share}


def _two(*routes: dict[str, Any], gateway: Any = None, **config: Any) -> dict[str, Any]:
    both = {"served_entities": [_entity("blue"), _entity("green")]}
    return {
        "name": "x",
        "ai_gateway": gateway,
        "config": {**both, "traffic_config": {"routes": list(routes)}, **config},
    }


BLUE, GREEN = _route("blue", 95), _route("green", 5)
CASES: list[tuple[str, str, dict[str, Any], Status]] = [
    ("R69", "model_serving", _two(BLUE, GREEN), PASSED),
    ("R69", "model_serving", _two(_route("blue", "95"), GREEN), PASSED),
    ("R69", "model_serving", _two(BLUE, _route("green", 5, "served_model_name")), PASSED),
    ("R69", "model_serving", _two(BLUE, _route("green", 6)), FAILED),
    ("R69", "model_serving", _two(_route("blue", 100)), FAILED),
    ("R69", "model_serving", _two(_route("blue", 105), _route("green", -5)), FAILED),
    ("R69", "model_serving", _two(_route("blue", 99.5), _route("green", 0.5)), FAILED),
    ("R69", "model_serving", _two(_route("blue", 50), _route("blue", 50)), FAILED),
    ("R69", "model_serving", _two(BLUE, _route("yellow", 5)), FAILED),
    ("R69", "model_serving", _two(BLUE, _route("green", "${x}")), UNKNOWN),
    ("R69", "model_serving", _two(BLUE, _route("${x}", 5)), UNKNOWN),
    ("R69", "model_serving", _two(), FAILED),
    ("R69", "model_serving", {"name": "x"}, FAILED),
    ("R69", "model_serving", {"name": "x", "config": "${x}"}, UNKNOWN),
    ("R69", "model_serving", {"name": "x", "config": {"served_entities": [_entity()]}}, PASSED),
    ("R69", "model_serving", {"name": "x", "config": {"served_entities": [_entity(entity_version="latest")]}}, FAILED),
    ("R69", "model_serving", {"name": "x", "config": {"served_entities": [_entity(entity_version="0")]}}, FAILED),
    ("R69", "model_serving", {"name": "x", "config": {"served_entities": [_entity(entity_version=True)]}}, FAILED),
    ("R69", "model_serving", {"name": "x", "config": {"served_entities": [{"external_model": [{}]}]}}, PASSED),
    ("R69", "model_serving", _two(BLUE, GREEN, served_models=[{"model_name": "m"}]), FAILED),
    ("R69", "model_serving", _two(BLUE, GREEN, auto_capture_config={"enabled": False}), FAILED),
    ("R69", "model_serving", _two(BLUE, GREEN, gateway=[{"fallback_config": [{"enabled": True}]}]), FAILED),
    ("R69", "model_serving", _two(BLUE, GREEN, gateway=[{"fallback_config": [{"enabled": False}]}]), PASSED),
    ("R69", "model_serving", _two(BLUE, GREEN, gateway="${x}"), UNKNOWN),
    ("R70", "model_serving", _two(BLUE, GREEN), FAILED),
    ("R70", "model_serving", _two(BLUE, GREEN, gateway=[{"inference_table_config": [{"enabled": True}]}]), FAILED),
]


@pytest.fixture(scope="module")
def verdicts(judge: Callable[..., list[RawResult]]) -> list[RawResult]:
    """All cases, in one run."""
    return judge(CASES)


@pytest.mark.parametrize("index", range(len(CASES)))
def test_case(verdicts: list[RawResult], index: int) -> None:
    assert verdicts[index].status is CASES[index][3], verdicts[index].messages


def _planned(before: Any, after: Any, *, action: Action = Action.UPDATE, protected: bool = True) -> list[str]:
    old, new = merge(before, None, None), merge(after, None, None)
    change = ResourceChange(
        "databricks_model_serving.x", "databricks_model_serving", "x", action, before=old, after=new
    )
    ground = bare_ground(date(2026, 11, 21))
    if not protected:
        ground = type(ground)(ground.today, lambda _: False, ground.waivers, ground.find, ground.document)
    return [said for ruling in judge([Plan("prod-x", changes=(change,))], [DOORS], ground) for said in ruling.messages]


WATCHED = {
    "name": "x",
    "ai_gateway": [
        {
            "guardrails": [
                {
                    "input": [{"safety": True, "invalid_keywords": ["a", "b"], "pii": [{"behavior": "BLOCK"}]}],
                    "output": [{"safety": True, "pii": [{"behavior": "BLOCK"}]}],
                }
            ],
            "inference_table_config": [{"enabled": True}],
        }
    ],
    "config": [
        {
            "auto_capture_config": [{"enabled": True, "schema_name": "s"}],
            "served_entities": [{"name": "blue"}, {"name": "green"}],
            "traffic_config": [{"routes": [{"traffic_percentage": 95}, {"traffic_percentage": 5}]}],
        }
    ],
}


def _without(path: str) -> Any:
    """WATCHED with what is at `path` taken out."""

    def taken(value: Any, steps: list[str]) -> Any:
        if isinstance(value, list):
            return [taken(item, steps) for item in value]
        if len(steps) == 1:
            return {name: inner for name, inner in value.items() if name != steps[0]}
        return {name: taken(inner, steps[1:]) if name == steps[0] else inner for name, inner in value.items()}

    return taken(WATCHED, path.split("."))


@pytest.mark.parametrize(
    "path",
    [
        "ai_gateway",
        "ai_gateway.guardrails",
        "ai_gateway.guardrails.input.safety",
        "ai_gateway.guardrails.output.pii",
        "ai_gateway.guardrails.input.invalid_keywords",
        "ai_gateway.inference_table_config",
        "config",
        "config.served_entities",
        "config.auto_capture_config",
        "config.auto_capture_config.enabled",
    ],
)
def test_nothing_that_guards_or_records_goes(path: str) -> None:
    assert _planned(WATCHED, WATCHED) == []
    assert _planned(WATCHED, _without(path)) != []
    # Bringing it in is no door.
    assert _planned(_without(path), WATCHED) == []


def test_a_keyword_fewer_is_a_guardrail_weakened() -> None:
    fewer = merge(WATCHED, None, None)
    assert fewer is not None
    after = {**WATCHED, "ai_gateway": [{**WATCHED["ai_gateway"][0]}]}  # type: ignore[dict-item]
    after["ai_gateway"][0]["guardrails"] = [  # type: ignore[index]
        {
            "input": [{"safety": True, "invalid_keywords": ["a"], "pii": [{"behavior": "BLOCK"}]}],
            "output": [{"safety": True, "pii": [{"behavior": "BLOCK"}]}],
        }
    ]
    (said,) = _planned(WATCHED, after)
    assert "invalid_keywords goes from 'a', 'b' to 'a'" in said


def test_replaced_is_refused_where_it_is_protected_and_nowhere_else() -> None:
    assert _planned(WATCHED, WATCHED, action=Action.REPLACE) != []
    assert _planned(WATCHED, WATCHED, action=Action.REPLACE, protected=False) == []
    assert _planned(WATCHED, None, action=Action.DELETE) == []


@given(st.integers(0, 100), st.booleans())
def test_fallback_is_refused_exactly_while_two_versions_share_the_traffic(share: int, enabled: bool) -> None:
    routes = [{"traffic_percentage": 100 - share}, {"traffic_percentage": share}]
    after = {
        "name": "x",
        "ai_gateway": [{"fallback_config": [{"enabled": enabled}]}],
        "config": [{"served_entities": [{"name": "blue"}], "traffic_config": [{"routes": routes}]}],
    }
    before = {"name": "x", "config": [{"served_entities": [{"name": "blue"}]}]}
    assert bool(_planned(before, after)) is (enabled and 0 < share < 100)
