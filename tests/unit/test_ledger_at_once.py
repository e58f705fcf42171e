"""The ledger under several writers, and under kill -9: nothing that was answered is lost, and nothing is forked."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.ledger.chain import Ledger
from shipway.ledger.entry import GENESIS, Entry, Kind
from shipway.ledger.verify import Code, verify

# Adds entries until it is killed or has added enough, and says each one when it was answered.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from shipway.ledger.chain import Ledger, SomebodyWasFirst
from shipway.ledger.entry import GENESIS, Entry, Kind

folder, name, use_case, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
ledger = Ledger(folder, "prod", lambda: datetime.now(UTC))
print("ready", flush=True)
sys.stdin.readline()
done = lost = 0
while done < count:
    entries = ledger.entries()
    entry = Entry(
        kind=Kind.EVENT, environment="prod", use_case=use_case, move="judge", actor=name, reason=f"{name} {done}",
        details={"filler": "x" * 900},
    )
    try:
        print(ledger.append(entry, entries[-1].hash if entries else GENESIS).hash, flush=True)
        done += 1
    except SomebodyWasFirst:
        lost += 1
print(f"lost {lost}", flush=True)
"""


def start(folder: Path, name: str, use_case: str = "claims-triage", count: int = 30) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, use_case, str(count)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout and child.stdout.readline() == "ready\n"
    return child


def go(*children: subprocess.Popen[str]) -> None:
    for child in children:
        assert child.stdin
        child.stdin.write("\n")
        child.stdin.flush()


def ledger_in(folder: Path) -> Ledger:
    return Ledger(folder, "prod", lambda: datetime.now(UTC))


def broken(ledger: Ledger) -> list[Code]:
    return [one.code for one in verify(ledger.lines(), "prod") if one.broken]


@pytest.mark.parametrize("other", ["claims-triage", "policy-search"])
def test_two_at_once_lose_nothing_and_fork_nothing(tmp_path: Path, other: str) -> None:
    children = [start(tmp_path, "ada"), start(tmp_path, "grace", other)]
    go(*children)
    said = [child.communicate()[0].splitlines() for child in children]
    ledger = ledger_in(tmp_path)
    assert verify(ledger.lines(), "prod") == []
    assert {one.hash for one in ledger.entries()} == {line for lines in said for line in lines if "lost" not in line}
    for name in ("ada", "grace"):
        assert [one.reason for one in ledger.entries() if one.actor == name] == [f"{name} {n}" for n in range(30)]
    if other == "policy-search":
        assert [lines[-1] for lines in said] == ["lost 0", "lost 0"], "another line's entry is in nobody's way"


@pytest.mark.slow
def test_killed_anywhere_what_was_answered_is_there(tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 - for when to kill, not for secrets
    answered: list[str] = []
    for round_ in range(12):
        children = [start(tmp_path, f"{name}{round_}", use_case=name, count=10_000) for name in ("ada", "grace")]
        go(*children)
        for child in children:
            assert child.stdout
            answered += [child.stdout.readline().strip() for _ in range(chance.randrange(1, 6))]
        for child in children:
            try:
                child.wait(timeout=chance.random() / 20)
            except subprocess.TimeoutExpired:
                child.kill()
            rest = child.communicate()[0]
            # A line that the kill cut in the pipe was not answered.
            answered += [line.strip() for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    ledger = ledger_in(tmp_path)
    hashes = [one.hash for one in ledger.entries()]
    assert set(answered) <= set(hashes)
    # A torn end waits for the next entry to tell of it.
    ledger.append(Entry(kind=Kind.EVENT, environment="prod", use_case="end", move="judge", actor="me"), hashes[-1])
    assert broken(ledger) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_at_any_byte_the_ledger_goes_on(tmp_path: Path, data: st.DataObject) -> None:
    """What a power cut leaves: the entries before are there, the torn rest is told of, and the chain goes on."""
    ledger = ledger_in(tmp_path)
    ledger.path.unlink(missing_ok=True)
    head = GENESIS
    ends = [0]
    told = Entry(kind=Kind.EVENT, environment="prod", use_case="claims-triage", move="judge", actor="ada")
    for _ in range(data.draw(st.integers(1, 6))):
        if data.draw(st.booleans()):
            head = ledger.append(told, head).hash
            ends.append(ledger.path.stat().st_size)
            continue
        whole = ledger.path.read_bytes() if ledger.path.exists() else b""
        # What was answered is on disk: only what is being written now can be torn.
        ledger.append(told, head)
        cut = data.draw(st.integers(len(whole), ledger.path.stat().st_size))
        ledger.path.write_bytes(ledger.path.read_bytes()[:cut])
        entries = ledger.entries()
        head = entries[-1].hash if entries else GENESIS
    head = ledger.append(told, head).hash
    assert broken(ledger) == []
    assert ledger.entries()[-1].hash == head
