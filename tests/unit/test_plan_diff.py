"""Differences by name: what moved is not what changed, and what is equal has none."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.plan.diff import differences
from shipway.plan.masks import merge
from shipway.plan.values import ABSENT, Record, Secret, Unknown, Value, same

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | st.sampled_from(["a", "b", '{"a": 1}', "[]"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "a", "b.c"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def value(raw: Any) -> Value:
    return merge(raw, None, None)


def paths(old: Any, new: Any) -> list[str]:
    return [difference.path for difference in differences(value(old), value(new))]


def test_of_an_encoded_file_the_text_is_compared() -> None:
    old, new = (base64.b64encode(text.encode()).decode() for text in ("SELECT 1", "SELECT 2"))
    (found,) = differences(old, new, "content_base64")
    assert (found.path, found.old, found.new) == ("content_base64{text}", "SELECT 1", "SELECT 2")
    for other in ("no base64!", base64.b64encode(b"\xff\xfe").decode()):
        (found,) = differences(old, other, "content_base64")
        assert (found.path, found.old, found.new) == ("content_base64", old, other)


@given(JSON, JSON)
def test_equal_has_none_and_unequal_has_some(old: Any, new: Any) -> None:
    assert not paths(old, old)
    if not same(value(old), value(new)):
        # Only null beside a missing name is a difference that is none: to Terraform they are one.
        assert paths(old, new) or "None" in repr((old, new))


@given(JSON, JSON)
def test_both_directions_tell_the_same_places(old: Any, new: Any) -> None:
    assert sorted(paths(old, new)) == sorted(paths(new, old))


def tasks(count: int) -> list[dict[str, Any]]:
    return [{"task_key": f"t{number}", "timeout_seconds": number} for number in range(count)]


def test_a_task_at_the_head_of_fifty_is_one_row() -> None:
    assert paths({"task": tasks(50)}, {"task": [{"task_key": "first"}, *tasks(50)]}) == ['task["first"]']


def test_a_changed_task_is_found_by_its_key() -> None:
    changed = tasks(50)
    changed[30]["timeout_seconds"] = 9
    moved = [*changed[25:], *changed[:25]]
    assert paths({"task": tasks(50)}, {"task": moved}) == ['task["t30"].timeout_seconds', "task{order}"]


@pytest.mark.parametrize("key", ["task_key", "job_cluster_key", "environment_key", "name", "key", "principal"])
def test_natural_keys(key: str) -> None:
    old = [{key: "a", "x": 1}, {key: "b", "x": 2}]
    assert paths({"list": old}, {"list": [{key: "b", "x": 3}, {key: "a", "x": 1}]})[0] == 'list["b"].x'
    assert paths({"list": old}, {"list": old[:1]}) == ['list["b"]']


def test_a_key_that_repeats_is_none() -> None:
    old = [{"name": "a", "x": 1}, {"name": "a", "x": 2}]
    assert paths({"list": old}, {"list": [old[1], old[0]]}) == ["list{order}"]
    assert paths({"list": old}, {"list": [{"name": "a", "x": 3}, old[1]]}) == ["list[0].x"]


def test_lists_of_plain_values_are_taken_out_and_put_in() -> None:
    found = list(differences(value(["a", "a", "b"]), value(["b", "a", "c"]), "list"))
    assert [(item.path, item.old, item.new) for item in found] == [("list[]", "a", ABSENT), ("list[]", ABSENT, "c")]
    assert paths({"list": ["a", "b"]}, {"list": ["b", "a"]}) == ["list{order}"]


def test_json_in_a_text() -> None:
    assert paths({"definition": '{"a": {"value": 1}}'}, {"definition": '{"a": {"value": 2}}'}) == [
        "definition{json}.a.value"
    ]
    assert paths({"definition": '{"a": 1}'}, {"definition": '{"a":1}'}) == ["definition"]


def test_strange_names_are_quoted() -> None:
    assert paths({"tags": {"a.b": 1, "ok": 1}}, {"tags": {"a.b": 2, "ok": 2}}) == ['tags["a.b"]', "tags.ok"]


def test_types_differ() -> None:
    assert paths({"a": True}, {"a": 1}) == ["a"]
    assert not paths({"a": 1}, {"a": 1.0})
    assert not paths({"a": None}, {})


def test_secrets_and_unknowns_are_compared_and_kept() -> None:
    old, new = Record({"s": Secret("a"), "u": "x"}), Record({"s": Secret("b"), "u": Unknown()})
    assert [item.path for item in differences(old, new)] == ["s", "u"]
    assert not list(differences(old, old))
