"""Rules on a resource that nobody can judge alone: it is right or wrong beside others, of its stack or of all stacks.

checkov shows a rule one resource at a time. Whoever scans lays the others in `beside` before it asks; where nobody did,
as when the checkov command runs the rules, they answer UNKNOWN.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from policies._rule import Answer, Block, Leaf, Rule, unknown

__all__ = ["NAMED", "Others", "ProjectRule", "StackRule"]

_REFERENCE = re.compile(r"\$\{((?:data\.)?databricks_\w+)\.([\w-]+)\.(\w+)\}")
# What an id is made of, for objects that are called by their names.
_IDS: Mapping[str, tuple[str, ...]] = {
    "databricks_catalog": ("name",),
    "databricks_external_location": ("name",),
    "databricks_registered_model": ("catalog_name", "schema_name", "name"),
    "databricks_schema": ("catalog_name", "name"),
    "databricks_secret_scope": ("name",),
    "databricks_sql_table": ("catalog_name", "schema_name", "name"),
    "databricks_storage_credential": ("name",),
    "databricks_volume": ("catalog_name", "schema_name", "name"),
}
NAMED = tuple(_IDS)
"""The types that are looked up where a rule compares names of objects, which may be given by reference."""
# A reference to a reference to a reference; deeper than this is a circle.
_DEEPEST = 8

Seen = TypeVar("Seen")


class Others:
    """The resources of one stack or of several: by stack, type and label, each as checkov has it.

    A data source is there too, by a type such as `data.databricks_group`.
    """

    def __init__(self, stacks: Mapping[str, Mapping[str, Mapping[str, dict[str, Any]]]]) -> None:
        self._stacks = stacks

    def of(self, *kinds: str) -> Iterator[Block]:
        """Every resource of these types."""
        for stack, resources in self._stacks.items():
            for kind in kinds:
                for label, conf in resources.get(kind, {}).items():
                    yield Block(conf, kind, file=stack, address=f"{kind}.{label}")

    def called(self, leaf: Leaf, stack: str) -> str | None:
        """What `leaf` comes to in `stack`, references to what is declared there followed; None if that is not known.

        An id that only Databricks knows comes to the address of what has it: equal to itself and to nothing else, so
        that such an id and the same one written out are taken for two.
        """
        return self._called(leaf, stack, _DEEPEST)

    def referred(self, leaf: Leaf, stack: str) -> Block | None:
        """The resource or data source of `stack` that `leaf` is an attribute of; None if it is none."""
        found = _REFERENCE.fullmatch(str(leaf.value))
        return self._block(found[1], found[2], stack) if found else None

    def _block(self, kind: str, label: str, stack: str) -> Block | None:
        conf = self._stacks.get(stack, {}).get(kind, {}).get(label)
        return None if conf is None else Block(conf, kind, file=stack, address=f"{kind}.{label}")

    def _called(self, leaf: Leaf, stack: str, depth: int) -> str | None:
        if not leaf.unknown:
            return str(leaf.value)
        text = str(leaf.value)
        known = {
            found[0]: self._attribute(found[1], found[2], found[3], stack, depth) for found in _REFERENCE.finditer(text)
        }
        for reference, name in known.items():
            text = text.replace(reference, name or reference)
        return None if Leaf(leaf.path, text).unknown else text

    def _attribute(self, kind: str, label: str, attribute: str, stack: str, depth: int) -> str | None:
        block = self._block(kind, label, stack)
        if block is None or depth == 0:
            return None
        if block.leaf(attribute).value is not None:
            return self._called(block.leaf(attribute), stack, depth - 1)
        if attribute == "id" and kind in _IDS:
            parts = [self._called(block.leaf(name), stack, depth - 1) for name in _IDS[kind]]
            return None if None in parts else ".".join(map(str, parts))
        return f"{stack}/{block.address}" if attribute == "id" or attribute.endswith("_id") else None


class _Together(Rule, Generic[Seen]):
    """Surveys the others once, then compares each resource with what it saw."""

    looks_up: ClassVar[tuple[str, ...]] = ()
    """The types that it must see beside those it judges."""
    _survey: tuple[object, Seen] | None = None
    beside: Mapping[str, Mapping[str, Mapping[str, dict[str, Any]]]] | None = None
    """The resources of `resources` and `looks_up`, that which is judged among them; laid here by whoever scans."""

    def judge(self, block: Block) -> Iterator[Answer]:
        """The answers of `compare`."""
        if self.beside is None:
            yield unknown(block.address, "is judged beside other resources, which only `shipway scan` shows")
            return
        if self._survey is None or self._survey[0] is not self.beside:
            self._survey = (self.beside, self.survey(Others(self.beside)))
        yield from self.compare(block, self._survey[1])

    @abstractmethod
    def survey(self, others: Others) -> Seen:
        """What must be known of the others, found once for all that is judged."""
        raise NotImplementedError

    @abstractmethod
    def compare(self, block: Block, seen: Seen) -> Iterator[Answer]:
        """One answer for each thing looked at."""
        raise NotImplementedError


class StackRule(_Together[Seen]):
    """A rule on a resource among those of its stack."""

    scope = "stack"


class ProjectRule(_Together[Seen]):
    """A rule on a resource among those of all stacks."""

    scope = "project"
