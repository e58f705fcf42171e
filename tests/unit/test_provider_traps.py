"""What provider 1.99.0 lets through without a word, and that ours does not: each row of docs/provider-traps.md.

Most is asked of the project's own stacks, as Terraform will read them: a construct that fell into a trap would show it
there. What replaces an object is asked of the sandbox, which plans by the provider's own schema and behaviour.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from binding import App
from shipway.guard.ground import bare_ground
from shipway.guard.judge import judge
from shipway.guard.rules import PlanRule, example_plan
from shipway.models.load import load
from shipway.models.protection import KEEPS_CLOSED, is_protected
from shipway.models.resolve import resolve
from shipway.models.resolve_access import merge_grants
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.classes import ChangeClass
from shipway.plan.report import class_of
from shipway.plan.review import review
from shipway.sandbox.pack import pack
from shipway.sandbox.provider.filling import fill
from shipway.sandbox.provider.planning import plan
from shipway.sandbox.provider.shaping import conform
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.values import Object
from stacks import build

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "provider-traps.md"


@dataclass(frozen=True)
class Made:
    """One resource as it stands in a stack."""

    stack: str
    kind: str
    address: str
    body: dict[str, Any]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """Every stack of the project by its name."""
    out = tmp_path_factory.mktemp("traps")
    app = App(outdir=str(out))
    for stack in resolve(load(ROOT)).stacks:
        build(app, stack)
    app.synth()
    return {path.parent.name: json.loads(path.read_bytes()) for path in sorted(out.glob("stacks/*/cdk.tf.json"))}


@pytest.fixture(scope="module")
def made(documents: Mapping[str, dict[str, Any]]) -> tuple[Made, ...]:
    """Every resource of every stack."""
    return tuple(
        Made(stack, kind, f"{kind}.{name}", body)
        for stack, document in documents.items()
        for kind, named in document["resource"].items()
        for name, body in named.items()
    )


def of(made: tuple[Made, ...], *kinds: str) -> list[Made]:
    """Those of some types; a test that found none would have looked at nothing."""
    found = [one for one in made if one.kind in kinds]
    assert found, f"the project declares no {' and no '.join(kinds)}: this test looks at nothing"
    return found


def workspace_ids() -> dict[str, int]:
    """Each environment's own workspace."""
    documents = load(ROOT).environments
    return {name: int(placed.model.workspace.id or 0) for name, placed in documents.items()}


# What a list of grants, or a single grant, is on.
ON = (
    "catalog",
    "external_location",
    "function",
    "metastore",
    "model",
    "schema",
    "storage_credential",
    "table",
    "volume",
)


def target(grants: Made) -> tuple[str, ...]:
    return next((grants.stack, name, str(grants.body[name])) for name in ON if name in grants.body)


# 2.1, 1 to 5: lists of grants and permissions replace what they do not name.


def test_a_securable_has_one_list_of_grants_and_no_single_grant_beside_it(made: tuple[Made, ...]) -> None:
    lists = Counter(target(one) for one in of(made, "databricks_grants"))
    assert {on for on, count in lists.items() if count > 1} == set()
    assert lists.keys().isdisjoint(target(one) for one in of(made, "databricks_grant"))


def test_what_is_everybodys_is_never_granted_by_a_whole_list(made: tuple[Made, ...]) -> None:
    shared = [one for one in of(made, "databricks_grants") if target(one)[2].split(".")[0] in ("system", "samples")]
    assert shared == []
    assert [one for one in of(made, "databricks_grants") if "metastore" in one.body] == []


def test_a_principal_stands_once_in_a_list_with_all_that_it_has(made: tuple[Made, ...]) -> None:
    merged = merge_grants([("a", ["SELECT"]), ("b", ["BROWSE"]), ("a", ["MODIFY", "SELECT"])])
    assert [(grant.principal, grant.privileges) for grant in merged] == [
        ("a", ("MODIFY", "SELECT")),
        ("b", ("BROWSE",)),
    ]
    for one in of(made, "databricks_grants"):
        principals = [grant["principal"] for grant in one.body["grant"]]
        assert len(principals) == len(set(principals)), one.address


def test_nothing_is_granted_by_an_empty_list(made: tuple[Made, ...]) -> None:
    assert merge_grants([("a", [])]) == ()
    for one in of(made, "databricks_grants"):
        assert all(grant["privileges"] for grant in one.body["grant"]), one.address


def test_whoever_applies_keeps_its_own_right_to_the_next_apply(made: tuple[Made, ...]) -> None:
    for one in of(made, "databricks_grants"):
        rights = {grant["principal"]: grant["privileges"] for grant in one.body["grant"]}
        environment, _, rest = one.stack.partition("-")
        of_a_line = rest not in ("landing-zone", "data-policies")
        applies = f"halyard-{rest}-deployers-{environment}" if of_a_line else "halyard-platform-deployers"
        assert "MANAGE" in rights[applies], one.address
    for one in of(made, "databricks_catalog", "databricks_schema", "databricks_volume", "databricks_external_location"):
        # Another owner than a group, and whoever left the company holds the data.
        assert one.body["owner"].startswith("halyard-"), one.address


def test_an_object_has_one_access_list_with_one_level_for_each_and_no_owner(made: tuple[Made, ...]) -> None:
    about = Counter()  # type: Counter[tuple[str, ...]]
    for one in of(made, "databricks_permissions"):
        others = sorted(key for key in one.body if key.endswith(("_id", "_path")))
        about[(one.stack, *(f"{key}={one.body[key]}" for key in others))] += 1
        names = [
            str(entry.get("group_name") or entry.get("service_principal_name")) for entry in one.body["access_control"]
        ]
        assert len(names) == len(set(names)), one.address
        assert all(entry["permission_level"] != "IS_OWNER" for entry in one.body["access_control"]), one.address
        assert all("user_name" not in entry for entry in one.body["access_control"]), one.address
    assert set(about.values()) == {1}


# 2.1, 6 to 10: workspaces, and what is there when.


def test_what_is_isolated_is_never_bound_to_its_own_workspace(made: tuple[Made, ...]) -> None:
    own = workspace_ids()
    for one in of(made, "databricks_workspace_binding"):
        assert one.body["workspace_id"] != own[one.stack.partition("-")[0]], one.address


def test_a_landing_zone_has_one_provider_whose_address_is_plain_text(documents: Mapping[str, dict[str, Any]]) -> None:
    for name, document in documents.items():
        providers = document["provider"]["databricks"]
        # The account's second one is a workspace's, for governed tags alone.
        assert len(providers) == (2 if name == "account" else 1), name
        assert all(re.fullmatch(r"https://[a-z.-]+", provider["host"]) for provider in providers), name


def test_no_stack_waits_for_another_ones_state(documents: Mapping[str, dict[str, Any]]) -> None:
    assert {
        name for name, document in documents.items() if "terraform_remote_state" in document.get("data", {})
    } == set()


def test_what_must_be_there_first_is_waited_for(made: tuple[Made, ...]) -> None:
    for one in of(made, "databricks_mws_permission_assignment"):
        (wanted,) = (need for need in one.body["depends_on"] if need.startswith("databricks_metastore_assignment."))
        (metastore,) = (other for other in made if other.stack == one.stack and other.address == wanted)
        assert metastore.body["workspace_id"] == one.body["workspace_id"], one.address
    for one in of(made, "databricks_external_location"):
        assert one.body["credential_name"].startswith("${databricks_storage_credential."), one.address
    locations = {one.stack: one.address for one in of(made, "databricks_external_location")}
    for one in of(made, "databricks_catalog"):
        assert locations[one.stack] in one.body["depends_on"], one.address


# 2.1, 12 to 15.


def test_a_policy_is_in_a_stack_that_comes_after_its_functions_are_installed(made: tuple[Made, ...]) -> None:
    order = [stack.name for stack in resolve(load(ROOT)).stacks]
    installs = {one.stack for one in of(made, "databricks_notebook")}
    for one in of(made, "databricks_policy_info", "databricks_entity_tag_assignment"):
        before = f"{one.stack.partition('-')[0]}-landing-zone"
        assert before in installs
        assert order.index(before) < order.index(one.stack)


def test_tags_are_governed_in_one_place_and_always_have_a_value(made: tuple[Made, ...]) -> None:
    policies = of(made, "databricks_tag_policy")
    assert {one.stack for one in policies} == {"account"}
    keys = [one.body["tag_key"] for one in policies]
    assert len(keys) == len(set(keys))
    assert all(one.body["tag_value"] for one in of(made, "databricks_entity_tag_assignment"))


def test_no_secrets_value_is_declared_anywhere(documents: Mapping[str, dict[str, Any]], made: tuple[Made, ...]) -> None:
    of(made, "databricks_secret_scope")
    values = {"databricks_secret", "databricks_service_principal_secret", "databricks_token", "databricks_obo_token"}
    assert values.isdisjoint(one.kind for one in made)
    credentials = {"token", "password", "client_secret", "azure_client_secret", "google_credentials"}
    for document in documents.values():
        assert all(credentials.isdisjoint(provider) for provider in document["provider"]["databricks"])


def test_a_network_policy_names_its_account_and_has_a_short_name(made: tuple[Made, ...]) -> None:
    for one in of(made, "databricks_account_network_policy"):
        assert one.body["account_id"] == load(ROOT).account.model.account_id, one.address
        assert len(one.body["network_policy_id"]) <= 32, one.address


def test_whoever_may_do_something_is_let_in_as_user_and_rule_sets_are_the_accounts(made: tuple[Made, ...]) -> None:
    levels = Counter(
        level for one in of(made, "databricks_mws_permission_assignment") for level in one.body["permissions"]
    )
    assert levels.keys() == {"USER", "ADMIN"}
    assert levels["ADMIN"] == 2 * len(workspace_ids()), "the platform's two groups, in each workspace"
    assert {one.stack for one in of(made, "databricks_access_control_rule_set")} == {"account"}
    names = Counter(one.body["name"] for one in of(made, "databricks_access_control_rule_set"))
    assert set(names.values()) == {1}


# 2.2 and 2.3: what a delete does to a setting, and what is replaced.


@pytest.fixture(scope="module")
def rule() -> PlanRule:
    return next(rule for rule in load_plan_rules(ROOT / "policies") if rule.id == "R40")


def refused(rule: PlanRule, kind: str, actions: list[str], before: Object, after: Object | None) -> bool:
    """Whether R40 refuses to do this to an object in a protected environment."""
    change = {"actions": actions, "before": before, **({"after": after} if after is not None else {})}
    fragment = {"resource_changes": [{"address": f"{kind}.x", "type": kind, "change": change}]}
    found = judge([example_plan(rule, json.dumps(fragment))], [rule], bare_ground(date(2026, 11, 21)))
    return bool(found)


OPENS = {
    "databricks_account_network_policy",
    "databricks_aibi_dashboard_embedding_access_policy_setting",
    "databricks_automatic_cluster_update_workspace_setting",
    "databricks_compliance_security_profile_workspace_setting",
    "databricks_default_namespace_setting",
    "databricks_disable_legacy_access_setting",
    "databricks_disable_legacy_dbfs_setting",
    "databricks_disable_legacy_features_setting",
    "databricks_enhanced_security_monitoring_workspace_setting",
    "databricks_ip_access_list",
    "databricks_mws_log_delivery",
    "databricks_restrict_workspace_admins_setting",
    "databricks_system_schema",
    "databricks_workspace_conf",
    "databricks_workspace_setting_v2",
}


@pytest.mark.parametrize("kind", sorted(OPENS))
def test_a_setting_whose_delete_opens_the_workspace_is_not_deleted(rule: PlanRule, kind: str) -> None:
    assert is_protected(kind)
    assert refused(rule, kind, ["delete"], {"id": "x"}, None)
    assert not refused(rule, kind, ["update"], {"id": "x"}, {"id": "y"})


def test_everything_that_keeps_closed_and_is_declared_says_so_itself(made: tuple[Made, ...]) -> None:
    for one in of(made, *KEEPS_CLOSED, *OPENS):
        assert one.body["lifecycle"]["prevent_destroy"] is (one.stack.partition("-")[0] in ("account", "prod")), one


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    folder = tmp_path_factory.mktemp("facts") / "packed"
    pack(folder)
    return Types(folder)


def replaced(types: Types, kind: str, before: Object, after: Object) -> bool:
    """Whether the provider makes a new object of one that becomes this."""
    resource = types.resource(kind)

    def whole(given: Object, other: Object) -> Object:
        # What Databricks fills in stays as it is, but for what the case is about.
        return {**other, **{name: value for name, value in given.items() if value is not None}}

    wanted = conform(resource.block, dict(before))
    planned = plan(resource, None, wanted, wanted).value
    assert planned is not None
    prior = fill(resource, planned, "https://one.example")
    then = conform(resource.block, dict(after))
    return bool(plan(resource, prior, whole(then, prior), then).replaces)


SECURABLE: Object = {"securable_name": "c", "workspace_id": 1}
LOG: Object = {
    "credentials_id": "c",
    "storage_configuration_id": "s",
    "log_type": "AUDIT_LOGS",
    "output_format": "JSON",
}
MODEL: Object = {"catalog_name": "c", "schema_name": "s"}
REPLACES: list[tuple[str, Object, str, Any, Any]] = [
    ("databricks_catalog", {"name": "c"}, "storage_root", "s3://a", "s3://b"),
    ("databricks_schema", {"catalog_name": "c"}, "name", "a", "b"),
    ("databricks_schema", {"catalog_name": "c", "name": "s"}, "storage_root", "s3://a", "s3://b"),
    ("databricks_volume", {"catalog_name": "c", "name": "v", "volume_type": "MANAGED"}, "schema_name", "a", "b"),
    ("databricks_volume", {"catalog_name": "c", "schema_name": "s", "name": "v"}, "volume_type", "MANAGED", "EXTERNAL"),
    ("databricks_external_location", {"url": "s3://a", "credential_name": "c"}, "name", "a", "b"),
    ("databricks_storage_credential", {}, "name", "a", "b"),
    ("databricks_registered_model", MODEL, "name", "a", "b"),
    ("databricks_metastore", {"name": "m"}, "storage_root", "s3://a", "s3://b"),
    ("databricks_metastore_assignment", {"workspace_id": 1}, "metastore_id", "a", "b"),
    ("databricks_mws_workspaces", {"account_id": "1"}, "workspace_name", "aaaa", "bbbb"),
    (
        "databricks_mws_workspaces",
        {"account_id": "1", "workspace_name": "aaaa"},
        "aws_region",
        "eu-west-1",
        "eu-west-2",
    ),
    ("databricks_mws_log_delivery", {"account_id": "1", **LOG}, "config_name", "a", "b"),
    ("databricks_workspace_binding", SECURABLE, "binding_type", "BINDING_TYPE_READ_ONLY", "BINDING_TYPE_READ_WRITE"),
    ("databricks_secret_scope", {}, "name", "a", "b"),
    ("databricks_grant", {"catalog": "c", "privileges": ["BROWSE"]}, "principal", "a", "b"),
    ("databricks_tag_policy", {}, "tag_key", "a", "b"),
    ("databricks_entity_tag_assignment", {"entity_type": "columns", "entity_name": "c.s.t.x"}, "tag_key", "a", "b"),
    ("databricks_access_control_rule_set", {}, "name", "accounts/1/a", "accounts/1/b"),
]
# Made anew they come back whole: access is gone in between, and what the review says is what somebody decides by.
COMES_BACK = {
    "databricks_access_control_rule_set",
    "databricks_entity_tag_assignment",
    "databricks_grant",
    "databricks_tag_policy",
    "databricks_workspace_binding",
}


@pytest.mark.parametrize("case", REPLACES, ids=[f"{kind}.{name}" for kind, _, name, _, _ in REPLACES])
def test_a_change_that_makes_a_new_object_is_refused_or_said(
    types: Types, rule: PlanRule, case: tuple[str, Object, str, Any, Any]
) -> None:
    kind, rest, name, before, after = case
    one, other = {**rest, name: before}, {**rest, name: after}
    assert replaced(types, kind, one, other), "the provider changes it in place: this row is out of date"
    assert not replaced(types, kind, one, one)
    assert refused(rule, kind, ["delete", "create"], one, other) is (kind not in COMES_BACK)
    if kind not in COMES_BACK:
        return
    fragment = {"actions": ["delete", "create"], "before": one, "after": other, "replace_paths": [[name]]}
    example = {"resource_changes": [{"address": f"{kind}.x", "type": kind, "change": fragment}]}
    said = review([example_plan(rule, json.dumps(example))])
    assert max(class_of(row) for row in said.rows) >= ChangeClass.NARROWING, "a reviewer would not be stopped by it"


@pytest.mark.parametrize(
    ("kind", "name"), [("databricks_group", "external_id"), ("databricks_service_principal", "application_id")]
)
def test_an_identity_is_not_replaced_since_nothing_declares_what_would(
    types: Types, made: tuple[Made, ...], kind: str, name: str
) -> None:
    # A new one has a new id: memberships, assignments and federation of the old one are gone.
    assert replaced(types, kind, {"display_name": "x", name: "a"}, {"display_name": "x", name: "b"})
    assert not replaced(types, kind, {"display_name": "x"}, {"display_name": "y"})
    assert [one.address for one in of(made, kind) if name in one.body] == []


# The page that tells all of this.


def named_in(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def test_the_page_names_tests_that_there_are_and_all_of_these() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {name for path in (ROOT / "tests").rglob("test_*.py") for name in named_in(path)}
    cases = set(
        re.findall(
            r'^    "([a-z][^"]+)": \(', "".join(p.read_text() for p in ROOT.glob("tests/unit/test_doc*.py")), re.M
        )
    )
    assert named <= there
    assert set(re.findall(r'case "([^"]+)"', text)) <= cases
    mine = set(named_in(Path(__file__))) - {"test_the_page_names_tests_that_there_are_and_all_of_these"}
    assert mine <= named
    rows = {int(number) for number in re.findall(r"^\| (\d+) \|", text, re.M)}
    assert rows == set(range(1, 16))
