"""Our way of running checkov gives what checkov's own runner gives, over every example of every rule."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.rules import RuleSet, read_rules
from shipway.scan.scanner import Scope, Status

POLICIES = Path(__file__).parents[2] / "policies"

# Runs by itself: importing all of checkov leaves its rules for every cloud in this process.
RUNNER = """
import json, sys
from checkov.runner_filter import RunnerFilter
from checkov.terraform_json.runner import TerraformJsonRunner
rules, *files = sys.argv[1:]
filters = RunnerFilter(framework=["terraform_json"])
report = TerraformJsonRunner().run(files=files, external_checks_dir=[rules], runner_filter=filters)
assert not report.parsing_errors, report.parsing_errors
print(json.dumps([
    [record.file_abs_path, record.resource, record.check_id, record.check_result["result"].value]
    for record in report.passed_checks + report.failed_checks
]))
"""


def _reference(rules: RuleSet, folder: Path) -> dict[str, Path]:
    """A file for each example, and one with awkward values."""
    stacks: dict[str, dict[str, Any]] = {}
    for rule in rules.rules:
        for kind, example in (("bad", rule.anti_pattern), ("good", rule.best_practice)):
            stacks |= {f"{rule.id}-{kind}-{name}": stack for name, stack in rule.stacks(example).items()}
    stacks["awkward"] = {
        "//": {"metadata": {"stackName": "awkward"}},
        "terraform": {"required_providers": {"databricks": {"source": "databricks/databricks", "version": "1.99.0"}}},
        "resource": {
            "databricks_catalog": {
                "none": {"isolation_mode": None, "//": {"metadata": {"path": "a/b"}}},
                "unicode": {"isolation_mode": "ISOLATED", "storage_root": "s3://é/\u2028"},
                "words": {"isolation_mode": "true", "force_destroy": "FALSE", "storage_root": "no"},
                "numbers": {"isolation_mode": 1, "force_destroy": 0, "storage_root": 1.5},
            },
            "databricks_job": {"empty": {}, "nested": {"task": [{"new_cluster": {"spark_conf": {"a.b": "on"}}}]}},
        },
    }
    files = {}
    for name, stack in stacks.items():
        files[name] = folder / f"{name}.tf.json"
        files[name].write_text(json.dumps(stack, indent=2), encoding="utf-8")
    return files


@pytest.mark.slow
def test_equal_to_checkovs_own_runner(tmp_path: Path) -> None:
    rules = read_rules(POLICIES)
    # Of these checkov's runner shows one resource at a time, so that they answer UNKNOWN, which it leaves out.
    beside = {rule.id for rule in rules.rules if rule.scope is not Scope.RESOURCE}
    files = _reference(rules, tmp_path)
    command = [sys.executable, "-c", RUNNER, str(POLICIES), *map(str, files.values())]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    theirs = sorted(
        (Path(file).name.removesuffix(".tf.json"), address, rule.removeprefix("SHIPWAY_"), result)
        for file, address, rule, result in json.loads(done.stdout.splitlines()[-1])
        if rule.startswith("SHIPWAY_")
    )
    scan = Checkov().scan({name: file.read_bytes() for name, file in files.items()}, POLICIES)
    ours = sorted(
        # checkov names a resource block by its type in front and a provider by its kind.
        (stack.name, _theirs(result.address), result.rule, result.status.value)
        for stack in scan.stacks
        for result in stack.results
        # checkov leaves UNKNOWN out of its report, which is why its report is not used.
        if result.status is not Status.UNKNOWN and result.rule not in beside
    )
    assert len(theirs) > 50
    assert beside and beside.isdisjoint(rule for _, _, rule, _ in theirs)
    assert ours == theirs


def _theirs(address: str) -> str:
    return address if address.startswith("provider.") else f"resource.{address.partition('.')[2]}"
