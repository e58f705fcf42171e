r"""R56: a cluster policy fixes what makes a cluster safe

Severity: HIGH

Why
    Provider 1.99 takes a definition that is not JSON, and a policy that leaves the access mode open lets its users
    choose one without Unity Catalog's checks. What a policy does not fix, its users decide.

Anti-pattern
    resource:
      databricks_cluster_policy:
        batch:
          name: acme-batch-prod
          definition: |
            {"num_workers": {"type": "range", "maxValue": 8}}

Best practice
    resource:
      databricks_cluster_policy:
        batch:
          name: acme-batch-prod
          definition: |
            {"cluster_type": {"type": "fixed", "value": "job"},
             "data_security_mode": {"type": "fixed", "value": "SINGLE_USER"},
             "spark_version": {"type": "regex", "pattern": "(16\\.4|1[7-9]\\.[0-9]+)\\.x-scala.*"},
             "enable_local_disk_encryption": {"type": "fixed", "value": true},
             "custom_tags.environment": {"type": "fixed", "value": "prod"}}

Not seen
    Policies made from a family: what the family fixes is not in the stack, so the answer is UNKNOWN.

Sources
    Security Analysis Tool, GOV-4, GOV-5, GOV-12 and DP-2; row filters and column masks want Runtime 16.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from policies._rule import Answer, Block, Leaf, Rule, failed, passed, unknown

_MODES = ("SINGLE_USER", "USER_ISOLATION", "DATA_SECURITY_MODE_DEDICATED", "DATA_SECURITY_MODE_STANDARD")
# Releases below 16.4, in the forms a version has: a policy that allows one of them has no floor.
_TOO_OLD = (
    "10.4.x-scala2.12",
    "13.3.x-cpu-ml-scala2.12",
    "14.3.x-photon-scala2.12",
    "15.4.x-gpu-ml-scala2.12",
    "15.4.x-scala2.12",
    "16.3.x-scala2.12",
)
_FLOOR = (16, 4)
_LONGEST_IDLE = 60


class SafeClusterPolicy(Rule):
    """The definition is JSON and fixes access mode, runtime, encryption, tags, and an end to idling."""

    resources = ("databricks_cluster_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each thing that must be fixed."""
        definition = block.leaf("definition")
        if block.leaf("policy_family_id").value is not None:
            yield unknown("policy_family_id", "what the family fixes is not in the stack")
        elif definition.unknown:
            yield definition.must(bool, "")
        else:
            yield from _judged(definition)


def _judged(definition: Leaf) -> Iterator[Answer]:
    try:
        elements = json.loads(str(definition.value))
    except (ValueError, RecursionError) as error:
        yield failed("definition", f"is not JSON: {error}")
        return
    if not isinstance(elements, dict) or not all(isinstance(element, dict) for element in elements.values()):
        yield failed("definition", "is not an object of elements")
        return
    yield _said(
        _fixed(elements, "data_security_mode") in _MODES, f"data_security_mode fixed to {' or '.join(_MODES[:2])}"
    )
    yield _said(_fixed(elements, "enable_local_disk_encryption") is True, "enable_local_disk_encryption fixed to true")
    yield _said(any(name.startswith("custom_tags.") for name in elements), "at least one custom_tags element")
    yield _said(_has_floor(elements.get("spark_version", {})), "spark_version limited to 16.4 and later")
    yield _said(
        _stops(elements), f"autotermination_minutes fixed or limited to 1 to {_LONGEST_IDLE}, or job clusters only"
    )


def _said(good: bool, wanted: str) -> Answer:
    return passed() if good else failed("definition", f"wanted {wanted}")


def _fixed(elements: dict[str, Any], name: str) -> object:
    element = elements.get(name, {})
    return element.get("value") if element.get("type") == "fixed" else None


def _stops(elements: dict[str, Any]) -> bool:
    # A job's cluster ends with its run.
    if _fixed(elements, "cluster_type") == "job":
        return True
    element = elements.get("autotermination_minutes", {})
    fixed, limited = element.get("value"), element.get("maxValue")
    longest = fixed if element.get("type") == "fixed" else limited if element.get("minValue", 0) else None
    # 0 means never, so a range has to begin above it.
    return isinstance(longest, int) and 1 <= longest <= _LONGEST_IDLE


def _has_floor(element: dict[str, Any]) -> bool:
    match element.get("type"):
        case "fixed":
            return _is_new(element.get("value"))
        case "allowlist":
            values = element.get("values")
            return isinstance(values, list) and bool(values) and all(map(_is_new, values))
        case "regex":
            return _refuses_old(element.get("pattern"))
        case _:
            return False


def _is_new(version: object) -> bool:
    found = re.match(r"(\d{1,4})\.(\d{1,4})\.", str(version))
    # `auto:latest-lts` is whatever Databricks calls that, and that is above the floor.
    return str(version).startswith("auto:latest") or (found is not None and (int(found[1]), int(found[2])) >= _FLOOR)


def _refuses_old(pattern: object) -> bool:
    try:
        return isinstance(pattern, str) and not any(re.fullmatch(pattern, version) for version in _TOO_OLD)
    except re.error:
        return False


RULE = SafeClusterPolicy()
