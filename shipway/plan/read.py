"""Reads what `terraform show -json <plan>` prints into a Plan: strict about what it knows, loud about what it does not.

A file that is no plan at all is an UnreadablePlan. A plan with something in it that this program does not know is read,
and the unknown thing becomes a gap of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from shipway.errors import ShipwayError
from shipway.plan.configuration import ConfiguredResource, bare_address, configured_resources
from shipway.plan.gaps import gaps, notes
from shipway.plan.load import SHOW, UnreadablePlan, decode, load
from shipway.plan.masks import SecretTree, Sources, merge
from shipway.plan.model import Action, Check, CheckStatus, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.provider import secrets_of
from shipway.plan.secrets import condensed, resources_of, secret_values
from shipway.plan.taint import Taint
from shipway.plan.values import Value
from shipway.plan.wire import WireChange, WireCheck, WirePlan, WireResource

__all__ = ["read_plan", "read_plan_file", "stack_name"]

_LARGEST = 512 * 1024 * 1024
_NO_PATHS: Mapping[str, str] = MappingProxyType({})


def read_plan_file(path: Path, stack: str = "", paths: Mapping[str, str] = _NO_PATHS) -> Plan:
    """The plan in a file; `stack` defaults to the file's name (its folder's, where it is called plan.json).

    Raises UnreadablePlan if the content is no plan, ShipwayError if the file cannot be read.
    """
    return _read(lambda: decode(_content(path), str(path)), stack or stack_name(path), paths, str(path))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadablePlan(
                f"{path}: larger than {_LARGEST // 1024**2} MiB, not read", "review fewer stacks at once"
            )
        return path.read_bytes()
    except OSError as error:
        raise ShipwayError(f"{path}: {error.strerror or error}", "give the path of a plan in JSON") from error


def stack_name(path: Path) -> str:
    """The stack that a plan file belongs to, by its name: `prod-x.json`, `prod-x.plan.json`, `prod-x/plan.json`."""
    stem = path.name.removesuffix(".json").removesuffix(".plan").removesuffix(".tfplan")
    return stem if stem not in ("plan", "tfplan", "") else (path.absolute().parent.name or "plan")


def read_plan(raw: bytes, stack: str, paths: Mapping[str, str] = _NO_PATHS, where: str = "") -> Plan:
    """The plan in these bytes. `paths` gives construct paths by address; `where` names the input in errors.

    Raises UnreadablePlan.
    """
    where = where or f"the plan of {stack}"
    return _read(lambda: decode(raw, where), stack, paths, where)


def _read(text: Callable[[], str], stack: str, paths: Mapping[str, str], where: str) -> Plan:
    try:
        # Each step takes what the one before it made and nobody keeps it: a large plan is in memory once, not thrice.
        return _plan(WirePlan.model_validate(load(text(), where, condensed)), stack, paths)
    except ValidationError as error:
        mistake = f"{where}: not a plan as Terraform writes it: {_first_mistake(error)}"
        raise UnreadablePlan(mistake, SHOW) from None
    except RecursionError:
        raise UnreadablePlan(f"{where}: nested too deeply to be a plan", SHOW) from None


def _first_mistake(error: ValidationError) -> str:
    # Never the value itself: it may be a secret.
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, first["loc"])) or "the document"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {first['msg'].lower()}{more}"


def _plan(wire: WirePlan, stack: str, paths: Mapping[str, str]) -> Plan:
    taint, known = Taint.of(secret_values(wire)), tuple(_known(wire.prior_state))
    found_gaps = tuple(Gap(stack, message, hint) for message, hint in gaps(wire))
    blocks = configured_resources(wire.configuration)
    changes = tuple(_change(item, blocks, paths) for item in _taken(wire.resource_changes))
    drift = tuple(_change(item, blocks, paths) for item in wire.resource_drift)
    outputs = tuple(_output(name, item) for name, item in sorted(wire.output_changes.items()))
    return Plan(
        stack=stack,
        terraform_version=wire.terraform_version,
        timestamp=wire.timestamp,
        changes=changes,
        drift=drift,
        known=known,
        references={address: block.references for address, block in blocks.items() if block.references},
        relevant=frozenset(
            (item.resource, str(item.attribute[0])) for item in wire.relevant_attributes if item.attribute
        ),
        outputs=outputs,
        checks=tuple(map(_check, wire.checks)),
        errored=wire.errored,
        complete=wire.complete,
        applyable=wire.applyable,
        gaps=found_gaps,
        notes=tuple(notes(wire)),
        taint=taint,
    )


def _taken(items: list[WireResource]) -> Iterator[WireResource]:
    """These in their order, each of which nobody keeps: a change is in memory as it was read or as it is typed."""
    items.reverse()
    while items:
        yield items.pop()


def _change(wire: WireResource, blocks: Mapping[str, ConfiguredResource], paths: Mapping[str, str]) -> ResourceChange:
    block = blocks.get(bare_address(wire.address))
    known = block or ConfiguredResource()
    before, after = _sides(wire.change, secrets_of(wire.type), known.sources)
    return ResourceChange(
        address=wire.address,
        type=wire.type,
        name=wire.name,
        action=Action.of(wire.change.actions),
        words=tuple(wire.change.actions),
        mode=wire.mode,
        provider=wire.provider_name,
        before=before,
        after=after,
        replace_paths=tuple(map(tuple, wire.change.replace_paths or [])),
        reason=wire.action_reason,
        deposed=wire.deposed,
        previous_address=wire.previous_address,
        importing=wire.change.importing is not None,
        construct_path=paths.get(bare_address(wire.address), ""),
        provisioners=known.provisioners,
        configured=block.attributes if block else None,
    )


def _sides(change: WireChange, secrets: SecretTree, sources: Sources) -> tuple[Value, Value]:
    before = merge(change.before, None, change.before_sensitive, secrets)
    masked_alike = change.after_unknown is None and change.after_sensitive == change.before_sensitive
    if change.after is change.before and masked_alike:  # nothing happens to it, as to most objects
        return before, before
    return before, merge(change.after, change.after_unknown, change.after_sensitive, secrets, sources)


def _known(prior_state: Mapping[str, Any]) -> Iterator[ResourceChange]:
    for item in resources_of(prior_state.get("values")):
        if item.get("mode") == "data":
            address, kind = str(item.get("address")), str(item.get("type"))
            value = merge(item.get("values"), None, item.get("sensitive_values"), secrets_of(kind))
            name = str(item.get("name"))
            yield ResourceChange(address, kind, name, Action.NO_OP, mode="data", before=value, after=value)


def _output(name: str, wire: WireChange) -> OutputChange:
    return OutputChange(
        name=name,
        action=Action.of(wire.actions),
        before=merge(wire.before, None, wire.before_sensitive),
        after=merge(wire.after, wire.after_unknown, wire.after_sensitive),
    )


def _check(wire: WireCheck) -> Check:
    known = {status.value: status for status in CheckStatus}
    problems = tuple(problem.message for instance in wire.instances for problem in instance.problems)
    return Check(wire.address.to_display, known.get(wire.status, CheckStatus.ERROR), problems)
