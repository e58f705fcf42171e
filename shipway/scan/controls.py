"""Which rules speak to which control of which framework: versioned data in policies/controls/, one file each.

A row says whether the framework itself asks for what the rule judges (`source`) or whether that is our reading. What no
rule covers stands there with the reason, so that nobody takes a gap for coverage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shipway.models.document import suggestion
from shipway.scan.scanner import ScanError

__all__ = ["Control", "Framework", "Reference", "read_frameworks", "references"]

_FOLDER = "controls"
_RuleIds = tuple[Annotated[str, Field(pattern=r"^R\d\d[A-Z]?$")], ...]
_Text = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Control(_Data):
    """One control: the rules that speak to it, or why none does."""

    title: _Text
    source: Annotated[_RuleIds, Field(strict=False)] = ()
    """Rules on the very thing that the framework names."""
    reading: Annotated[_RuleIds, Field(strict=False)] = ()
    """Rules that speak to it by our own reading."""
    uncovered: str = ""
    """Why no rule covers it."""

    @model_validator(mode="after")
    def _covered_or_not(self) -> Self:
        if bool(self.rules) is bool(self.uncovered):
            raise ValueError("wanted rules (source, reading) or the reason why there is none (uncovered), not both")
        if len(set(self.rules)) != len(self.rules):
            raise ValueError("a rule stands there twice")
        return self

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that speaks to it."""
        return (*self.source, *self.reading)


class _File(_Data):
    title: _Text
    version: _Text
    source: _Text
    """Where the list of controls is from, and how far that was checked."""
    limits: _Text
    """What the mapping does not say."""
    controls: Annotated[dict[str, Control], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework and what the rules have to do with it."""

    id: str
    title: str
    version: str
    source: str
    limits: str
    controls: dict[str, Control]

    @property
    def uncovered(self) -> dict[str, Control]:
        """The controls that no rule speaks to."""
        return {name: control for name, control in self.controls.items() if not control.rules}


@dataclass(frozen=True, slots=True)
class Reference:
    """A control that a rule speaks to."""

    framework: str
    control: str
    title: str
    from_source: bool
    """Whether the framework names the very thing; otherwise it is our own reading."""


def read_frameworks(policies: Path, known: frozenset[str]) -> dict[str, Framework]:
    """Every framework in `policies`, by its id; raises ScanError for one that is not as it should be.

    `known` are the ids of the rules: a mapping to a rule that does not exist would seem to cover something.
    """
    found = {path.stem: _read(path) for path in sorted((policies / _FOLDER).glob("*.yaml"))}
    for framework in found.values():
        for name, control in framework.controls.items():
            for rule in control.rules:
                if rule not in known:
                    where = f"{_FOLDER}/{framework.id}.yaml: {name}"
                    raise ScanError(f"{where} names the rule {rule}, which there is not{suggestion(rule, known)}")
    return found


def references(frameworks: dict[str, Framework], rule: str) -> Iterator[Reference]:
    """Every control that a rule speaks to."""
    for framework in frameworks.values():
        for name, control in framework.controls.items():
            if rule in control.rules:
                yield Reference(framework.id, name, control.title, rule in control.source)


def _read(path: Path) -> Framework:
    where = f"{_FOLDER}/{path.name}"
    try:
        data = _File.model_validate(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScanError(f"{where} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ScanError(
            f"{where}: {place}: {first['msg']}", "the other files in that folder show how one is written"
        ) from error
    return Framework(path.stem, data.title, data.version, data.source, data.limits, data.controls)
