"""The command line: one file per command, found by listing this folder.

Nothing heavy is imported here: a command's module is read when it is called or when its help is shown, and imports
what it needs inside its function, so that `shipway --help` costs what starting Python costs.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import pkgutil
import sys

import click

from shipway.errors import ShipwayError, visible

__all__ = ["main"]


class CommandFolder(click.Group):
    """The commands of this folder. A module `name.py` defines `command`; a leading underscore hides a module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every module of the folder, by its name on the command line."""
        return sorted(self._modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None: click then says so."""
        modules = self._modules()
        if cmd_name not in modules:
            return None
        module = importlib.import_module(f"{__name__}.{modules[cmd_name]}")
        command: click.Command = module.command
        return command

    @staticmethod
    def _modules() -> dict[str, str]:
        # `import` is a word of Python's: its module is import_.
        names = [module.name for module in pkgutil.iter_modules(__path__)]
        return {name.rstrip("_").replace("_", "-"): name for name in names if not name.startswith("_")}


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="shipway")
def cli() -> None:
    """Take AI use cases on Databricks from pilot to production.

    \b
    The flow: synth -> scan -> plan -> review -> deploy.
    On a laptop with no cloud account, the sandbox stands in for Databricks:
      shipway plan                         everything, against the sandbox
      shipway deploy --yes                 the same, applied
      shipway sandbox exec -- cdktf deploy account --auto-approve
    """


def main() -> None:
    """Run the command line; a user's mistake is a message and an exit code, not a traceback."""
    try:
        code = cli(prog_name="shipway", standalone_mode=False)
    except click.ClickException as error:
        # Not click's own 2: for scan, plan and review that says there is something to look at.
        error.show()
        code = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was done stays done; the same command again goes on from there.", err=True)
        code = 130
    except ShipwayError as error:
        code = _said(error)
    except BrokenPipeError:
        # `shipway plan | head`: the reader has what it wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except OSError as error:
        # The disk is full, a folder is read-only, a path leads nowhere: the machine's matter, and the user's to mend.
        code = _said(_of_machine(error))
    sys.exit(code)


def _said(error: ShipwayError) -> int:
    """Its exit code, after it was told as the command line wants it."""
    if "--json" in sys.argv:
        click.echo(json.dumps(error.as_json(), indent=2))
    else:
        click.echo(visible(str(error)), err=True)
    return error.exit_code


def _of_machine(error: OSError) -> ShipwayError:
    where = f": {error.filename}" if error.filename else ""
    # A write that finds no room does not say where it was.
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    hint = "make room in the project's folder, in that of --out and in the one for temporary files; then run it again"
    return ShipwayError(f"{error.strerror or error}{where}", hint if full else "")
