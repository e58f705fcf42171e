"""What `shipway drift` reads before it compares.

documents           -> synthesize -> cdk.tf.json of every stack
terraform show      -> the states of all stacks
sandbox or live     -> what is there
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import click

from shipway.cli._source import LIVE, SANDBOX, observe_environment, types_read
from shipway.cli._target import Target, live, sandbox
from shipway.deploy.order import stack_names
from shipway.drift.adopt import Adoption
from shipway.drift.find import find_drift
from shipway.drift.model import Drift, Gap
from shipway.drift.revert import with_revert
from shipway.drift.sides import StackSides, read_stack
from shipway.errors import ShipwayError
from shipway.models.document import suggestion
from shipway.models.load import Documents, load
from shipway.models.names import is_of
from shipway.observed import ObservedWorkspace
from shipway.outside.app import CdktfApps
from shipway.project import find_root
from shipway.synth.run import synthesize

__all__ = ["look"]

_ACCOUNT = "account"
_NO_STATE = b"{}"


@dataclass(frozen=True)
class _Look:
    """One run."""

    root: Path
    documents: Documents
    environment: str
    source: str
    quiet: bool

    def tell(self, line: str) -> None:
        """One line of progress, on stderr."""
        if not self.quiet:
            click.secho(f"  … {line}", err=True, dim=True)


def look(folder: Path, environment: str, source: str, *, quiet: bool) -> Drift:
    """Drift of one environment; raises ShipwayError."""
    root = find_root(folder)
    documents = load(root)
    run = _Look(root, documents, _known(documents, environment), source, quiet)
    run.tell("synthesizing")
    out = synthesize(root, root / "cdktf.out", CdktfApps).out
    target = live(out.resolve()) if source == LIVE else sandbox(root, out.resolve())
    stacks, gaps = _states(run, target, stack_names(out))
    here = [one for one in stacks if _belongs(one.stack, environment)]
    elsewhere = [one for one in stacks if one not in here]
    run.tell(f"reading {environment} ({source})")
    known = documents.environments.get(environment)
    workspace_id = str(known.model.workspace.id or "") if known else ""
    url = known.model.workspace.url or "" if known else ""
    found = find_drift(environment, _observed(run), here, elsewhere, gaps, types_read(source), workspace_id, url)
    return _with_ways(run, found, stacks)


def _known(documents: Documents, environment: str) -> str:
    known = [_ACCOUNT, *documents.environments]
    if environment in known:
        return environment
    raise ShipwayError(
        f"no environment {environment!r}{suggestion(environment, known)}", f"there are: {', '.join(known)}"
    )


def _belongs(stack: str, environment: str) -> bool:
    return stack == _ACCOUNT or is_of(stack, environment)


def _states(run: _Look, target: Target, names: Sequence[str]) -> tuple[list[StackSides], list[Gap]]:
    """Every stack, those of the environment with their state; a state that cannot be had is a gap."""
    deployed = target.deployed()

    def sides(name: str) -> StackSides | Gap:
        folder = target.folder(name)
        try:
            state = _NO_STATE
            if _belongs(name, run.environment) and (run.source == LIVE or name in deployed):
                target.terraform.init(folder)
                state = target.terraform.state(folder)
            # Of other environments only the names are needed.
            return read_stack(name, (folder / "cdk.tf.json").read_bytes(), state)
        except ShipwayError as error:
            return Gap(f"the state of {name}", error.message)

    run.tell("reading the states")
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(sides, names))
    return [one for one in results if isinstance(one, StackSides)], [one for one in results if isinstance(one, Gap)]


def _observed(run: _Look) -> ObservedWorkspace:
    account = run.documents.account.model
    if run.environment == _ACCOUNT:
        if run.source != SANDBOX:
            raise ShipwayError(
                f"the account's drift can be read from the sandbox only, not from {run.source}",
                "an environment's workspace tells of its groups, members and assignments: --env with its name",
            )
        from shipway.sandbox.observe import observe_sandbox

        return observe_sandbox(run.root, account.host)
    return observe_environment(run.root, run.source, run.documents, run.environment, run.tell)


def _with_ways(run: _Look, found: Drift, stacks: Sequence[StackSides]) -> Drift:
    adoption = Adoption(run.documents, run.environment)
    paths = {
        (one.stack, address): item.path
        for one in stacks
        for address, item in (*one.recorded.items(), *one.declared.items())
    }
    findings = (
        with_revert(
            adoption.place(one, paths.get((one.stack, one.address), "")),
            sandbox=run.source == SANDBOX,
            environment=run.environment,
        )
        for one in found.findings
    )
    return replace(found, findings=tuple(findings))
