"""`shipway scan` as people meet it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shipway.scan.rules import read_rules

STACK = "prod-landing-zone"
PATH = f"{STACK}/catalogs/claims/catalog"


@pytest.fixture
def place(tmp_path: Path, root: Path) -> Path:
    """A project with documents, rules and one synthesized stack, which is good."""
    copy = tmp_path / "project"
    for name in ("environments", "bundles", "releases", "policies"):
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "cdktf.json", copy)
    _synthesized(copy, isolation_mode="ISOLATED")
    return copy


def _synthesized(place: Path, stack: str = STACK, **changes: Any) -> None:
    kept = {"//": {"metadata": {"path": PATH}}, "lifecycle": {"prevent_destroy": True}}
    catalog = {"name": "claims_prod", "storage_root": "s3://x", **kept, **changes}
    folder = place / "cdktf.out" / "stacks" / stack
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"securable": {"type": "CATALOG", "full_name": "claims_prod"}, "destinations": [{"destination_id": "x"}]}
    resources = {"databricks_catalog": {"claims": catalog}, "databricks_rfa_access_request_destinations": {"r": asked}}
    text = json.dumps({"resource": resources})
    (folder / "cdk.tf.json").write_text(text, encoding="utf-8")
    entry = {"name": stack, "synthesizedStackPath": f"stacks/{stack}/cdk.tf.json"}
    (place / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": {stack: entry}}), encoding="utf-8")


def _shipway(place: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shipway", "scan", *args]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def _line(place: Path, text: str) -> int:
    lines = (place / "environments" / "prod.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


def test_clean_project_exits_0_and_shows_the_receipt(place: Path) -> None:
    done = _shipway(place)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 findings, 0 waived" in done.stdout
    assert f"{len(read_rules(place / 'policies').rules)} rules on disk were loaded" in done.stdout
    assert "in this run" in done.stdout


def test_finding_names_document_line_stack_and_address(place: Path) -> None:
    _synthesized(place, isolation_mode="OPEN")
    done = _shipway(place)
    assert done.returncode == 2
    at = f"environments/prod.yaml:{_line(place, '  claims:')}:3"
    assert f"FAILED   {at}  {STACK}  databricks_catalog.claims" in done.stdout
    assert "isolation_mode: got 'OPEN', wanted ISOLATED" in done.stdout
    assert done.stdout.index("CRITICAL") < done.stdout.index("R39")


def test_json_is_the_same_report(place: Path) -> None:
    _synthesized(place, isolation_mode="${var.mode}", force_destroy=True)
    done = _shipway(place, "--json", "--no-cache")
    report = json.loads(done.stdout)
    assert (done.returncode, report["schema"]) == (2, "shipway/scan/v1")
    assert [(f["rule"], f["status"]) for f in report["findings"]] == [("R39", "UNKNOWN"), ("R06", "FAILED")]
    assert report["findings"][0]["construct_path"] == PATH
    assert report["summary"]["findings"] == {"CRITICAL": 1, "HIGH": 1, "MEDIUM": 0, "LOW": 0}
    assert report["receipt"]["of"] == "this run"


@pytest.mark.parametrize(("level", "code"), [("critical", 2), ("low", 2), ("never", 0)])
def test_fail_on(place: Path, level: str, code: int) -> None:
    _synthesized(place, isolation_mode="OPEN")
    assert _shipway(place, "--fail-on", level).returncode == code


def test_fail_on_lets_lesser_findings_pass(place: Path) -> None:
    _synthesized(place, isolation_mode="ISOLATED", force_destroy=True)
    assert _shipway(place, "--fail-on", "critical").returncode == 0
    assert _shipway(place, "--fail-on", "high").returncode == 2


def test_waiver_in_the_document(place: Path) -> None:
    _synthesized(place, isolation_mode="OPEN")
    document = place / "environments" / "prod.yaml"
    waiver = (
        "waivers:\n  - {rule: R39, owner: halyard-platform-admins, reason: moves to its own storage, expires: %s}\n"
    )
    written = document.read_text(encoding="utf-8")
    document.write_text(written + waiver % "2999-12-31", encoding="utf-8")
    done = _shipway(place)
    assert done.returncode == 0
    assert "WAIVED" in done.stdout
    assert "waived until 2999-12-31 by halyard-platform-admins" in done.stdout
    document.write_text(written + waiver % "2001-01-01", encoding="utf-8")
    done = _shipway(place)
    assert done.returncode == 2
    assert "WAIVER_EXPIRED" in done.stdout
    assert f"environments/prod.yaml:{_line(place, '  - {rule: R39')}:5" in done.stdout


def test_sarif_has_the_document_line_and_waivers_as_suppressions(place: Path) -> None:
    _synthesized(place, isolation_mode="OPEN")
    done = _shipway(place, "--sarif", "out/scan.sarif")
    assert done.returncode == 2
    (run,) = json.loads((place / "out" / "scan.sarif").read_text(encoding="utf-8"))["runs"]
    (result,) = run["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "environments/prod.yaml"
    assert location["region"]["startLine"] == _line(place, "  claims:")
    assert (result["ruleId"], result["level"]) == ("R39", "error")
    assert "suppressions" not in result


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("prod-landing-zon",), "did you mean 'prod-landing-zone'"),
        (("--out", "elsewhere"), "run `shipway synth` first"),
        (("--nonsense",), "No such option"),
        (("--fail-on", "sometimes"), "is not one of"),
    ],
)
def test_what_cannot_be_done_exits_1(place: Path, args: tuple[str, ...], says: str) -> None:
    done = _shipway(place, *args)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


def test_a_file_beside_the_stack_is_an_error(place: Path) -> None:
    # Terraform reads every file of the folder; an override would be deployed and not scanned.
    (place / "cdktf.out" / "stacks" / STACK / "more_override.tf.json").write_text("{}")
    done = _shipway(place)
    assert done.returncode == 1
    assert "more_override.tf.json, which Terraform would read and no rule does" in done.stderr


def test_missing_init_is_an_error_even_if_everything_is_cached(place: Path) -> None:
    assert _shipway(place).returncode == 0
    (place / "policies" / "__init__.py").unlink()
    done = _shipway(place)
    assert (done.returncode, done.stdout) == (1, "")
    assert "policies/__init__.py is missing" in done.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"stacks": []}', '{"stacks": {"a": {}}}'])
def test_a_broken_manifest_is_an_error(place: Path, content: str) -> None:
    (place / "cdktf.out" / "manifest.json").write_text(content)
    done = _shipway(place)
    assert (done.returncode, done.stdout) == (1, "")
    assert "shipway synth" in done.stderr


def test_nothing_is_called_and_no_configuration_is_read(place: Path, tmp_path: Path) -> None:
    # An audit hook sees what Python does below any library: connections, look-ups, programs, files.
    (place / ".checkov.yaml").write_text("skip-check: [SHIPWAY_R39]\n")
    code = """
import sys
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        print("CALLED", event, args, file=sys.stderr)
    if event == "open" and ".checkov" in str(args[0]):
        print("CALLED", event, args, file=sys.stderr)
sys.addaudithook(hook)
sys.argv = ["shipway", "scan", "--no-cache"]
from shipway.cli import main
main()
"""
    _synthesized(place, isolation_mode="OPEN")
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert "R39" in done.stdout


def test_control_characters_do_not_reach_the_terminal(place: Path) -> None:
    _synthesized(place, isolation_mode="OPEN\x1b[2J", storage_root="${\x1b[2J}")
    done = _shipway(place)
    assert "\x1b" not in done.stdout
    assert done.returncode == 2


def test_unchanged_scan_does_not_import_checkov(place: Path) -> None:
    assert _shipway(place).returncode == 0
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "shipway", "scan"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "in the run that filled the cache" in done.stdout
    assert "checkov.common" not in done.stderr


def test_a_full_disk_leaves_no_half_sarif_and_says_what_to_do(place: Path) -> None:
    assert _shipway(place).returncode == 0
    scan = f"ulimit -f 8; {sys.executable} -m shipway scan --sarif found.sarif"
    done = subprocess.run(["bash", "-c", scan], cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, "Error: File too large" in done.stderr, "make room" in done.stderr) == (1, True, True)
    assert not list(place.glob("found.sarif*"))
