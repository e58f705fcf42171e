"""What destroy does, step by step.

stacks        -> emptied stacks -> saved plans that destroy all that their states have
saved plans   -> review, rules  -> refused, with the waivers that would let it happen; or confirmed
saved plans   -> apply          -> exactly these, what was deployed last first
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import click

from shipway.cli._confirming import named
from shipway.cli._flow import Flow, exit_code, explain
from shipway.cli._release_noting import note_destroyed
from shipway.deploy.emptied import emptied, of_sibling, put_in_place, read_stack_file
from shipway.deploy.order import choose, not_of, stack_names, waves
from shipway.deploy.steps import Planned, apply_stacks
from shipway.errors import ShipwayError, visible
from shipway.models.names import environment_of, is_of
from shipway.plan.report import Review

__all__ = ["choose_stacks", "destroy"]

_STACK = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


def choose_stacks(flow: Flow, wanted: Sequence[str], environment: str | None) -> list[str]:
    """The stacks to destroy, what was deployed last first; also such as are declared no more. Raises ShipwayError."""
    left = [stack for stack, resources in flow.target.deployed().items() if resources]
    known = list(dict.fromkeys([*stack_names(flow.synthesized), *left]))
    if environment is not None:
        here = [name for name in known if is_of(name, environment)]
        if not here:
            raise not_of(environment, [], known)
        known = here
    # Where nobody can list states, whoever destroys what is declared no more has to know its name.
    unlisted = [name for name in dict.fromkeys(wanted) if name not in known] if flow.target.is_live else []
    for name in unlisted:
        if not _STACK.fullmatch(name):
            raise ShipwayError(f"{name!r} can be no stack's name", f"there are: {', '.join(known)}")
    chosen = choose([*known, *unlisted], wanted)
    return [stack for wave in reversed(waves(chosen)) for stack in wave]


def destroy(flow: Flow, stacks: Sequence[str], *, confirmed: Sequence[str], as_json: bool) -> int:
    """Plan, show, judge, ask and apply; the answer is the exit code. `confirmed` is what was typed beforehand."""
    out = flow.root / ".shipway" / "destroy"
    for stack in stacks:
        put_in_place(out, stack, _nothing_of(flow, stack))
    flow = replace(flow, target=replace(flow.target, out=out))
    planned = flow.plan(stacks)
    found = flow.review(flow.read(planned))
    code = exit_code(found, planned)
    if code == 0:
        # Whoever destroyed it by other means told nobody.
        note_destroyed(flow.root, stacks, is_live=flow.target.is_live)
        _say_done(flow, (), stacks, as_json)
        return 0
    if not as_json or code in (1, 4, 5):
        flow.show(found, as_json=as_json)
    explain(planned)
    _warn(flow, stacks)
    if code in (1, 4, 5):
        _say_how(found)
        return code
    if not named([_name(stacks)], confirmed, f"this destroys {', '.join(stacks)} in {flow.target.name}"):
        return 4
    items = [item for item in planned if isinstance(item, Planned)]
    for failed in apply_stacks(items, out, flow.target.terraform, flow.tell, verb="destroying"):
        raise failed.error
    note_destroyed(flow.root, [item.stack for item in items], is_live=flow.target.is_live)
    _say_done(flow, [item.stack for item in items if item.plan.changes], stacks, as_json)
    return 0


def _nothing_of(flow: Flow, stack: str) -> dict[str, object]:
    """The emptied stack: its own, or made from its landing zone's where it is declared no more."""
    declared = stack_names(flow.synthesized)
    if stack in declared:
        return emptied(read_stack_file(flow.synthesized / "stacks" / stack))
    zones = [name for name in declared if name.endswith("-landing-zone")]
    mine = [name for name in zones if stack.startswith(f"{name.removesuffix('landing-zone')}")]
    if not mine:
        raise ShipwayError(
            f"no document says where {stack} is: neither it nor its environment is declared",
            "put the environment's document back (git checkout <revision> -- environments/<name>.yaml), destroy, and "
            "delete it again",
        )
    zone = max(mine, key=len)
    return of_sibling(read_stack_file(flow.synthesized / "stacks" / zone), zone, stack)


def _warn(flow: Flow, stacks: Sequence[str]) -> None:
    """Say what stands on these stacks and would be left without them."""
    for stack, resources in flow.target.deployed().items():
        below = [name for name in stacks if name in ("account", f"{environment_of(stack)}-landing-zone")]
        if below and resources and stack not in stacks and stack != "account":
            text = f"Warning: {stack} ({resources} resources) stands on {', '.join(below)} and would be left without."
            click.echo(visible(text), err=True)


def _say_how(found: Review) -> None:
    """The waivers to write: one lifts all that goes with its stack."""
    refused = [row for row in found.rules if not row.waived]
    if not refused:
        return
    click.echo("\nNothing was destroyed. To let it happen, a group answers for it, in the document that is there:")
    wanted: dict[tuple[str, str, str], list[str]] = {}
    for row in refused:
        wanted.setdefault((row.waiver_document, row.rule, row.places[0].stack), []).append(row.path)
    for (document, rule, stack), paths in wanted.items():
        path = paths[0] if len(paths) == 1 else stack
        click.echo(visible(f"\n  # {document}"))
        click.echo("  waivers:")
        click.echo(f"    - rule: {rule}\n      owner: <group>\n      reason: <why>\n      expires: <YYYY-MM-DD>")
        click.echo(visible(f"      path: {path}"))
    click.echo("\nThen the same command again.")


def _name(stacks: Sequence[str]) -> str:
    """What has to be typed: the one stack, or the environment of several."""
    found = {environment_of(stack) for stack in stacks}
    return stacks[0] if len(stacks) == 1 else found.pop() if len(found) == 1 else "everything"


def _say_done(flow: Flow, destroyed: Sequence[str], stacks: Sequence[str], as_json: bool) -> None:
    if as_json:
        answer = {"schema": "shipway/destroy/v1", "target": flow.target.name, "destroyed": list(destroyed)}
        click.echo(json.dumps({**answer, "empty": [stack for stack in stacks if stack not in destroyed]}, indent=2))
        return
    if not destroyed:
        click.echo(visible(f"Nothing to destroy: the state of {', '.join(stacks)} in {flow.target.name} is empty."))
        unknown = [stack for stack in stacks if stack not in stack_names(flow.synthesized)]
        if unknown:
            click.echo(visible(f"No document declares {', '.join(unknown)}: is the name right?"))
        return
    click.secho(visible(f"Destroyed {', '.join(destroyed)} in {flow.target.name}."), fg="green")
    declared = [stack for stack in destroyed if stack in stack_names(flow.synthesized)]
    if declared:
        click.echo(f"Still declared, so the next deploy makes it again: {', '.join(declared)}.")
