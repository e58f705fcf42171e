"""A line as the moves see it: where its files are, what its documents say, and whom it needs to be moved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import yaml

from shipway.deploy.runner import Runner
from shipway.errors import ShipwayError
from shipway.journal import alone
from shipway.ledger.chain import Ledger
from shipway.models.judging import Judging, Period
from shipway.models.release import Release, ReleaseManifest
from shipway.observed import ObservedWorkspace
from shipway.release.approvals import Bound
from shipway.release.gates import Evidence
from shipway.release.moves import Gate, Move
from shipway.release.steps import Stage

if TYPE_CHECKING:
    from shipway.release.prepared import Prepared

__all__ = ["Line", "Ports", "Request", "Synthesize", "Terms", "only_one", "read_manifest"]


@dataclass(frozen=True, slots=True)
class Line:
    """One use case in one environment of the project at `root`."""

    root: Path
    environment: str
    use_case: str
    manifests: Path | None = None
    """Where its manifest is, if not in the project: a folder like `releases/`, of somebody else's, read only."""

    def __str__(self) -> str:
        return f"{self.use_case} in {self.environment}"

    @property
    def key(self) -> tuple[str, str]:
        """As the ledger names it."""
        return self.environment, self.use_case

    @property
    def stack(self) -> str:
        """The name of its stack."""
        return f"{self.environment}-{self.use_case}"

    @property
    def manifest(self) -> Path:
        """Its manifest's file."""
        return (self.manifests or self.root / "releases") / self.environment / f"{self.use_case}.yaml"

    @property
    def file(self) -> str:
        """The same, as people name it."""
        return f"releases/{self.environment}/{self.use_case}.yaml"

    @property
    def folder(self) -> Path:
        """Where Terraform works on it: beside `cdktf.out`, which says what the project says and not what is tried."""
        return self.root / ".shipway" / "release" / "stacks" / self.stack

    @property
    def scratch(self) -> Path:
        """Where it is synthesized."""
        return self.root / ".shipway" / "release" / "synth" / self.stack


@dataclass(frozen=True, slots=True)
class Terms:
    """What the line's bundle says of its releases."""

    kind: str
    percents: tuple[int, ...]
    soak: Period | None = field(default_factory=lambda: Judging().soak)
    """None where nothing has to last: in a rehearsal."""
    window: Period | None = field(default_factory=lambda: Judging().window)
    approvals: int = 0
    """How many people the environment wants to approve a canary and a flip."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to be done, and why."""

    move: Move
    reason: str
    candidate: Release | None = None
    """Of an admission."""
    hold: str = ""
    """Of a hold: why, in words."""
    overrides: tuple[Gate, ...] = ()
    """Gates that this move may skip, each recorded by itself; `reason` says why."""
    dry_run: bool = False
    anew: bool = False
    """Of a rollback: synthesize where it leads from the documents as they are, instead of from the record."""
    rehearsal: bool = False
    """It is brought in to be taken back: that it was is nothing against it."""
    committed_from: bytes | None = None
    """The manifest before it, where the one in place says already what the move leads to: it is carried out only."""

    @property
    def committed(self) -> bool:
        """Whether the manifest is in place already."""
        return self.committed_from is not None


class Synthesize(Protocol):
    """Makes the line's cdk.tf.json for each of several manifests."""

    def __call__(self, manifests: Sequence[ReleaseManifest]) -> list[bytes]:
        """In the same order; raises ShipwayError."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Whom a move needs: everything outside of the engine comes in here."""

    terraform: Runner
    ledger: Ledger
    synthesize: Synthesize
    observe: Callable[[str], ObservedWorkspace]
    """What is there now in the workspace with this URL; raises ShipwayError where it cannot be asked."""
    evidence: Evidence
    clock: Callable[[], datetime]
    actor: str
    plans: Path
    """A folder for saved plans, of this user only."""
    agree: Callable[[Prepared], None]
    """Shows what is about to happen and asks; raises ShipwayError where nobody agrees."""
    findings: Callable[[bytes], Sequence[str]] = lambda synth: ()
    """What the rules have against a synthesized stack, each as a reviewer would say it; raises ShipwayError."""
    inputs: Callable[[], str] = lambda: ""
    """A digest of all but the manifest that a synthesized stack follows from; empty where nobody keeps track."""
    policy: Callable[[], str] = lambda: hashlib.sha256().hexdigest()
    """The digest of the rules that judge what is approved."""
    authors: Callable[[], frozenset[str]] = frozenset
    """Who wrote the manifest in place, by every name that Git has of them; empty where it does not know."""
    elsewhere: Callable[[Bound], str] = lambda bound: ""
    """Who has approved this outside of the ledger, where a forge asked them; empty for nobody."""
    live: bool = False
    """Whether declared workspaces are moved, and not the sandbox."""
    tell: Callable[[Stage], None] = lambda stage: None
    """Hears of each step before it is made."""
    say: Callable[[str], None] = lambda text: None
    """Hears what somebody should know, such as that an earlier command was finished first."""


def only_one(line: Line) -> AbstractContextManager[None]:
    """Nobody else moves this line from this folder meanwhile; raises ShipwayError where somebody does."""
    return alone(
        line.root / ".shipway" / "locks" / f"release-{line.stack}.lock",
        f"somebody moves {line} right now",
        "nothing was done; see where it stands when they are through",
    )


def read_manifest(content: bytes, where: str) -> ReleaseManifest:
    """The manifest in these bytes; raises ShipwayError. Mistakes with line and column are said by `shipway synth`."""
    try:
        return ReleaseManifest.model_validate(yaml.load(content, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError) as error:
        raise ShipwayError(f"{where} is no manifest: {error}", "shipway synth says what is wrong with it") from error
