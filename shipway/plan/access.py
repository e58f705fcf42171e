"""Who may do what, read from both sides of an object: the difference is who gains and who loses.

A type that touches access and has no reader is named by `is_unread`, so that a review can say that it did not judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipway.plan.access_readers import ENTITLEMENTS, PRINCIPALS, READERS, Access, blocks, entitled, fact
from shipway.plan.model import ResourceChange
from shipway.plan.objects import Objects, first, kind_of
from shipway.plan.values import Record, Unknown

__all__ = [
    "AUTHORITATIVE",
    "IDENTITIES",
    "OWNER",
    "RUNS_AS",
    "access_attributes",
    "access_of",
    "is_access",
    "is_unread",
]

OWNER = "OWNER"
RUNS_AS = "RUNS AS"

# These hold the whole list of one object: whatever stands there and is not in it is taken away by the apply.
AUTHORITATIVE = frozenset({"databricks_grants", "databricks_permissions", "databricks_access_control_rule_set"})

IDENTITIES = frozenset({"databricks_group", "databricks_service_principal", "databricks_user"})

# Types, of any provider, that open or close a way in without a reader here.
_UNREAD = re.compile(
    r"databricks_(sql_permissions|share|recipient|ip_access_list|account_network_policy|token|git_credential"
    r"|group_instance_profile|user_instance_profile|mws_private_access_settings|mws_ncc_private_endpoint_rule"
    r"|rfa_access_request_destinations|custom_app_integration)"
    r"|(?!databricks_).*(iam_|role_assignment|policy_attachment|bucket_policy|bucket_acl|permission|grant|access_polic).*"
)


def is_access(type_name: str) -> bool:
    """Whether this type holds nothing but access: its whole difference is who gains and who loses."""
    return type_name in READERS


def is_unread(type_name: str) -> bool:
    """Whether this type touches access in a way that is not broken down here."""
    return bool(_UNREAD.fullmatch(type_name))


def access_attributes(type_name: str) -> frozenset[str]:
    """The attributes whose difference is told as access, of a type that also holds other things."""
    return frozenset({"owner", "run_as"}) | (frozenset(ENTITLEMENTS) if type_name in IDENTITIES else frozenset())


def access_of(change: ResourceChange, own: Record, objects: Objects) -> frozenset[Access]:
    """Every access fact that one side of an object holds."""
    if not own:
        return frozenset()
    reader = READERS.get(change.type)
    if reader:
        return frozenset(reader(own, objects))
    return frozenset(_beside(change, own, objects))


def _beside(change: ResourceChange, own: Record, objects: Objects) -> Iterator[Access]:
    on = f"{kind_of(change.type)} {objects.title(change)}"
    owner = own.get("owner")
    # An owner that nobody set is whoever deploys: computed, and no change of anybody's.
    if owner not in (None, "") and not (isinstance(owner, Unknown) and not owner.refs):
        yield fact(objects, owner, OWNER, on)
    for run_as in blocks(own.get("run_as")):
        for name in PRINCIPALS:
            if run_as.get(name) not in (None, ""):
                yield fact(objects, run_as[name], RUNS_AS, on, f"databricks_{name.removesuffix('_name')}")
    if change.type in IDENTITIES:
        yield from entitled(objects.text(first(own, "display_name", "user_name")), own)
