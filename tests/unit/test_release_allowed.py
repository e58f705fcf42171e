"""The proof that a plan is exactly its move: every kind and move holds, and whatever else is put into one is named."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shipway.models.names import Slot
from shipway.models.release import Release, ReleaseManifest, Slots
from shipway.plan.masks import merge
from shipway.plan.model import Action, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.values import Unknown
from shipway.pointer import file_form, json_form, view
from shipway.pointer.pointer import Pointer
from shipway.release.allowed import Case, Proof, prove
from shipway.release.inverse import Changes, changes_of, composed
from shipway.release.machine import advance
from shipway.release.moves import Move, row_of
from shipway.release.places import PLACES

PERCENTS = (5, 25)
STACK, USE_CASE = "prod-x", "x"
SYNTH = json.dumps({"terraform": {"required_providers": {"databricks": {"version": "1.99.0"}}}}).encode()


def release(number: int, *, prompt: bool = True) -> Release:
    digest = f"{number:x}".rjust(64, "a")
    prompts = {"prompt_version": number, "prompt_sha256": digest[::-1]} if prompt else {}
    return Release.model_validate(
        {"version": f"1.{number}.0", "wheel_sha256": digest[::-1], "model_version": number, **prompts}
    )


REST = ReleaseManifest(active=Slot.BLUE, slots=Slots(blue=release(1), green=release(2)))
WAY = (Move.ADMIT, Move.SHADOW, Move.CANARY, Move.STEP, Move.FLIP, Move.STABILISE, Move.RETIRE)


def pointer(manifest: ReleaseManifest, *, releases: bool = False) -> Pointer:
    ends = {slot: manifest.release(slot).id if releases else slot.value for slot in Slot}
    other = manifest.active.other
    if manifest.percent is None:
        return Pointer(ends[manifest.active])
    return Pointer(ends[manifest.active], ends[other], manifest.percent, f"{USE_CASE}/{manifest.release(other).id}")


def slot_job(manifest: ReleaseManifest, slot: Slot) -> dict[str, Any]:
    found = manifest.release(slot)
    wheel = f"/Volumes/c/s/v/{found.wheel_sha256[:16]}/x-{found.version}-py3-none-any.whl"
    return {
        "id": f"{slot}-1",
        "name": f"x-{slot}-prod",
        "parameter": [
            {"name": "mode", "default": "dry_run"},
            {"name": "model_version", "default": str(found.model_version)},
            {"name": "release", "default": found.id},
        ],
        "run_as": [{"service_principal_name": "sp"}],
        "job_cluster": [{"job_cluster_key": "main", "new_cluster": [{"num_workers": 1}]}],
        "task": [{"task_key": key, "library": [{"whl": wheel}], "max_retries": 1} for key in ("route", "score")],
    }


def router(manifest: ReleaseManifest, *, with_pointer: bool) -> dict[str, Any]:
    runs = [{"name": slot.value, "default": "on" if manifest.runs(slot) else "off"} for slot in Slot]
    own = [{"name": "pointer", "default": json_form.render(pointer(manifest))}] if with_pointer else []
    return {
        "id": "router-1",
        "name": "x-router-prod",
        "parameter": [*runs, *own],
        "schedule": [{"quartz_cron_expression": "0 30 5 * * ?"}],
        "task": [{"task_key": f"run-{slot}", "run_job_task": [{"job_id": 1}]} for slot in Slot],
    }


def output(manifest: ReleaseManifest) -> dict[str, Any]:
    shape = view.ViewShape(("c", "s", "x_out"), "claim", ("score",))
    definition = view.render(shape, view.ViewPointer.of(pointer(manifest, releases=True)))
    return {"id": "c.s.x", "name": "x", "table_type": "VIEW", "view_definition": definition, "owner": "o"}


def endpoint(manifest: ReleaseManifest) -> dict[str, Any]:
    shares = {manifest.active: 100 - (manifest.percent or 0), manifest.active.other: manifest.percent or 0}
    entities = [
        {
            "name": slot.value,
            "entity_name": "c.s.x",
            "entity_version": str(manifest.release(slot).model_version),
            "scale_to_zero_enabled": not manifest.runs(slot),
            "workload_size": "Small",
        }
        for slot in Slot
    ]
    routes = [{"served_entity_name": slot.value, "traffic_percentage": shares[slot]} for slot in Slot]
    config = [{"served_entities": entities, "traffic_config": [{"routes": routes}]}]
    return {"id": "x-prod", "name": "x-prod", "config": config}


def agent_file(manifest: ReleaseManifest) -> dict[str, Any]:
    def content(slot: Slot) -> file_form.SlotContent:
        found = manifest.release(slot)
        return file_form.SlotContent(release=found.id, **found.model_dump())

    found = file_form.AgentFile(
        pointer(manifest), content(Slot.BLUE), content(Slot.GREEN), manifest.runs(manifest.active.other)
    )
    text = file_form.render(found).encode()
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return {"id": "/p", "path": "/p", "content_base64": base64.b64encode(text).decode(), "md5": md5}


def line(kind: str, manifest: ReleaseManifest) -> dict[str, tuple[str, dict[str, Any]]]:
    """The objects of a line by role, with their types."""
    grants = ("databricks_grants", {"id": "g", "grant": [{"principal": "team", "privileges": ["EXECUTE"]}]})
    if kind == "serving":
        return {"endpoint/endpoint": ("databricks_model_serving", endpoint(manifest)), "model/grants": grants}
    if kind == "agent":
        return {"pointer/file": ("databricks_file", agent_file(manifest)), "model/grants": grants}
    jobs = {f"slots/{slot}/job": ("databricks_job", slot_job(manifest, slot)) for slot in Slot}
    found = {**jobs, "router/job": ("databricks_job", router(manifest, with_pointer=kind != "batch"))}
    view_of = {"output/view": ("databricks_sql_table", output(manifest))} if kind == "batch" else {}
    return {**found, **view_of, "model/grants": grants}


Objects = dict[str, tuple[str, dict[str, Any]]]


def plan_of(old: Objects, new: Objects) -> Plan:
    changes = []
    for role in old:
        type_, was = old[role]
        will_be = new[role][1]
        action = Action.NO_OP if was == will_be else Action.UPDATE
        name = role.replace("/", "_")
        changes.append(
            ResourceChange(
                f"{type_}.{name}",
                type_,
                name,
                action,
                before=merge(was, None, None),
                after=merge(will_be, None, None),
                construct_path=f"{STACK}/{role}",
                configured=frozenset(was) - {"id"},
            )
        )
    return Plan(stack=STACK, changes=tuple(changes), complete=True, errored=False, applyable=True)


@dataclass(frozen=True)
class Step:
    """A legal move with its plan."""

    case: Case
    plan: Plan
    old: Objects
    new: Objects

    def proof(self, plan: Plan | None = None, applied: bytes = SYNTH, synthesized: bytes = SYNTH) -> Proof:
        return prove(plan or self.plan, self.case, applied, synthesized)


def steps(kind: str) -> Iterator[Step]:
    here, rest = REST, REST
    for move in WAY:
        after = advance("x", here, move, PERCENTS, candidate=release(9))
        yield step(kind, move, here, after)
        match move:
            case Move.SHADOW:
                shadow = after
                yield step(kind, Move.ABORT, after, rest)
            case Move.CANARY | Move.STEP | Move.FLIP | Move.STABILISE:
                yield step(kind, Move.ROLLBACK, after, shadow)
            case _:
                pass
        here = after


def step(kind: str, move: Move, old: ReleaseManifest, new: ReleaseManifest) -> Step:
    case = Case(STACK, USE_CASE, kind, row_of(move), old, new)
    return Step(case, plan_of(line(kind, old), line(kind, new)), line(kind, old), line(kind, new))


ALL = [(kind, found) for kind in PLACES for found in steps(kind)]
IDS = [f"{kind}-{one.case.row.move}-from-{one.case.before.phase}" for kind, one in ALL]


@pytest.mark.parametrize(("kind", "one"), ALL, ids=IDS)
def test_every_legal_move_of_every_kind_is_proven(kind: str, one: Step) -> None:
    assert one.proof() == Proof()
    assert bool(changes_of(one.plan)) is bool(one.case.row.changes)


@pytest.mark.parametrize(("kind", "one"), ALL, ids=IDS)
def test_no_other_move_explains_the_same_plan(kind: str, one: Step) -> None:
    for move in Move:
        row = row_of(move)
        if set(row.changes) >= set(one.case.row.changes):
            continue
        assert not prove(one.plan, replace(one.case, row=row), SYNTH, SYNTH).holds, move


@pytest.mark.parametrize(("kind", "one"), ALL, ids=IDS)
def test_a_plan_that_does_not_do_its_move_is_refused(kind: str, one: Step) -> None:
    if not one.case.row.changes:
        return
    assert one.proof(plan_of(one.old, one.old)).residual


@pytest.mark.parametrize("kind", PLACES)
def test_the_inverse_of_several_moves_is_the_swap_of_them_together(kind: str) -> None:
    made = {(one.case.row.move, one.case.before.phase): changes_of(one.plan) for one in steps(kind)}
    onwards = [changes_of(one.plan) for one in steps(kind) if not one.case.row.backwards]
    assert composed(onwards[:2]).swapped() == made[Move.ABORT, REST.phase.SHADOW]
    assert composed(onwards[2:5]).swapped() == made[Move.ROLLBACK, REST.phase.FLIPPED]
    for one in made.values():
        assert not one.then(one.swapped())
        assert Changes.read(one.as_bytes()) == one
        assert one.swapped().swapped() == one


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path


def put(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> None:
    for name in path[:-1]:
        value = value[name]
    value[path[-1]] = change(value[path[-1]])


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


@given(st.data())
def test_whatever_else_is_put_into_a_plan_refuses_it(data: st.DataObject) -> None:
    _, one = data.draw(st.sampled_from(ALL))
    role = data.draw(st.sampled_from(sorted(one.new)))
    path = data.draw(st.sampled_from(sorted(leaves(one.new[role][1]), key=str)))
    new = copy.deepcopy(one.new)
    put(new[role][1], path, another)
    assume(new != one.old)
    found = one.proof(plan_of(one.old, new))
    assert found.residual, (role, path)


@given(st.data())
def test_what_was_there_before_must_be_what_the_manifest_says(data: st.DataObject) -> None:
    """Drift that the plan would silently put right: at a place of the line it is named, elsewhere it is a residual."""
    _, one = data.draw(st.sampled_from(ALL))
    role = data.draw(st.sampled_from(sorted(one.old)))
    path = data.draw(st.sampled_from(sorted(leaves(one.old[role][1]), key=str)))
    assume(path[-1] != "id")
    old = copy.deepcopy(one.old)
    put(old[role][1], path, another)
    assume(old != one.new)
    assert not one.proof(plan_of(old, one.new)).holds


def with_change(plan: Plan, role: str, **more: Any) -> Plan:
    changes = [replace(one, **more) if one.construct_path.endswith(role) else one for one in plan.changes]
    return replace(plan, changes=tuple(changes))


ADMIT = next(one for kind, one in ALL if kind == "batch_with_effects")
NOT_IN_PLACE: dict[str, dict[str, Any]] = {
    "destroy": {"action": Action.DELETE},
    "replace": {"action": Action.REPLACE},
    "replaced": {"replace_paths": (("name",),)},
    "forget": {"action": Action.FORGET},
    "moved here from": {"previous_address": "databricks_job.other"},
    "imported": {"importing": True},
    "deposed": {"deposed": "abc"},
    "runs local-exec": {"provisioners": ("local-exec",)},
    "create": {"action": Action.CREATE},
}


@pytest.mark.parametrize("said", NOT_IN_PLACE)
def test_anything_but_an_update_in_place_is_refused(said: str) -> None:
    plan = with_change(ADMIT.plan, "slots/green/job", **NOT_IN_PLACE[said])
    assert any(said in text for text in ADMIT.proof(plan).residual)


def test_an_output_a_gap_a_failed_plan_and_an_unknown_value_are_refused() -> None:
    output_change = OutputChange("x", Action.UPDATE, "a", "b")
    assert "output x" in ADMIT.proof(replace(ADMIT.plan, outputs=(output_change,))).residual[0]
    gap = Gap(STACK, "deferred until another apply: x")
    assert ADMIT.proof(replace(ADMIT.plan, gaps=(gap,))).unknown == ("deferred until another apply: x",)
    assert ADMIT.proof(replace(ADMIT.plan, complete=False)).unknown
    assert ADMIT.proof(replace(ADMIT.plan, errored=True)).unknown
    (green,) = [one for one in ADMIT.plan.changes if one.construct_path.endswith("slots/green/job")]
    unknown = merge(ADMIT.new["slots/green/job"][1], {"parameter": [{}, {"default": True}, {}]}, None)
    plan = replace(ADMIT.plan, changes=(replace(green, after=unknown),))
    assert any("known only after" in text for text in ADMIT.proof(plan).residual)
    assert isinstance(Unknown(), Unknown)


def test_another_provider_version_host_or_state_is_named() -> None:
    newer = SYNTH.replace(b"1.99.0", b"1.100.0")
    (said,) = ADMIT.proof(synthesized=newer).residual
    assert said == "terraform.required_providers.databricks.version changes: 1.99.0 -> 1.100.0"
    moved = json.dumps({**json.loads(SYNTH), "provider": {"databricks": [{"host": "https://evil"}]}}).encode()
    assert (
        "provider.databricks changes: (none) -> [{'host': 'https://evil'}]" in ADMIT.proof(synthesized=moved).residual
    )


def test_what_no_plan_shows_is_named_too() -> None:
    def stack(**block: object) -> bytes:
        return json.dumps({**json.loads(SYNTH), "resource": {"databricks_job": {"x": block}}}).encode()

    kept = stack(name="a", lifecycle={"prevent_destroy": True})
    let_go = stack(name="b", lifecycle={"prevent_destroy": False})
    (said,) = ADMIT.proof(applied=kept, synthesized=let_go).residual
    assert said == "resource.databricks_job.x.lifecycle.prevent_destroy changes: True -> False"


def test_a_line_that_was_never_deployed_says_so() -> None:
    found = ADMIT.proof(replace(ADMIT.plan, changes=()))
    assert any("has prod-x been deployed?" in text for text in found.residual)


def test_a_kind_without_a_place_cannot_be_moved() -> None:
    other = replace(ADMIT.case, kind="unheard-of")
    assert "has no place for what the candidate's slot holds" in prove(ADMIT.plan, other, SYNTH, SYNTH).unknown[0]
