"""Drift of one environment: its stacks and the account's, laid beside what its workspace answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shipway.drift.compare import Compared, Reach, compare_stack
from shipway.drift.extras import Managed, extras
from shipway.drift.model import Drift, Finding, Gap
from shipway.drift.sides import Item, StackSides, name_of, observed_item
from shipway.observed import Observed, ObservedWorkspace
from shipway.plan.secrets import secrets_inside
from shipway.plan.taint import Taint

__all__ = ["find_drift"]

_ASSIGNMENT = "databricks_mws_permission_assignment"
_SECURABLE = ("databricks_grants", "databricks_grant", "databricks_workspace_binding")
_LISTED_BELOW = {
    "databricks_catalog": (*_SECURABLE, "databricks_schema"),
    "databricks_schema": (*_SECURABLE, "databricks_volume", "databricks_registered_model"),
    "databricks_volume": _SECURABLE,
    "databricks_registered_model": _SECURABLE,
    "databricks_external_location": _SECURABLE,
    "databricks_storage_credential": _SECURABLE,
    "databricks_job": ("databricks_permissions",),
    "databricks_cluster_policy": ("databricks_permissions",),
    "databricks_sql_endpoint": ("databricks_permissions",),
    "databricks_secret_scope": ("databricks_secret_acl",),
    "databricks_group": ("databricks_group_member",),
    "databricks_permission_assignment": (_ASSIGNMENT,),
}
_OF_ONE_WORKSPACE = (_ASSIGNMENT, "databricks_metastore_assignment")


def find_drift(
    environment: str,
    workspace: ObservedWorkspace,
    stacks: Sequence[StackSides],
    elsewhere: Sequence[StackSides] = (),
    gaps: Sequence[Gap] = (),
    types: frozenset[str] | None = None,
    workspace_id: str = "",
    url: str = "",
) -> Drift:
    """All drift of `stacks` in `workspace`; `elsewhere` are stacks of other environments, so that theirs are known.

    `gaps` is what the caller could not read, such as a state; `types` are those that the source reads, all for None.
    `workspace_id` is the documents' own, where the one that answered has another (the sandbox makes up ids),
    and so is `url`: what the account's stack declares over one workspace is looked for in that one alone.
    """
    observed = [_item(one, workspace.workspace_id) for one in workspace.objects]
    by_key = {(one.type, one.id): one for one in observed}
    reach = Reach(types, _broken(one.type for one in workspace.unreadable))
    ours = _items([*stacks, *elsewhere])
    taint = Taint.of([secret for one in (*observed, *ours) for secret in secrets_inside(one.attributes)])
    ids = frozenset({workspace.workspace_id, workspace_id} - {""})
    mine = [_here(stack, environment, ids, url) for stack in stacks]
    compared = [compare_stack(stack, by_key, reach, taint) for stack in mine]
    added, left_out = extras(observed, _managed(ours, ids, observed))
    missing = [Gap(f"{one.type} of {one.where}" if one.where else one.type, one.why) for one in workspace.unreadable]
    return Drift(
        environment=environment,
        source=workspace.source,
        findings=tuple(sorted([*(one for part in compared for one in part.findings), *added], key=_order)),
        gaps=(*gaps, *missing),
        compared=sum(part.whole for part in compared),
        left_out=(*left_out, *_skipped(compared), *workspace.not_asked),
    )


def _broken(types: Iterable[str]) -> frozenset[str]:
    """Those types, and all that is listed only where they are: without the scopes nobody asks for their lists."""
    found = list(types)
    for type_ in found:  # grows while it is walked
        found += [below for below in _LISTED_BELOW.get(type_, ()) if below not in found]
    return frozenset(found)


def _item(one: Observed, workspace_id: str) -> Item:
    """An observed object; an assignment that a workspace tells of itself is the account's for that workspace."""
    if one.type != "databricks_permission_assignment" or not workspace_id:
        return observed_item(one.type, one.id, one.attributes)
    id_ = f"{workspace_id}|{one.id}"
    return observed_item(_ASSIGNMENT, id_, {**one.attributes, "workspace_id": workspace_id, "id": id_})


def _items(stacks: Iterable[StackSides]) -> list[Item]:
    return [one for stack in stacks for one in (*stack.recorded.values(), *stack.declared.values())]


def _skipped(compared: Sequence[Compared]) -> Iterator[str]:
    not_read: Counter[str] = Counter()
    for part in compared:
        not_read += part.not_read
    for type_, count in sorted(not_read.items()):
        yield f"{count} {type_}: this source does not ask for them"
    defaults = sum(part.defaults for part in compared)
    if defaults:
        yield f"{defaults} values that nobody declares and no state has: as far as is known, Databricks' own defaults"


def _here(stack: StackSides, environment: str, ids: frozenset[str], url: str) -> StackSides:
    """The stack without what it has for other environments' workspaces."""

    def is_here(one: Item) -> bool:
        if stack.stack == "account" and one.host not in ("", url) and not one.host.startswith("https://accounts."):
            return False
        match one.path.split("/"):
            case ["account", "workspaces", other, *_]:
                return environment in (other, "account")
        return not ids or one.type not in _OF_ONE_WORKSPACE or str(one.attributes.get("workspace_id")) in ids

    def kept(items: Mapping[str, Item]) -> dict[str, Item]:
        return {address: one for address, one in items.items() if is_here(one)}

    return StackSides(stack.stack, kept(stack.declared), kept(stack.recorded))


def _managed(ours: Sequence[Item], ids: frozenset[str], observed: Sequence[Item]) -> Managed:
    identities = ("databricks_group", "databricks_service_principal")
    return Managed(
        keys=frozenset((one.type, one.id) for one in ours if one.id),
        names=frozenset((one.type, name_of(one)) for one in ours),
        with_members=frozenset(
            str(one.attributes.get("group_id")) for one in ours if one.type == "databricks_group_member"
        ),
        workspace_ids=ids,
        principals={one.id: name_of(one) for one in observed if one.type in identities},
    )


def _order(one: Finding) -> tuple[int, str, str, str, str]:
    return -one.weight, one.object, one.type, one.attribute, one.kind
