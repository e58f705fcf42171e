"""What a value must be: tests for `Leaf.must`, none of which raises, whatever the value is."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from policies._rule import Answer, Leaf, passed

__all__ = ["between", "given", "is_absent", "is_given", "is_narrow_range", "one_of", "whole"]

# Longer digits are no count of anything here, and Python refuses to read the longest.
_MOST_DIGITS = 18
_WIDEST = 8


def one_of(*wanted: object) -> Callable[[object], bool]:
    """Whether a value is one of these."""
    # A tuple compares; a set would want a hash, which a list of a wrong type has not.
    return lambda value: value in wanted


def between(low: int, high: int) -> Callable[[object], bool]:
    """Whether a value is a whole number from `low` to `high`, both included."""

    def holds(value: object) -> bool:
        number = whole(value)
        return number is not None and low <= number <= high

    return holds


def whole(value: object) -> int | None:
    """The whole number that Terraform takes the value for."""
    if isinstance(value, str) and len(value) <= _MOST_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_absent(value: object) -> bool:
    """Whether nothing is given; the provider takes an empty text for nothing."""
    return value is None or value == ""


def is_given(value: object) -> bool:
    """Whether it is a text that says something, or a number."""
    return bool(value.strip()) if isinstance(value, str) else whole(value) is not None


def given(leaf: Leaf, *kinds: str) -> Answer:
    """PASSED if a value is written down, or is an attribute of a resource of one of these types."""
    if leaf.refers_to(*kinds):
        return passed()
    return leaf.must(is_given, f"wanted one, or that of a {' or '.join(kinds)}" if kinds else "wanted one")


def is_narrow_range(value: object) -> bool:
    """Whether it is an address or a range of addresses no wider than /8: two halves are the whole internet too."""
    try:
        return isinstance(value, str) and ipaddress.ip_network(value, strict=False).prefixlen >= _WIDEST
    except ValueError:
        return False
