"""Templates in JSON configuration: Terraform evaluates every string, keys too. Only references are let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["bad_templates"]

# Doubled, they are the characters themselves.
_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_REFERENCE = re.compile(
    r"""\$\{
    (?:data\.)?databricks_[a-z0-9_]+\.[A-Za-z_][A-Za-z0-9_-]*   # what is referred to
    (?:\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\]|\.[0-9]+)*          # which of its attributes
    \}""",
    re.VERBOSE,
)


def bad_templates(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where in `value` stands a template that is more than a reference, and what it is."""
    match value:
        case str():
            yield from ((path, f"got {text!r}, wanted a plain reference") for text in _bad(value))
        case dict():
            for key, inner in value.items():
                yield from ((path, f"got the key {text!r}, wanted plain text") for text in _bad(key))
                yield from bad_templates(inner, (*path, key))
        case list():
            for index, inner in enumerate(value):
                yield from bad_templates(inner, (*path, str(index)))
        case _:
            return


def _bad(text: str) -> Iterator[str]:
    place = 0
    while found := _OPENING.search(text, place):
        place = found.end()
        if len(found[0]) == 3:
            continue
        reference = _REFERENCE.match(text, found.start())
        if reference is None:
            yield text[found.start() : found.start() + 80]
            return
        place = reference.end()
