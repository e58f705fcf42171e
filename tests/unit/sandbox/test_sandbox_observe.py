"""The sandbox's store as an observed workspace."""

from __future__ import annotations

from pathlib import Path

from shipway.sandbox.layout import Home
from shipway.sandbox.observe import observe_sandbox
from shipway.sandbox.provider.store import Maker, Store

URL, ACCOUNT = "https://one.cloud.databricks.com", "accounts.cloud.databricks.com@1"


def test_objects_of_the_workspace_and_of_the_account_are_seen_and_a_broken_file_is_not_nothing(tmp_path: Path) -> None:
    store, maker = Store(Home(tmp_path).workspaces), Maker("s", "r")
    store.create("one.cloud.databricks.com", "databricks_catalog", "a b", {"id": "a b", "name": "a b"}, maker)
    store.create("two.cloud.databricks.com", "databricks_catalog", "other", {"id": "other"}, maker)
    store.create(ACCOUNT, "databricks_group", "7", {"id": "7", "display_name": "people"}, maker)
    store.path("one.cloud.databricks.com", "databricks_catalog", "broken").write_text("{")
    found = observe_sandbox(tmp_path, URL, "12")
    assert [(one.type, one.id, one.name) for one in found.objects] == [
        ("databricks_catalog", "a b", "a b"),
        ("databricks_group", "7", "people"),
    ]
    (broken,) = found.unreadable
    assert (broken.type, broken.where) == ("databricks_catalog", "broken")
