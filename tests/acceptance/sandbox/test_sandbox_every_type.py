"""Every resource type of the provider, made with as little as it takes, by the real Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shipway.sandbox.pack import facts_digest
from shipway.sandbox.provider.filling import fill
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.planning import plan
from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock, Resource, Type
from shipway.sandbox.provider.shaping import conform
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.validating import validate

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

# Types that need more than the least: one of several attributes, or what they would be found by.
UNCOMMON = 40


def least(block: Block, name: str) -> dict[str, Any]:
    """A configuration with all that is required, in the form that cdktf writes."""
    wanted = {key: sample(item, name) for key, item in block.attributes.items() if item.required}
    for key, nested in block.blocks.items():
        if needs(nested):
            wanted[key] = [least(nested.block, name)]
    return wanted


def needs(nested: NestedBlock) -> bool:
    return nested.nesting != "single" and nested.least > 0


def sample(attribute: Attribute, name: str) -> Any:
    if attribute.nested is not None:
        inner = least(attribute.nested, name)
        return {"k": inner} if attribute.nesting == "map" else inner if attribute.nesting == "single" else [inner]
    if attribute.rules.allowed:
        return attribute.rules.allowed[0]
    return of_type(attribute.type, name)


def of_type(kind: Type, name: str) -> Any:
    if kind.element is not None:
        inner = of_type(kind.element, name)
        return {"k": inner} if kind.kind == "map" else [inner]
    return {"string": name, "number": 7, "bool": True}[kind.kind]


def taken(resource: Resource, wanted: dict[str, Any]) -> bool:
    """Whether the provider and a workspace would take it."""
    config = conform(resource.block, wanted)
    if any(not item.warning for item in validate(resource, config)):
        return False
    planned = plan(resource, None, config, config).value
    return planned is not None and key_of(resource.name, fill(resource, planned, "host")) != ""


@pytest.mark.slow
@pytest.mark.terraform
def test_every_type_is_made_settles_and_goes(sandbox: Sandbox) -> None:
    types = Types(sandbox.home.packed / facts_digest())
    resources: dict[str, Any] = {}
    for name in types.resource_names():
        resource = types.resource(name)
        wanted = least(resource.block, name.removeprefix("databricks_"))
        if taken(resource, wanted):
            resources[name] = {"it": wanted}
    assert len(resources) > len(types.resource_names()) - UNCOMMON
    sandbox.write("all", resources)
    sandbox.apply("all")
    assert sandbox.changes("all") == {}
    assert len(sandbox.files()) == len(resources)
    sandbox.run("all", "destroy", "-auto-approve")
    assert sandbox.files() == []
