"""What of a plan could not be read or judged. An unknown thing never counts as harmless.

Terraform's own promise is that unknown properties may be ignored. That is right for a display and wrong for a judge:
the properties that came in minor versions (forget, import, deferral, actions) were effects.
"""

from __future__ import annotations

from collections.abc import Iterator

from shipway.plan.model import Action
from shipway.plan.wire import WireChange, WirePlan, WireResource

__all__ = ["gaps", "notes"]

_NEWEST_MINOR = 2
_MODES = ("managed", "data")


def gaps(wire: WirePlan) -> Iterator[tuple[str, str]]:
    """Each reason why this plan cannot be judged, with what to do about it."""
    if wire.errored:
        yield "planning failed: the plan shows only what was reached", "mend the error and plan again"
    if wire.complete is False:
        yield (
            "the plan is not complete: Terraform was told to look at some objects only, or had to defer some",
            "plan without -target, or apply what comes first and plan again",
        )
    for item in wire.deferred_changes:
        yield f"deferred until another apply: {item.resource_change.address} ({item.reason})", "apply and plan again"
    for invocation in (*wire.action_invocations, *wire.deferred_action_invocations):
        yield (
            f"runs an action outside all resources: {invocation.get('address', '(unnamed)')}",
            "read the action itself",
        )
    for name in sorted(wire.model_extra or {}):
        if (wire.model_extra or {})[name]:
            yield f"the plan has a part this program does not know: {name}", _UPDATE
    for resource in (*wire.resource_changes, *wire.resource_drift):
        yield from _resource_gaps(resource)
    for name, output in wire.output_changes.items():
        yield from _change_gaps(f"output {name}", output)


_UPDATE = "read that part by hand, or use a newer Shipway"


def _resource_gaps(wire: WireResource) -> Iterator[tuple[str, str]]:
    yield from _change_gaps(wire.address, wire.change)
    if wire.mode not in _MODES:
        yield f"{wire.address}: unknown mode {wire.mode!r}", _UPDATE
    for name in sorted(wire.model_extra or {}):
        yield f"{wire.address}: unknown property {name}", _UPDATE


def _change_gaps(name: str, wire: WireChange) -> Iterator[tuple[str, str]]:
    if Action.of(wire.actions) is Action.UNRECOGNIZED:
        yield f"{name}: unknown action {', '.join(wire.actions) or '(none)'}", _UPDATE
    for extra in sorted(wire.model_extra or {}):
        yield f"{name}: unknown property {extra} of the change", _UPDATE


def notes(wire: WirePlan) -> Iterator[str]:
    """What a reviewer should know of the plan file itself, though it can be judged."""
    minor = wire.format_version.partition(".")[2].split(".")[0]
    if minor.isdigit() and wire.format_version.startswith("1.") and int(minor) > _NEWEST_MINOR:
        yield f"plan format {wire.format_version} is newer than this program knows (1.{_NEWEST_MINOR})"
    if wire.complete is None:
        yield f"Terraform {wire.terraform_version} does not say whether its plan is complete"
