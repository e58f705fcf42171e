"""Moves of releases that an environment's manifests ask for, for who approves them: as JSON, and as Markdown from it.

Terraform proves it elsewhere (`shipway.release`); here is only what was found, so that a comment can be made from a
file. Whatever is said in it is data: it is shown in code spans, and never followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shipway.errors import ShipwayError
from shipway.plan.markdown import escape

__all__ = ["MoveGate", "MoveNote", "Moves", "read_moves", "render_moves"]

_MOST = 20
_MOST_CHANGES = 10
_LONGEST = 12_000
"""Characters."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class MoveGate(_Part):
    """What a gate says."""

    gate: str
    verdict: str
    reason: str


class MoveNote(_Part):
    """One line's move: what it would do, or did; or why it is not made."""

    use_case: str
    move: str = ""
    """Empty where there is none to be made."""
    code: int
    """What the shell would be told of this one alone: 0 done, or it needs nobody; 3 somebody approves it; 4 refused."""
    done: bool = False
    text: str = ""
    """Why it is refused."""
    before: str = ""
    after: str = ""
    digest: str = ""
    """Of all that is approved with it: plan, way back, manifest, release and rules. `--approved` takes it."""
    plan: str = ""
    """The digest of what the plan changes: of two plans that change the same it is the same."""
    inverse: str = ""
    """The digest of what the way back changes."""
    back: str = ""
    """The move that takes it back; empty for none."""
    changes: tuple[str, ...] = ()
    gates: tuple[MoveGate, ...] = ()


class Moves(_Part):
    """All that the manifests of an environment ask for, or that was done of it."""

    schema_: Annotated[Literal["shipway/release-apply/v1"], Field(alias="schema")] = "shipway/release-apply/v1"
    environment: str
    dry_run: bool
    moves: tuple[MoveNote, ...] = ()
    back_filled: tuple[str, ...] = ()
    """Use cases of whose way back Git knows by now."""

    @property
    def exit_code(self) -> int:
        """A failure before all else; then the worst of them, 0 for none."""
        codes = [one.code for one in self.moves]
        return 1 if 1 in codes else max(codes, default=0)

    def as_json(self) -> str:
        """For programs, in ASCII, ending with a newline."""
        return self.model_dump_json(by_alias=True, indent=2, ensure_ascii=True) + "\n"


def read_moves(raw: bytes, where: str) -> Moves:
    """What `shipway release apply --json` wrote; raises ShipwayError naming `where` if it is none."""
    try:
        return Moves.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        hint = "wanted what `shipway release apply --env <environment> --json` wrote"
        raise ShipwayError(f"{where}: no moves: {place}: {first['msg']}", hint) from None


def render_moves(found: Moves) -> str:
    """The moves as Markdown, the refused first; empty for none. Very many are counted and not listed."""
    if not found.moves:
        return ""
    ordered = sorted(found.moves, key=lambda one: (-one.code, one.use_case))
    shown = [line for one in ordered[:_MOST] for line in _note(one)]
    if sum(map(len, shown)) > _LONGEST:
        # In a comment there are reviews as well: then each is one line.
        shown = [next(_note(one)) for one in ordered[:_MOST]]
        shown.append("- their plans and ways back: read them in the run")
    more = [f"- … and {len(ordered) - _MOST} more: read them in the run"] if len(ordered) > _MOST else []
    return "\n".join(["## Moves of releases", "", *shown, *more]) + "\n\n"


_SAID: Mapping[int, str] = {
    0: "🟢 needs nobody",
    3: "🟡 somebody approves it",
    4: "🔴 refused",
    5: "🔴 cannot be judged",
}


def _note(one: MoveNote) -> Iterator[str]:
    said = "🟢 done" if one.done and not one.code else _SAID.get(one.code, "🔴 failed")
    yield f"- **{escape(one.use_case)}: {one.move or 'no move'}** {said}"
    if one.text:
        yield from (f"  - {escape(line, 500)}" for line in one.text.splitlines() if line.strip())
    if one.before:
        yield f"  - from {escape(one.before, 300)}"
        yield f"  - to {escape(one.after, 300)}"
    for change in one.changes[:_MOST_CHANGES]:
        yield f"  - {escape(change, 300)}"
    if len(one.changes) > _MOST_CHANGES:
        yield f"  - … and {len(one.changes) - _MOST_CHANGES} more changes"
    if one.plan:
        yield f"  - proven to be exactly this move; plan {escape(one.plan)}"
    if one.digest:
        yield f"  - to approve: {escape(one.digest)}"
    if one.back:
        yield f"  - way back: {escape(one.back)}, plan {escape(one.inverse)}"
    elif one.plan:
        yield "  - **no way back** but a new move"
    for gate in one.gates:
        yield f"  - {escape(gate.verdict)} {escape(gate.gate)}: {escape(gate.reason, 300)}"
