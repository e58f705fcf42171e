"""What a rollback needs: not the documents of the project, nor the code that reads, judges or synthesizes them."""

from __future__ import annotations

import subprocess
import sys

NOT_NEEDED = ("shipway.models.load", "shipway.plan.review", "shipway.synth.overlay", "shipway.outside.app")


def test_a_rollback_imports_nothing_that_reads_documents() -> None:
    modules = "shipway.cli.release, shipway.cli._releasing, shipway.release.carry_out"
    asked = f"import sys, {modules}; print([one for one in {NOT_NEEDED} if one in sys.modules])"
    done = subprocess.run((sys.executable, "-c", asked), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
