"""The review for a pull request's comment: only lists and code spans, so that nothing from a plan is live.

Everything from a plan stands in a code span, where links, images, HTML, mentions and issue numbers are plain text.
Where a comment has no room for all of it, the least risky goes first, and what was left out is counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    kept = _kept(pieces, limit - _length(_render(whole, {}, ())))
    if len(kept) < len(pieces):
        # With everything left out, the counts of what is left out are at their longest.
        kept = _kept(pieces, limit - _length(_render(whole, {}, pieces)))
    return _render(whole, kept, pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line that can be left out: an entry, or a detail under one. Most of very many are never written."""

    section: int
    place: int
    weight: Weight
    is_detail: bool
    lead: str
    line: Line

    @property
    def text(self) -> str:
        """The line as it is written."""
        return f"{self.lead}{_text(self.line)}\n"

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The heaviest first; of one weight the entries before their details."""
        return -self.weight, self.is_detail, self.place


def _pieces(whole: Outline) -> Iterator[_Piece]:
    place = 0
    for number, section in enumerate(whole.sections):
        for entry in section.entries:
            yield _Piece(number, place, entry.weight, False, _lead(entry), entry.line)
            place += 1
            for line in entry.details:
                yield _Piece(number, place, entry.weight, True, "  - ", line)
                place += 1


def _lead(entry: Entry) -> str:
    shown_class = f"{entry.change_class} " if entry.change_class else ""
    return f"- {_MARKS[entry.tone]} {shown_class}"


def _text(line: Line) -> str:
    return "".join(escape(part.text, part.longest) if isinstance(part, Atom) else part for part in line)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _kept(pieces: Sequence[_Piece], room: int) -> Mapping[int, str]:
    """The texts that there is room for, by place."""
    kept: dict[int, str] = {}
    for piece in sorted(pieces, key=lambda piece: piece.rank):
        text = piece.text
        room -= _length(text)
        # Never a lighter line in place of a heavier one: what is left out is always the lightest.
        if room < 0:
            break
        kept[piece.place] = text
    return kept


def _render(whole: Outline, kept: Mapping[int, str], pieces: Sequence[_Piece]) -> str:
    by_section: dict[int, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        by_section[piece.section].append(piece)
    left_out = [piece for piece in pieces if piece.place not in kept]
    head = [f"## Review: {whole.outcome}\n\n**{_text(whole.headline)}**\n\n", _warning(left_out)]
    head += [f"- {_text(line)}\n" for line in whole.verdict]
    head += [f"- {_text(line)}\n" for line in whole.stacks[:_MOST_STACKS]]
    if len(whole.stacks) > _MOST_STACKS:
        head.append(f"- and {len(whole.stacks) - _MOST_STACKS} more stacks\n")
    body = [_section(section, kept, by_section[number]) for number, section in enumerate(whole.sections)]
    foot = ["\n", *(f"_{_text(line)}_\n" for line in whole.footer[:_MOST_STACKS])] if whole.footer else []
    return "".join([*head, *body, *foot])


def _section(section: Section, kept: Mapping[int, str], pieces: Sequence[_Piece]) -> str:
    own = "".join(kept[piece.place] for piece in pieces if piece.place in kept)
    missing = [piece for piece in pieces if piece.place not in kept]
    return f"\n### {section.title}\n\n{own}{_missing(missing)}"


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
