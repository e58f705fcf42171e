"""The objects' files: names for hostile ids, whole or not at all, readable by their owner alone."""

from __future__ import annotations

import json
import multiprocessing
import resource
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shipway.sandbox.provider.store import Maker, Store, StoreError, Taken, file_name, workspace_name
from shipway.sandbox.provider.values import Object

MAKER = Maker("dev-claims", "a-run")
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
HOSTILE = [
    "..",
    "../../etc/passwd",
    "/",
    "a\nb",
    'a"b',
    "a\0b",
    ".",
    "~",
    "",
    "%2E%2E",
    "a" * 5000,
    "ä" * 300,
    "CON",
    "*",
]


@given(KEYS)
@example("../../x")
def test_a_name_is_safe_for_every_key(key: str) -> None:
    name = file_name(key)
    assert name.endswith(".json")
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".") or name == ".json"
    assert len(name.encode()) <= 255


@given(KEYS, KEYS)
def test_different_keys_have_different_names(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) == (one == other)


def test_shortened_names_differ_and_are_no_ones_else() -> None:
    long = "a" * 300
    assert file_name(long + "1") != file_name(long + "2")
    assert file_name(file_name(long).removesuffix(".json")) != file_name(long)


@pytest.mark.parametrize("key", HOSTILE)
def test_what_is_stored_is_found(tmp_path: Path, key: str) -> None:
    store = Store(tmp_path / "workspaces")
    store.create("one.example", "databricks_job", key, {"id": key, "name": "n"}, MAKER)
    found = store.get("one.example", "databricks_job", key)
    assert found is not None
    assert (found.attributes["id"], found.made_by) == (key, MAKER)
    assert [item.attributes["id"] for item in store.objects("one.example", "databricks_job")] == [key]
    # Nothing lies anywhere else.
    assert [path.relative_to(tmp_path).parts[:3] for path in tmp_path.rglob("*.json")] == [
        ("workspaces", "one.example", "databricks_job")
    ]
    store.delete("one.example", "databricks_job", key)
    store.delete("one.example", "databricks_job", key)
    assert store.get("one.example", "databricks_job", key) is None


@pytest.mark.parametrize("host", ["..", "https://../../x", "/etc", "https://a/b/../c"])
def test_a_workspace_stays_in_its_folder(tmp_path: Path, host: str) -> None:
    store = Store(tmp_path / "workspaces")
    path = store.path(workspace_name(host), "databricks_job", "1")
    assert path.resolve().is_relative_to(tmp_path / "workspaces")


def test_workspaces_are_told_by_their_host() -> None:
    assert workspace_name("https://One.Cloud.example/") == workspace_name("one.cloud.example") == "one.cloud.example"
    assert workspace_name("https://one.example", "an-account") == "one.example"
    assert workspace_name("https://accounts.example", "an-account") == "accounts.example@an-account"


def test_a_file_is_for_this_user_and_for_people(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create("w", "databricks_secret", "s|||k", {"string_value": "hunter2", "note": "ä"}, MAKER)
    path = store.path("w", "databricks_secret", "s|||k")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert '"note": "ä"' in path.read_text()
    store.replace("w", "databricks_secret", "s|||k", {}, MAKER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_object_is_created_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create("w", "t", "k", {"a": 1}, MAKER)
    with pytest.raises(Taken):
        store.create("w", "t", "k", {"a": 2}, MAKER)
    found = store.get("w", "t", "k")
    assert found is not None
    assert found.attributes == {"a": 1}
    assert [path.name for path in (tmp_path / "w" / "t").iterdir()] == ["k.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"attributes": 1, "made_by": {}}', "\udcff", "[" * 100_000]
)
def test_a_file_that_is_no_object_is_named(tmp_path: Path, content: str) -> None:
    store = Store(tmp_path)
    path = store.path("w", "t", "k")
    path.parent.mkdir(parents=True)
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(StoreError, match=r"k\.json is not an object of the sandbox"):
        store.get("w", "t", "k")


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.path("w", "t", "k").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"k\.json cannot be read"):
        store.get("w", "t", "k")


def with_little_room(action: Callable[[], None]) -> None:
    """Run `action` in a process that can write no more than 2,000 bytes to a file, as on a full disk."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        action()

    process = multiprocessing.get_context("fork").Process(target=limited)
    process.start()
    process.join(60)
    assert process.exitcode == 0


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create("w", "t", "k", {"a": "old"}, MAKER)

    def attempt() -> None:
        large: Object = {"a": "x" * 5000}
        with pytest.raises(StoreError, match="Nothing was changed"):
            store.replace("w", "t", "k", large, MAKER)
        with pytest.raises(StoreError, match="Nothing was changed"):
            store.create("w", "t", "n", large, MAKER)

    with_little_room(attempt)
    assert [path.name for path in (tmp_path / "w" / "t").iterdir()] == ["k.json"]
    assert json.loads((tmp_path / "w" / "t" / "k.json").read_text())["attributes"] == {"a": "old"}
