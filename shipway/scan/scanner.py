"""What a scan needs of the program that runs the rules, and what it gives back; the program itself is outside.

ScanError        the scan did not happen as it should: nothing may be concluded from it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from shipway.errors import ShipwayError

__all__ = ["LoadedRule", "RawResult", "RawScan", "RawStack", "ScanError", "Scanner", "Scope", "Status"]


class ScanError(ShipwayError):
    """The rules or the stacks are not such that a scan would mean anything. Never a pass."""


class Status(StrEnum):
    """What a rule says of a resource."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class Scope(StrEnum):
    """What a rule must see to judge one resource."""

    RESOURCE = "resource"
    """That resource."""
    STACK = "stack"
    """The other resources of its stack."""
    PROJECT = "project"
    """The resources of all stacks."""


@dataclass(frozen=True, slots=True, order=True)
class LoadedRule:
    """A rule that registered itself: its id (`R44`), its file without folder and ending, and its scope."""

    id: str
    module: str
    scope: Scope = Scope.RESOURCE


@dataclass(frozen=True, slots=True, order=True)
class RawResult:
    """What one rule says of one resource or provider block."""

    address: str
    """`databricks_catalog.claims`, or `provider.databricks`."""
    rule: str
    path: str
    """The construct path from the block's metadata, empty where it has none."""
    status: Status
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawStack:
    """Everything that was said of one stack, passes included."""

    name: str
    blocks: tuple[str, ...]
    """The address of every resource and provider block, judged or not."""
    modules: tuple[str, ...]
    """The modules it calls: what they make is nowhere in the stack, so no rule sees it."""
    results: tuple[RawResult, ...]


@dataclass(frozen=True, slots=True)
class RawScan:
    """Everything one run said."""

    loaded: tuple[LoadedRule, ...]
    stacks: tuple[RawStack, ...]
    log: tuple[str, ...]
    """What the program logged as an error; says why a rule did not load."""
    projects: Mapping[str, Mapping[str, tuple[RawResult, ...]]] = field(default_factory=dict)
    """What the rules of scope project said, by project and stack."""


class Scanner(Protocol):
    """Runs rules over synthesized stacks."""

    @property
    def version(self) -> str:
        """Name and version of the program, as far as results depend on it."""
        ...

    def scan(
        self, files: Mapping[str, bytes], rules: Path, projects: Mapping[str, Mapping[str, bytes]] | None = None
    ) -> RawScan:
        """Judge every file (cdk.tf.json text under a name of the caller's) by the rules in the folder `rules`.

        Rules of scope project judge each of `projects`, which are stacks by name, under a name of the caller's.
        Raises ScanError if a file cannot be read or a rule raises; a rule that does not load is seen in `loaded`.
        """
        ...
