"""A landing zone of many schemas with many grants each: synthesized and scanned, beside the peers of both."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import projects
from benchmarks.peers import FOLDER, environment
from benchmarks.scan import checkov
from benchmarks.suite import Suite, Variant

__all__ = ["suites"]

_SHIPWAY = str(Path(sys.executable).parent / "shipway")


def suites(schemas: int, grants: int, rounds: int) -> Iterator[Suite]:
    """Synth beside the same app in plain cdktf, and scan beside the checkov command with the same rules."""
    project = projects.make(0)
    projects.add_schemas(project, schemas, grants)
    projects.synthesize(project)
    root, size = project.root, f"{schemas:,} schemas with {grants} grants each"
    plain, ours = root / "plain.out", root / "ours.out"
    code = {"PYTHONPATH": f"{root / 'constructs'}:{root}", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(FOLDER / "jsii")}
    plain_env = environment(SHIPWAY_PLAIN="1", CDKTF_OUTDIR=str(plain), **code)
    synth = (_SHIPWAY, "synth", "--no-cache", "--out", str(ours))
    yield Suite(
        f"schemas-synth-{schemas}",
        f"Synth of {size}",
        (
            Variant("main.py in plain cdktf", (sys.executable, "main.py"), root, plain_env, plain),
            Variant("shipway synth --no-cache", synth, root, environment(), ours),
        ),
        (rounds + 1) // 2,
    )
    scan = (_SHIPWAY, "scan", "--no-cache")
    yield Suite(
        f"schemas-scan-{schemas}",
        f"Scan of {size}",
        (
            Variant("checkov, the same rules", checkov(), root, environment(), succeeds=(0, 1, 2)),
            Variant("shipway scan --no-cache", scan, root, environment(), succeeds=(0, 2)),
        ),
        (rounds + 1) // 2,
        "Rules that look at all resources look at each of these grants too; checkov's command asks them nothing.",
    )
