"""From observed objects to a document: nothing is lost, nothing is invented, whatever an object holds."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.adopt.adopt import adopt
from shipway.adopt.document import document_text
from shipway.adopt.model import Adoption, Reason
from shipway.adopt.report import as_json, exit_code, summary
from shipway.adopt.suggest import suggestions_text
from shipway.guard.ground import ground_of
from shipway.models.adopted import Adopted
from shipway.models.document import validate
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.models.source import read_source
from shipway.observed import Observed, ObservedWorkspace, Unreadable

CATALOG = {"name": "main", "owner": "data", "isolation_mode": "OPEN"}


def found(*objects: Observed, **more: Any) -> Adoption:
    return adopt("legacy", ObservedWorkspace("a test", "https://x", "7", objects, **more))


def catalog(name: str = "main", **more: Any) -> Observed:
    return Observed("databricks_catalog", name, name, {**CATALOG, "name": name, **more})


def why(adoption: Adoption) -> list[str]:
    return [f"{one.reason}: {one.why}" for one in adoption.left_out]


def grants(on: str, *held: tuple[str, list[str]]) -> Observed:
    listed = [{"principal": who, "privileges": words} for who, words in held]
    return Observed("databricks_grants", f"catalog/{on}", on, {"catalog": on, "grant": listed})


def test_an_attribute_that_nobody_knows_keeps_the_object_out() -> None:
    adoption = found(catalog(future_setting="on"), grants("main", ("g", ["BROWSE"])))
    assert adoption.taken == ()
    assert "future_setting cannot be declared" in why(adoption)[0]
    assert "what it is on" in why(adoption)[1]
    assert exit_code(adoption) == 2


def test_an_attribute_that_is_not_set_is_no_reason() -> None:
    assert len(found(catalog(future_setting="", other=None, more=[], flag=False)).taken) == 1


def test_a_child_that_does_not_fit_is_left_out_and_its_parent_stays() -> None:
    adoption = found(catalog(), grants("main", ("g", ["not a privilege"])))
    assert [one.type for one in adoption.taken] == ["databricks_catalog"]
    assert "grants" in why(adoption)[0]


def test_the_home_workspace_is_never_bound_by_us() -> None:
    def bound(workspace: str) -> Observed:
        attributes = {"securable_type": "catalog", "securable_name": "main", "workspace_id": workspace}
        return Observed("databricks_workspace_binding", f"{workspace}|catalog|main", "b", attributes)

    adoption = found(catalog(isolation_mode="ISOLATED"), bound("7"), bound("8"))
    assert adoption.document.catalogs["main"].bindings == {"8": "BINDING_TYPE_READ_WRITE"}
    assert [one.reason for one in adoption.left_out] == [Reason.DATABRICKS]


def test_names_that_differ_in_case_only_are_one_object() -> None:
    adoption = found(catalog("main"), catalog("MAIN"))
    assert len(adoption.taken) == 1
    assert "letters' case" in why(adoption)[0]


def test_what_could_not_be_read_has_its_own_exit_code() -> None:
    adoption = found(catalog(), unreadable=(Unreadable("databricks_job", "", "403"),))
    assert exit_code(adoption) == 5
    assert "1 questions were not answered" in summary(adoption, "report")
    assert exit_code(found(catalog())) == 0


def test_groups_are_suggested_for_the_account_and_never_made_up() -> None:
    def group(name: str) -> Observed:
        return Observed("databricks_group", "5", name, {"display_name": name})

    conf = Observed("databricks_workspace_conf", "_", "conf", {"custom_config": {"enableIpAccessLists": "true"}})
    text = suggestions_text(found(group("data-engineers"), group("Größe\nx: y"), group("admins"), conf))
    listed = yaml.safe_load(text)["groups"]
    assert listed == {"data-engineers": "What it is for"}
    assert "# id 5" in text
    assert "'Größe x: y'" in text
    assert "admins" not in text
    assert "enableIpAccessLists" in text


TEXT = st.text(max_size=30)
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(
    [
        *("databricks_catalog", "databricks_schema", "databricks_volume", "databricks_registered_model"),
        *("databricks_storage_credential", "databricks_external_location", "databricks_cluster_policy"),
        *("databricks_sql_endpoint", "databricks_secret_scope", "databricks_secret_acl", "databricks_ip_access_list"),
        *("databricks_notification_destination", "databricks_grants", "databricks_permissions", "databricks_job"),
        *("databricks_workspace_binding", "databricks_group", "databricks_group_member", "databricks_strange"),
    ]
)
FIELDS = [
    *("name", "owner", "comment", "isolation_mode", "catalog_name", "schema_name", "volume_type", "url", "principal"),
    *("credential_name", "definition", "scope", "permission", "grant", "access_control", "catalog", "workspace_id"),
    *("securable_name", "aws_iam_role", "config", "tags", "channel", "keyvault_metadata", "policy_family_id"),
    *("storage_location", "storage_root", "properties", "ip_addresses", "list_type", "label", "cluster_policy_id"),
]
GOOD = {
    "isolation_mode": st.sampled_from(["OPEN", "ISOLATED", "ISOLATION_MODE_OPEN"]),
    "volume_type": st.sampled_from(["MANAGED", "EXTERNAL"]),
    "grant": st.lists(
        st.fixed_dictionaries({"principal": TEXT, "privileges": st.lists(st.just("SELECT"))}), max_size=3
    ),
    "aws_iam_role": st.just([{"role_arn": "arn:x"}]),
}


@st.composite
def objects(draw: st.DrawFn) -> Observed:
    name = draw(TEXT)
    attributes: dict[str, Any] = {}
    for field in draw(st.lists(st.sampled_from(FIELDS), unique=True)):
        attributes[field] = draw(JUNK | GOOD.get(field, TEXT))
    attributes |= {"name": name, "owner": draw(TEXT)} if draw(st.booleans()) else {}
    return Observed(draw(TYPES), draw(st.just(name) | TEXT), name, attributes)


@settings(max_examples=300, deadline=None)
@given(st.lists(objects(), max_size=8))
def test_every_object_ends_in_the_document_or_in_the_list_and_the_document_reads_back(
    tmp_path_factory: pytest.TempPathFactory, some: list[Observed]
) -> None:
    adoption = found(*some)
    ended = [*adoption.taken, *(one.object for one in adoption.left_out)]
    assert sorted(map(id, ended)) == sorted(map(id, some))
    folder: Path = tmp_path_factory.mktemp("d")
    (folder / "legacy.yaml").write_text(document_text(adoption), encoding="utf-8")
    source = read_source(folder, folder / "legacy.yaml")
    assert validate(Adopted, source) == adoption.document
    assert all(one.why for one in adoption.left_out)
    assert "\x1b" not in summary(adoption, "r")
    lines = suggestions_text(adoption).splitlines()
    assert all(line.startswith(("#", "groups:", "  ")) or not line for line in lines)
    assert as_json(adoption)["counts"]


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(max_size=60))
def test_a_catalog_of_any_name_is_taken_verbatim_or_refused(name: str, comment: str) -> None:
    adoption = found(catalog(name, comment=comment))
    if adoption.taken:
        data = yaml.safe_load(document_text(adoption))
        (entry,) = data["catalogs"].values()
        assert (entry["name"], entry.get("comment", "")) == (name, comment)
    else:
        assert len(adoption.left_out) == 1


def test_the_stack_of_what_was_adopted_is_protected_and_its_waivers_stand_in_its_own_document(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(root / name, tmp_path / name)
    (tmp_path / "adopted").mkdir()
    waiver = '{rule: R40, owner: g, reason: "not needed any more", expires: 2099-12-31, path: dev-adopted/schemas/x}'
    (tmp_path / "adopted" / "dev.yaml").write_text(f"waivers:\n  - {waiver}\n")
    documents = load(tmp_path)
    ground = ground_of(documents, date(2026, 1, 1))
    # dev itself is not protected.
    assert ground.protected("dev-adopted")
    assert ground.document("dev-adopted") == "adopted/dev.yaml"
    assert [item.waiver.rule for item in ground.waivers("dev-adopted")] == ["R40"]
    (stack,) = [one for one in resolve(documents).stacks if one.name == "dev-adopted"]
    assert (stack.protected, stack.lifted) == (True, ("dev-adopted/schemas/x",))
