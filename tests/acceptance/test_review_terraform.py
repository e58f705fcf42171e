"""Plans made here and now by the real Terraform: the review's numbers are those that Terraform prints."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shipway.plan.as_json import render_json
from shipway.plan.counts import count
from shipway.plan.model import Action, Plan
from shipway.plan.read import read_plan
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

ON_CREATE = [{"local-exec": {"command": "true"}}]
ON_DESTROY = [{"local-exec": {"command": "true", "when": "destroy"}}]
BLOCK = st.fixed_dictionaries(
    {},
    optional={
        "input": st.sampled_from(["a", "b", ["x", "y"], {"k": 1}, "${var.token}", "${timestamp()}"]),
        "triggers_replace": st.sampled_from([["1"], ["2"]]),
        "lifecycle": st.sampled_from([{"create_before_destroy": True}, {"ignore_changes": ["input"]}]),
        "count": st.integers(0, 3),
        "provisioner": st.sampled_from([ON_CREATE, ON_DESTROY]),
    },
) | st.fixed_dictionaries(
    {"for_each": st.sets(st.sampled_from(["k", 'q"]', "ü"])).map(lambda keys: dict.fromkeys(keys, "v"))}
)
STACK = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), BLOCK, min_size=2)
OUTPUTS = st.dictionaries(st.sampled_from(["o", "p"]), st.sampled_from(["1", "2", "${var.token}"]), min_size=1)
EXTRAS = st.fixed_dictionaries(
    {"output": OUTPUTS.map(lambda some: {name: {"value": value, "sensitive": True} for name, value in some.items()})},
    optional={
        "check": st.sampled_from(['${var.token != ""}', '${var.token == ""}']).map(
            lambda holds: {"up": {"assert": [{"condition": holds, "error_message": "it is down"}]}}
        )
    },
)
VARIABLES = {"variable": {"token": {"default": "correct-horse-battery", "sensitive": True}}}


def terraform(folder: Path, *arguments: str) -> str:
    settings_file = folder / "cli.tfrc"
    settings_file.write_text("")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(settings_file), "CHECKPOINT_DISABLE": "1"}
    command = [shutil.which("terraform") or "tofu", f"-chdir={folder}", *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def write(folder: Path, stack: dict[str, Any], extra: dict[str, Any] | None = None) -> None:
    document = {"resource": {"terraform_data": stack}} if stack else {}
    (folder / "main.tf.json").write_text(json.dumps({**document, **VARIABLES, **(extra or {})}))


def replan(folder: Path, before: dict[str, Any], after: dict[str, Any], extra: dict[str, Any]) -> tuple[str, bytes]:
    for state in folder.glob("terraform.tfstate*"):
        state.unlink()
    write(folder, before)
    terraform(folder, "init", "-input=false")
    terraform(folder, "apply", "-input=false", "-auto-approve")
    write(folder, after, extra)
    text = terraform(folder, "plan", "-input=false", "-no-color", "-out=tfplan")
    return text, terraform(folder, "show", "-json", "tfplan").encode()


@dataclass(frozen=True)
class Said:
    """What Terraform's own text says of a plan."""

    totals: tuple[int, ...]
    """To import, add, change, destroy."""
    moved: int
    forgotten: int
    outputs: int

    @classmethod
    def of(cls, text: str) -> Said:
        numbers = {word: int(number) for number, word in re.findall(r"(\d+) to (import|add|change|destroy)", text)}
        outputs = text.partition("Changes to Outputs:\n")[2].partition("\n\n")[0]
        return cls(
            tuple(numbers.get(word, 0) for word in ("import", "add", "change", "destroy")),
            len(re.findall(r"^  # .* has moved to |^ +# \(moved from ", text, re.MULTILINE)),
            len(re.findall(r"^ +# .* will no longer be managed by Terraform", text, re.MULTILINE)),
            len(re.findall(r"^  [+~-] \w+ += ", outputs, re.MULTILINE)),
        )

    @classmethod
    def by_us(cls, plan: Plan) -> Said:
        counts, outputs = count(plan.changes), [one for one in plan.outputs if one.action is not Action.NO_OP]
        totals = (counts.imports, counts.add, counts.change, counts.destroy)
        return cls(totals, counts.moves, counts.forgets, len(outputs))


def refactored(before: dict[str, Any], after: dict[str, Any], how: str) -> dict[str, Any]:
    """What the second revision says of objects that the first one had, or that exist elsewhere."""
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    plain = [name for name in new if not after[name].keys() & {"count", "for_each"}]
    match how:
        case "moved" if gone and new:
            return {"moved": [{"from": f"terraform_data.{gone[0]}", "to": f"terraform_data.{new[0]}"}]}
        case "removed" if gone:
            return {"removed": [{"from": f"terraform_data.{gone[0]}", "lifecycle": {"destroy": False}}]}
        case "import" if plain:
            return {"import": [{"to": f"terraform_data.{plain[0]}", "id": "7"}]}
    return {}


@settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=STACK, after=STACK, extras=EXTRAS, how=st.sampled_from(["", "moved", "removed", "import"]))
def test_the_numbers_agree_with_terraforms_text(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], extras: dict[str, Any], how: str
) -> None:
    text, raw = replan(tmp_path, before, after, {**extras, **refactored(before, after, how)})
    plan = read_plan(raw, "prod-x")
    assert Said.by_us(plan) == Said.of(text), text
    found = review([plan])
    assert not found.gaps
    assert bool(found.checks) is ("Warning: Check block assertion failed" in text)
    told = {place.address for row in found.rows for place in row.places if not place.address.startswith("output.")}
    assert told == {change.address for change in plan.changes if change.touches and change.mode == "managed"}
    assert "correct-horse" not in render_terminal(found, detail=True) + render_json(found)


@pytest.mark.parametrize("how", ["moved", "removed", "import"])
def test_each_refactoring_is_counted_as_terraform_says(tmp_path: Path, how: str) -> None:
    before, after = {"a": {"input": "x", "count": 2}}, {"b": {"input": "x", "count": 2}, "c": {"input": "x"}}
    text, raw = replan(tmp_path, before, after, refactored(before, after, how))
    said = Said.of(text)
    assert Said.by_us(read_plan(raw, "prod-x")) == said, text
    assert (said.moved, said.forgotten, said.totals[0]) == {
        "moved": (2, 0, 0),
        "removed": (0, 2, 0),
        "import": (0, 0, 1),
    }[how]


def test_a_targeted_plan_cannot_be_judged(tmp_path: Path) -> None:
    write(tmp_path, {"a": {"input": "a"}, "b": {"input": "b"}})
    terraform(tmp_path, "init", "-input=false")
    terraform(tmp_path, "plan", "-target=terraform_data.a", "-out=tfplan")
    plan = read_plan(terraform(tmp_path, "show", "-json", "tfplan").encode(), "prod-x")
    assert "not complete" in plan.gaps[0].message


def test_an_object_replaced_because_it_is_tainted_says_why(tmp_path: Path) -> None:
    write(tmp_path, {"a": {"input": "a"}})
    terraform(tmp_path, "init", "-input=false")
    terraform(tmp_path, "apply", "-auto-approve")
    terraform(tmp_path, "taint", "terraform_data.a")
    terraform(tmp_path, "plan", "-out=tfplan")
    (row,) = review([read_plan(terraform(tmp_path, "show", "-json", "tfplan").encode(), "prod-x")]).changes
    assert "tainted" in row.why
