"""The synth-level review: two synthesized folders, no Terraform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shipway.errors import ShipwayError
from shipway.plan.load import UnreadablePlan
from shipway.plan.model import Action, Plan
from shipway.plan.report import Effect
from shipway.plan.review import review
from shipway.plan.synth import compare, construct_paths


def write(folder: Path, **stacks: dict[str, Any]) -> Path:
    for name, document in stacks.items():
        path = folder / "stacks" / name.replace("_", "-") / "cdk.tf.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(document))
    return folder


def schema(name: str, **more: Any) -> dict[str, Any]:
    comment = {"metadata": {"path": "prod-x/schema", "uniqueId": "s"}}
    block = {"//": comment, "name": name, "catalog_name": "claims_prod", **more}
    return {"resource": {"databricks_schema": {"s": block}}}


def only(plans: tuple[Plan, ...]) -> Any:
    ((change,),) = [plan.changes for plan in plans if plan.changes]
    return change


def test_nothing_changes(tmp_path: Path) -> None:
    old, new = write(tmp_path / "a", prod_x=schema("a")), write(tmp_path / "b", prod_x=schema("a"))
    assert review(compare(old, new)).effect is Effect.NONE
    (new / "stacks/prod-x/cdk.tf.json").write_text(json.dumps(schema("a"), indent=7))
    assert review(compare(old, new)).effect is Effect.NONE


def test_a_new_name_replaces_and_a_new_comment_does_not(tmp_path: Path) -> None:
    old = write(tmp_path / "a", prod_x=schema("a"))
    renamed = only(compare(old, write(tmp_path / "b", prod_x=schema("b"))))
    assert (renamed.action, renamed.replace_paths) == (Action.REPLACE, (("name",),))
    assert renamed.construct_path == "prod-x/schema"
    first = schema("b", lifecycle={"create_before_destroy": True})
    assert only(compare(old, write(tmp_path / "c", prod_x=first))).action is Action.REPLACE_CREATE_FIRST
    assert only(compare(old, write(tmp_path / "d", prod_x=schema("a", comment="c")))).action is Action.UPDATE


def test_a_stack_that_comes_or_goes(tmp_path: Path) -> None:
    old, new = write(tmp_path / "a", prod_x=schema("a")), write(tmp_path / "b", prod_y=schema("a"))
    found = {plan.stack: plan.changes[0].action for plan in compare(old, new)}
    assert found == {"prod-x": Action.DELETE, "prod-y": Action.CREATE}
    assert len(review(compare(old, new)).data) == 1


def test_moved_and_forgotten(tmp_path: Path) -> None:
    moved: dict[str, Any] = {
        "resource": {"databricks_schema": {"t": schema("a")["resource"]["databricks_schema"]["s"]}}
    }
    moved["moved"] = [{"from": "databricks_schema.s", "to": "databricks_schema.t"}]
    forgotten = {"removed": [{"from": "databricks_schema.s", "lifecycle": {"destroy": False}}]}
    old = write(tmp_path / "a", prod_x=schema("a"))
    change = compare(old, write(tmp_path / "b", prod_x=moved))[0].changes[0]
    assert (change.action, change.previous_address) == (Action.NO_OP, "databricks_schema.s")
    found = review(compare(old, write(tmp_path / "c", prod_x=forgotten)))
    assert [row.what for row in found.state_only] == ["forgotten"]
    assert not found.data


def test_another_workspace_is_a_change(tmp_path: Path) -> None:
    def provider(host: str, token: str) -> dict[str, Any]:
        return {**schema("a"), "provider": {"databricks": [{"host": host, "token": token}]}}

    old = write(tmp_path / "a", prod_x=provider("https://one", "dapi-0123456789"))
    new = write(tmp_path / "b", prod_x=provider("https://two", "dapi-9876543210"))
    found = review(compare(old, new))
    assert found.effect is Effect.EFFECTS
    rows = {row.path: (row.old, row.new) for row in found.changes[0].attributes}
    assert rows["databricks.host"] == ('"https://one"', '"https://two"')
    assert "dapi" not in repr(found)


def test_sensitive_defaults_and_outputs_are_hidden(tmp_path: Path) -> None:
    def stack(secret: str) -> dict[str, Any]:
        variable = {"password": {"sensitive": True, "default": secret}}
        return {
            "variable": variable,
            "output": {"o": {"value": secret, "sensitive": True}, "p": {"value": f"x{secret}"}},
        }

    found = review(compare(write(tmp_path / "a", x=stack("pw-one")), write(tmp_path / "b", x=stack("pw-two"))))
    assert "pw-" not in repr(found)
    assert len(found.outputs) == 2


def test_a_lookup_that_goes_destroys_nothing(tmp_path: Path) -> None:
    data = {"data": schema("a")["resource"]}
    found = review(compare(write(tmp_path / "a", x=data), write(tmp_path / "b", x={})))
    assert found.counts.destroy == 0
    assert not found.data and found.changes


def test_construct_paths(tmp_path: Path) -> None:
    folder = write(tmp_path, prod_x=schema("a"))
    assert construct_paths(folder / "stacks/prod-x") == {"databricks_schema.s": "prod-x/schema"}


def test_folders_that_are_none(tmp_path: Path) -> None:
    good, empty = write(tmp_path / "good", prod_x=schema("a")), tmp_path / "empty"
    empty.mkdir()
    assert len(compare(empty, good)[0].changes) == 1
    (tmp_path / "other").mkdir()
    (tmp_path / "other/readme").write_text("")
    for folder in (tmp_path / "other", tmp_path / "missing"):
        with pytest.raises(ShipwayError, match="no synthesized stack"):
            compare(folder, good)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resource": []}', '{"resource": {"a": {"b": 1}}}', "[" * 90_000])
def test_a_stack_that_is_none(tmp_path: Path, text: str) -> None:
    old, new = write(tmp_path / "a", prod_x=schema("a")), write(tmp_path / "b", prod_x=schema("b"))
    (new / "stacks/prod-x/cdk.tf.json").write_text(text)
    with pytest.raises(UnreadablePlan):
        compare(old, new)
