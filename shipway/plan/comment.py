"""Several reviews in one comment of a pull request, within what the host takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shipway.plan.markdown import escape, render_markdown
from shipway.plan.moves import Moves, render_moves
from shipway.plan.report import Review
from shipway.plan.verdict import Outcome

__all__ = ["MARK", "render_comment"]

MARK = "<!-- shipway: review -->"
"""The first line of the comment; whose it is says the host."""

# The worst first: what a reader must not scroll to.
_ORDER = {outcome: place for place, outcome in enumerate(reversed(Outcome))}
_SPARE = 200


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    review: Review
    moves: Moves | None

    @property
    def told(self) -> str:
        return render_moves(self.moves) if self.moves else ""


def render_comment(
    reviews: Mapping[str, Review],
    missing: Sequence[str],
    commit: str,
    run: str,
    limit: int,
    moves: Mapping[str, Moves] | None = None,
) -> str:
    """The reviews by name, the ones that are missing said first; at most `limit` UTF-16 units.

    A name is an environment's; `missing` are those of which a review was expected: no plan is not "no changes". `moves`
    are what the manifests of an environment ask for, beside its plan.
    """
    parts = [_Part(name, review, (moves or {}).get(name)) for name, review in reviews.items()]
    parts.sort(key=lambda part: (_ORDER[part.review.verdict.outcome], part.name))
    head = _head(parts, missing, commit, run)
    room = limit - _length(head) - _SPARE
    bodies = _fitted([part.review for part in parts], [_length(_title(part)) for part in parts], room)
    if bodies is None:
        return (
            head
            + "\nNo room for the reviews themselves: read them in the run. **Do not approve on this comment alone.**\n"
        )
    return head + "".join(f"{_title(part)}{body}" for part, body in zip(parts, bodies, strict=True))


def _head(parts: Sequence[_Part], missing: Sequence[str], commit: str, run: str) -> str:
    lines = ["# Shipway\n"]
    if missing:
        names = ", ".join(escape(name) for name in missing)
        lines.append(f"⚠️ **Not planned: {names}.** Nothing is known of what would happen there.\n")
    if not parts:
        lines.append("There is no review.\n")
    lines += [
        f"- {escape(part.name)}: {part.review.verdict.outcome}, {part.review.verdict.change_class}{_counted(part)}"
        for part in parts
    ]
    about = [f"commit {escape(commit)}"] if commit else []
    about += [f"run {escape(run)}"] if run else []
    if about:
        lines.append(f"\n_Of {', '.join(about)}._")
    return "\n".join(lines) + "\n"


def _counted(part: _Part) -> str:
    found = part.moves.moves if part.moves else ()
    refused = sum(one.code not in (0, 3) for one in found)
    said = f", {len(found)} move{'s' * (len(found) != 1)} of releases" if found else ""
    return f"{said}, **{refused} refused**" if refused else said


def _title(part: _Part) -> str:
    return f"\n---\n\n# {escape(part.name)}\n\n{part.told}"


def _fitted(reviews: Sequence[Review], titles: Sequence[int], room: int) -> list[str] | None:
    """Each in its share: the short ones whole, the rest of the room to the long ones; None if even that is over."""
    room -= sum(titles)
    whole = [render_markdown(review, limit=max(room, 1)) for review in reviews]
    shares = _shares([_length(text) for text in whole], room)
    fitted = [
        text if _length(text) <= share else render_markdown(review, limit=max(share, 1))
        for text, review, share in zip(whole, reviews, shares, strict=True)
    ]
    return fitted if sum(map(_length, fitted)) <= room else None


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    """What each may have: none more than it wants, and those that want more than an even share get the same."""
    shares, left, many = [0] * len(wanted), room, len(wanted)
    smallest_first: Callable[[int], int] = wanted.__getitem__
    for place in sorted(range(len(wanted)), key=smallest_first):
        shares[place] = min(wanted[place], max(left, 0) // many)
        left -= shares[place]
        many -= 1
    return shares


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
