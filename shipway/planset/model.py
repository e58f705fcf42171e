"""What `plan-set.json` says. Machine-written, and read strictly: it is evidence, so nothing in it may be unknown."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

__all__ = ["MANIFEST", "PlanSet", "StackPart", "digest_of"]

MANIFEST = "plan-set.json"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class StackPart(_Part):
    """One stack's saved plan and what it was made from."""

    stack: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """A name, never a path."""

    wave: Annotated[int, Field(ge=0)]
    """Stacks of a lower wave are applied first."""

    changes: bool
    synth: Digest
    """Of the cdk.tf.json that the plan was made from, which the saved plan holds too."""

    lineage: str
    """Of the state; empty where there is none yet."""

    serial: Annotated[int, Field(ge=0)]
    effects: tuple[Digest, ...]
    """Fingerprints of what the review says of this stack: a plan made anew may do these and nothing else."""

    @property
    def plan_file(self) -> str:
        """The saved plan, in the plan set."""
        return f"stacks/{self.stack}/tfplan"


class PlanSet(_Part):
    """Everything that was planned and reviewed together."""

    schema_: Annotated[Literal["shipway/plan-set/v1"], Field(alias="schema")] = "shipway/plan-set/v1"
    target: str
    """Where it was planned against: the sandbox of a folder, or the declared workspaces."""

    commit: str
    """The commit of the project, empty outside of git."""

    clean: bool
    """Whether the project was exactly that commit, files that git does not know included."""

    created: AwareDatetime
    expires: AwareDatetime
    outcome: str
    """The review's: needs approval, blocked, ..."""

    change_class: str
    rules: Digest
    """Of the rules that the scan judged by."""

    stacks: tuple[StackPart, ...]
    files: dict[str, Digest]
    """Every file of the plan set but this one."""

    @model_validator(mode="after")
    def _is_whole(self) -> PlanSet:
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or path.as_posix() != name or name == MANIFEST:
                raise ValueError(f"file name {name!r} leads out of the plan set")
        missing = [part.plan_file for part in self.stacks if part.plan_file not in self.files]
        if missing:
            raise ValueError(f"no digest for {', '.join(missing)}")
        if len({part.stack for part in self.stacks}) != len(self.stacks):
            raise ValueError("a stack twice")
        return self

    def has_expired(self, now: datetime) -> bool:
        """Whether it is too old to be applied."""
        return now >= self.expires

    def as_bytes(self) -> bytes:
        """The file's content: canonical, so that equal plan sets have equal digests."""
        return self.model_dump_json(by_alias=True, indent=2).encode() + b"\n"


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
