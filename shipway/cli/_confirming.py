"""Asking a person before something is applied: yes or no, or a name where a slip of the finger would cost too much."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from shipway.errors import visible

__all__ = ["agreed", "named"]


def agreed(question: str) -> bool:
    """Whether somebody is here and says yes."""
    if not sys.stdin.isatty():
        click.echo("Not applied: nobody is here to ask; add --yes.", err=True)
        return False
    return click.confirm(visible(question), default=False)


def named(names: Sequence[str], given: Sequence[str], what: str) -> bool:
    """Whether each of these names was typed: beforehand, as `given`, or now. `what` says what is about to happen."""
    missing = [name for name in names if name not in given]
    if not missing:
        return True
    if not sys.stdin.isatty() or given:
        add = " ".join(f"--confirm {name}" for name in missing)
        said = f"--confirm says {', '.join(given)}" if given else "nobody is here to ask"
        click.echo(visible(f"Nothing was done: {said}; {what}. To mean it, add {add}."), err=True)
        return False
    for name in missing:
        click.echo(visible(f"{what[0].upper()}{what[1:]}."), err=True)
        if click.prompt(visible(f"Type {name} to go on"), default="", show_default=False) != name:
            click.echo("Nothing was done.", err=True)
            return False
    return True
