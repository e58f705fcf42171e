"""What depends on what changes: by references and by names, one step listed, all of them counted, circles ended."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shipway.plan.masks import merge
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.read import read_plan
from shipway.plan.report import ReachRow
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal


def change(address: str, action: Action, block: dict[str, Any]) -> ResourceChange:
    kind, _, name = address.partition(".")
    side = merge(block, None, None)
    return ResourceChange(
        address,
        kind,
        name,
        action,
        before=None if action is Action.CREATE else side,
        after=None if action is Action.DELETE else side,
    )


CATALOG = change("databricks_catalog.c", Action.DELETE, {"name": "claims"})
SCHEMA = change("databricks_schema.s", Action.NO_OP, {"name": "triage", "catalog_name": "claims"})
GRANTS = change("databricks_grants.g", Action.NO_OP, {"schema": "claims.triage", "grant": []})


def reach(*plans: Plan) -> tuple[ReachRow, ...]:
    return review(plans).reach


def test_by_name_also_into_another_stack() -> None:
    (row,) = reach(Plan("prod-landing-zone", changes=(CATALOG,)), Plan("prod-x", changes=(SCHEMA, GRANTS)))
    assert (row.name, row.direct, row.direct_count, row.total) == (
        "claims",
        ("databricks_schema claims.triage",),
        1,
        2,
    )
    text = render_terminal(review([Plan("prod-x", changes=(CATALOG, SCHEMA, GRANTS))]))
    assert "destroy databricks_catalog claims: used by databricks_schema claims.triage; 1 more through these" in text


def test_what_is_created_or_stays_has_no_row() -> None:
    made = change("databricks_catalog.c", Action.CREATE, {"name": "claims"})
    kept = change("databricks_catalog.c", Action.NO_OP, {"name": "claims"})
    assert reach(Plan("prod-x", changes=(made, SCHEMA))) == () == reach(Plan("prod-x", changes=(kept, SCHEMA)))


def test_by_reference_of_a_plan() -> None:
    def item(name: str, actions: list[str]) -> dict[str, Any]:
        sides = {"before": {"id": name}, "after": None if actions == ["delete"] else {"id": name}}
        own = {"mode": "managed", "type": "terraform_data", "name": name, "address": f"terraform_data.{name}"}
        return {**own, "change": {"actions": actions, **sides}}

    blocks = [
        {"address": "terraform_data.b", "expressions": {"input": [{"x": {"references": ["terraform_data.a.id"]}}]}},
        {"address": "terraform_data.c", "expressions": {}, "depends_on": ["terraform_data.b"]},
    ]
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [item("a", ["update"]), item("b", ["no-op"]), item("c", ["no-op"])],
        "configuration": {"root_module": {"resources": blocks}},
    }
    (row,) = reach(read_plan(json.dumps(document).encode(), "prod-x"))
    assert (row.direct, row.total) == (("terraform_data b",), 2)


def test_it_asks_for_no_approval() -> None:
    """Another dependent is no other effect: what was approved stays approved."""
    alone, used = (review([Plan("prod-x", changes=changes)]) for changes in ((CATALOG,), (CATALOG, SCHEMA)))
    assert alone.fingerprints == used.fingerprints


EDGES = st.dictionaries(st.integers(0, 6), st.frozensets(st.integers(0, 6), max_size=4), max_size=7)


@given(EDGES)
def test_every_step_is_counted_once_and_circles_end(edges: dict[int, frozenset[int]]) -> None:
    addresses = [f"terraform_data.n{number}" for number in range(7)]
    changes = tuple(change(address, Action.UPDATE, {"id": address}) for address in addresses)
    references = {addresses[one]: frozenset(addresses[other] for other in others) for one, others in edges.items()}
    found = {row.name: row for row in reach(Plan("prod-x", changes=changes, references=references))}
    for number, address in enumerate(addresses):
        expected, frontier = set[int](), {number}
        while frontier:
            frontier = {one for one, others in edges.items() if others & frontier} - expected - {number}
            expected |= frontier
        row = found.get(address.partition(".")[2])
        assert (row.total if row else 0) == len(expected)
