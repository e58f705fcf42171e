"""The reference estate's pull requests, and the page that a reviewer sees of each.

The project's documents are deployed once into a sandbox of their own. A pull request is an edit of them (or, where
documents cannot say it, of what was synthesized from them), planned by the real Terraform. What a reviewer sees stands
in pull_requests/<name>/. Write it anew with: SHIPWAY_WRITE=1 .venv/bin/pytest tests/acceptance/test_pull_requests.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from shipway.cli._flow import Flow, exit_code
from shipway.deploy.steps import Planned, apply_stacks
from shipway.outside.app import CdktfApps
from shipway.plan.as_json import render_json
from shipway.plan.markdown import render_markdown
from shipway.plan.page import render_page
from shipway.plan.report import Review
from shipway.plan.schema import schema_text
from shipway.plan.terminal import render_terminal
from shipway.release.line import read_manifest
from shipway.synth.run import synthesize

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent / "pull_requests"
WRITE = bool(os.environ.get("SHIPWAY_WRITE"))
REGENERATE = (
    "if this is what a reviewer should see: SHIPWAY_WRITE=1 .venv/bin/pytest tests/acceptance/test_pull_requests.py"
)
PAGES = os.environ.get("SHIPWAY_PAGES", "")
"""A folder to write the HTML pages to, for somebody who wants to look at them."""


@dataclass(frozen=True)
class Edit:
    """One change of text, in each of these files; those below stacks/ are synthesized ones."""

    old: str
    new: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class PullRequest:
    """What somebody proposes, and what comes of it."""

    name: str
    stacks: tuple[str, ...]
    """The stacks that are planned, in the order of deployment."""
    exit_code: int
    edits: tuple[Edit, ...]
    """What it changes of the documents as they are."""
    before: tuple[Edit, ...] = ()
    """What was deployed, other than the documents as they are: without it they are."""


def edit(old: str, new: str, *files: str) -> Edit:
    return Edit(old, new, files)


LINE, RESERVE, LETTERS = "prod-claims-triage", "prod-claims-reserve", "dev-claims-letters"
ESTATE = (
    "account",
    "dev-landing-zone",
    "test-landing-zone",
    "prod-landing-zone",
    "dev-data-policies",
    LINE,
    RESERVE,
    LETTERS,
)
ACCOUNT, DEV, TEST, PROD = (f"environments/{name}.yaml" for name in ("account", "dev", "test", "prod"))
MANIFEST, RESERVE_MANIFEST = "releases/prod/claims-triage.yaml", "releases/prod/claims-reserve.yaml"
BUNDLE, LETTERS_MANIFEST = "bundles/claims-letters/bundle.yaml", "releases/dev/claims-letters.yaml"
LINE_STACK, ZONE_STACK = (f"stacks/{name}/cdk.tf.json" for name in (LINE, "prod-landing-zone"))

FIFTY = {f"letter-{number:02}": {"entry_point": "letter"} for number in range(1, 51)}
LETTERS_BUNDLE = {
    "kind": "batch_with_effects",
    "description": "Writes the letters of a claim, one kind of letter a task",
    "product_line": "claims",
    "owner": "Claims Analytics",
    "cost_center": "CC-4711",
    "risk": "low",
    "data": {"catalog": "claims", "schema": "triage"},
    "model": "claims_letters",
    "job": {
        "package": "claims_letters",
        "schedule": {"cron": "0 0 6 * * ?", "timezone": "Europe/Zurich"},
        "compute": {"policy": "batch", "spark_version": "16.4.x-scala2.12", "node_type": "m6gd.xlarge", "workers": 1},
        "tasks": FIFTY,
    },
}
OLD_WHEEL, NEW_WHEEL = "579e4fd66ce331a8884a3bf44643ef05f3f1194450d8b05e4aafab017fd8bcb1", "56de162997181d01" * 4
SLOT = {"version": "1.0.0", "wheel_sha256": OLD_WHEEL, "model_version": 1}
LETTERS_RELEASE = {"active": "blue", "slots": {"blue": SLOT, "green": SLOT}}


def stands(phase: str, *, active: str, file: str) -> Edit:
    """The line in another phase than at rest."""
    stable = read_manifest((ROOT / file).read_bytes(), file).stable.id
    return edit("active: blue", f"phase: {phase}\nrollback_to: {stable}\nactive: {active}", file)


SHADOW = stands("shadow", active="blue", file=MANIFEST)
FLIPPED = stands("flipped", active="green", file=MANIFEST)
CANARY = [stands(f"canary\npercent: {share}", active="blue", file=RESERVE_MANIFEST) for share in (5, 25)]
# A group of the base that nobody else's documents know, so that taking it away is an edit of few lines.
GROUP = edit("\ngroups:\n", "\ngroups:\n  halyard-fraud-desk: Looks into claims that do not add up\n", ACCOUNT)
GRANT = edit(
    "    grants:\n",
    "    grants:\n      - principal: halyard-fraud-desk\n        privileges: [USE_CATALOG, USE_SCHEMA, SELECT]\n",
    *(DEV, TEST, PROD),
)
POLICY = "cluster_policies_batch_policy"
MOVED = {"from": f"databricks_cluster_policy.{POLICY}_194FF353", "to": "databricks_cluster_policy.job_clusters"}


TOKENS = ("the-old-token", "the-new-token")


def secret(value: str) -> str:
    body = {"key": "claims-desk-token", "scope": "claims-triage-prod", "string_value": value}
    return f'"resource": {{"databricks_secret": {{"desk_token": {json.dumps(body)}}},'


PULL_REQUESTS = (
    PullRequest(
        "new-grant",
        ("test-landing-zone", "prod-landing-zone"),
        3,
        (edit("privileges: [BROWSE]", "privileges: [BROWSE, USE_CATALOG]", TEST, PROD),),
    ),
    PullRequest(
        "removed-group",
        ("account", "dev-landing-zone", "test-landing-zone", "prod-landing-zone"),
        3,
        tuple(Edit(added.new, added.old, added.files) for added in (GROUP, GRANT)),
    ),
    PullRequest(
        "renamed-schema",
        ("dev-landing-zone", "dev-data-policies"),
        3,
        (edit("\n      intake:\n", "\n      arrivals:\n", DEV),),
    ),
    PullRequest(
        "renamed-schema-of-prod",
        ("prod-landing-zone",),
        4,
        (edit("\n      intake:\n", "\n      arrivals:\n", TEST, PROD),),
    ),
    PullRequest(
        "bumped-policy",
        ("test-landing-zone", "prod-landing-zone"),
        3,
        (edit("17.3.x-scala2.13]}\n      node", "17.3.x-scala2.13, 18.0.x-scala2.13]}\n      node", TEST, PROD),),
    ),
    PullRequest(
        "idle-slot",
        (LINE,),
        3,
        (
            edit("version: 1.2.2", "version: 1.4.0", MANIFEST),
            edit("model_version: 6", "model_version: 8", MANIFEST),
            edit(OLD_WHEEL, NEW_WHEEL, MANIFEST),
        ),
    ),
    PullRequest("slot-starts", (LINE,), 3, (SHADOW,)),
    PullRequest("flip", (LINE,), 3, (FLIPPED,), before=(SHADOW,)),
    PullRequest("flip-without-a-shadow", (LINE,), 4, (edit("active: blue", "active: green", MANIFEST),)),
    PullRequest("rollback", (LINE,), 3, (SHADOW,), before=(FLIPPED,)),
    PullRequest("canary-step", (RESERVE,), 3, (CANARY[1],), before=(CANARY[0],)),
    PullRequest(
        "moved-resource",
        ("prod-landing-zone",),
        3,
        (
            edit(f"{POLICY}_194FF353", "job_clusters", ZONE_STACK),
            edit('"resource": {', f'"moved": [{json.dumps(MOVED)}], "resource": {{', ZONE_STACK),
        ),
    ),
    PullRequest(
        "changed-secret",
        (LINE,),
        3,
        (edit('"resource": {', secret(TOKENS[1]), LINE_STACK),),
        before=(edit('"resource": {', secret(TOKENS[0]), LINE_STACK),),
    ),
    PullRequest(
        "task-at-head-of-fifty",
        (LETTERS,),
        2,
        (edit('"tasks": {', '"tasks": {"check-input": {"entry_point": "check_input"}, ', BUNDLE),),
    ),
)


class Estate:
    """The project, deployed once; each pull request finds it as it was."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def proposed(self, edits: Sequence[Edit]) -> Iterator[Flow]:
        """The project with these edits, synthesized and ready to be planned; afterwards it is as before."""
        of_stacks = [one for one in edits if one.files[0].startswith("stacks/")]
        of_documents = [one for one in edits if one not in of_stacks]
        kept = {file: (self.root / file).read_text() for one in of_documents for file in one.files}
        out = self.root / "proposed"
        try:
            self._make(self.root, of_documents)
            synthesize(self.root, self.root / "cdktf.out", CdktfApps)
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(self.root / "cdktf.out", out, ignore=shutil.ignore_patterns(".terraform*"))
            self._make(out, of_stacks)
            with Flow.open(live=False, synthesized=out, quiet=True) as flow:
                yield flow
        finally:
            for file, text in kept.items():
                (self.root / file).write_text(text)

    def review(self, stacks: Sequence[str], edits: Sequence[Edit]) -> tuple[Review, int]:
        """What a reviewer is told of these edits, and the exit code of `shipway plan`."""
        with self.proposed(edits) as flow:
            planned = flow.plan(stacks)
            found = flow.review(flow.read(planned))
            return found, exit_code(found, planned)

    def deploy(self, stacks: Sequence[str], edits: Sequence[Edit] = ()) -> None:
        """Apply these edits to what is deployed; without any, what the documents say."""
        with self.proposed(edits) as flow:
            planned = [item for item in flow.plan(stacks) if isinstance(item, Planned)]
            assert [item.stack for item in planned] == list(stacks)
            assert not apply_stacks(planned, flow.target.out, flow.target.terraform, flow.tell)

    @staticmethod
    def _make(folder: Path, edits: Sequence[Edit]) -> None:
        for one in edits:
            for file in one.files:
                text = (folder / file).read_text()
                assert one.old in text, f"{file} has no {one.old!r} any more: mend this pull request's edit"
                (folder / file).write_text(text.replace(one.old, one.new))


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Estate:
    root = copy_project(tmp_path_factory.mktemp("estate") / "project")
    for one in (GROUP, GRANT):
        Estate._make(root, [one])
    for file, document in ((BUNDLE, LETTERS_BUNDLE), (LETTERS_MANIFEST, LETTERS_RELEASE)):
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_text(json.dumps(document))
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", "deploy", *ESTATE, "--yes", "--quiet"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return Estate(root)


@pytest.mark.parametrize("wanted", PULL_REQUESTS, ids=lambda wanted: wanted.name)
def test_a_reviewer_is_shown(wanted: PullRequest, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(estate.root)
    if wanted.before:
        estate.deploy(wanted.stacks, wanted.before)
    try:
        found, code = estate.review(wanted.stacks, wanted.edits)
    finally:
        if wanted.before:
            estate.deploy(wanted.stacks)
    pages = {"review.txt": render_terminal(found), "review.md": render_markdown(found)}
    page, as_json = render_page(found), render_json(found)
    if PAGES:
        Path(PAGES, f"{wanted.name}.html").write_text(page)
    folder = HERE / wanted.name
    for name, text in pages.items():
        if WRITE:
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        assert text == (folder / name).read_text(), REGENERATE
    assert code == wanted.exit_code
    jsonschema.validate(json.loads(as_json), json.loads(schema_text()))
    assert not any(token in text for token in TOKENS for text in (*pages.values(), page, as_json))


def test_each_recorded_page_is_of_a_pull_request() -> None:
    assert {path.name for path in HERE.iterdir() if path.is_dir()} == {wanted.name for wanted in PULL_REQUESTS}
