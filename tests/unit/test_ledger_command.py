"""`shipway ledger`: its exit codes, and what it says to people."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shipway.cli.ledger import command
from shipway.errors import ShipwayError
from shipway.ledger.blobs import Blobs
from shipway.ledger.chain import Ledger, ledger_folder
from shipway.ledger.entry import GENESIS, Entry, Kind

NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments").mkdir()
    (tmp_path / "cdktf.json").write_text("{}")
    for name in ("dev", "prod", "account"):
        (tmp_path / "environments" / f"{name}.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def filled(root: Path, environment: str = "prod", *, live: bool = False, count: int = 3, **more: str) -> Ledger:
    ledger = Ledger(ledger_folder(root, live=live), environment, lambda: NOW)
    head = GENESIS
    for number in range(count):
        told = {"use_case": "claims-triage", "move": "judge", "actor": "ada", "reason": f"look {number}"} | more
        head = ledger.append(Entry(kind=Kind.EVENT, environment=environment, **told), head).hash  # type: ignore[arg-type]
    return ledger


@pytest.mark.parametrize("what", ["verify", "show", "head"])
def test_without_a_ledger_it_says_so(root: Path, what: str) -> None:
    result = run(what)
    assert result.exit_code == 0
    assert "no ledger yet" in result.output
    assert run("head").stdout == ""


def test_an_unknown_environment_is_an_error(root: Path) -> None:
    with pytest.raises(ShipwayError, match="no environment 'pord'") as error:
        run("verify", "--env", "pord")
    assert error.value.hint == "there is: dev, prod"


def test_a_whole_ledger_is_whole_and_says_what_that_does_not_show(root: Path) -> None:
    filled(root)
    result = run("verify")
    assert result.exit_code == 0
    assert "prod: whole, 3 entries, head 3:" in result.output
    assert "Without an anchor" in result.output


def test_heads_kept_elsewhere_find_a_cut_and_a_deleted_ledger(root: Path) -> None:
    ledger = filled(root)
    kept = root / "heads"
    kept.write_text(run("head").output)
    result = run("verify", "--anchors", "heads")
    assert (result.exit_code, "1 anchor, up to entry 3" in result.output) == (0, True)
    ledger.path.write_bytes(b"".join(ledger.path.read_bytes().splitlines(keepends=True)[:2]))
    assert run("verify").exit_code == 0
    result = run("verify", "--anchors", "heads")
    assert (result.exit_code, "ANCHOR_MISMATCH" in result.output) == (2, True)
    ledger.path.unlink()
    assert run("verify").exit_code == 0
    assert run("verify", "--anchors", "heads").exit_code == 2
    assert run("verify", "--env", "prod", "--anchor", kept.read_text().split()[1]).exit_code == 2
    assert run("verify", "--env", "dev", "--anchors", "heads").exit_code == 0


def test_an_altered_ledger_is_named_by_line_and_gives_no_head(root: Path) -> None:
    ledger = filled(root)
    filled(root, "dev")
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"look 1", b"look 7"))
    result = run("verify", "--json")
    answer = json.loads(result.output)
    assert (result.exit_code, answer["whole"]) == (2, False)
    dev, prod = answer["ledgers"]
    assert dev["whole"] and [one["code"] for one in prod["findings"]] == ["LEDGER_BREAK"]
    assert prod["findings"][0]["line"] == 2
    with pytest.raises(ShipwayError, match="prod is broken"):
        run("head")
    assert run("head", "--env", "dev").exit_code == 0
    result = run("show", "--env", "prod")
    assert ":2 is no entry: its hash is not" in result.stderr


def test_blobs_that_entries_name_are_looked_at(root: Path) -> None:
    folder = ledger_folder(root, live=True)
    digest = Blobs(folder / "blobs").put(b"active: blue\n")
    filled(root, live=True, count=1, after=digest)
    assert run("verify", "--live").exit_code == 0
    (folder / "blobs" / digest).write_bytes(b"active: green\n")
    assert "BLOB_ALTERED" in run("verify", "--live").output
    (folder / "blobs" / digest).unlink()
    result = run("verify", "--live")
    assert (result.exit_code, "BLOB_MISSING" in result.output) == (2, True)


def test_show_prints_what_was_done_and_no_line_of_somebody_else(root: Path) -> None:
    filled(root, reason="fine\n    7  2026-01-01 00:00:00  outcome flip done\x1b[2J")
    filled(root, use_case="policy-search", count=0)
    result = run("show", "--last", "1")
    assert result.output.splitlines() == [
        "    3  2026-11-03 10:00:00  event   judge, claims-triage in prod, by ada",
        "       reason   fine\\n    7  2026-01-01 00:00:00  outcome flip done\\u001b[2J",
    ]
    assert [one["seq"] for one in json.loads(run("show", "--json").output)] == [1, 2, 3]
    assert run("show", "--use-case", "policy-search").output == "no entry\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--anchor", "3:abc"), "needs --env"),
        (("--env", "prod", "--anchor", "3:abc"), "is no anchor"),
        (("--anchors", "bad"), "bad:1: not"),
        (("--anchors", "out"), "out:1: not"),
        (("--anchors", "binary"), "binary:1: not"),
    ],
)
def test_a_wrong_anchor_is_an_error(root: Path, arguments: tuple[str, ...], said: str) -> None:
    filled(root)
    (root / "bad").write_text("prod\n")
    (root / "binary").write_bytes(b"\xff\xfe\0")
    (root / "out").write_text(f"../prod 1:{GENESIS}\n")
    with pytest.raises(ShipwayError, match=said):
        run("verify", *arguments)


PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "tests" / "unit" / "ledgers" / "example.jsonl"


def test_the_format_is_public_and_the_page_needs_nothing_of_ours(tmp_path: Path) -> None:
    """Ledgers are kept for years: one that was written once is read for ever. No line here ever changes."""
    ledger = Ledger(EXAMPLE.parent, "example", lambda: NOW)
    assert [one.seq for one in ledger.entries()] == list(range(1, 11))
    (code,) = re.findall(r"```python\n(.*?)```", (PROJECT / "docs" / "ledger.md").read_text(), re.DOTALL)

    def verified(file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", "-c", code, str(file)], capture_output=True, text=True)

    head = "10:96b666a9e801f5cb22b8ba0e0ce96857c158d924e8f28c0697d80e8a10b67dcb"
    assert verified(EXAMPLE).stdout == f"line 7: torn or broken\n{head}\n"
    altered = tmp_path / "example.jsonl"
    altered.write_text(EXAMPLE.read_text().replace("recall", "precision"))
    assert verified(altered).returncode == 1
