"""Differences the provider does not take for one.

The provider names a function per attribute. Three of them are written here; of the others only the classes of
differences are known that they were seen to hide when they were tried with probe values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from shipway.sandbox.provider.schema import Rules
from shipway.sandbox.provider.values import Value, is_zero

__all__ = ["suppressed"]

# The provider's general one: a value that the workspace filled in and the configuration leaves out.
_SERVER_FILLED = "common.diffSuppressor.func1"
# A route's other name, which the workspace fills in from the one that is set.
_SAME_ROUTE = "serving.suppressRouteModelEntityNameDiff"
_SAME_JSON = "sql.suppressWhitespaceChangesInJSON"


def suppressed(rules: Rules, old: Value, new: Value, *, explicit: bool) -> bool:
    """Whether a change from `old` to `new` is none; `explicit`: the configuration sets the attribute."""
    if rules.suppress == _SERVER_FILLED:
        return not explicit and is_zero(new) and not is_zero(old) and not isinstance(old, dict)
    if rules.suppress == _SAME_ROUTE:
        return not explicit and is_zero(new)
    if rules.suppress == _SAME_JSON:
        return isinstance(old, str) and isinstance(new, str) and _json(old) == _json(new)
    return any(_CLASSES[name](old, new) for name in rules.hidden)


def _json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def _texts(old: Value, new: Value, same: Callable[[str, str], bool]) -> bool:
    return isinstance(old, str) and isinstance(new, str) and same(old, new)


_SPACE = re.compile(r"\s+")
_CLASSES: dict[str, Callable[[Value, Value], bool]] = {
    "unset-to-false": lambda old, new: old is None and new is False,
    "removed": lambda old, new: is_zero(new) and not is_zero(old),
    "trailing-slash": lambda old, new: _texts(old, new, lambda a, b: a.rstrip("/") == b.rstrip("/") != ""),
    "case": lambda old, new: _texts(old, new, lambda a, b: a.casefold() == b.casefold()),
    "whitespace": lambda old, new: _texts(old, new, lambda a, b: _SPACE.sub("", a) == _SPACE.sub("", b)),
    "false-to-true": lambda old, new: old is False and new is True,
}
