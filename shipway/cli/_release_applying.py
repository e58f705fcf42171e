"""`shipway release apply`: the moves that manifests are ahead by, of one line or of all lines of an environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import MissingTool, ShipwayError, visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Answers, Session
    from shipway.plan.moves import MoveNote, Moves
    from shipway.plan.report import Review
    from shipway.release.line import Line, Request
    from shipway.release.prepared import Done

__all__ = ["apply", "carried_out", "code_of", "committed"]


@click.command("apply")
@click.argument("use_case", required=False)
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--dry-run", is_flag=True, help="Show all of it, change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Apply without asking.")
@click.option("--confirm", "confirmed", multiple=True, metavar="NAME", help="With --live: a protected environment.")
@click.option(
    "--approved",
    multiple=True,
    metavar="DIGEST",
    help="A digest of a dry run that was approved, or its first 12 digits; only what was is moved, but for ways back.",
)
@click.option("--quiet", "-q", is_flag=True, help="Show neither the review nor the steps.")
@click.option("--reason", default="", metavar="CODE", help="Why.")
@click.option("--note", default="", metavar="TEXT", help="What the code does not say.")
@click.option(
    "--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Of an environment: also write it here."
)
@click.option(
    "--manifests",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --dry-run: somebody else's releases/, read as data, by the code and the documents that are here.",
)
@click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def apply(
    use_case: str | None,
    environment: str,
    dry_run: bool,
    yes: bool,
    confirmed: tuple[str, ...],
    approved: tuple[str, ...],
    quiet: bool,
    reason: str,
    note: str,
    markdown: Path | None,
    manifests: Path | None,
    live: bool,
    as_json: bool,
) -> None:
    """Carry out the move that the manifest in place is ahead by: what CI does with a merged pull request.

    Without USE_CASE all lines of the environment whose manifests are a move, one after the other: each is planned,
    proven, asked about and recorded by itself, and one that is refused does not keep the others.

    Where a line started is what the ledger says. More than one move in one commit is refused. What was done without
    Git and is committed now is marked as such.

    \b
    Exit codes: 0 done, or nothing to do; of a dry run: nobody has to approve it, 1 a failure, 3 a dry run of what
    somebody has to approve, 4 refused: the plan does more than this move, a gate is UNDECIDED or FAILED, Git has an
    older manifest, or nobody agreed, 5 the plan could not be judged, 127 something is not installed.
    """
    from shipway.cli._releasing import Answers
    from shipway.planset.verify import approved_digest

    why = ": ".join(part for part in (reason, note) if part)
    # One that was never set approves nothing: it is an error, and not "everything".
    wanted = tuple(approved_digest(one) for one in approved)
    answers = Answers(live=live, yes=yes, confirmed=confirmed, quiet=quiet or as_json, approved=wanted)
    if as_json and not (yes or dry_run or confirmed):
        raise click.UsageError("--json cannot ask; add --yes or --dry-run")
    if manifests is not None and not dry_run:
        raise click.UsageError("--manifests shows what somebody contributes; only --dry-run does that")
    if use_case is not None:
        if markdown is not None or manifests is not None:
            raise click.UsageError("--markdown and --manifests are about an environment: leave the use case out")
        committed(environment, use_case, answers, why, dry_run=dry_run, as_json=as_json)
        return
    found = _environment(environment, answers, why, dry_run=dry_run, contributed=manifests)
    if markdown is not None:
        from shipway.plan.moves import render_moves

        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(render_moves(found), encoding="utf-8")
    click.echo(found.as_json() if as_json else visible("\n".join(_summary(found))), nl=not as_json)
    raise SystemExit(found.exit_code)


def committed(environment: str, use_case: str, answers: Answers, why: str, *, dry_run: bool, as_json: bool) -> None:
    """Carry out, or show, the move that one line's manifest is ahead by; ends with the exit code."""
    from shipway.cli._releasing import Session, line_of
    from shipway.release.committed import back_fill, committed_move

    line = line_of(environment, use_case)
    with Session.open(line, answers) as session:
        request = committed_move(line, session.terms, session.ports, why, dry_run=dry_run)
        filled = [] if dry_run or request else list(back_fill(line, session.ports))
        if request is not None:
            carried_out(session, request, as_json=as_json)
    known = f" Git knows now of {len(filled)} that were done without it." if filled else ""
    text = f"Nothing to do: {line} is as its manifest says.{known}"
    click.echo(json.dumps({"schema": "shipway/release/v1", "done": False, "text": text}) if as_json else visible(text))
    raise SystemExit(0)


def carried_out(session: Session, request: Request, *, as_json: bool) -> None:
    """Make a move, or show it, and say how it ended; ends with the exit code."""
    from shipway.cli._release_text import done_json, done_text

    done, found = _make(session, request)
    click.echo(json.dumps(done_json(done), indent=2) if as_json else visible("\n".join(done_text(done))))
    raise SystemExit(code_of(done, found))


def code_of(done: Done, found: Review | None) -> int:
    """What the shell is told: of a dry run, whether the gates would let it through, and who has to approve it."""
    from shipway.release.moves import Gate

    lacking = {one.gate for one in done.prepared.answers if not one.passes}
    if lacking - {Gate.APPROVED}:
        return 4
    # From 3 on something stands in its way. A way back that is written down was approved with the way there.
    if found is not None and found.verdict.exit_code > 2 and done.prepared.request.move.value != "rollback":
        return found.verdict.exit_code
    # All that is wanted of it is that somebody approves it: whoever reads this may be the one.
    if lacking:
        return 3
    if done.read_back is not None and done.read_back.differs:
        return 1
    return 1 if any(one.verdict.name == "FAILED" for one in done.equality) else 0


def _make(session: Session, request: Request) -> tuple[Done, Review | None]:
    from shipway.cli._release_judging import look_if_due
    from shipway.cli._watch_papers import hand_over
    from shipway.release.carry_out import carry_out

    look_if_due(session, request)
    done = carry_out(session.line, session.terms, request, session.ports)
    if not request.dry_run:
        hand_over(session)
    return done, session.show(done.prepared) if request.dry_run else None


@dataclass(frozen=True)
class _Run:
    """One run over an environment."""

    environment: str
    answers: Answers
    why: str
    dry_run: bool

    def move(self, line: Line) -> MoveNote | None:
        """Make the move of one line, or say why not; None where there is none after all."""
        from shipway.cli._release_text import done_text
        from shipway.cli._releasing import Session
        from shipway.plan.moves import MoveNote
        from shipway.release.committed import committed_move

        move = ""
        try:
            with Session.open(line, self.answers) as session:
                request = committed_move(line, session.terms, session.ports, self.why, dry_run=self.dry_run)
                if request is None:
                    return None
                move = request.move.value
                done, found = _make(session, request)
                digest = session.digest(done.prepared)
        except MissingTool:
            raise
        except ShipwayError as error:
            return MoveNote(use_case=line.use_case, move=move, code=error.exit_code, text=str(error))
        if not self.answers.quiet:
            click.echo(visible("\n".join(done_text(done))))
        return _note(done, code_of(done, found), digest)


def _environment(environment: str, answers: Answers, why: str, *, dry_run: bool, contributed: Path | None) -> Moves:
    from shipway.cli._lines import lines_of
    from shipway.cli._releasing import Session
    from shipway.plan.moves import MoveNote, Moves
    from shipway.project import find_root
    from shipway.release.committed import back_fill
    from shipway.release.disagreement import Way

    run, root = _Run(environment, answers, why, dry_run), find_root(Path.cwd())
    stacks = _stacks(root, environment)
    manifests = _taken(root, environment, stacks, contributed) if contributed else None
    lines = lines_of(root, stacks, is_live=answers.live, manifests=manifests)
    notes = []
    for one in lines.ahead:
        if one.way is Way.BACK_FILL:
            notes.append(MoveNote(use_case=one.line.use_case, code=4, text=f"{one.way.value}: {one.text}"))
        elif (note := run.move(one.line)) is not None:
            notes.append(note)
    for stack, error in lines.wrong.items():
        notes.append(MoveNote(use_case=stack.removeprefix(f"{environment}-"), code=error.exit_code, text=str(error)))
    filled = []
    for line in () if dry_run else lines.to_back_fill:
        with Session.open(line, answers, terraform=False) as session:
            filled += [line.use_case for _ in back_fill(line, session.ports)]
    return Moves(environment=environment, dry_run=dry_run, moves=tuple(notes), back_filled=tuple(filled))


def _taken(root: Path, environment: str, stacks: Sequence[str], contributed: Path) -> Path:
    from shipway.intake.manifests import copy_manifests

    keys = [(environment, stack.removeprefix(f"{environment}-")) for stack in stacks]
    return copy_manifests(contributed, keys, root / ".shipway" / "contributed")


def _stacks(root: Path, environment: str) -> list[str]:
    from shipway.cli._releasing import read_documents
    from shipway.models.document import suggestion

    documents = read_documents(root)
    # CI asks all of them alike, also those that have no line yet.
    known = ["account", *sorted(documents.environments)]
    if environment not in known:
        meant = suggestion(environment, known)
        raise ShipwayError(f"no environment {environment!r}{meant}", f"there are: {', '.join(known)}")
    return [f"{one}-{use_case}" for one, use_case in sorted(documents.releases) if one == environment]


def _note(done: Done, code: int, digest: str) -> MoveNote:
    from shipway.cli._release_text import changes_text
    from shipway.plan.moves import MoveGate, MoveNote
    from shipway.release.disagreement import said

    prepared, planned, back = done.prepared, done.prepared.planned, done.prepared.back
    return MoveNote(
        use_case=prepared.line.use_case,
        move=prepared.request.move.value,
        code=code,
        done=done.entry is not None,
        before=said(prepared.seen.manifest),
        after=said(prepared.after),
        digest=digest,
        plan=planned.changes.digest if planned else "",
        inverse=back.inverse if back else "",
        back=back.move if back else "",
        changes=tuple(changes_text(planned.changes)) if planned else (),
        gates=tuple(
            MoveGate(gate=one.gate.value, verdict=one.verdict.name, reason=one.reason) for one in prepared.answers
        ),
    )


def _summary(found: Moves) -> Iterator[str]:
    if not found.moves:
        yield f"Nothing to do: every line of {found.environment} is as its manifest says."
    for one in found.moves:
        how = "done" if one.done else "refused" if one.code == 4 else "shown" if not one.text else "failed"
        yield f"{one.use_case}: {one.move or 'no move'}: {how} (exit code {one.code})"
        if one.text:
            yield from (f"  {line}" for line in one.text.splitlines())
    for use_case in found.back_filled:
        yield f"{use_case}: Git knows now of what was done without it."
