"""Recorded plans with a part broken at random: a clear error or a review, never a traceback, never silence."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.plan.load import UnreadablePlan
from shipway.plan.markdown import render_markdown
from shipway.plan.read import read_plan
from shipway.plan.report import Effect
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal

PLANS = Path(__file__).parent / "plans"
DOCUMENTS = {path.parent.name: json.loads(path.read_bytes()) for path in sorted(PLANS.glob("*/plan.json"))}

JSON = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2**70),
    st.text(max_size=6),
    st.lists(st.none() | st.integers(0, 2) | st.booleans(), max_size=3),
    st.dictionaries(
        st.sampled_from(["id", "name", "references", "address", "task_key"]), st.none() | st.text(max_size=3)
    ),
)


def places(node: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    elif isinstance(node, list):
        inner = list(enumerate(node))
    return [at, *(place for key, value in inner for place in places(value, (*at, key)))]


PLACES = {name: places(document)[1:] for name, document in DOCUMENTS.items()}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_broken_part_is_an_error_or_a_review(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DOCUMENTS)))
    document = copy.deepcopy(DOCUMENTS[name])
    *parents, last = data.draw(st.sampled_from(PLACES[name]))
    node = document
    for key in parents:
        node = node[key]
    node[last] = data.draw(JSON)
    try:
        found = review([read_plan(json.dumps(document).encode(), "prod-x")])
    except UnreadablePlan as error:
        assert error.message and error.hint
        return
    assert render_terminal(found) and render_markdown(found)


@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_a_plan_cut_short_is_never_read(name: str, data: st.DataObject) -> None:
    raw = json.dumps(DOCUMENTS[name]).encode()
    try:
        read_plan(raw[: data.draw(st.integers(0, len(raw) - 1))], "prod-x")
    except UnreadablePlan:
        return
    raise AssertionError("read as a plan")


def test_an_action_that_nobody_knows_is_never_clean() -> None:
    for document in DOCUMENTS.values():
        for place in range(len(document["resource_changes"])):
            changed = copy.deepcopy(document)
            changed["resource_changes"][place]["change"]["actions"] = ["melt"]
            assert review([read_plan(json.dumps(changed).encode(), "prod-x")]).effect is Effect.CANNOT_JUDGE
