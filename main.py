"""The cdktf app: documents in, one Terraform stack per landing zone and per line out."""

# First: it prepares this process before cdktf starts Node.
from binding import App  # isort: split

from shipway.synth.inputs import deployment_for_app
from stacks import build

app = App()
for stack in deployment_for_app().stacks:
    build(app, stack)
app.synth()
