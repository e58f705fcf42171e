"""Drift for machines. The schema's name is versioned; a field may be added, none changes its meaning."""

from __future__ import annotations

from typing import Any

from shipway.drift.model import Drift, Finding

__all__ = ["as_json"]


def as_json(found: Drift) -> dict[str, Any]:
    """The whole report."""
    return {
        "schema": "shipway/drift/v1",
        "environment": found.environment,
        "from": found.source,
        "compared": found.compared,
        "drift": [_finding(one) for one in found.findings],
        "not_judged": [{"what": gap.what, "why": gap.why} for gap in found.gaps],
        "left_out": list(found.left_out),
        "exit_code": found.exit_code,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "weight": str(one.weight),
        "object": one.object,
        "type": one.type,
        "id": one.id,
        "attribute": one.attribute,
        "stack": one.stack,
        "address": one.address,
        "at": {"file": one.at.file, "line": one.at.line, "column": one.at.column} if one.at else None,
        "declared": one.declared,
        "recorded": one.recorded,
        "observed": one.observed,
        "terraform_plan_shows_it": not one.blind,
        "adopt": one.adopt,
        "revert": list(one.revert),
        "caution": one.caution,
    }
