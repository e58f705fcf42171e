"""The cdktf app: documents in, one Terraform stack per landing zone and per line out."""

# First: it prepares this process before cdktf starts Node.
from binding import App  # isort: split

from shipway.synth.inputs import inputs_for_app
from stacks import build

inputs = inputs_for_app()
app = App(outdir=inputs.out)
for stack in inputs.deployment.stacks:
    build(app, stack)
app.synth()
