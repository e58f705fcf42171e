"""What every rule is made of: a resource's attributes read so that an unknown value cannot be taken for a good one.

A rule yields one Answer per thing it looked at. The worst of them is the resource's result, and no answer at all is
UNKNOWN: a rule that looked at nothing has not found the resource good.
"""

from __future__ import annotations

import re
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

__all__ = [
    "Answer",
    "Block",
    "Leaf",
    "ProviderRule",
    "Rule",
    "either",
    "failed",
    "is_no",
    "is_yes",
    "passed",
    "unknown",
]

# Every string of Terraform JSON is a template; `$${` is how one writes a literal `${`.
_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
_PRINCIPAL_ID = re.compile(r"\$\{(data\.)?databricks_service_principal\.[\w-]+\.application_id\}")
_REFERENCE = re.compile(r"\$\{(?:data\.)?(databricks_\w+)\.[\w-]+\.\w+\}")
_NO_ATTRIBUTES = frozenset({"//", "__startline__", "__endline__"})
_WORST_FIRST = (CheckResult.FAILED, CheckResult.UNKNOWN, CheckResult.PASSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of one thing: its result, and where and why unless it passed."""

    result: CheckResult
    message: str = ""


def passed() -> Answer:
    """This was looked at and is good."""
    return Answer(CheckResult.PASSED)


def failed(where: str, why: str) -> Answer:
    """This breaks the rule."""
    return Answer(CheckResult.FAILED, f"{where}: {why}")


def unknown(where: str, why: str) -> Answer:
    """Nobody can say yet."""
    return Answer(CheckResult.UNKNOWN, f"{where}: {why}")


def either(first: Answer, second: Answer) -> Answer:
    """The better of two answers, where one of two things suffices; the first if they are alike."""
    return max(first, second, key=lambda answer: _WORST_FIRST.index(answer.result))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value and where it stands; absent and null are both None, as they are for Terraform."""

    path: str
    value: object

    @property
    def unknown(self) -> bool:
        """Whether only Terraform will know the value."""
        return isinstance(self.value, str) and bool(_TEMPLATE.search(self.value))

    @property
    def is_principal_id(self) -> bool:
        """Whether it refers to a service principal's application id: not known, but known not to be a person."""
        return isinstance(self.value, str) and bool(_PRINCIPAL_ID.fullmatch(self.value))

    def refers_to(self, *kinds: str) -> bool:
        """Whether it is an attribute of a resource or data source of these types: not known, but known to be there."""
        found = _REFERENCE.fullmatch(self.value) if isinstance(self.value, str) else None
        return found is not None and found[1] in kinds

    def must(self, hold: Callable[[Any], bool], why: str) -> Answer:
        """PASSED if `hold(value)`, UNKNOWN if the value is not known yet, else FAILED with `why`."""
        if self.unknown:
            return unknown(self.path, f"not known before apply, got {_shown(self.value)}")
        return passed() if hold(self.value) else failed(self.path, f"got {_shown(self.value)}, {why}")


class Block:
    """The attributes of a resource or of a block in it.

    checkov wraps values in lists, as HCL has them; here one level more or less makes no difference.
    """

    unknown = False
    """Whether all of it is given by an expression; its blocks are then unknown too, however deep one looks."""

    def __init__(self, data: dict[str, Any], kind: str = "", path: str = "", file: str = "", address: str = "") -> None:
        self.kind = kind
        self.path = path
        self.file = file
        """What checkov calls the stack that it is in; a scan calls it by the stack's name. Empty inside a block."""
        self.address = address
        """`databricks_catalog.claims`. Empty inside a block."""
        self._data = data

    def is_other_than(self, block: Block) -> bool:
        """Whether the two are two, however alike."""
        return (self.file, self.address) != (block.file, block.address)

    def leaf(self, name: str) -> Leaf:
        """The single value of attribute `name`; several, or a block, are given as they are and hold for no test."""
        values = list(self.each(name))
        if len(values) == 1:
            return values[0]
        return Leaf(self._at(name), [leaf.value for leaf in values] or None)

    def each(self, name: str) -> Iterator[Leaf]:
        """Every value of attribute `name`, lists taken apart."""
        for value in _flat(self._data.get(name)):
            if value is not None:
                yield Leaf(self._at(name), value)

    def blocks(self, name: str) -> Iterator[Block]:
        """The blocks called `name`; one that Terraform only makes on apply has nothing but unknown attributes."""
        for value in [*_flat(self._data.get(name)), *self._dynamic(name)]:
            if isinstance(value, dict):
                yield Block(value, self.kind, self._at(name))
            elif value is not None:
                yield _UnknownBlock(str(value), self.kind, self._at(name))

    def needed(self, name: str) -> Iterator[Block]:
        """The blocks called `name`; without any, one that has nothing, so that what it should have is missed."""
        yield from list(self.blocks(name)) or [Block({}, self.kind, self._at(name))]

    def names(self) -> tuple[str, ...]:
        """The names of its attributes and blocks: the keys of a map whose values are blocks."""
        return tuple(name for name in self._data if name not in _NO_ATTRIBUTES)

    def items(self) -> Iterator[tuple[str, Leaf]]:
        """Every attribute with each of its values: what a map has."""
        for name in self._data:
            if name not in _NO_ATTRIBUTES:
                yield from ((name, leaf) for leaf in self.each(name))

    def _dynamic(self, name: str) -> Iterator[str]:
        for dynamic in _flat(self._data.get("dynamic")):
            hides = name in dynamic if isinstance(dynamic, dict) else dynamic is not None
            if hides:
                yield f"${{dynamic {name}}}"

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


class _UnknownBlock(Block):
    """A block given by an expression."""

    unknown = True

    def __init__(self, expression: str, kind: str, path: str) -> None:
        super().__init__({}, kind, path)
        self._expression = expression if _TEMPLATE.search(expression) else f"${{{expression}}}"

    def each(self, name: str) -> Iterator[Leaf]:
        yield Leaf(self._at(name), self._expression)

    def names(self) -> tuple[str, ...]:
        return ("",)

    def blocks(self, name: str) -> Iterator[Block]:
        yield _UnknownBlock(self._expression, self.kind, self._at(name))

    def items(self) -> Iterator[tuple[str, Leaf]]:
        yield "", Leaf(self.path, self._expression)


def is_yes(value: object) -> bool:
    """Whether Terraform takes the value for true."""
    return value is True or value in ("true", "1")


def is_no(value: object) -> bool:
    """Whether Terraform takes the value for false; an absent one is."""
    return value is None or value is False or value in ("false", "0")


class _Documented:
    """Takes a rule's id and title from its module's docstring, so that they stand in one place."""

    def _named(self) -> tuple[str, str]:
        first = (sys.modules[type(self).__module__].__doc__ or "").partition("\n")[0]
        number, _, title = first.partition(": ")
        return f"SHIPWAY_{number}", title

    def _result(self, block: Block) -> tuple[CheckResult, list[str]]:
        answers = list(self.judge(block))
        if not answers:
            return CheckResult.UNKNOWN, ["there was nothing to judge"]
        found = {answer.result for answer in answers}
        worst = next(result for result in _WORST_FIRST if result in found)
        return worst, sorted({answer.message for answer in answers if answer.result is worst and answer.message})

    @abstractmethod
    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each thing looked at."""
        raise NotImplementedError


class Rule(_Documented, BaseResourceCheck):
    """A rule on resources of the types in `resources`; making one registers it with checkov."""

    resources: ClassVar[tuple[str, ...]]
    scope: ClassVar[str] = "resource"
    """What it must see to judge one resource; whoever scans asks for it."""

    def __init__(self) -> None:
        number, title = self._named()
        super().__init__(title, number, [CheckCategories.GENERAL_SECURITY], self.resources)

    # checkov's own method answers UNKNOWN for `count = 0` and unrolls dynamic blocks on a guess; both hide things.
    def scan_entity_conf(self, conf: dict[str, Any], entity_type: str) -> CheckResult:
        """checkov's entry: the worst answer, the messages in `details`."""
        self.entity_type = entity_type
        file, _, named = self.entity_path.partition(":")
        address = named.removeprefix(f"{entity_type}:")
        result, self.details = self._result(Block(conf, entity_type, file=file, address=address))
        return result

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Not called, since scan_entity_conf does not; checkov wants it defined."""
        raise NotImplementedError


class ProviderRule(_Documented, BaseProviderCheck):
    """A rule on provider blocks."""

    providers: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        number, title = self._named()
        super().__init__(title, number, [CheckCategories.SECRETS], self.providers)

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        """checkov's entry: the worst answer, the messages in `details`."""
        result, self.details = self._result(Block(conf, "provider"))
        return result


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:80]
