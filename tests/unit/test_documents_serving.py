"""Documents of served models and agents: what cannot be written, what a release pins, what resolve makes of both."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import DocumentErrors, Problem
from shipway.models.deployment import AgentWorkload, LineStack, ServingWorkload
from shipway.models.load import load
from shipway.models.names import BadName, Names, Slot
from shipway.models.release import ReleaseManifest
from shipway.models.resolve import resolve
from shipway.models.serving import Endpoint
from shipway.pointer.file_form import parse

ROOT = Path(__file__).parents[2]
BUNDLE, MANIFEST = "bundles/claims-fraud/bundle.yaml", "releases/dev/claims-fraud.yaml"
COMMON = """\
description: Says how likely a claim is a fraud
product_line: claims
owner: Claims Analytics
cost_center: CC-4711
risk: high
data: {catalog: claims, schema: triage}
model: claims_fraud
"""
SERVING = f"kind: serving\nendpoint: {{}}\n{COMMON}"
AGENT = f"kind: agent\nagent: {{prompt: claims_letter}}\n{COMMON}"
PROMPT = "prompt_version: 3, prompt_sha256: " + "d" * 64


def manifest(slot: str = "", top: str = "active: blue") -> str:
    blue = f"{{version: 1.0.0, wheel_sha256: {'a' * 64}, model_version: 7{', ' * bool(slot)}{slot}}}"
    green = f"{{version: 1.1.0, wheel_sha256: {'b' * 64}, model_version: 8{', ' * bool(slot)}{slot}}}"
    return f"{top}\nslots:\n  blue: {blue}\n  green: {green}\n"


def stack(folder: Path, bundle: str, release: str) -> LineStack:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / BUNDLE).parent.mkdir()
    (folder / BUNDLE).write_text(bundle)
    (folder / MANIFEST).write_text(release)
    found = [one for one in resolve(load(folder)).stacks if one.name == "dev-claims-fraud"]
    assert isinstance(found[0], LineStack)
    return found[0]


def problems(folder: Path, bundle: str, release: str) -> list[Problem]:
    with pytest.raises(DocumentErrors) as caught:
        stack(folder, bundle, release)
    return list(caught.value.problems)


@pytest.mark.parametrize(("key", "reason"), Endpoint.refused.items())
def test_a_one_way_door_cannot_be_written(tmp_path: Path, key: str, reason: str) -> None:
    (problem,) = problems(tmp_path, SERVING.replace("endpoint: {}", f"endpoint: {{{key}: true}}"), manifest())
    assert (problem.code, str(problem.at)) == ("left-out-on-purpose", f"{BUNDLE}:2:12")
    assert problem.message == f"endpoint.{key}: {reason}"


CASES = {
    "a size that is none": (SERVING.replace("{}", "{workload_size: Huge}"), manifest(), "not-in-list", "2:12"),
    "a guardrail that guards nothing": (
        SERVING.replace("{}", "{guardrails: {input: {}}}"),
        manifest(),
        "bad-value",
        "2:25",
    ),
    "guardrails that are none": (SERVING.replace("{}", "{guardrails: off}"), manifest(), "ambiguous-value", "2:24"),
    "an unknown key": (SERVING.replace("{}", "{workload_sise: Small}"), manifest(), "unknown-key", "2:12"),
    "no endpoint": (SERVING.replace("endpoint: {}\n", ""), manifest(), "missing-key", "1:1"),
    "a prompt of a served model": (SERVING, manifest(PROMPT), "of-another-kind", "3:124"),
    "an agent without its prompt": (AGENT, manifest(), "missing-key", "3:3"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_mistake_is_found_where_it_is(tmp_path: Path, name: str) -> None:
    bundle, release, code, place = CASES[name]
    found = {
        (problem.code, f"{problem.at.line}:{problem.at.column}") for problem in problems(tmp_path, bundle, release)
    }
    assert (code, place) in found


def test_an_endpoint_at_rest_sends_all_to_the_active_slot_and_lets_the_other_sleep(tmp_path: Path) -> None:
    workload = stack(tmp_path, SERVING, manifest()).workload
    assert isinstance(workload, ServingWorkload)
    said = [(one.slot, one.model_version, one.warm, one.percent) for one in workload.entities]
    assert said == [(Slot.BLUE, 7, True, 100), (Slot.GREEN, 8, False, 0)]
    assert workload.endpoint_name == "claims-fraud-dev"
    assert workload.inference_table.prefix == "claims_fraud_endpoint"


PHASES = {
    "at_rest": ("", False, (100, 0)),
    "admitted": ("", False, (100, 0)),
    "shadow": ("", True, (100, 0)),
    "canary": ("percent: 5", True, (95, 5)),
}


@pytest.mark.parametrize("phase", PHASES)
def test_each_phase_keeps_warm_and_routes_what_it_should(tmp_path: Path, phase: str) -> None:
    more, warm, shares = PHASES[phase]
    rollback = "" if phase == "at_rest" else f"rollback_to: {stable(manifest())}"
    workload = stack(tmp_path, SERVING, manifest(top=f"active: blue\nphase: {phase}\n{more}\n{rollback}")).workload
    assert isinstance(workload, ServingWorkload)
    assert tuple(one.percent for one in workload.entities) == shares
    assert [one.warm for one in workload.entities] == [True, warm]


def stable(text: str) -> str:
    import yaml

    return ReleaseManifest.model_validate(yaml.safe_load(text)).stable.id


def test_the_file_of_an_agent_says_all_that_its_runtime_needs(tmp_path: Path) -> None:
    top = f"active: blue\nphase: canary\npercent: 25\nrollback_to: {stable(manifest(PROMPT))}"
    workload = stack(tmp_path, AGENT, manifest(PROMPT, top)).workload
    assert isinstance(workload, AgentWorkload)
    assert workload.path == "/Volumes/claims_dev/triage/claims_fraud_releases/pointer.json"
    file = parse(workload.content)
    assert (file.pointer.active, file.pointer.candidate, file.pointer.percent) == ("blue", "green", 25)
    assert file.pointer.salt == f"claims-fraud/{file.green.release}"
    assert (file.shadow, file.blue.prompt_version) == (True, 3)
    assert json.loads(workload.content)["slots"]["green"]["model_version"] == 8


def test_an_endpoint_does_not_take_a_name_that_databricks_keeps_for_itself() -> None:
    with pytest.raises(BadName):
        _ = Names("halyard", "dev", "databricks-fraud").endpoint


@given(st.integers(1, 99), st.sampled_from(Slot))
def test_shares_of_every_canary_are_whole_and_make_a_hundred(percent: int, active: Slot) -> None:
    from shipway.pointer.pointer import Pointer
    from shipway.pointer.traffic import Traffic

    routes = Traffic.of(Pointer(active, active.other, percent, "claims-fraud/r0123456789ab")).routes()
    assert list(routes) == list(Slot)
    assert sum(routes.values()) == 100
    assert routes[active.other] == percent
