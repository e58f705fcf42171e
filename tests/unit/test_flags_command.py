"""`shipway flags` and `shipway release kill` as somebody uses them: what they say, write down, and end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from shipway.cli._switching import open_switches
from shipway.cli.flags import command as flags_command
from shipway.cli.release import command as release_command
from shipway.errors import DocumentErrors, ShipwayError
from shipway.flags.read import open_flags
from shipway.ledger.chain import Ledger
from shipway.ledger.entry import Entry
from shipway.ledger.fold import fold

FLAGS = "/Volumes/claims_test/triage/claims_triage_releases/flags.json"
LINE = ("claims-triage", "--env", "test")
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(project: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.chdir(project)
    monkeypatch.setenv("SHIPWAY_ACTOR", "ben")

    def asked(*words: str) -> tuple[int, str]:
        group = flags_command if words[0] == "flags" else release_command
        done = CliRunner().invoke(group, list(words[1:]), catch_exceptions=True)
        if isinstance(done.exception, ShipwayError):
            return done.exception.exit_code, str(done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return asked


def ledger(project: Path) -> tuple[Entry, ...]:
    return Ledger(project / ".shipway" / "sandbox" / "ledger", "test", lambda: datetime.now(UTC)).entries()


def in_service(project: Path, monkeypatch: pytest.MonkeyPatch, component: str) -> bool:
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(project / ".shipway" / "sandbox"))
    return open_flags(FLAGS, "claims-triage").alive(component)


def test_a_component_is_killed_and_comes_back(ask: Ask, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("flags", "status", *LINE)[0] == 2
    assert not in_service(project, monkeypatch, "route")
    assert ask("flags", "begin", *LINE)[0] == 0
    assert ask("flags", "status", *LINE)[0] == 0
    assert in_service(project, monkeypatch, "route")
    code, text = ask("release", "kill", *LINE, "--component", "route", "--reason", "wrong desk")
    assert (code, text.splitlines()[0][:50]) == (0, "route of claims-triage in test is out of service, ")
    assert not in_service(project, monkeypatch, "route")
    assert in_service(project, monkeypatch, "score")
    code, text = ask("flags", "status", *LINE)
    assert code == 2
    assert "killed    route   since" in text
    assert "by ben: wrong desk" in text
    assert ask("release", "unkill", *LINE, "--component", "route", "--reason", "mended")[0] == 0
    assert in_service(project, monkeypatch, "route")


def test_the_ledger_has_every_change_once_and_owes_it_to_git(ask: Ask, project: Path) -> None:
    ask("release", "kill", *LINE, "--component", "route", "--reason", "wrong desk")
    ask("flags", "set", "claims-triage", "short-prompt", "25", "--env", "test", "--reason", "never mind")
    owed = fold(ledger(project), ("test", "claims-triage")).to_back_fill
    # There was no file, so everything was on the safe path, and stays there.
    assert [(one.move, one.details["name"]) for one in owed] == [
        ("kill", "*"),
        ("kill", "route"),
        ("feature", "short-prompt"),
    ]
    assert all(one.actor == "ben" and one.release.startswith("r") for one in owed)
    code, text = ask("flags", "status", *LINE, "--json")
    found = json.loads(text)
    assert (code, found["killed"].keys(), found["features"]) == (2, {"*", "route"}, {"short-prompt": 25})
    assert found["not_in_ledger"] == []
    assert len(found["to_back_fill"]) == 3


def test_a_kill_counts_though_the_ledger_cannot_be_written_and_the_next_change_writes_it(
    ask: Ask, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("flags", "begin", *LINE)
    folder = project / ".shipway" / "sandbox" / "ledger"
    folder.write_text("in the way")
    code, text = ask("release", "kill", *LINE, "--component", "route", "--reason", "wrong desk")
    assert code == 1
    assert "kill route is done and in force, and not in the ledger" in text
    assert not in_service(project, monkeypatch, "route")
    folder.unlink()
    assert "not in the ledger: kill route" in ask("flags", "status", *LINE)[1]
    ask("release", "kill", *LINE, "--component", "score", "--reason", "too")
    assert [one.details["name"] for one in ledger(project)] == ["route", "score"]


def test_a_file_that_was_lost_and_begun_anew_is_recorded_anew(ask: Ask, project: Path) -> None:
    ask("flags", "begin", *LINE)
    ask("release", "kill", *LINE, "--component", "route", "--reason", "one")
    file = project / ".shipway" / "sandbox" / "volumes" / FLAGS.removeprefix("/Volumes/")
    file.unlink()
    ask("release", "kill", *LINE, "--component", "score", "--reason", "two")
    assert [one.reason for one in ledger(project) if one.details["name"] == "score"] == ["two"]


def test_somebody_elses_broken_document_does_not_stand_in_the_way(
    ask: Ask, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("flags", "begin", *LINE)
    (project / "environments" / "prod.yaml").write_text("{")
    (project / "environments" / "account.yaml").write_text("{")
    (project / "releases" / "test" / "claims-triage.yaml").write_text("<<<<<<< HEAD")
    assert ask("release", "kill", *LINE, "--component", "route", "--reason", "in the night")[0] == 0
    assert not in_service(project, monkeypatch, "route")


def test_its_own_broken_document_says_so(ask: Ask, project: Path) -> None:
    (project / "bundles" / "claims-triage" / "bundle.yaml").write_text("kind: [")
    with pytest.raises(DocumentErrors):
        open_switches("claims-triage", "test", live=False)
    assert ask("release", "kill", *LINE, "--all", "--reason", "x")[0] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*LINE, "--component", "rout", "--reason", "x"), "a kill of it would do nothing"),
        ((*LINE, "--component", "route", "--reason", " "), "has a reason"),
        ((*LINE, "--reason", "x"), "say what: --component NAME, or --all"),
        ((*LINE, "--component", "route", "--all", "--reason", "x"), "say what: --component NAME, or --all"),
        (("../claims-triage", "--env", "test", "--all", "--reason", "x"), "there is no line ../claims-triage in test"),
        (("claims-triage", "--env", "test/../prod", "--all", "--reason", "x"), "there is no line"),
    ],
)
def test_what_a_kill_refuses(ask: Ask, project: Path, words: tuple[str, ...], says: str) -> None:
    code, text = ask("release", "kill", *words)
    assert code != 0
    assert says in text
    assert not (project / ".shipway" / "sandbox" / "volumes").exists()
    assert ledger(project) == ()


def test_a_reason_is_text_on_a_terminal(ask: Ask, project: Path) -> None:
    ask("release", "kill", *LINE, "--all", "--reason", "red\x1b[31m\nsecond line")
    text = ask("flags", "status", *LINE)[1]
    assert "\x1b" not in text
    assert "red\\u001b[31m second line" in text
