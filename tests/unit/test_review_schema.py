"""The review's JSON Schema: current, and every recorded review is of it, with nothing that it does not name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shipway.plan.as_json import render_json
from shipway.plan.model import Gap
from shipway.plan.read import read_plan_file
from shipway.plan.report import RuleRow
from shipway.plan.review import review
from shipway.plan.schema import FILE, schema_text

ROOT = Path(__file__).parents[2]
PLANS = sorted((ROOT / "tests/acceptance/plans").glob("*/plan.json"))
RULE = RuleRow("R40", "title", "a.b", ("message",), "x/y", "prod.yaml:1:1", "", "prod.yaml", ())


def closed(schema: Any) -> Any:
    """The same schema, refusing what it does not name: readers may leave that aside, a test of ours may not."""
    if isinstance(schema, dict):
        inner = {name: closed(value) for name, value in schema.items()}
        return {**inner, "additionalProperties": False} if "properties" in schema and "required" in schema else inner
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


VALIDATOR = jsonschema.Draft202012Validator(closed(json.loads(schema_text())))


def test_the_committed_schema_is_current() -> None:
    assert (ROOT / "schemas" / FILE).read_text() == schema_text(), "run: .venv/bin/python -m shipway.plan.schema"
    VALIDATOR.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("file", PLANS, ids=lambda path: path.parent.name)
def test_every_recorded_review_is_of_it(file: Path) -> None:
    found = review([read_plan_file(file)], [Gap("x", "unread")], rules=[RULE], key=b"k")
    VALIDATOR.validate(json.loads(render_json(found)))


def test_it_refuses_what_is_no_review() -> None:
    whole = json.loads(render_json(review([])))
    VALIDATOR.validate(whole)
    for name in whole:
        cut = {key: value for key, value in whole.items() if key != name}
        assert list(VALIDATOR.iter_errors(cut)), name
    assert list(VALIDATOR.iter_errors({**whole, "schema": "shipway/review/v2"}))
    assert list(VALIDATOR.iter_errors({**whole, "effect": "harmless"}))
    assert list(VALIDATOR.iter_errors({**whole, "unheard_of": []}))
