"""`shipway synth` on many bundles: everything anew, one bundle changed, nothing changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import projects
from benchmarks.peers import FOLDER, environment
from benchmarks.suite import Suite, Variant

__all__ = ["suites"]

_SHIPWAY = str(Path(sys.executable).parent / "shipway")


def suites(bundles: int, rounds: int) -> Iterator[Suite]:
    """All anew beside the same app in plain cdktf; then what an edit costs, beside the edited bundle alone."""
    many, alone = projects.make(bundles), projects.make(1)
    for project in (many, alone):
        projects.synthesize(project)
    yield _everything(many, bundles, rounds)
    yield _an_edit(many, alone, bundles, rounds)


def _everything(many: projects.Project, bundles: int, rounds: int) -> Suite:
    plain, ours = many.root / "plain.out", many.root / "ours.out"
    # The project's own copy of the code, as `shipway synth` runs it.
    code = {"PYTHONPATH": f"{many.root / 'constructs'}:{many.root}"}
    jsii = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(FOLDER / "jsii")}
    plain_env = environment(SHIPWAY_PLAIN="1", CDKTF_OUTDIR=str(plain), **code, **jsii)
    synth = (_SHIPWAY, "synth", "--no-cache", "--out", str(ours))
    return Suite(
        f"project-{bundles}",
        f"All of {bundles:,} bundles anew",
        (
            Variant("main.py in plain cdktf", (sys.executable, "main.py"), many.root, plain_env, plain),
            Variant("main.py alone, one process", (sys.executable, "-O", "main.py"), many.root, environment(**code)),
            Variant("shipway synth --no-cache, a process per core", synth, many.root, environment(), ours),
        ),
        (rounds + 1) // 2,
        "Reading, checking and resolving the documents is part of all three.",
    )


def _an_edit(many: projects.Project, alone: projects.Project, bundles: int, rounds: int) -> Suite:
    def variant(name: str, project: projects.Project, prepare: Callable[[], None] = lambda: None) -> Variant:
        return Variant(name, (_SHIPWAY, "synth"), project.root, environment(), prepare=prepare)

    return Suite(
        f"edit-{bundles}",
        f"One bundle edited among {bundles:,}",
        (
            variant("shipway synth, the one bundle of a project of one edited", alone, alone.change),
            variant(f"shipway synth, one of {bundles:,} edited", many, many.change),
            variant(f"shipway synth, {bundles:,} bundles and nothing edited", many),
            Variant("starting Python and ending it", (sys.executable, "-c", "pass"), many.root, environment()),
        ),
        rounds,
    )
