"""Text from a plan made fit for people: every invisible or deceiving character visible, and nothing longer than a line.

Names and values of a plan are written by whoever wrote the configuration. They can hold line breaks, terminal escapes,
right-to-left marks or zero-width spaces, which would let a value pose as a line of the review.
"""

from __future__ import annotations

import unicodedata

__all__ = ["LONGEST", "clip", "clip_pair", "visible"]

LONGEST = 160
_LEAD = 24
_NAMED = {"\n": "␊", "\t": "␉", "\r": "␍"}
# Control, format (bidi, zero-width, tags), surrogate, private, unassigned, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""`text` on one line, with each character that is not seen as itself written `\u{...}`."""
    return text if text.isascii() and text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    kind = unicodedata.category(character)
    # A space that is not the space, and marks that pile up on the letter before, deceive as well.
    if kind in _HIDDEN or (kind == "Zs" and character != " ") or kind in ("Mn", "Me"):
        return f"\\u{{{ord(character):x}}}"
    return character


def clip(text: str, longest: int = LONGEST) -> str:
    """`text` cut in the middle to `longest` characters; how much is missing is said."""
    if len(text) <= longest:
        return text
    half = (longest - 20) // 2
    return f"{text[:half]} …{len(text) - 2 * half} more… {text[-half:]}"


def clip_pair(old: str, new: str, longest: int = LONGEST) -> tuple[str, str]:
    """Both sides of a change, cut so that the place where they differ is still seen."""
    if len(old) <= longest and len(new) <= longest:
        return old, new
    common = _common(old, new)
    start = max(0, common - _LEAD)
    return _from(old, start, longest), _from(new, start, longest)


def _common(old: str, new: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _from(text: str, start: int, longest: int) -> str:
    rest = clip(text[start:], longest)
    return f"…{rest}" if start and text else rest
