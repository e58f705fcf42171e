"""Where a block stands: which environment its stack is for, and whether that one is to be judged as production.

A stack is called `account`, `<environment>-landing-zone` or `<environment>-<use-case>`. Its name is told by whoever
scans, and by the construct path in the block; the path is data, so it can make judging stricter and never laxer.
"""

from __future__ import annotations

import re

from policies._rule import Block

__all__ = ["below_production", "environments", "in_production"]

_STACK = re.compile(r"([a-z][a-z0-9]*)(-[a-z0-9]+)+")
# Any other name is production: a new one is then judged too strictly, which somebody notices.
_BELOW_PRODUCTION = frozenset({"dev", "development", "lab", "qa", "sandbox", "test"})
_HIDDEN = "?"


def environments(block: Block) -> frozenset[str]:
    """Every environment that the block is said to be in: none for the account, one for what is as it should be."""
    told = [block.file, *_paths(block)]
    return frozenset(name for name in map(_environment, told) if name)


def in_production(block: Block) -> bool:
    """Whether it is said to be in an environment that is not one of those below production."""
    return not environments(block) <= _BELOW_PRODUCTION


def below_production(block: Block) -> bool:
    """Whether it is said to be in an environment, and in none that is judged as production: not so for the account."""
    told = environments(block)
    return bool(told) and told <= _BELOW_PRODUCTION


def _paths(block: Block) -> list[str]:
    found = [inner.leaf("path") for comment in block.blocks("//") for inner in comment.blocks("metadata")]
    return [_HIDDEN if leaf.unknown else str(leaf.value).partition("/")[0] for leaf in found]


def _environment(stack: str) -> str:
    if stack == _HIDDEN:
        return _HIDDEN
    found = _STACK.fullmatch(stack)
    return found[1] if found else ""
