"""`shipway review` as a person or a pipeline calls it: exit codes, formats, files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shipway.release.line import read_manifest

PLANS = Path(__file__).parent / "plans"


def shipway(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from shipway.cli import main; main()", "review", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


def plan(name: str) -> Path:
    return PLANS / name / "plan.json"


def test_exit_codes_say_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_bytes(plan("flip").read_bytes()[:5_000])
    assert shipway(plan("nothing")).returncode == 0
    assert shipway(plan("flip")).returncode == 2
    assert shipway(tmp_path / "cut.json").returncode == 5
    assert shipway(tmp_path / "none.json").returncode == 1
    assert shipway().returncode == 1
    assert shipway("--no-such-option").returncode == 1
    assert shipway("--format", "pdf", plan("flip")).returncode == 1
    assert shipway("--before", tmp_path).returncode == 1


def test_one_unreadable_plan_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "prod-y.json").write_text("{")
    found = shipway(plan("landing-zone"), tmp_path / "prod-y.json")
    assert found.returncode == 5
    assert "ends too early" in found.stdout
    assert "claims_prod.triage" in found.stdout


def test_formats(tmp_path: Path) -> None:
    assert "## Review: effects" in shipway(plan("flip"), "--format", "markdown").stdout
    as_json = json.loads(shipway(plan("flip"), "--json").stdout)
    assert (as_json["schema"], as_json["effect"]) == ("shipway/review/v1", "effects")
    out = tmp_path / "review.md"
    assert shipway(plan("flip"), "--format", "markdown", "--out", out).stdout == ""
    assert out.read_text().startswith("## Review")


def test_a_plan_is_not_overwritten_by_its_review(tmp_path: Path) -> None:
    copy = tmp_path / "flip.json"
    copy.write_bytes(plan("flip").read_bytes())
    assert shipway(copy, "--json", "--out", copy).returncode == 1
    assert copy.read_bytes() == plan("flip").read_bytes()


def test_a_file_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    found = shipway(plan("flip"), "--out", folder)
    assert found.returncode == 1
    assert "folder" in found.stderr and "Traceback" not in found.stderr
    assert list(tmp_path.iterdir()) == [folder]


def test_no_colour_into_a_pipe() -> None:
    assert "\x1b" not in shipway(plan("landing-zone")).stdout


def test_construct_paths_come_from_the_synthesized_folder(tmp_path: Path) -> None:
    stack = tmp_path / "stacks" / "idle-slot"
    stack.mkdir(parents=True)
    block = {"//": {"metadata": {"path": "idle-slot/slots/violet/job"}}}
    (stack / "cdk.tf.json").write_text(json.dumps({"resource": {"databricks_job": {"slots_green_job": block}}}))
    assert "slot violet (idle): r1 → r2" in shipway(plan("idle-slot"), "--synth", tmp_path).stdout


def test_two_folders(tmp_path: Path) -> None:
    for side, name in (("before", "a"), ("after", "b")):
        stack = tmp_path / side / "stacks" / "prod-x"
        stack.mkdir(parents=True)
        (stack / "cdk.tf.json").write_text(json.dumps({"resource": {"databricks_schema": {"s": {"name": name}}}}))
    before, after = tmp_path / "before", tmp_path / "after"
    assert shipway("--before", before, "--after", before).returncode == 0
    found = shipway("--before", before, "--after", after)
    # A renamed schema is a lost one: a rule of this project refuses it.
    assert found.returncode == 4
    assert "replace databricks_schema a" in found.stdout
    assert "R40 databricks_schema.s: would be destroyed and made anew for its name" in found.stdout


def test_help_says_the_exit_codes() -> None:
    text = shipway("--help").stdout
    for line in ("0  nothing", "1  the command", "2  there are", "5  cannot judge"):
        assert line in text


@pytest.mark.parametrize("heavy", ["cdktf", "checkov", "grpc", "pydantic"])
def test_help_is_cheap(heavy: str) -> None:
    code = f"import shipway.cli.review, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def in_shadow(manifest: Path) -> str:
    """Bring the line into the shadow, where a flip is one attribute."""
    content = manifest.read_bytes()
    stable = read_manifest(content, manifest.name).stable.id
    text = content.decode().replace("active: blue", f"phase: shadow\nrollback_to: {stable}\nactive: blue")
    manifest.write_text(text)
    return text


@pytest.mark.slow
def test_this_project_since_a_revision(project: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)

    manifest = project / "releases/prod/claims-triage.yaml"
    text = in_shadow(manifest)
    git("init", "--initial-branch=main")
    git("add", *(path.name for path in project.iterdir() if path.name not in (".venv", "tools", ".git")))
    git("commit", "--message=as it was")
    manifest.write_text(text.replace("active: blue", "active: green").replace("phase: shadow", "phase: flipped"))
    assert manifest.read_text() != text
    for _ in range(2):
        found = shipway("--base", "main", cwd=project)
        assert found.returncode == 3, found.stderr  # prod is protected
        assert "pointer: blue → green" in found.stdout and "nothing else changes (prod-claims-triage)" in found.stdout
    assert shipway("--base", "--upload-pack=x", cwd=project).returncode == 1
    assert shipway("--base", "main", "--before", ".", cwd=project).returncode == 1


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (("plan-set.json", "review.md"), ("a plan set", "review.md")),
        (("stacks/prod-x/cdk.tf.json",), ("a synthesized folder", "--before and --after")),
        (("main.tf",), ("a Terraform configuration", "terraform plan -out")),
        (("cdk.tf.json",), ("a Terraform configuration", "terraform plan -out")),
        (("prod-y.tfplan", "prod-x.json", "cdk.tf.json"), ("a folder, wanted plans", "prod-x.json and 1 more")),
        ((), ("a folder without plans", "terraform show -json")),
    ],
)
def test_a_folder_is_answered_with_what_to_give(tmp_path: Path, files: tuple[str, ...], says: tuple[str, str]) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = shipway(tmp_path)
    assert found.returncode == 1
    assert all(text in found.stderr for text in says), found.stderr
