"""Changes to the sandbox's objects that no Terraform made: what somebody does in a workspace's console.

To rehearse drift: `shipway sandbox add|change|remove`. An object keeps the shape of its type, so that what reads it
afterwards reads what a workspace could answer; whether the API would allow it is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.models.document import suggestion
from shipway.sandbox.layout import Home
from shipway.sandbox.pack import facts_digest
from shipway.sandbox.provider.filling import fill
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.planning import plan
from shipway.sandbox.provider.schema import Block, Resource
from shipway.sandbox.provider.shaping import ShapeError, conform, prune
from shipway.sandbox.provider.store import Maker, Store, StoreError, Taken
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.values import Object, Value

__all__ = ["ByHand"]

_SOMEBODY = Maker("by hand", "")


class ByHand:
    """Somebody at the consoles of `workspaces`: the environment's own first, then the account's."""

    def __init__(self, root: Path, workspaces: Sequence[str], host: str) -> None:
        home = Home(root)
        self._store = Store(home.workspaces)
        self._types = Types(home.packed / facts_digest())
        self._workspaces = tuple(workspaces)
        self._host = host

    def add(self, type_: str, given: Iterable[str]) -> str:
        """Make an object of `NAME=VALUE` texts, in the first workspace; answers its id. Raises ShipwayError."""
        resource = self._resource(type_)
        config = self._shaped(resource, {}, given)
        planned = plan(resource, None, config, config).value or {}
        new = fill(resource, planned, self._host)
        key = key_of(type_, new)
        if not key:
            raise ShipwayError(f"{type_}: what it would be found by is not set", "give the attributes that name it")
        try:
            self._store.create(self._workspaces[0], type_, key, prune(resource.block, new), _SOMEBODY)
        except Taken:
            raise ShipwayError(f"there is a {type_} {key!r} already", "change it: shipway sandbox change") from None
        except StoreError as error:
            raise ShipwayError(str(error)) from error
        return key

    def change(self, type_: str, key: str, given: Iterable[str]) -> None:
        """Set attributes of an object; `NAME=null` unsets one. Raises ShipwayError."""
        resource = self._resource(type_)
        workspace, before = self._find(type_, key)
        new = self._shaped(resource, before, given)
        self._store.replace(workspace, type_, key, prune(resource.block, new), _SOMEBODY)

    def remove(self, type_: str, key: str) -> None:
        """Delete an object; raises ShipwayError where there is none."""
        workspace, _ = self._find(type_, key)
        self._store.delete(workspace, type_, key)

    def objects(self, type_: str = "") -> list[tuple[str, str]]:
        """Type and id of every object, or of those of one type; files that are no objects are left out."""
        found = []
        for workspace in self._workspaces:
            folder = self._store.folder / workspace
            names = [type_] if type_ else sorted(path.name for path in folder.glob("*") if path.is_dir())
            for name in names:
                found += [(name, key_of(name, one.attributes)) for one in self._store.objects(workspace, name)]
        return found

    def _resource(self, type_: str) -> Resource:
        found = self._types.resource_if_known(type_)
        if found is None:
            raise ShipwayError(f"no resource type {type_!r}{suggestion(type_, self._types.resource_names())}")
        return found

    def _find(self, type_: str, key: str) -> tuple[str, Object]:
        for workspace in self._workspaces:
            try:
                found = self._store.get(workspace, type_, key)
            except StoreError as error:
                raise ShipwayError(str(error)) from error
            if found:
                return workspace, found.attributes
        keys = [one for kind, one in self.objects(type_) if kind == type_]
        hint = f"there are: {', '.join(keys[:10])}" if keys else "there is none of that type"
        raise ShipwayError(f"no {type_} {key!r} in the sandbox{suggestion(key, keys)}", hint)

    def _shaped(self, resource: Resource, before: Object, given: Iterable[str]) -> Object:
        values: dict[str, Value] = dict(before)
        for text in given:
            name, equals, value = text.partition("=")
            if not equals:
                raise ShipwayError(f"{text!r} is no NAME=VALUE", 'for example comment="changed by hand"')
            known = [*resource.block.attributes, *resource.block.blocks]
            if name not in known:
                raise ShipwayError(f"{resource.name} has no attribute {name!r}{suggestion(name, known)}")
            values[name] = _value(resource.block, name, value)
        try:
            return conform(resource.block, values)
        except ShapeError as error:
            raise ShipwayError(f"{resource.name}: {error}", "lists and blocks are written as JSON") from error


def _value(block: Block, name: str, text: str) -> Value:
    attribute = block.attributes.get(name)
    if attribute and attribute.nested is None and attribute.type.kind == "string" and text != "null":
        return text
    try:
        found: Value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return [found] if name in block.blocks and isinstance(found, Mapping) else found
