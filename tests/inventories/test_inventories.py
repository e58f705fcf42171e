"""What each stack holds: the facts that matter, by address. A change here is a change somebody must have meant.

An inventory is a subset: what it names must be as it says, `__missing__` names what must not be there, `count` counts
resources by type. Addresses are all of them, because a changed address is a destroy and a create.

Write them anew with: SHIPWAY_WRITE=1 .venv/bin/pytest tests/inventories
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shipway.models.protection import is_protected

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
STACKS = [path.stem for path in sorted(HERE.glob("*.yaml"))]
ENVIRONMENTS = ["account", "dev", "prod", "test"]
WRITE = bool(os.environ.get("SHIPWAY_WRITE"))


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("inventory") / "out"
    subprocess.run([sys.executable, "-m", "shipway", "synth", "--out", str(out)], cwd=ROOT, check=True)
    return out


def resources(out: Path, stack: str) -> dict[str, Any]:
    document = json.loads((out / "stacks" / stack / "cdk.tf.json").read_bytes())
    return {
        f"{prefix}{kind}.{name}": body
        for block, prefix in (("resource", ""), ("data", "data."))
        for kind, named in document.get(block, {}).items()
        for name, body in named.items()
    }


def differences(wanted: Any, got: Any, path: str) -> Iterator[str]:
    """Where `got` is not what the subset `wanted` says."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            if key not in got:
                yield f"{path}.{key}: missing"
            else:
                yield from differences(value, got[key], f"{path}.{key}")
    elif wanted != got:
        yield f"{path}: got {got!r}, wanted {wanted!r}"


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_holds_what_its_inventory_says(synthesized: Path, stack: str) -> None:
    inventory = yaml.safe_load((HERE / f"{stack}.yaml").read_text())
    found = resources(synthesized, stack)
    by_path = {body["//"]["metadata"]["path"].partition("/")[2]: body for body in found.values()}
    problems: list[str] = []
    for path, facts in inventory["facts"].items():
        problems += differences(facts, by_path[path], path) if path in by_path else [f"{path}: missing"]
    problems += [f"{path}: must not be there" for path in inventory.get("__missing__", ()) if path in by_path]
    assert problems == []
    counts = Counter(address.rpartition(".")[0] for address in found)
    assert dict(sorted(counts.items())) == inventory["count"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_addresses_are_public(synthesized: Path, environment: str) -> None:
    stacks = sorted(path.name for path in (synthesized / "stacks").iterdir() if path.name.split("-")[0] == environment)
    lines = [f"{stack} {address}" for stack in stacks for address in sorted(resources(synthesized, stack))]
    file = ROOT / "tests" / "addresses" / f"{environment}.txt"
    if WRITE:
        file.write_text("\n".join(lines) + "\n")
    assert file.read_text().splitlines() == lines, (
        "an address changed: Terraform would destroy the old and create the new; if that is meant, write the list with "
        "SHIPWAY_WRITE=1 .venv/bin/pytest tests/inventories"
    )


def test_what_is_protected_says_so_and_what_is_not_says_that(synthesized: Path) -> None:
    for path in (synthesized / "stacks").iterdir():
        environment = yaml.safe_load((ROOT / "environments" / f"{path.name.split('-')[0]}.yaml").read_text())
        for address, body in resources(synthesized, path.name).items():
            kind = address.partition(".")[0]
            wanted = {"prevent_destroy": environment.get("protected", True)} if is_protected(kind) else None
            assert body.get("lifecycle") == wanted, address


def test_every_stack_has_an_inventory(synthesized: Path) -> None:
    kinds = {path.name for path in (synthesized / "stacks").iterdir()}
    assert {"account", "prod-landing-zone", "prod-claims-triage"} <= set(STACKS) <= kinds
