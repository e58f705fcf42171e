"""The provider's rules, on its real types: what is planned, what needs a new object, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.sandbox.pack import pack, provider_schema
from shipway.sandbox.provider.filling import fill
from shipway.sandbox.provider.identity import key_of, new_id
from shipway.sandbox.provider.planning import plan
from shipway.sandbox.provider.schema import NO_RULES, Attribute, Block, Resource, Type
from shipway.sandbox.provider.shaping import ShapeError, conform, prune
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.validating import validate
from shipway.sandbox.provider.values import UNKNOWN, Object, Value

HOST = "https://one.example"
NAMES = sorted(provider_schema()["resource_schemas"])


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    folder = tmp_path_factory.mktemp("facts") / "packed"
    pack(folder)
    return Types(folder)


def config(resource: Resource, **given: Value) -> Object:
    """A configuration as Terraform sends it: everything that is not set is null."""
    return conform(resource.block, dict(given))


def merged(block: Block, prior: Object, wanted: Object) -> Object:
    """What Terraform proposes: the configuration, and the state's value where the workspace computes one."""
    proposed: Object = {}
    for name, attribute in block.attributes.items():
        before, after = prior[name], wanted[name]
        if attribute.nested and isinstance(before, dict) and isinstance(after, dict) and attribute.nesting == "single":
            proposed[name] = merged(attribute.nested, before, after)
        else:
            proposed[name] = before if after is None and attribute.computed else after
    for name, nested in block.blocks.items():
        before, after = prior[name], wanted[name]
        if nested.nesting == "list" and isinstance(before, list) and isinstance(after, list):
            pairs = zip(before, after, strict=False)
            both = [merged(nested.block, a, b) for a, b in pairs if isinstance(a, dict) and isinstance(b, dict)]
            proposed[name] = [*both, *after[len(before) :]]
        else:
            proposed[name] = after
    return proposed


def create(resource: Resource, wanted: Object) -> Object:
    planned = plan(resource, None, wanted, wanted).value
    assert planned is not None
    return fill(resource, planned, HOST)


def change(resource: Resource, prior: Object, wanted: Object) -> tuple[Object, set[str]]:
    """The planned value, and the attributes that need a new object."""
    planned = plan(resource, prior, merged(resource.block, prior, wanted), wanted)
    assert planned.value is not None
    return planned.value, {str(path[0]) for path in planned.replaces}


def test_what_the_workspace_fills_in_is_unknown_at_first(types: Types) -> None:
    catalog = types.resource("databricks_catalog")
    planned = plan(catalog, None, config(catalog, name="claims"), config(catalog, name="claims")).value
    assert planned is not None
    assert planned["id"] is UNKNOWN
    assert planned["owner"] is UNKNOWN
    assert planned["force_destroy"] is False  # a default
    assert planned["comment"] is None


def test_an_object_has_nothing_unknown(types: Types) -> None:
    made = create(types.resource("databricks_job"), config(types.resource("databricks_job"), name="score"))
    assert "<unknown>" not in repr(made)
    assert str(made["id"]).isdigit()


def test_a_block_has_zeros_where_nothing_is_set(types: Types) -> None:
    job, policy = types.resource("databricks_job"), types.resource("databricks_tag_policy")
    tasks = create(job, config(job, task=[{"task_key": "a"}]))["task"]
    assert isinstance(tasks, list)
    task = tasks[0]
    assert isinstance(task, dict)
    assert (task["description"], task["max_retries"], task["disabled"], task["new_cluster"]) == ("", 0, False, [])
    # Not above the blocks, and not in the newer of the provider's frameworks.
    assert create(job, config(job, name="j"))["description"] is None
    values: list[Value] = [{"name": "x"}]
    assert create(policy, config(policy, tag_key="k", values=values))["description"] is None


@pytest.mark.parametrize(
    ("name", "before", "after", "new_object"),
    [
        ("databricks_catalog", {"name": "c"}, {"name": "c", "comment": "x"}, False),
        ("databricks_catalog", {"name": "c", "storage_root": "s3://a"}, {"name": "c", "storage_root": "s3://b"}, True),
        ("databricks_secret_scope", {"name": "a"}, {"name": "b"}, True),
        ("databricks_group", {"display_name": "a"}, {"display_name": "b"}, False),
        ("databricks_volume", {"name": "a", "volume_type": "MANAGED"}, {"name": "a", "volume_type": "EXTERNAL"}, True),
        ("databricks_workspace_binding", {"workspace_id": 1, "securable_name": "c"},
         {"workspace_id": 2, "securable_name": "c"}, True),
        ("databricks_tag_policy", {"tag_key": "a"}, {"tag_key": "b"}, True),
        ("databricks_tag_policy", {"tag_key": "a"}, {"tag_key": "a", "description": "x"}, False),
    ],
)  # fmt: skip
def test_which_changes_need_a_new_object(
    types: Types, name: str, before: Object, after: Object, new_object: bool
) -> None:
    resource = types.resource(name)
    prior = create(resource, config(resource, **before))
    planned, replaces = change(resource, prior, config(resource, **after))
    assert planned != prior
    assert bool(replaces) is new_object


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        # Upper and lower case are one to Unity Catalog.
        ("databricks_schema", {"catalog_name": "c", "name": "triage"}, {"catalog_name": "C", "name": "TRIAGE"}),
        # A slash at the end of a storage location is none.
        ("databricks_external_location", {"name": "n", "url": "s3://a", "credential_name": "k"},
         {"name": "n", "url": "s3://a/", "credential_name": "k"}),
        # Nothing, and nothing said.
        ("databricks_catalog", {"name": "c", "comment": ""}, {"name": "c"}),
        ("databricks_group", {"display_name": "g", "allow_cluster_create": False}, {"display_name": "g"}),
    ],
)  # fmt: skip
def test_what_is_no_difference_to_the_provider(types: Types, name: str, before: Object, after: Object) -> None:
    resource = types.resource(name)
    prior = create(resource, config(resource, **before))
    assert change(resource, prior, config(resource, **after)) == (prior, set())


@pytest.mark.parametrize("name", NAMES)
def test_every_type_settles(types: Types, name: str) -> None:
    """What was just made, asked for again: nothing to do, for each of the provider's types."""
    resource = types.resource(name)
    wanted = conform(resource.block, _required(resource.block))
    made = create(resource, wanted)
    assert change(resource, made, wanted) == (made, set())
    assert conform(resource.block, prune(resource.block, made)) == made


def _required(block: Block) -> Object:
    filled: Object = {name: _sample(item) for name, item in block.attributes.items() if item.required}
    for name, nested in block.blocks.items():
        if nested.nesting != "single" and name != "provider_config":
            filled[name] = [_required(nested.block)]
    return filled


def _sample(attribute: Attribute) -> Value:
    if attribute.nested is not None:
        inner = _required(attribute.nested)
        if attribute.nesting == "map":
            return {"k": inner}
        return inner if attribute.nesting == "single" else [inner]
    return _of(attribute.type)


def _of(kind: Type) -> Value:
    samples: dict[str, Value] = {"string": "a", "number": 7, "bool": True, "map": {"k": "v"}, "object": {}}
    return samples[kind.kind] if kind.kind in samples else [_of(kind.element)] if kind.element else []


@pytest.mark.parametrize(
    ("name", "given_", "said"),
    [
        ("databricks_volume", {"volume_type": "BANANA"}, "expected volume_type to be one of ['MANAGED', 'EXTERNAL']"),
        ("databricks_sql_endpoint", {"cluster_size": "Huge"}, "expected cluster_size to be one of"),
        ("databricks_workspace_binding", {"workspace_id": 1}, "one of `catalog_name,securable_name` must be specified"),
        ("databricks_catalog", {"share_name": "s", "connection_name": "c"}, "conflicts with"),
        ("databricks_entitlements", {}, "one of `group_id,user_id,service_principal_id` must be specified"),
        ("databricks_cluster_policy", {"policy_family_definition_overrides": "{}"}, "all of `policy_family_id`"),
    ],
)
def test_what_the_provider_refuses(types: Types, name: str, given_: dict[str, Any], said: str) -> None:
    resource = types.resource(name)
    errors = [item.summary for item in validate(resource, config(resource, **given_)) if not item.warning]
    assert any(said in error for error in errors), errors


def test_what_is_not_known_yet_is_not_refused(types: Types) -> None:
    resource = types.resource("databricks_workspace_binding")
    wanted = config(resource, workspace_id=1, securable_name=UNKNOWN, securable_type=UNKNOWN)
    assert [item for item in validate(resource, wanted) if not item.warning] == []


def test_a_deprecated_type_is_a_warning(types: Types) -> None:
    resource = types.resource("databricks_catalog_workspace_binding")
    (found,) = [
        item for item in validate(resource, config(resource, workspace_id=1, securable_name="c")) if item.detail
    ]
    assert found.warning
    assert "databricks_workspace_binding" in found.detail


@pytest.mark.parametrize(
    ("name", "attributes", "expected"),
    [
        ("databricks_schema", {"catalog_name": "claims", "name": "triage"}, "claims.triage"),
        ("databricks_secret_acl", {"scope": "s", "principal": "p"}, "s|||p"),
        ("databricks_grants", {"model": "c.s.m"}, "model/c.s.m"),
        ("databricks_grant", {"schema": "c.s", "principal": "g"}, "schema/c.s/g"),
        ("databricks_permissions", {"job_id": "7"}, "/jobs/7"),
        ("databricks_permissions", {"authorization": "tokens"}, "/authorization/tokens"),
        ("databricks_disable_legacy_access_setting", {}, "global"),
        ("databricks_workspace_conf", {}, "_"),
        ("databricks_workspace_binding", {"workspace_id": 4, "securable_type": "catalog", "securable_name": "c"},
         "4|catalog|c"),
    ],
)  # fmt: skip
def test_ids_are_the_workspaces(name: str, attributes: Object, expected: str) -> None:
    assert new_id(name, attributes, "0" * 64) == expected


def test_a_key_needs_all_its_parts() -> None:
    kind = "databricks_entity_tag_assignment"
    assert key_of(kind, {"entity_type": "tables", "entity_name": "a", "tag_key": "pii"}) == "tables,a,pii"
    assert key_of(kind, {"entity_type": "tables", "entity_name": UNKNOWN, "tag_key": "pii"}) == ""


ATTRIBUTES = ("name", "id", "comment", "options", "owner")


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), st.none() | st.integers() | st.text()))
@settings(max_examples=50)
def test_a_wrong_type_is_said_where_it_is(attributes: dict[str, Any]) -> None:
    text = Attribute(required=False, optional=True, computed=False, rules=NO_RULES, type=Type("string"))
    block = Block(dict.fromkeys(ATTRIBUTES, text), {})
    wrong = [name for name in ATTRIBUTES if isinstance(attributes.get(name), int)]
    if not wrong:
        assert conform(block, attributes) == {name: attributes.get(name) for name in ATTRIBUTES}
        return
    with pytest.raises(ShapeError, match=f"{wrong[0]}: wanted a string"):
        conform(block, attributes)


def test_the_facts_are_packed_whole(types: Types, tmp_path: Path) -> None:
    schema = provider_schema()
    assert types.resource_names() == sorted(schema["resource_schemas"])
    assert types.data_source_names() == sorted(schema["data_source_schemas"])
    again = tmp_path / "packed"
    pack(again)
    assert Types(again).schema_bytes() == types.schema_bytes()
