"""The difference of two synthesized folders as plans: a review with no Terraform, no state and no credentials.

What only the state knows (drift, computed values, whether an object exists) is not in it, and each plan says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from shipway.errors import ShipwayError
from shipway.plan.load import UnreadablePlan
from shipway.plan.masks import NOT_SECRET, SecretTree, merge, secret_tree
from shipway.plan.model import Action, Level, OutputChange, Plan, ResourceChange
from shipway.plan.provider import forces_replacement, secrets_of
from shipway.plan.secrets import secrets_inside
from shipway.plan.taint import Taint
from shipway.plan.values import Path as ValuePath
from shipway.plan.values import Record, Secret, Unknown, Value, same

__all__ = ["compare", "construct_paths"]

_STACK_FILE = "cdk.tf.json"
_HINT = "write one with `shipway synth`, or give a cdktf output folder"

_NOTE = (
    "compared as synthesized, without state: no drift, no computed values, and an object is only seen to be replaced"
    " for its own attributes, not for another's it depends on"
)

# A value that is one expression and nothing else: what it refers to is known only when it is planned.
_WHOLE_EXPRESSION = re.compile(r"\$\{([A-Za-z_][\w.\-]*(?:\[[^\]{}]*\][\w.\-]*)*)\}")

# The block that an expression begins with: nearly all that cdktf writes are one reference.
_REFERENCE = re.compile(r"\$\{((?:data\.)?[a-z][a-z0-9_]*\.[\w-]+)")

_CREDENTIALS = ("token", "password", "client_secret", "azure_client_secret", "google_credentials")

_Block: TypeAlias = Mapping[str, Any]
_Document: TypeAlias = Mapping[str, Any]


def construct_paths(stack: Path) -> dict[str, str]:
    """Construct path by Terraform address, of a synthesized stack (its folder or its cdk.tf.json)."""
    document = _read(stack if stack.is_file() else stack / _STACK_FILE)
    return {address: path for address, (_, block) in _resources(document).items() if (path := _construct_path(block))}


def compare(before: Path, after: Path) -> tuple[Plan, ...]:
    """What changes from one synthesized folder to another, a Plan per stack of either.

    Raises ShipwayError if a folder holds no stack, UnreadablePlan if a stack's file is not what cdktf writes.
    """
    olds, news = _stacks(before), _stacks(after)
    pairs = ((name, olds.get(name), news.get(name)) for name in sorted(olds.keys() | news.keys()))
    return tuple(_compared(name, old, new) for name, old, new in pairs)


def _stacks(folder: Path) -> dict[str, Path]:
    root = folder / "stacks" if (folder / "stacks").is_dir() else folder
    found = {path.parent.name: path for path in root.glob(f"*/{_STACK_FILE}")}
    # An estate's first review compares with nothing: an existing folder that is empty is that, any other is a mistake.
    if not found and not (folder.is_dir() and not any(folder.iterdir())):
        raise ShipwayError(f"{folder}: no synthesized stack in it (stacks/<stack>/{_STACK_FILE})", _HINT)
    return found


def _compared(stack: str, old: Path | None, new: Path | None) -> Plan:
    unchanged = Plan(stack=stack, level=Level.SYNTH, notes=(_NOTE,))
    if _equal_files(old, new):
        return unchanged
    return _plan(stack, _read(old), _read(new), whole=old is None or new is None)


def _equal_files(old: Path | None, new: Path | None) -> bool:
    return old is not None and new is not None and old.read_bytes() == new.read_bytes()


def _read(path: Path | None) -> _Document:
    if path is None:
        return {}
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ShipwayError(f"{path}: {error.strerror or error}", _HINT) from error
    except (ValueError, RecursionError) as error:
        raise UnreadablePlan(f"{path}: not JSON ({error})", _HINT) from error
    if not isinstance(document, dict) or not _well_formed(document):
        raise UnreadablePlan(f"{path}: not a synthesized stack", _HINT)
    return document


def _well_formed(document: _Document) -> bool:
    kinds = [document.get("resource", {}), document.get("data", {})]
    if not all(isinstance(kind, dict) for kind in kinds):
        return False
    names = [item for kind in kinds for item in kind.values()]
    if not all(isinstance(item, dict) for item in names):
        return False
    return all(isinstance(block, dict) for item in names for block in item.values())


def _plan(stack: str, old: _Document, new: _Document, *, whole: bool) -> Plan:
    """`whole`: the stack comes or goes; it brings its provider block and its look-ups along, nothing to review."""
    objects = tuple(_objects(old, new))
    touched = (item for item in objects if item.touches and not (whole and item.mode == "data"))
    changes = (*touched, *(() if whole else _settings(old, new)))
    outputs = tuple(_outputs(old, new))
    items: tuple[ResourceChange | OutputChange, ...] = (*changes, *outputs)
    secrets = [value for item in items for side in (item.before, item.after) for value in secrets_inside(side)]
    return Plan(
        stack=stack,
        level=Level.SYNTH,
        changes=changes,
        known=tuple(item for item in objects if not item.touches),
        references={**_references(old), **_references(new)},
        outputs=outputs,
        notes=(_NOTE,),
        taint=Taint.of([*secrets, *_sensitive_defaults(old), *_sensitive_defaults(new)]),
    )


def _resources(document: _Document) -> dict[str, tuple[str, _Block]]:
    found: dict[str, tuple[str, _Block]] = {}
    for prefix, kinds in (("", document.get("resource", {})), ("data.", document.get("data", {}))):
        for kind, blocks in kinds.items():
            found |= {f"{prefix}{kind}.{name}": (kind, block) for name, block in blocks.items()}
    return found


def _references(document: _Document) -> dict[str, frozenset[str]]:
    blocks = ((address, json.dumps(block)) for address, (_, block) in _resources(document).items())
    return {address: frozenset(_REFERENCE.findall(text)) for address, text in blocks if "${" in text}


def _objects(old: _Document, new: _Document) -> Iterator[ResourceChange]:
    befores, afters = _resources(old), _resources(new)
    moves = {to: source for source, to in _moves(new) if source in befores and to in afters and to not in befores}
    kept = set(_kept(new))
    for address in sorted((befores.keys() | afters.keys()) - set(moves.values())):
        previous = moves.get(address, "")
        yield _object(address, befores.get(previous or address), afters.get(address), previous, address in kept)


def _object(
    address: str, old: tuple[str, _Block] | None, new: tuple[str, _Block] | None, previous: str, kept: bool
) -> ResourceChange:
    kind, block = new or old or ("", {})
    before, after = _side(old), _side(new)
    forced = tuple(_forced(kind, before, after))
    return ResourceChange(
        address=address,
        type=kind,
        name=address.rpartition(".")[2],
        action=_action(before, after, forced, block, kept),
        mode="data" if address.startswith("data.") else "managed",
        before=before,
        after=after,
        replace_paths=forced,
        previous_address=previous,
        construct_path=_construct_path(block),
        provisioners=tuple(kind for item in _list(block.get("provisioner")) for kind in item),
        configured=frozenset(block) if new else None,
    )


def _action(before: Value, after: Value, forced: tuple[ValuePath, ...], block: _Block, kept: bool) -> Action:
    if before is None:
        return Action.CREATE
    if after is None:
        return Action.FORGET if kept else Action.DELETE
    if same(before, after):
        return Action.NO_OP
    if not forced:
        return Action.UPDATE
    lifecycle = block.get("lifecycle")
    first = isinstance(lifecycle, dict) and lifecycle.get("create_before_destroy") is True
    return Action.REPLACE_CREATE_FIRST if first else Action.REPLACE


def _side(item: tuple[str, _Block] | None) -> Value:
    if item is None:
        return None
    kind, block = item
    return _value({name: value for name, value in block.items() if name != "//"}, secrets_of(kind))


def _value(raw: Any, secrets: SecretTree = NOT_SECRET) -> Value:
    return _expressions(merge(raw, None, None, secrets))


def _expressions(value: Value) -> Value:
    match value:
        case str():
            whole = _WHOLE_EXPRESSION.fullmatch(value)
            return Unknown((whole[1],)) if whole else value
        case tuple():
            return tuple(map(_expressions, value))
        case Record():
            return Record({name: _expressions(inner) for name, inner in value.items()})
        case Secret():
            return Secret(_expressions(value.value))
    return value


def _forced(kind: str, before: Value, after: Value) -> Iterator[ValuePath]:
    if isinstance(before, Record) and isinstance(after, Record):
        for path in _changed(before, after):
            if forces_replacement(kind, ".".join(part for part in path if isinstance(part, str))):
                yield path


def _changed(before: Value, after: Value, at: ValuePath = ()) -> Iterator[ValuePath]:
    if same(before, after):
        return
    match before, after:
        case Record(), Record():
            for name in sorted(before.keys() | after.keys()):
                yield from _changed(before.get(name), after.get(name), (*at, name))
        case tuple(), tuple() if len(before) == len(after):
            for place, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from _changed(old, new, (*at, place))
        case _:
            yield at


def _settings(old: _Document, new: _Document) -> Iterator[ResourceChange]:
    """Everything of a stack that is no resource and no output: providers, backend, variables, modules, moves."""
    for name in sorted((old.keys() | new.keys()) - {"//", "resource", "data", "output"}):
        secrets = _setting_secrets(name, old, new)
        before, after = _value(old.get(name), secrets), _value(new.get(name), secrets)
        if not same(before, after):
            action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
            yield ResourceChange(name, name, "", action, mode="configuration", before=before, after=after)


def _setting_secrets(name: str, *documents: _Document) -> SecretTree:
    if name == "provider":
        return secret_tree([f"databricks.{credential}" for credential in _CREDENTIALS])
    if name == "variable":
        blocks = (item for document in documents for item in _dict(document.get("variable")).items())
        return secret_tree([f"{variable}.default" for variable, block in blocks if _dict(block).get("sensitive")])
    return NOT_SECRET


def _outputs(old: _Document, new: _Document) -> Iterator[OutputChange]:
    befores, afters = _dict(old.get("output")), _dict(new.get("output"))
    for name in sorted(befores.keys() | afters.keys()):
        before, after = _output(befores.get(name)), _output(afters.get(name))
        if not same(before, after):
            action = Action.CREATE if name not in befores else Action.DELETE if name not in afters else Action.UPDATE
            yield OutputChange(name, action, before, after)


def _output(block: Any) -> Value:
    value = _value(_dict(block).get("value"))
    return Secret(value) if _dict(block).get("sensitive") else value


def _sensitive_defaults(document: _Document) -> Iterator[Value]:
    for variable in map(_dict, _dict(document.get("variable")).values()):
        if variable.get("sensitive"):
            yield _value(variable.get("default"))


def _construct_path(block: _Block) -> str:
    path = _dict(_dict(block.get("//")).get("metadata")).get("path")
    return path if isinstance(path, str) else ""


def _moves(document: _Document) -> Iterator[tuple[str, str]]:
    for item in map(_dict, _list(document.get("moved"))):
        yield str(item.get("from")), str(item.get("to"))


def _kept(document: _Document) -> Iterator[str]:
    for item in map(_dict, _list(document.get("removed"))):
        if _dict(item.get("lifecycle")).get("destroy") is False:
            yield str(item.get("from"))


def _dict(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _list(item: Any) -> list[Any]:
    return item if isinstance(item, list) else [item] if item is not None else []
