"""What a difference makes different: the one value taken over from the other side, and what would be deployed then.

So a line of a document is told by its meaning: `access.authors.schema` of one environment is a grant to this group on
that schema. Names are the left environment's in both, so none of them is in the way.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from shipway.errors import DocumentErrors
from shipway.models.comparison import Absent, Comparison, Where
from shipway.models.deployment import Deployment
from shipway.models.differences import Difference
from shipway.models.environment import Environment
from shipway.models.load import Documents
from shipway.models.resolve import resolve

__all__ = ["Effect", "effects", "taken_over"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would be deployed otherwise: `stack` and `path` in what resolve computes, now and then."""

    stack: str
    path: str
    now: Any
    then: Any


def effects(documents: Documents, left: str, difference: Difference) -> tuple[Effect, ...] | None:
    """What is otherwise in `left` if it has the other side's value; None where that is no deployment by itself."""
    if difference.where is None:
        return None
    alone = _unreplicated(documents)
    try:
        then = _stacks(resolve(taken_over(alone, left, difference)))
        now = _stacks(resolve(alone))
    except (ValidationError, DocumentErrors):
        return None
    return tuple(_compare(now, then))


def taken_over(documents: Documents, left: str, difference: Difference) -> Documents:
    """`documents` in which `left` has the other side's value; raises ValidationError where it cannot have it alone."""
    if difference.where is None:
        return documents
    data = documents.environments[left].model.model_dump(mode="json", by_alias=True)
    _put(data, difference.where, difference.right)
    return _with(documents, left, Environment.model_validate(data))


def _compare(now: dict[str, Any], then: dict[str, Any]) -> Iterator[Effect]:
    for stack in {**now, **then}:
        sides = now.get(stack, Absent.ABSENT), then.get(stack, Absent.ABSENT)
        for found in Comparison("", "").compare(*sides):
            yield Effect(stack, found.where.path, found.left, found.right)


def _unreplicated(documents: Documents) -> Documents:
    """`documents` of which none is a replica: what is looked at is exactly what a replica may not be."""
    for name, loaded in documents.environments.items():
        documents = _with(documents, name, loaded.model.model_copy(update={"replica": None}))
    return documents


def _with(documents: Documents, name: str, environment: Environment) -> Documents:
    loaded = replace(documents.environments[name], model=environment)
    return replace(documents, environments={**documents.environments, name: loaded})


def _put(data: Any, where: Where, value: Any) -> None:
    """Put the other side's `value` into the left side's `data`, where it stands or would stand."""
    value = copy.deepcopy(value)
    *above, last = where.left
    for step in above:
        data = data[step]
    if value is Absent.ABSENT:
        del data[last]
    elif isinstance(data, dict) and isinstance(data.get(last), list) and where.path.endswith("]"):
        # An item that the left side's list lacks: the path ends at the list.
        data[last].append(value)
    else:
        data[last] = value


def _stacks(deployment: Deployment) -> dict[str, Any]:
    return {stack.name: _opened(stack.model_dump(mode="json")) for stack in deployment.stacks}


def _opened(value: Any) -> Any:
    """`value` with JSON in text, such as a cluster policy's definition, as the structure that it is."""
    match value:
        case dict():
            return {key: _opened(one) for key, one in value.items()}
        case list():
            return [_opened(one) for one in value]
        case str() if value.startswith("{"):
            try:
                return json.loads(value)
            except ValueError:
                return value
    return value
