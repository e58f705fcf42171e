"""The review for a pull request's comment: only lists and code spans, so that nothing from a plan is live.

Everything from a plan stands in a code span, where links, images, HTML, mentions and issue numbers are plain text.
Where a comment has no room for all of it, the least risky goes first, and what was left out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shipway.plan.outline import outline
from shipway.plan.phrases import Atom, Entry, Line, Outline, Section, Tone, Weight
from shipway.plan.report import Review
from shipway.plan.text import LONGEST, clip, visible

__all__ = ["LIMIT", "escape", "render_markdown"]

# A comment on GitHub ends at 65,536 characters; over it the comment is refused, not cut.
LIMIT = 60_000

_MARKS = {Tone.ADD: "🟢", Tone.CHANGE: "🟡", Tone.REMOVE: "🔴", Tone.REPLACE: "🔴", Tone.MOVE: "🔵", Tone.NOTE: "⚠️"}
_MOST_STACKS = 40
_BACKTICKS = re.compile("`+")


def escape(text: str, longest: int = LONGEST) -> str:
    """Text from a plan as a code span that it cannot leave."""
    shown = clip(visible(text), longest) or " "
    fence = "`" * (max(map(len, _BACKTICKS.findall(shown)), default=0) + 1)
    # A space at both ends is taken off again by every reader of Markdown, unless there is nothing else.
    pad = " " if shown.strip() and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def render_markdown(review: Review, *, limit: int = LIMIT, detail: bool = False) -> str:
    """The review as Markdown of at most `limit` characters (UTF-16 units, as the hosts count them)."""
    whole = outline(review, detail=detail)
    pieces = tuple(_pieces(whole))
    everything = _render(whole, pieces, pieces)
    if _length(everything) <= limit:
        return everything
    # With everything left out, the counts of what is left out are at their longest.
    room = limit - _length(_render(whole, (), pieces))
    return _render(whole, _kept(pieces, room), pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line that can be left out: an entry, or a detail under one."""

    section: int
    place: int
    weight: Weight
    is_detail: bool
    text: str

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The heaviest first; of one weight the entries before their details."""
        return -self.weight, self.is_detail, self.place


def _pieces(whole: Outline) -> Iterator[_Piece]:
    place = 0
    for number, section in enumerate(whole.sections):
        for entry in section.entries:
            for text, is_detail in _texts(entry):
                yield _Piece(number, place, entry.weight, is_detail, text)
                place += 1


def _texts(entry: Entry) -> Iterator[tuple[str, bool]]:
    shown_class = f"{entry.change_class} " if entry.change_class else ""
    yield f"- {_MARKS[entry.tone]} {shown_class}{_text(entry.line)}\n", False
    yield from ((f"  - {_text(line)}\n", True) for line in entry.details)


def _text(line: Line) -> str:
    return "".join(escape(part.text, part.longest) if isinstance(part, Atom) else part for part in line)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _kept(pieces: Sequence[_Piece], room: int) -> tuple[_Piece, ...]:
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.rank):
        room -= _length(piece.text)
        # Never a lighter line in place of a heavier one: what is left out is always the lightest.
        if room < 0:
            break
        kept.append(piece)
    return tuple(sorted(kept, key=lambda piece: piece.place))


def _render(whole: Outline, kept: Sequence[_Piece], pieces: Sequence[_Piece]) -> str:
    places = {piece.place for piece in kept}
    left_out = [piece for piece in pieces if piece.place not in places]
    head = [f"## Review: {whole.outcome}\n\n**{_text(whole.headline)}**\n\n", _warning(left_out)]
    head += [f"- {_text(line)}\n" for line in whole.verdict]
    head += [f"- {_text(line)}\n" for line in whole.stacks[:_MOST_STACKS]]
    if len(whole.stacks) > _MOST_STACKS:
        head.append(f"- and {len(whole.stacks) - _MOST_STACKS} more stacks\n")
    body = [_section(number, section, kept, left_out) for number, section in enumerate(whole.sections)]
    foot = ["\n", *(f"_{_text(line)}_\n" for line in whole.footer[:_MOST_STACKS])] if whole.footer else []
    return "".join([*head, *body, *foot])


def _section(number: int, section: Section, kept: Sequence[_Piece], left_out: Sequence[_Piece]) -> str:
    own = [piece.text for piece in kept if piece.section == number]
    missing = [piece for piece in left_out if piece.section == number]
    return f"\n### {section.title}\n\n{''.join(own)}{_missing(missing)}"


def _missing(pieces: Sequence[_Piece]) -> str:
    rows = sum(not piece.is_detail for piece in pieces)
    return f"- … {rows} rows and {len(pieces) - rows} details are left out here\n" if pieces else ""


def _warning(left_out: Sequence[_Piece]) -> str:
    rows = [piece for piece in left_out if not piece.is_detail]
    if not left_out:
        return ""
    risky = {
        "destructive": sum(piece.weight is Weight.DESTROY for piece in rows),
        "of access": sum(piece.weight is Weight.ACCESS for piece in rows),
        "of the most important": sum(piece.weight is Weight.FIRST for piece in rows),
    }
    said = ", ".join(f"{number} {what}" for what, number in risky.items())
    advice = " **Do not approve on this comment alone.**" if any(risky.values()) else ""
    return f"⚠️ No room for {len(rows)} rows ({said}): read the whole review.{advice}\n\n"
