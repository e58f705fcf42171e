"""Reading a workspace: the real reader and the real SDK against a server that answers as recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from shipway.errors import ShipwayError
from shipway.observed import ObservedWorkspace
from shipway.outside.workspace import connect, read_workspace
from shipway.outside.workspace_recorded import Recorded, RecordedWorkspace, read_recording
from shipway.outside.workspace_recording import RecordingApi

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

UC = "/api/2.1/unity-catalog"


def read(*answers: Recorded) -> tuple[ObservedWorkspace, RecordedWorkspace]:
    workspace = RecordedWorkspace(answers, "77")
    with workspace.serving() as api:
        return read_workspace(api), workspace


def why(observed: ObservedWorkspace, type_: str) -> str:
    (found,) = [item for item in observed.unreadable if item.type == type_]
    return str(found)


def names(observed: ObservedWorkspace, type_: str) -> Sequence[str]:
    return [one.name for one in observed.of(type_)]


def test_every_page_is_read_and_a_name_of_any_kind_finds_its_way_into_a_path() -> None:
    hostile = "cla ims/ü?#%2F"
    observed, workspace = read(
        Recorded(f"{UC}/catalogs", {"catalogs": [{"name": hostile}], "next_page_token": "2"}),
        Recorded(f"{UC}/catalogs", {"catalogs": [{"name": "b", "owner": "o", "future": 1}]}, {"page_token": "2"}),
        Recorded(
            f"{UC}/permissions/catalog/{hostile}",
            {"privilege_assignments": [{"principal": "g", "privileges": ["USE CATALOG", "BROWSE"]}]},
        ),
    )
    assert names(observed, "databricks_catalog") == [hostile, "b"]
    assert observed.workspace_id == "77"
    (grants,) = observed.of("databricks_grants")
    assert grants.id == f"catalog/{hostile}"
    assert grants.attributes["grant"] == [{"principal": "g", "privileges": ["BROWSE", "USE_CATALOG"]}]
    # Without max_results Unity Catalog cuts a long listing without a word.
    workspace.assert_asked(f"{UC}/catalogs", max_results="0", page_token="2")
    workspace.assert_only_read()


def test_what_was_not_answered_is_said_and_never_taken_for_empty() -> None:
    observed, _ = read(
        Recorded(f"{UC}/catalogs", {"catalogs": [{"name": "b"}, {"nom": "c"}]}),
        Recorded(f"{UC}/permissions/catalog/b", {"error_code": "PERMISSION_DENIED", "message": "not you"}, status=403),
        Recorded(f"{UC}/external-locations", {"external_locations": "many"}),
        Recorded(f"{UC}/storage-credentials", ["a list"]),
        Recorded("/api/2.0/ip-access-lists", raw=b'{"ip_access_lists": [{"list_'),
        Recorded("/api/2.0/sql/warehouses", {"error_code": "ENDPOINT_NOT_FOUND", "message": "no API"}, status=404),
        Recorded("/api/2.2/jobs/list", {"jobs": [], "next_page_token": "same"}),
    )
    assert "without name" in why(observed, "databricks_catalog")
    assert why(observed, "databricks_grants") == "databricks_grants of catalog b: PERMISSION_DENIED: not you"
    assert "external_locations is no list" in why(observed, "databricks_external_location")
    assert "wanted an object" in why(observed, "databricks_storage_credential")
    assert "cannot be read" in why(observed, "databricks_ip_access_list")
    assert "ENDPOINT_NOT_FOUND" in why(observed, "databricks_sql_endpoint")
    assert "round in circles" in why(observed, "databricks_job")
    assert "NOT_RECORDED" in why(observed, "databricks_group")
    assert observed.not_asked


def test_a_break_on_the_second_page_keeps_the_first_and_says_so() -> None:
    refused = {"error_code": "INTERNAL_ERROR", "message": "oops"}
    observed, _ = read(
        Recorded(f"{UC}/catalogs", {"catalogs": [{"name": "a"}], "next_page_token": "2"}),
        Recorded(f"{UC}/catalogs", refused, {"page_token": "2"}, status=500),
    )
    assert names(observed, "databricks_catalog") == ["a"]
    assert "after 1 that came" in why(observed, "databricks_catalog")


def test_too_many_requests_are_waited_out() -> None:
    path = "/api/2.0/secrets/scopes/list"
    observed, workspace = read(
        Recorded(path, {"error_code": "REQUEST_LIMIT_EXCEEDED"}, status=429, headers={"Retry-After": "1"}),
        Recorded(path, {"scopes": [{"name": "keys"}]}),
        Recorded("/api/2.0/secrets/acls/list", {"items": [{"principal": "g", "permission": "READ"}]}),
    )
    assert [one.id for one in observed.of("databricks_secret_acl")] == ["keys|||g"]
    assert [asked for _, asked, _ in workspace.asked].count(path) == 2
    workspace.assert_only_read()


def test_a_setting_that_was_never_set_is_none_and_one_without_api_is_unread() -> None:
    types = "/api/2.0/settings/types"
    status = {"restrict_workspace_admins": {"status": "ALLOW_ALL"}, "setting_name": "default"}
    gone, absent = {"error_code": "NOT_FOUND"}, {"error_code": "ENDPOINT_NOT_FOUND"}
    observed, _ = read(
        Recorded(f"{types}/restrict_workspace_admins/names/default", status),
        Recorded(f"{types}/disable_legacy_access/names/default", gone, status=404),
        Recorded(f"{types}/disable_legacy_dbfs/names/default", absent, status=404),
    )
    (setting,) = observed.of("databricks_restrict_workspace_admins_setting")
    assert setting.attributes["restrict_workspace_admins"] == [{"status": "ALLOW_ALL"}]
    unread = {item.type for item in observed.unreadable}
    assert "databricks_disable_legacy_access_setting" not in unread
    assert "databricks_disable_legacy_dbfs_setting" in unread


def test_groups_are_counted_to_their_end() -> None:
    path = "/api/2.0/preview/scim/v2/Groups"
    groups = [{"id": str(n), "displayName": f"g{n}", "members": [{"value": "9"}]} for n in range(1, 4)]
    observed, _ = read(
        Recorded(path, {"Resources": groups[:2], "totalResults": 3}, {"startIndex": "1"}),
        Recorded(path, {"Resources": groups[2:], "totalResults": 3}, {"startIndex": "3"}),
    )
    assert names(observed, "databricks_group") == ["g1", "g2", "g3"]
    assert len(observed.of("databricks_group_member")) == 3
    cut, _ = read(Recorded(path, {"Resources": groups[:1], "totalResults": 3}, {"startIndex": "1"}))
    assert "databricks_group" in {item.type for item in cut.unreadable}


def test_inherited_permissions_are_left_out() -> None:
    level = {"permission_level": "CAN_MANAGE", "inherited": True}
    entries = [
        {"group_name": "admins", "all_permissions": [level]},
        {"user_name": "a@b.c", "all_permissions": [{"permission_level": "CAN_VIEW", "inherited": False}, level]},
    ]
    tasks = [{"task_key": "t", "notebook_task": {"notebook_path": "/n", "base_parameters": {"a": "b"}}}]
    job = {"job_id": 5, "settings": {"name": "nightly", "tasks": tasks, "tags": {"x": "y"}}}
    observed, _ = read(
        Recorded("/api/2.2/jobs/list", {"jobs": [job]}),
        Recorded("/api/2.0/permissions/jobs/5", {"access_control_list": entries}),
    )
    (permissions,) = observed.of("databricks_permissions")
    assert permissions.id == "/jobs/5"
    assert permissions.attributes["access_control"] == [{"user_name": "a@b.c", "permission_level": "CAN_VIEW"}]
    found = observed.find("databricks_job", "5")
    assert found is not None
    assert found.attributes["task"][0]["notebook_task"] == [{"notebook_path": "/n", "base_parameters": {"a": "b"}}]
    assert found.attributes["tags"] == {"x": "y"}


def test_what_was_recorded_while_reading_gives_the_same_reading_again(tmp_path: Path) -> None:
    hostile = "cla ims/ü?#%2F"
    workspace = RecordedWorkspace(
        [
            Recorded(f"{UC}/catalogs", {"catalogs": [{"name": hostile}], "next_page_token": "2"}),
            Recorded(f"{UC}/catalogs", {"catalogs": [{"name": "b"}]}, {"page_token": "2"}),
            Recorded(f"{UC}/permissions/catalog/b", {"error_code": "PERMISSION_DENIED", "message": "no"}, status=403),
            Recorded(f"{UC}/permissions/catalog/{hostile}", {}),
            Recorded(
                "/api/2.0/settings/types/disable_legacy_dbfs/names/default", {"error_code": "NOT_FOUND"}, status=404
            ),
        ],
        "77",
    )
    with workspace.serving() as api:
        recording = RecordingApi(api.client)
        first = read_workspace(recording)
    folder = tmp_path / "mine"
    recording.write(folder)
    again, _ = read(*read_recording(folder))
    assert again.objects == first.objects
    assert {(one.type, one.where) for one in again.unreadable} == {(one.type, one.where) for one in first.unreadable}
    assert "PERMISSION_DENIED" in why(again, "databricks_grants")
    assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(ShipwayError, match="is there already"):
        recording.write(folder)


def test_nobody_there_and_nobody_signed_in_are_errors_that_say_so(tmp_path: Path) -> None:
    with pytest.raises(ShipwayError, match="cannot be read"):
        read_workspace(connect("http://127.0.0.1:9", "x", patience_seconds=1))
    with pytest.raises(ShipwayError, match="no recording"):
        read_recording(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps([{"status": 200}]))
    with pytest.raises(ShipwayError, match="is no recording"):
        read_recording(tmp_path)
