"""The walk of a job's tasks: order, conditions, run_if, retries and what a run's result is; by Databricks' rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.outside.tasks import FakeTasks
from shipway.run.carry_out import Call, Runner
from shipway.run.job import Condition, DependsOn, Job, RunJob, Task, Wheel, read_job
from shipway.run.record import JobRun
from shipway.run.references import Context
from shipway.run.walk import Outcome, Result, compare, decide, in_order, of_run, walk

WHEEL = Wheel("claims", "score", ())


def job(*tasks: Task, **parameters: str) -> Job:
    return Job("1", "router", tasks, parameters, {})


def after(*keys: str) -> tuple[DependsOn, ...]:
    return tuple(DependsOn(key) for key in keys)


@st.composite
def graphs(draw: st.DrawFn) -> Job:
    """Jobs whose tasks stand in any order and wait for any that are no cycle."""
    count = draw(st.integers(1, 8))
    tasks = [
        Task(f"t{number}", WHEEL, after(*(f"t{one}" for one in draw(st.sets(st.integers(0, number - 1))))))
        if number
        else Task("t0", WHEEL)
        for number in range(count)
    ]
    return job(*draw(st.permutations(tasks)))


@given(graphs(), st.integers(1, 4))
def test_a_task_starts_when_all_that_it_waits_for_is_over_and_each_runs_once(graph: Job, workers: int) -> None:
    started: list[str] = []
    over: list[str] = []
    lock = threading.Lock()

    def act(task: Task) -> Outcome:
        with lock:
            started.append(task.key)
            assert {one.task for one in task.after} <= set(over)
        with lock:
            over.append(task.key)
        return Outcome(Result.SUCCESS)

    done = walk(graph, act, workers)
    assert sorted(started) == sorted(task.key for task in graph.tasks)
    assert {outcome.result for outcome in done.values()} == {Result.SUCCESS}


@given(graphs(), st.data())
def test_nothing_runs_after_a_failure_and_the_run_is_no_success(graph: Job, data: st.DataObject) -> None:
    bad = data.draw(st.sampled_from([task.key for task in graph.tasks]))
    ran: set[str] = set()

    def act(task: Task) -> Outcome:
        ran.add(task.key)
        return Outcome(Result.FAILED if task.key == bad else Result.SUCCESS)

    done = walk(graph, act)
    behind = {bad}
    for task in in_order(graph):
        if behind & {one.task for one in task.after}:
            behind.add(task.key)
    assert ran == {task.key for task in graph.tasks} - (behind - {bad})
    assert all(done[key].result is Result.UPSTREAM_FAILED for key in behind - {bad})
    assert of_run(graph.tasks, done) is Result.FAILED


def test_tasks_that_wait_for_each_other_are_an_error_before_anything_runs() -> None:
    with pytest.raises(ShipwayError, match="wait for each other"):
        walk(job(Task("a", WHEEL, after("b")), Task("b", WHEEL, after("a"))), lambda _: pytest.fail("ran"))
    with pytest.raises(ShipwayError, match="or for one that is not there"):
        in_order(job(Task("a", WHEEL, after("gone"))))


@pytest.mark.parametrize(
    ("run_if", "results", "wanted"),
    [
        ("ALL_SUCCESS", (Result.SUCCESS, Result.SUCCESS), None),
        ("ALL_SUCCESS", (Result.SUCCESS, Result.EXCLUDED), None),
        ("ALL_SUCCESS", (Result.SUCCESS, Result.FAILED), Result.UPSTREAM_FAILED),
        ("ALL_SUCCESS", (Result.EXCLUDED, Result.EXCLUDED), Result.EXCLUDED),
        ("ALL_DONE", (Result.FAILED, Result.TIMEDOUT), None),
        ("ALL_DONE", (Result.EXCLUDED, Result.EXCLUDED), Result.EXCLUDED),
        ("AT_LEAST_ONE_SUCCESS", (Result.SUCCESS, Result.FAILED), None),
        ("AT_LEAST_ONE_SUCCESS", (Result.FAILED, Result.FAILED), Result.UPSTREAM_FAILED),
        ("NONE_FAILED", (Result.SUCCESS, Result.UPSTREAM_FAILED), Result.UPSTREAM_FAILED),
        ("AT_LEAST_ONE_FAILED", (Result.SUCCESS, Result.FAILED), None),
        ("AT_LEAST_ONE_FAILED", (Result.SUCCESS, Result.SUCCESS), Result.EXCLUDED),
        ("ALL_FAILED", (Result.FAILED, Result.SUCCESS), Result.EXCLUDED),
        ("ALL_FAILED", (Result.FAILED, Result.FAILED), None),
    ],
)
def test_run_if_is_what_databricks_says(run_if: str, results: tuple[Result, Result], wanted: Result | None) -> None:
    task = Task("c", WHEEL, after("a", "b"), run_if)
    assert decide(task, {"a": Outcome(results[0]), "b": Outcome(results[1])}) is wanted


def test_a_condition_lets_one_branch_run_and_excludes_the_other() -> None:
    tasks = (
        Task("is-on", Condition("EQUAL_TO", "{{job.parameters.green}}", "on")),
        Task("yes", WHEEL, (DependsOn("is-on", "true"),)),
        Task("no", WHEEL, (DependsOn("is-on", "false"),)),
    )
    done = walk(job(*tasks), lambda task: Outcome(Result.SUCCESS, "true" if task.key == "is-on" else ""))
    assert done["yes"].result is Result.SUCCESS
    assert done["no"].result is Result.EXCLUDED
    assert of_run(tasks, done) is Result.SUCCESS


def test_a_failure_that_another_task_deals_with_is_a_success_with_failures() -> None:
    tasks = (Task("a", WHEEL), Task("clean", WHEEL, after("a"), "ALL_DONE"))
    done = {"a": Outcome(Result.FAILED), "clean": Outcome(Result.SUCCESS)}
    assert of_run(tasks, done) is Result.SUCCESS_WITH_FAILURES


def test_conditions_compare_texts_or_numbers() -> None:
    assert compare(Condition("EQUAL_TO", "", ""), "on", "on")
    assert not compare(Condition("EQUAL_TO", "", ""), "1.0", "1")
    assert compare(Condition("GREATER_THAN", "", ""), "10", "9")
    with pytest.raises(ShipwayError, match="numbers, got 'on'"):
        compare(Condition("LESS_THAN", "", ""), "on", "9")
    with pytest.raises(ShipwayError, match="no operator"):
        compare(Condition("LIKE", "", ""), "on", "9")


# Parameters ----------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)
NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
VALUES = st.text(max_size=20)


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.data())
def test_a_reference_becomes_the_value_and_what_is_in_the_value_stays_text(
    parameters: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(parameters)))
    context = Context("1", "router", "7", NOON, parameters)
    assert context.resolve(f"<{{{{job.parameters.{name}}}}}>") == f"<{parameters[name]}>"
    assert context.resolve(f"{{{{ job.parameters.`{name}` }}}}") == parameters[name]


def test_references_to_the_run_and_mistakes_in_them() -> None:
    context = Context("1", "router", "7", NOON, {"x": "{{job.id}}"})
    assert context.resolve("{{job.start_time.iso_date}} {{job.run_id}} {{task.name}}", "score") == "2026-11-21 7 score"
    assert context.resolve("{{job.parameters.x}}") == "{{job.id}}"
    assert context.resolve("{{my.value}} {{}} {{ {") == "{{my.value}} {{}} {{ {"
    with pytest.raises(ShipwayError, match="names no parameter of the job; it has x"):
        context.resolve("{{job.parameters.y}}")
    with pytest.raises(ShipwayError, match="does not know"):
        context.resolve("{{tasks.score.values.n}}")


# Carrying out --------------------------------------------------------------------------------------------------------

Run = Callable[..., JobRun]


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    wheel = tmp_path / "volumes" / "c" / "s" / "v" / "w.whl"
    wheel.parent.mkdir(parents=True)
    wheel.touch()
    return tmp_path / "volumes"


SCORE = Wheel("claims", "score", ("/Volumes/c/s/v/w.whl",), named_parameters={"release": "{{job.parameters.release}}"})


def run(
    volumes: Path, started: Job, tasks: FakeTasks, others: tuple[Job, ...] = (), **given_parameters: str
) -> tuple[JobRun, list[str]]:
    said: list[str] = []
    ticks = iter(range(10_000))

    def clock() -> datetime:
        return NOON + timedelta(seconds=next(ticks))

    def turn(_: Job) -> AbstractContextManager[None]:
        return nullcontext()

    jobs = {one.id: one for one in others}
    runner = Runner(jobs, volumes, volumes.parent / "run", "7", tasks, clock, turn, said.append)
    return runner.run(started, given_parameters), said


def test_a_router_runs_the_slots_that_are_on_and_hands_its_parameters_on(volumes: Path) -> None:
    slot = Job(
        "2",
        "claims-green-dev",
        (Task("score", SCORE), Task("measure", SCORE, after("score"))),
        {"release": "r1", "mode": "dry_run", "as_of": "{{job.start_time.iso_date}}"},
        {"slot": "green"},
    )
    router = job(
        Task("green-on", Condition("EQUAL_TO", "{{job.parameters.green}}", "on")),
        Task("blue-on", Condition("EQUAL_TO", "{{job.parameters.blue}}", "on")),
        Task("green", RunJob("2", {"as_of": "{{job.parameters.as_of}}"}), (DependsOn("green-on", "true"),)),
        Task("blue", RunJob("3", {}), (DependsOn("blue-on", "true"),)),
        green="on",
        blue="off",
        as_of="{{job.start_time.iso_date}}",
    )
    tasks = FakeTasks()
    made, said = run(volumes, router, tasks, (slot,), as_of="2026-01-02")
    assert made.result is Result.SUCCESS
    tasks.assert_started(["score", "score"])
    # The job's own parameters are pushed down, as where a task is called with named ones.
    assert tasks.started[0].arguments == ("--as_of=2026-01-02", "--mode=dry_run", "--release=r1")
    assert [run.slot for run in made.runs()] == ["", "green"]
    assert {task.key: task.result for task in made.tasks}["blue"] is Result.EXCLUDED
    assert any("green / score  SUCCESS" in line for line in said)


def test_a_task_is_tried_again_as_often_as_it_says_and_its_logs_are_kept_apart(volumes: Path) -> None:
    codes = iter([1, None, 0])
    tasks = FakeTasks(lambda _: next(codes))
    task = Task("score", SCORE, timeout=5, max_retries=2, retry_on_timeout=True)
    made, said = run(volumes, job(task, release="r1"), tasks)
    assert made.result is Result.SUCCESS
    assert [one.exit_code for one in made.tasks[0].attempts] == [1, None, 0]
    assert len({call.log for call in tasks.started}) == 3
    assert "3 attempts" in said[-1]


def test_a_task_out_of_time_is_not_tried_again_unless_it_says_so(volumes: Path) -> None:
    tasks = FakeTasks(lambda _: None)
    made, _ = run(volumes, job(Task("score", SCORE, timeout=5, max_retries=3), release="r1"), tasks)
    assert [one.result for one in made.tasks] == [Result.TIMEDOUT]
    assert made.result is Result.FAILED
    tasks.assert_started(["score"])


def test_a_job_out_of_time_starts_nothing_more(volumes: Path) -> None:
    slow = Job("1", "slow", (Task("a", SCORE, max_retries=50),), {"release": "r1"}, {}, timeout=20)
    tasks = FakeTasks(lambda _: 1)
    made, _ = run(volumes, slow, tasks)
    assert made.result is Result.TIMEDOUT
    assert 1 < len(tasks.started) < 20


def test_when_somebody_stops_it_what_has_not_started_does_not(volumes: Path) -> None:
    tasks = FakeTasks()

    def stop(_: Call) -> int | None:
        tasks.stopped = True
        return None

    tasks.ends = stop
    made, _ = run(volumes, job(Task("a", SCORE, max_retries=3), Task("b", SCORE, after("a")), release="r1"), tasks)
    assert made.result is Result.CANCELED
    tasks.assert_started(["score"])


@pytest.mark.parametrize(
    ("library", "said"),
    [
        ("/Volumes/c/s/v/gone.whl", "is not there"),
        ("/Volumes/../../etc/passwd", "not in a volume"),
        ("/etc/passwd", "not in a volume"),
        ("Volumes/c/s/v/w.whl", "not in a volume"),
    ],
)
def test_a_wheel_that_is_not_in_a_volume_is_a_failed_task(volumes: Path, library: str, said: str) -> None:
    tasks = FakeTasks()
    made, _ = run(volumes, job(Task("a", Wheel("claims", "score", (library,)))), tasks)
    assert made.result is Result.FAILED
    assert said in made.tasks[0].said
    tasks.assert_started([])


def test_a_job_is_read_as_the_state_has_it_with_nested_blocks_as_lists() -> None:
    read = read_job(
        {
            "id": "5",
            "name": "router",
            "queue": [{"enabled": True}],
            "parameter": [{"name": "as_of", "default": "x"}],
            "task": [
                {"task_key": "a", "condition_task": [{"op": "EQUAL_TO", "left": "l", "right": "r"}]},
                {
                    "task_key": "b",
                    "run_job_task": [{"job_id": 7}],
                    "depends_on": [{"task_key": "a", "outcome": "true"}],
                },
            ],
        }
    )
    assert read.queue
    assert read.parameters == {"as_of": "x"}
    assert read.tasks[1] == Task("b", RunJob("7", {}), (DependsOn("a", "true"),))
    mistakes: list[dict[str, object]] = [
        {"timeout_seconds": "soon"},
        {"parameter": [{"default": "x"}]},
        {"task": [{"depends_on": [{}]}]},
    ]
    for broken in mistakes:
        with pytest.raises(ShipwayError, match=r"is not whole|has no tasks|task without work"):
            read_job({"name": "x", "task": [{"task_key": "a", "run_job_task": [{}]}], **broken})
    with pytest.raises(ShipwayError, match="notebook_task; the laptop runs"):
        read_job({"name": "x", "task": [{"task_key": "a", "notebook_task": [{"notebook_path": "/x"}]}]})
