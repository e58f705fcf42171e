"""`shipway scan` beside the checkov command with the same rules on the same stacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import projects
from benchmarks.peers import environment
from benchmarks.suite import Suite, Variant

__all__ = ["checkov", "suites"]

_BIN = Path(sys.executable).parent


def checkov() -> tuple[str, ...]:
    """Its command on the synthesized stacks with our rules alone."""
    return (
        *(str(_BIN / "checkov"), "--directory", "cdktf.out/stacks", "--framework", "terraform_json"),
        *("--external-checks-dir", "policies", "--check", "SHIPWAY_*", "--skip-download", "--quiet", "--compact"),
    )


def suites(bundles: int, rounds: int) -> Iterator[Suite]:
    """All stacks, and one edited among them; both tools may find something, and say so with their exit codes."""
    project = projects.make(bundles)
    projects.synthesize(project)
    scan = (str(_BIN / "shipway"), "scan")

    def edit() -> None:
        project.change()
        projects.synthesize(project)

    def variant(name: str, command: tuple[str, ...], **settings: str) -> Variant:
        return Variant(name, command, project.root, environment(**settings), succeeds=(0, 1, 2))

    anew = variant("shipway scan --no-cache", (*scan, "--no-cache"))
    edited = Variant("shipway scan, one stack edited", scan, project.root, environment(), None, edit, (0, 2))
    yield Suite(
        f"scan-{bundles}",
        f"Scan of {bundles + 2:,} stacks",
        (variant("checkov, the same rules", checkov()), anew, edited, variant("shipway scan, nothing edited", scan)),
        rounds,
        "shipway scan also proves each rule on its own anti-pattern in the run, and finds the documents' lines.",
    )
