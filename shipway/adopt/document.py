"""The document as YAML that people read and edit: short lists on one line, nothing that has its default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from shipway.adopt.model import Adoption
from shipway.errors import visible

__all__ = ["document_text", "waivers_text"]

# No folding: a folded line of JSON or of a comment reads as two.
_WIDTH = 1_000_000
_SHORT = 100


class _Writer(yaml.CSafeDumper):
    """Writes lists of words on one line; libyaml's, which is ten times faster than Python's own."""


def _sequence(writer: _Writer, items: list[Any]) -> yaml.Node:
    plain = all(isinstance(item, str) for item in items)
    on_one_line = plain and sum(len(item) + 2 for item in items) <= _SHORT
    return writer.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=on_one_line)


def _text(writer: _Writer, text: str) -> yaml.Node:
    style = "|" if "\n" in text and not any(line != line.rstrip() for line in text.split("\n")) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(list, _sequence)
_Writer.add_representer(str, _text)


def document_text(adoption: Adoption) -> str:
    """`adopted/<environment>.yaml`; equal adoptions give equal bytes."""
    data = adoption.document.model_dump(mode="json", exclude_defaults=True)
    source, left = visible(adoption.observed.source), len(adoption.left_out)
    head = [
        "# yaml-language-server: $schema=../schemas/adopted.schema.json",
        f"# What was in the workspace of {adoption.environment} before Shipway, as found by `shipway import`.",
        "# An edit here is a change to the workspace; a privilege that is deleted here is revoked.",
        f"# {len(adoption.taken)} objects of {source}; {left} are not here: see the import's report.",
        *(f"# {line}" for note in adoption.assumed for line in visible(note).split("\n")),
    ]
    body = yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return "\n".join(head) + "\n" + (body if data else "{}\n")


def waivers_text(broken: Mapping[str, int], owner: str, until: date) -> str:
    """The document's last part: each rule that what was found does not keep, with how often, waived until a day."""
    lines = [
        "waivers:",
        "  # What was found does not keep these rules. Mend it before the day; then a waiver is a finding itself.",
    ]
    for rule, count in sorted(broken.items()):
        reason = f"As found by shipway import: {count} finding{'s' * (count != 1)}"
        lines.append(f'  - {{rule: {rule}, owner: {owner}, reason: "{reason}", expires: {until.isoformat()}}}')
    return "\n".join(lines) + "\n" if broken else ""
