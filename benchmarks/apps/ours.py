"""The workload through Shipway's binding: `python -O -m benchmarks.apps.ours single 100`."""

import sys

from benchmarks.apps.workload import build
from binding import App, TerraformStack, databricks

app = App()
build(app, TerraformStack, databricks, sys.argv[1], int(sys.argv[2]))
app.synth()
