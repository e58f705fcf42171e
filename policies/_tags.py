"""How tags are read: what a policy's conditions ask for, and who governs a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Block, Leaf

__all__ = ["asked_for", "conditions", "is_databricks_own"]

# has_tag('pii'), hasTagValue("classification", 'pii'): Databricks documents both spellings.
_FUNCTION = r"has_?tag(?:_?value)?"
_TEXT = r"(?:'([^']*)'|\"([^\"]*)\")"
_ASKS = re.compile(rf"\b{_FUNCTION}\s*\(\s*{_TEXT}\s*(?:,\s*{_TEXT}\s*)?\)", re.IGNORECASE)
_CALLS = re.compile(rf"\b{_FUNCTION}\s*\(", re.IGNORECASE)


def conditions(policy: Block) -> Iterator[Leaf]:
    """Every condition of a `databricks_policy_info`."""
    for column in policy.blocks("match_columns"):
        yield from column.each("condition")
    yield from policy.each("when_condition")


def asked_for(condition: str) -> list[tuple[str, str | None]] | None:
    """Each tag with the value that a condition asks for, None for any; None where it asks in a way not known here."""
    found = [(key or key_, value or value_ or None) for key, key_, value, value_ in _ASKS.findall(condition)]
    return found if len(found) == len(_CALLS.findall(condition)) else None


def is_databricks_own(key: str) -> bool:
    """Whether Databricks governs the tag itself: those of its data classification and of certification."""
    return key.startswith(("class.", "system."))
