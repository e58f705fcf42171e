"""One function over every string of a row: what redacts and what groups must not miss a field that is added later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

__all__ = ["map_strings"]

T = TypeVar("T")


def map_strings(item: T, change: Callable[[str], str]) -> T:
    """A copy of a frozen dataclass (or tuple, or string) in which every string went through `change`."""
    changed: T = _mapped(item, change)
    return changed


def _mapped(item: Any, change: Callable[[str], str]) -> Any:
    match item:
        case Enum():
            return item
        case str():
            return change(item)
        case tuple():
            return tuple(_mapped(inner, change) for inner in item)
    if is_dataclass(item) and not isinstance(item, type):
        return replace(item, **{part.name: _mapped(getattr(item, part.name), change) for part in fields(item)})
    return item
