"""The workload with the binding's parts added one by one: `python -O -m benchmarks.apps.ladder <rung> single 100`.

The parts have no switches of their own (SHIPWAY_PLAIN turns all of them off), so this program leaves them out by hand.
"""

import sys
from collections.abc import Mapping

from binding import _start, _structs

RUNGS = ("lazy", "preload", "kernel", "code", "structs")
rung = RUNGS.index(sys.argv[1])
full_settings = _start.node_settings


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What Node is told at this rung."""
    told = full_settings(environ)
    if rung < RUNGS.index("preload"):
        del told["NODE_OPTIONS"]
    if rung < RUNGS.index("code"):
        told.pop("SHIPWAY_CODE_CACHE", None)
    return told


if rung < RUNGS.index("kernel"):
    _start.kernel_program = lambda: None
if rung < RUNGS.index("structs"):
    _structs.install = lambda: False
_start.node_settings = settings
_start.start()
# What stands above decides how the first class of the binding starts.
from benchmarks.apps.workload import build  # noqa: E402
from binding import App, TerraformStack, databricks  # noqa: E402

app = App()
build(app, TerraformStack, databricks, sys.argv[2], int(sys.argv[3]))
app.synth()
