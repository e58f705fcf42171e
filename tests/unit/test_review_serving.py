"""What a review says of a release of a served model or an agent, and what it does not let pass for one."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shipway.plan.masks import merge
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.report import Review
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal
from shipway.plan.verdict import Outcome
from shipway.pointer.file_form import AgentFile, SlotContent, render
from shipway.pointer.pointer import Pointer

OLD, NEW, NEXT = "r00000000000a", "r00000000000b", "r00000000000c"
SALT = f"claims-letters/{NEW}"
Edit = Callable[[dict[str, Any]], None]


def of(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Review:
    old, new = (merge(side, None, None) for side in (before, after))
    change = ResourceChange(f"{kind}.x", kind, "x", Action.UPDATE, before=old, after=new)
    return review([Plan("prod-x", changes=(change,))])


def endpoint(
    blue: int = 100, versions: tuple[str, str] = ("7", "6"), sleeps: tuple[bool, bool] = (False, True)
) -> dict[str, Any]:
    entities = [
        {"name": slot, "entity_name": "c.s.m", "entity_version": version, "scale_to_zero_enabled": zero}
        for slot, version, zero in zip(("blue", "green"), versions, sleeps, strict=True)
    ]
    routes = [
        {"served_entity_name": slot, "served_model_name": slot, "traffic_percentage": share}
        for slot, share in (("blue", blue), ("green", 100 - blue))
    ]
    config = {"served_entities": entities, "traffic_config": [{"routes": routes}]}
    return {"id": "fraud", "name": "fraud", "route_optimized": False, "config": [config]}


def served(before: dict[str, Any], after: dict[str, Any]) -> Review:
    return of("databricks_model_serving", before, after)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (100, 95, "canary of green: 0 % → 5 % (endpoint fraud), nothing else changes"),
        (95, 75, "canary of green: 5 % → 25 %"),
        (75, 50, "canary of green: 25 % → 50 %"),
        (75, 100, "canary of green: 25 % → 0 %"),
        (0, 5, "canary of blue: 0 % → 5 %"),
        (50, 0, "pointer: blue 50 %, green 50 % → green"),
        (50, 100, "pointer: blue 50 %, green 50 % → blue"),
        (75, 0, "pointer: blue 75 %, green 25 % → green"),
        (0, 100, "pointer: green → blue"),
    ],
)
def test_traffic_that_moves(old: int, new: int, says: str) -> None:
    found = served(endpoint(old), endpoint(new))
    assert says in render_terminal(found)
    assert not found.changes and found.pointers[0].alone


@given(st.integers(0, 100), st.integers(0, 100))
def test_every_move_of_traffic_is_a_pointers_and_nothing_else(old: int, new: int) -> None:
    assume(old != new)
    found = served(endpoint(old), endpoint(new))
    assert [row.alone for row in found.pointers] == [True]
    assert not found.changes


def test_a_slot_gets_a_version() -> None:
    found = served(endpoint(), endpoint(versions=("7", "9")))
    assert "slot green (idle): model version 6 → model version 9, endpoint fraud" in render_terminal(found)
    assert not found.changes and found.verdict.outcome is not Outcome.BLOCKED


def test_a_live_slot_that_gets_a_version_is_blocked() -> None:
    for blue in (100, 95):
        found = served(endpoint(blue), endpoint(blue, versions=("8", "6")))
        assert found.verdict.outcome is Outcome.BLOCKED
    assert served(endpoint(95), endpoint(95, versions=("7", "9"))).verdict.outcome is Outcome.BLOCKED


def test_a_slot_wakes_up_and_goes_to_sleep() -> None:
    awake = endpoint(sleeps=(False, False))
    assert "slot green starts (endpoint fraud)" in render_terminal(served(endpoint(), awake))
    found = served(awake, endpoint())
    assert "slot green stops (endpoint fraud)" in render_terminal(found)
    assert not found.changes


SMUGGLED: dict[str, tuple[Edit, str]] = {
    "a size": (lambda own: own["config"][0]["served_entities"][1].update(workload_size="Large"), "workload_size"),
    "a version": (lambda own: own["config"][0]["served_entities"][1].update(entity_version="9"), "entity_version"),
    "a live version": (lambda own: own["config"][0]["served_entities"][0].update(entity_version="9"), "entity_version"),
    "a slot that wakes": (
        lambda own: own["config"][0]["served_entities"][1].update(scale_to_zero_enabled=False),
        "slot green starts",
    ),
    "another model": (
        lambda own: own["config"][0]["served_entities"][1].update(entity_name="c.s.other"),
        "entity_name",
    ),
    "an environment": (
        lambda own: own["config"][0]["served_entities"][0].update(environment_vars={"A": "b"}),
        "environment_vars",
    ),
    "a guardrail less": (lambda own: own.update(ai_gateway=[{"guardrails": []}]), "ai_gateway"),
    "a tag": (lambda own: own.update(tags=[{"key": "a", "value": "b"}]), "tags"),
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_what_rides_along_with_traffic_is_named_and_blocks(what: str) -> None:
    edit, named = SMUGGLED[what]
    after = endpoint(95)
    edit(after)
    found = served(endpoint(), after)
    assert any(named in said for said in found.pointers[0].residual), found.pointers[0].residual
    assert found.verdict.outcome is Outcome.BLOCKED


ODD: dict[str, Edit] = {
    "a third route": lambda own: own["config"][0]["traffic_config"][0]["routes"].append(
        {"served_entity_name": "red", "traffic_percentage": 0}
    ),
    "a slot's second route": lambda own: own["config"][0]["traffic_config"][0]["routes"].append(
        {"served_entity_name": "green", "served_model_name": "green", "traffic_percentage": 5}
    ),
    "one route": lambda own: own["config"][0]["traffic_config"][0]["routes"].pop(),
    "not a hundred": lambda own: own["config"][0]["traffic_config"][0]["routes"][0].update(traffic_percentage=94),
    "a part of one": lambda own: own["config"][0]["traffic_config"][0]["routes"][0].update(traffic_percentage=94.5),
    "two of one name": lambda own: own["config"][0]["traffic_config"][0]["routes"][0].update(
        served_entity_name="green"
    ),
    "text": lambda own: own["config"][0]["traffic_config"][0]["routes"][0].update(traffic_percentage="95"),
}


@pytest.mark.parametrize("what", ODD)
def test_traffic_that_no_release_writes_is_shown_as_it_is(what: str) -> None:
    after = endpoint(95)
    ODD[what](after)
    found = served(endpoint(), after)
    assert not found.pointers
    assert any("routes" in item.path for item in found.changes[0].attributes)


def content(release: str, prompt: int = 3) -> SlotContent:
    return SlotContent(release, "1.0.0", "a" * 64, 7, prompt, "d" * 64)


def file(pointer: Pointer, green: str = NEW, *, blue: str = OLD, shadow: bool = True, **more: Any) -> dict[str, Any]:
    text = render(AgentFile(pointer, content(blue), content(green), shadow)).encode()
    digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return {
        "path": "/Volumes/c/s/v/pointer.json",
        "content_base64": base64.b64encode(text).decode(),
        "md5": digest,
        **more,
    }


def agent(before: dict[str, Any], after: dict[str, Any]) -> Review:
    return of("databricks_file", before, after)


REST, CANARY = Pointer("blue"), Pointer("blue", "green", 5, SALT)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (REST, CANARY, "canary of green: 0 % → 5 % (pointer file /Volumes/c/s/v/pointer.json), nothing else changes"),
        (CANARY, Pointer("blue", "green", 25, SALT), "canary of green: 5 % → 25 %"),
        (CANARY, REST, "canary of green: 5 % → 0 %"),
        (Pointer("blue", "green", 50, SALT), Pointer("green"), "pointer: blue, green for 50 % → green"),
        (Pointer("green"), REST, "pointer: green → blue"),
    ],
)
def test_a_pointer_file_that_moves(old: Pointer, new: Pointer, says: str) -> None:
    found = agent(file(old), file(new))
    assert says in render_terminal(found)
    assert not found.changes and found.pointers[0].alone


def test_a_slot_of_an_agent_gets_a_release_or_works_in_the_shadow() -> None:
    found = agent(file(REST, shadow=False), file(REST, NEXT, shadow=False))
    assert f"slot green (idle): {NEW} → {NEXT}, pointer file" in render_terminal(found)
    assert not found.changes
    assert "slot green starts (pointer file" in render_terminal(agent(file(REST, shadow=False), file(REST)))
    live = agent(file(REST), file(REST, blue=NEXT))
    assert live.verdict.outcome is Outcome.BLOCKED


RIDES: dict[str, tuple[dict[str, Any], str]] = {
    "a release": (file(CANARY, NEXT), "slots.green.release"),
    "a live release": (file(CANARY, blue=NEXT), "slots.blue.release"),
    "a shadow": (file(CANARY, shadow=False), "slot green stops"),
    "a path": (file(CANARY, path="/Volumes/c/s/v/other.json"), "path"),
    "a digest of something else": (file(CANARY, md5="0" * 32), "md5"),
}


@pytest.mark.parametrize("what", RIDES)
def test_what_rides_along_with_a_pointer_file_is_named_and_blocks(what: str) -> None:
    after, named = RIDES[what]
    found = agent(file(REST), after)
    assert any(named in said for said in found.pointers[0].residual), found.pointers[0].residual
    assert found.verdict.outcome is Outcome.BLOCKED


@pytest.mark.parametrize("edit", ["a space", "a key", "not JSON", "not base64", "another salt"])
def test_a_file_that_no_release_writes_is_shown_as_it_is(edit: str) -> None:
    after = copy.deepcopy(file(CANARY))
    said = json.loads(base64.b64decode(after["content_base64"]))
    text = {
        "a space": json.dumps(said, sort_keys=True),
        "a key": json.dumps({**said, "more": 1}, sort_keys=True, separators=(",", ":")) + "\n",
        "not JSON": "pointer",
        "not base64": "",
        "another salt": render(
            AgentFile(Pointer("blue", "green", 25, "claims-letters/r000000000fff"), content(OLD), content(NEW), True)
        ),
    }[edit]
    after["content_base64"] = base64.b64encode(text.encode()).decode() if text else "~"
    found = agent(file(CANARY), after)
    assert not found.pointers
    assert any("content_base64" in item.path for item in found.changes[0].attributes)


def test_a_version_that_nobody_knows_yet_is_no_release() -> None:
    before, after = endpoint(), endpoint()
    del after["config"][0]["served_entities"][1]["entity_version"]
    unknown = merge(after, {"config": [{"served_entities": [{}, {"entity_version": True}]}]}, None)
    kind = "databricks_model_serving"
    change = ResourceChange(f"{kind}.x", kind, "x", Action.UPDATE, before=merge(before, None, None), after=unknown)
    found = review([Plan("prod-x", changes=(change,))])
    assert not found.slots
    assert "known after apply" in found.changes[0].attributes[0].new
