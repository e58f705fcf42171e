"""Files of volumes in the sandbox: where code reads them, whole or not at all, and nowhere else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from shipway.sandbox.provider.answers import answered, file_content
from shipway.sandbox.provider.schema import Rules
from shipway.sandbox.provider.store import StoreError
from shipway.sandbox.provider.suppress import suppressed
from shipway.sandbox.provider.values import Object, Value
from shipway.sandbox.provider.volumes import Volumes


def test_a_file_is_where_its_path_says_and_goes_again(tmp_path: Path) -> None:
    volumes = Volumes(tmp_path / "volumes")
    volumes.put("/Volumes/c/s/v/a/pointer.json", b"one")
    volumes.put("/Volumes/c/s/v/a/pointer.json", b"two")
    file = tmp_path / "volumes/c/s/v/a/pointer.json"
    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]
    volumes.remove("/Volumes/c/s/v/a/pointer.json")
    volumes.remove("/Volumes/c/s/v/a/pointer.json")
    assert not file.exists()


NOWHERE = (
    "",
    "pointer.json",
    "/Volumes",
    "/Volumes/c/s/v",
    "/etc/a/b/c/d",
    "/Volumes/c/s/v/../../../../x",
    "/Volumes/c/s/v/a\0b",
)


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_in_no_volume_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(StoreError, match="is no file of a volume"):
        Volumes(tmp_path / "volumes").put(path, b"x")
    Volumes(tmp_path / "volumes").remove(path)
    assert list(tmp_path.rglob("*")) == []


def test_only_what_is_base64_is_a_files_content() -> None:
    assert file_content({"content_base64": base64.b64encode(b"x").decode()}) == b"x"
    assert [file_content({"content_base64": value}) for value in (None, "", "~junk~", 3)] == [None] * 4
    assert answered("databricks_file", {"content_base64": "eA=="}, "")["file_size"] == 1


def test_a_route_has_both_names_and_that_is_no_difference() -> None:
    route: Object = {"served_entity_name": "blue", "served_model_name": "", "traffic_percentage": 100}
    routes: list[Value] = [route]
    endpoint: Object = {"name": "x", "config": [{"traffic_config": [{"routes": routes}]}]}
    found = answered("databricks_model_serving", endpoint, "https://here/")
    assert found["config"] == [{"traffic_config": [{"routes": [{**route, "served_model_name": "blue"}]}]}]
    assert found["endpoint_url"] == "https://here/serving-endpoints/x/invocations"
    rules = Rules(suppress="serving.suppressRouteModelEntityNameDiff")
    assert suppressed(rules, "blue", None, explicit=False)
    assert not suppressed(rules, "blue", "green", explicit=True)


@pytest.mark.parametrize(
    "config", [None, [], ["x"], [{"traffic_config": ["x"]}], [{"traffic_config": [{"routes": "x"}]}]]
)
def test_an_endpoint_of_any_shape_is_answered(config: Value) -> None:
    assert answered("databricks_model_serving", {"name": "x", "config": config}, "")["name"] == "x"
