"""Rules on plans judge what the review reads: a large plan is not held a second time for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import gc, re, resource, sys
from datetime import date
from pathlib import Path
from shipway.guard.ground import bare_ground
from shipway.guard.judge import judge
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.read import read_plan_file

def peak():
    # getrusage keeps the peak of the process that started this one; the kernel's own figure begins anew.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

gc.disable()
rules = load_plan_rules(Path("policies"))
before = peak()
plan = read_plan_file(Path(sys.argv[1]), "prod-landing-zone")
read = peak()
found = judge([plan], rules, bare_ground(date(2026, 11, 21)))
judged = peak()
print((read - before) * 1024, (judged - read) * 1024, len(found))
"""


def large_plan(schemas: int, grants: int = 20) -> bytes:
    changes = []
    for index in range(schemas):
        principals = [f"halyard-group-{number:03d}-authors" for number in range(grants)]
        grant = [{"principal": name, "privileges": ["SELECT", "USE_SCHEMA"]} for name in principals]
        after = {"schema": f"claims_prod.schema_{index:05d}", "grant": grant}
        unknown = {"id": True, "grant": [{"privileges": [False, False]} for _ in principals]}
        change = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown}
        name = f"catalogs_claims_schemas_s{index:05d}_grants_ABCDEF12"
        kind = "databricks_grants"
        changes.append({"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "change": change})
    lost = {"actions": ["delete"], "before": {"name": "x"}, "after": None}
    gone = {"address": "databricks_schema.x", "mode": "managed", "type": "databricks_schema", "name": "x"}
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [*changes, {**gone, "change": lost}],
    }
    return json.dumps(document).encode()


@pytest.mark.slow
def test_judging_a_large_plan_takes_a_fraction_of_its_size_beyond_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(large_plan(4000))
    size = path.stat().st_size
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    read, more, found = map(int, done.stdout.split())
    assert found == 1
    assert size > 10_000_000
    assert read > size
    assert more < size / 2, f"{more / size:.2f} times the JSON's size beyond the {read / size:.1f} of reading it"
