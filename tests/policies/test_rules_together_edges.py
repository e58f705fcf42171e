"""Edges of the rules that look at several resources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shipway.scan.rules import RuleDocument, read_rules
from shipway.scan.scanner import RawResult, Status

RULES = {rule.id: rule for rule in read_rules(Path(__file__).parents[2] / "policies").rules}
Say = Callable[..., set[Status]]
PASSED, FAILED, UNKNOWN = {Status.PASSED}, {Status.FAILED}, {Status.UNKNOWN}


@pytest.fixture
def say(judge_stacks: Callable[[dict[str, tuple[RuleDocument, dict[str, Any]]]], dict[str, list[RawResult]]]) -> Say:
    """What a rule says of resources by stack, or of those of one stack."""

    def said(rule: str, stacks: dict[str, Any]) -> set[Status]:
        named = {stack: {"resource": content} for stack, content in stacks.items()}
        return {result.status for result in judge_stacks({"x": (RULES[rule], named)})["x"]}

    return said


def _members(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Groups by what they are called, and who is in which."""
    names = {name for pair in pairs for name in pair if name.startswith("acme-")}
    groups = {name: {"display_name": name} for name in names}
    member = {
        str(index): {"group_id": f"${{databricks_group.{group}.id}}", "member_id": _id(member)}
        for index, (member, group) in enumerate(pairs)
    }
    return {"account": {"databricks_group": groups, "databricks_group_member": member}}


def _id(name: str) -> str:
    return f"${{databricks_group.{name}.id}}" if name.startswith("acme-") else name


@pytest.mark.parametrize(
    ("pairs", "status"),
    [
        ((("1", "acme-x-authors"), ("2", "acme-x-deployers-prod")), PASSED),
        ((("1", "acme-x-authors"), ("1", "acme-y-deployers-prod")), PASSED),
        ((("1", "acme-x-authors"), ("1", "acme-x-deployers-prod")), FAILED),
        ((("1", "acme-x-authors"), ("1", "acme-platform-deployers")), FAILED),
        ((("acme-x-authors", "acme-x-deployers-dev"),), FAILED),
        ((("acme-x-authors", "acme-all"), ("acme-all", "acme-platform-deployers")), FAILED),
        ((("acme-a", "acme-b"), ("acme-b", "acme-a")), PASSED),
    ],
)
def test_authors_and_deployers(say: Say, pairs: tuple[tuple[str, str], ...], status: set[Status]) -> None:
    assert status <= say("R19", _members(*pairs))
    assert (status == FAILED) == (Status.FAILED in say("R19", _members(*pairs)))


def test_a_group_by_its_number_may_be_any(say: Say) -> None:
    members = {"databricks_group_member": {"m": {"group_id": "4711", "member_id": "1"}}}
    assert say("R19", {"account": members}) == UNKNOWN


@pytest.mark.parametrize(
    ("dev", "prod", "status"),
    [
        ("s3://a/dev", "s3://a/prod", PASSED),
        ("s3://a/x", "s3://a/xy", PASSED),
        ("s3://a/x", "s3://a/x", FAILED),
        ("s3://a/x/", "s3a://a//x/y", FAILED),
        ("S3://a", "s3://a/x/y", FAILED),
        ("s3://a/x/y/z", "s3://a/x", FAILED),
        ("abfss://c@one.dfs.core.windows.net/", "abfss://c@two.dfs.core.windows.net/", PASSED),
    ],
)
def test_storage_of_two_environments(say: Say, dev: str, prod: str, status: set[Status]) -> None:
    stacks = {
        "dev-landing-zone": {"databricks_external_location": {"l": {"url": dev}}},
        "prod-landing-zone": {"databricks_catalog": {"c": {"storage_root": prod}}},
    }
    assert say("R39B", stacks) == status


def test_storage_within_one_environment_may_overlap(say: Say) -> None:
    location = {"databricks_external_location": {"l": {"url": "s3://a"}}}
    catalog = {"databricks_catalog": {"c": {"storage_root": "s3://a/x"}}}
    assert say("R39B", {"prod-landing-zone": location | catalog}) == PASSED
    assert say("R39B", {"prod-landing-zone": location, "prod-other": catalog}) == PASSED


def _rule_set(role: str, principal: str, name: str = "sp-x-deploy-prod") -> dict[str, Any]:
    path = "accounts/1/servicePrincipals/${databricks_service_principal.p.application_id}/ruleSets/default"
    rules = {"name": path, "grant_rules": [{"role": f"roles/servicePrincipal.{role}", "principals": [principal]}]}
    return {
        "databricks_service_principal": {"p": {"display_name": name}},
        "databricks_access_control_rule_set": {"r": rules},
    }


@pytest.mark.parametrize(
    ("role", "principal", "name", "status"),
    [
        ("user", "groups/acme-x-authors", "sp-x-deploy-prod", FAILED),
        ("user", "groups/acme-x-authors", "sp-x-run-prod", PASSED),
        ("user", "groups/acme-x-authors", "${var.name}", FAILED),
        ("manager", "groups/acme-x-authors", "sp-x-run-prod", FAILED),
        ("user", "groups/acme-x-deployers-prod", "sp-x-deploy-prod", PASSED),
        ("user", "${var.who}", "sp-x-deploy-prod", UNKNOWN),
    ],
)
def test_who_may_act_as_whom(say: Say, role: str, principal: str, name: str, status: set[Status]) -> None:
    assert say("R23", {"account": _rule_set(role, principal, name)}) == status


def test_two_rule_sets_of_one_name(say: Say) -> None:
    once = {"name": "accounts/1/tagPolicies/x/ruleSets/default", "grant_rules": []}
    assert say("R23", {"account": {"databricks_access_control_rule_set": {"a": once, "b": once}}}) == FAILED


def _tagged(key: str, value: str | None, condition: str | None = None, on: str = "c") -> dict[str, Any]:
    tag = {"entity_type": "columns", "entity_name": "c.s.t.name", "tag_key": key, "tag_value": value}
    policy = {
        "policy_type": "POLICY_TYPE_COLUMN_MASK",
        "on_securable_fullname": on,
        "match_columns": [{"alias": "a", "condition": condition}],
    }
    policies = {"databricks_policy_info": {"p": policy}} if condition else {}
    return {"databricks_entity_tag_assignment": {"t": tag}, **policies}


GOVERNED = {"databricks_tag_policy": {"p": {"tag_key": "level", "values": [{"name": "pii"}, {"name": "none"}]}}}


@pytest.mark.parametrize(
    ("key", "value", "condition", "status"),
    [
        ("level", "pii", None, PASSED),
        ("level", "PII", None, FAILED),
        ("Level", "pii", None, FAILED),
        ("level", None, None, PASSED),
        ("class.name", "x", None, PASSED),
        ("level", "${var.x}", None, UNKNOWN),
    ],
)
def test_governed_tags(say: Say, key: str, value: str, condition: str | None, status: set[Status]) -> None:
    assert say("R26B", {"account": GOVERNED, "prod-landing-zone": _tagged(key, value, condition)}) == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("has_tag_value('level', 'pii')", PASSED),
        ('hasTagValue("level", "pii") OR has_tag("level")', PASSED),
        ("has_tag_value('level', 'secret')", FAILED),
        ("hasTag('other')", FAILED),
        ("has_tag(concat('le', 'vel'))", UNKNOWN),
        ("${var.condition}", UNKNOWN),
    ],
)
def test_tags_that_a_policy_asks_for(say: Say, condition: str, status: set[Status]) -> None:
    policies = {"databricks_policy_info": _tagged("level", "pii", condition)["databricks_policy_info"]}
    assert say("R26B", {"account": GOVERNED, "prod-landing-zone": policies}) == status


@pytest.mark.parametrize(
    ("condition", "on", "status"),
    [
        ("has_tag_value('level', 'pii')", "c", PASSED),
        ("has_tag_value('level', 'pii')", "C.S", PASSED),
        ("has_tag('level')", "c.s.t", PASSED),
        ("has_tag('level')", "c.s.t2", FAILED),
        ("has_tag('level')", "c.s.tab", FAILED),
        ("has_tag_value('level', 'none')", "c", FAILED),
        ("has_tag('level')", "${var.catalog}", UNKNOWN),
        (None, "c", FAILED),
    ],
)
def test_masks(say: Say, condition: str | None, on: str, status: set[Status]) -> None:
    whole = _tagged("level", "pii", condition, on)
    assert say("R51", {"prod-landing-zone": whole}) == status
    apart = {f"prod-{index}": {kind: named} for index, (kind, named) in enumerate(whole.items())}
    assert say("R51", apart) == status


def test_what_is_not_personal_needs_no_mask(say: Say) -> None:
    assert say("R51", {"s": _tagged("level", "none")}) == PASSED


@pytest.mark.parametrize(
    ("wanted", "destinations", "status"),
    [
        ("c", [{"destination_type": "EMAIL"}], PASSED),
        ("c", [], FAILED),
        ("d", [{"destination_type": "EMAIL"}], FAILED),
        ("${databricks_catalog.c.name}", [{"destination_type": "EMAIL"}], PASSED),
        ("${var.c}", [{"destination_type": "EMAIL"}], UNKNOWN),
    ],
)
def test_request_destinations(say: Say, wanted: str, destinations: list[Any], status: set[Status]) -> None:
    asked = {"securable": {"type": "CATALOG", "full_name": wanted}, "destinations": destinations}
    resources = {
        "databricks_catalog": {"c": {"name": "c"}},
        "databricks_rfa_access_request_destinations": {"r": asked},
    }
    assert say("R61", {"s": resources}) == status


@pytest.mark.parametrize(("waited_for", "status"), [("a", PASSED), ("b", FAILED)])
def test_only_the_metastore_of_its_workspace_is_waited_for(say: Say, waited_for: str, status: set[Status]) -> None:
    depends = [f"databricks_metastore_assignment.{waited_for}"]
    stack = {
        "databricks_metastore_assignment": {"a": {"workspace_id": 1}, "b": {"workspace_id": 2}},
        "databricks_mws_permission_assignment": {"x": {"workspace_id": 1, "depends_on": depends}},
    }
    assert say("R14", {"account": stack}) == status


MADE = "${databricks_mws_workspaces.w0.workspace_id}"


@pytest.mark.parametrize(
    ("made", "option", "status"),
    [
        (1, {"workspace_id": MADE, "network_policy_id": "p"}, PASSED),
        (1, {"workspace_id": MADE, "network_policy_id": "${databricks_account_network_policy.p.id}"}, PASSED | FAILED),
        (1, {"workspace_id": MADE, "network_policy_id": "other"}, PASSED | FAILED),
        (2, {"workspace_id": MADE, "network_policy_id": "p"}, PASSED | FAILED),
        (0, {"workspace_id": 1234, "network_policy_id": "p"}, PASSED),
        (1, {"workspace_id": "${var.w}", "network_policy_id": "p"}, PASSED | UNKNOWN),
        (1, {"workspace_id": MADE, "network_policy_id": "${var.p}"}, PASSED | UNKNOWN),
    ],
)
def test_egress_policies(say: Say, made: int, option: dict[str, Any], status: set[Status]) -> None:
    stack = {
        "databricks_account_network_policy": {"p": {"network_policy_id": "p"}},
        "databricks_mws_workspaces": {f"w{number}": {"workspace_name": "w"} for number in range(made)},
        "databricks_workspace_network_option": {"o": option},
    }
    assert say("R12B", {"account": stack}) == status


@pytest.mark.parametrize(
    ("attached", "options", "status"),
    [
        (1234, [1234], PASSED),
        ("1234", [1234], PASSED),
        (1234, [], FAILED),
        (1234, [5678], FAILED),
        ("${var.w}", [1234], UNKNOWN),
        (1234, ["${var.w}"], UNKNOWN),
    ],
)
def test_a_workspace_that_was_there_before_has_an_egress_policy(
    say: Say, attached: Any, options: list[Any], status: set[Status]
) -> None:
    # No policy is declared in most of these: one without any is what the rule must not overlook.
    stack = {
        "databricks_metastore_assignment": {"a": {"workspace_id": attached, "metastore_id": "m"}},
        "databricks_workspace_network_option": {
            str(index): {"workspace_id": workspace, "network_policy_id": "p"} for index, workspace in enumerate(options)
        },
    }
    assert say("R12B", {"account": stack}) == status


ATTACHED = {"databricks_metastore_assignment": {"a": {"workspace_id": 1234}}}
SETTING = {"databricks_disable_legacy_features_setting": {"s": {"disable_legacy_features": {"value": False}}}}


@pytest.mark.parametrize(
    ("stacks", "status"),
    [
        ({"account": ATTACHED}, FAILED),
        ({"account": {"databricks_mws_workspaces": {"w": {"workspace_name": "acme"}}}}, FAILED),
        ({"account": {**ATTACHED, **SETTING}}, PASSED),
        ({"account": ATTACHED, "baseline": SETTING}, PASSED),
        ({"account": SETTING}, set()),
    ],
)
def test_an_account_says_what_of_legacy_features(say: Say, stacks: dict[str, Any], status: set[Status]) -> None:
    assert say("R01B", stacks) == status


def _metastore(region: Any) -> dict[str, Any]:
    return {"databricks_metastore": {"m": {"region": region}}}


def _delivered(*kinds: str) -> dict[str, Any]:
    return {"databricks_mws_log_delivery": {str(index): {"log_type": kind} for index, kind in enumerate(kinds)}}


@pytest.mark.parametrize(
    ("account", "status"),
    [
        (_metastore("eu-central-1"), FAILED),
        (_metastore("us-gov-west-1"), FAILED),
        (_metastore("westeurope"), PASSED),
        (_metastore("europe-west3"), PASSED),
        (_metastore("${var.region}"), UNKNOWN),
        (_metastore(None), PASSED),
        (_metastore("eu-central-1") | _delivered("BILLABLE_USAGE"), FAILED),
        (_metastore("eu-central-1") | _delivered("BILLABLE_USAGE", "AUDIT_LOGS"), PASSED),
        (_metastore("eu-central-1") | _delivered("${var.kind}"), UNKNOWN),
        (_metastore("${var.region}") | _delivered("AUDIT_LOGS"), PASSED),
        ({"databricks_mws_workspaces": {"w": {"aws_region": "eu-west-1"}}}, FAILED),
        ({"databricks_mws_workspaces": {"w": {"location": "europe-west3"}}}, PASSED),
    ],
)
def test_an_account_on_aws_delivers_its_audit_logs(say: Say, account: dict[str, Any], status: set[Status]) -> None:
    assert say("R02B", {"account": account}) == status


def _budget(**tags: Any) -> dict[str, Any]:
    counted = [{"key": key, "value": {"operator": "IN", "values": value}} for key, value in tags.items()]
    return {"databricks_budget": {"b": {"display_name": "b", "filter": {"tags": counted}}}}


CLAIMS = {"environment": "prod", "use_case": "claims"}


@pytest.mark.parametrize(
    ("tags", "account", "status"),
    [
        (CLAIMS, _budget(environment=["prod"], use_case=["claims"]), PASSED),
        (CLAIMS, _budget(environment=["dev", "prod"], use_case=["claims"]), PASSED),
        (CLAIMS, _budget(environment=["dev"], use_case=["claims"]), FAILED),
        (CLAIMS, _budget(use_case=["claims"]), FAILED),
        (CLAIMS, _budget(environment=["prod"], use_case=["fraud"]), FAILED),
        (CLAIMS, {}, FAILED),
        (CLAIMS, _budget(environment=["${var.e}"], use_case=["claims"]), UNKNOWN),
        ({"environment": "prod", "use_case": "${var.u}"}, _budget(environment=["prod"]), UNKNOWN),
        ("${var.tags}", {}, UNKNOWN),
        ({"environment": "prod"}, {}, PASSED),
        (None, {}, PASSED),
    ],
)
def test_every_use_case_has_a_budget_where_it_runs(
    say: Say, tags: Any, account: dict[str, Any], status: set[Status]
) -> None:
    line = {"databricks_job": {"j": {"name": "j", "tags": tags}}}
    assert say("R24B", {"prod-claims": line, "account": account}) == status


def _perimeter(switch: Any, *kinds: Any) -> dict[str, Any]:
    conf = {"databricks_workspace_conf": {"c": {"custom_config": switch}}} if switch is not None else {}
    lists = {str(index): {"list_type": kind, "ip_addresses": ["198.51.100.7"]} for index, kind in enumerate(kinds)}
    return {**conf, "databricks_ip_access_list": lists}


@pytest.mark.parametrize(
    ("stack", "status"),
    [
        (_perimeter({"enableIpAccessLists": "true"}, "ALLOW"), PASSED),
        (_perimeter({"enableIpAccessLists": True}, "BLOCK", "ALLOW"), PASSED),
        (_perimeter({}), PASSED),
        (_perimeter({"enableIpAccessLists": "true"}), FAILED),
        # The list itself is in force; it is the switch that lets everybody else in.
        (_perimeter({"enableIpAccessLists": "true"}, "BLOCK"), PASSED | FAILED),
        (_perimeter({"enableIpAccessLists": "false"}, "ALLOW"), FAILED),
        (_perimeter({}, "ALLOW"), FAILED),
        (_perimeter(None, "ALLOW"), FAILED),
        (_perimeter("${var.conf}", "ALLOW"), PASSED | UNKNOWN),
        (_perimeter({"enableIpAccessLists": "${var.on}"}), FAILED),
        (_perimeter({"enableIpAccessLists": "true"}, "${var.kind}"), PASSED | UNKNOWN),
    ],
)
def test_lists_of_addresses_and_their_switch(say: Say, stack: dict[str, Any], status: set[Status]) -> None:
    assert say("R35B", {"prod-landing-zone": stack}) == status
