"""Cluster policies that leave open what makes a cluster safe, and bundles whose cluster their policy refuses.

Databricks says the first never and the second when a job's first run starts its cluster, at night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from shipway.errors import Position, Problem
from shipway.models.bundle import Bundle, Compute
from shipway.models.compute import PolicyElement
from shipway.models.document import suggestion
from shipway.models.environment import Environment
from shipway.models.load import Documents, Loaded
from shipway.models.policy_families import definition_of, known_families
from shipway.models.source import Path_

__all__ = ["clusters_outside_policies", "unsafe_policies"]

_MODES = ("SINGLE_USER", "USER_ISOLATION", "DATA_SECURITY_MODE_DEDICATED", "DATA_SECURITY_MODE_STANDARD")
_LONGEST_IDLE = 60
_FLOOR = (16, 4)
# One release below the floor for each way a version is written: a pattern that takes one of them has no floor.
_TOO_OLD = tuple(
    f"{release}.x-{variant}scala2.12"
    for release in ("9.1", "10.4", "13.3", "14.3", "15.4", "16.3")
    for variant in ("", "cpu-ml-", "gpu-ml-", "photon-")
)
_SIZES = ("num_workers", "autoscale.max_workers")

Definition = Mapping[str, PolicyElement]


def unsafe_policies(documents: Documents) -> Iterable[Problem]:
    """Policies of a family that is none, and policies that leave open what they must fix."""
    families = known_families(documents.account.model.cluster_policy_families)
    for environment, loaded in documents.environments.items():
        for name, policy in loaded.model.cluster_policies.items():
            here = f"cluster_policies.{name}"
            if policy.family is not None and policy.family not in families:
                message = f"{here}.family: {policy.family!r} is no family{suggestion(policy.family, families)}"
                at = loaded.at("cluster_policies", name, "family")
                yield Problem("unknown-family", message, at, f"there are: {', '.join(sorted(families))}")
                continue
            for key, wanted in _left_open(definition_of(policy, families, environment)):
                at = _place(loaded, name, key)
                hint = "write the element into the definition, or choose a family that has it"
                yield Problem("unsafe-policy", f"{here}: {key} is left open, wanted {wanted}", at, hint)


def _place(loaded: Loaded[Environment], name: str, key: str) -> Position:
    # An element of the document is named itself; one of the family's, or none at all, by the policy.
    own = loaded.model.cluster_policies[name].definition
    return loaded.at("cluster_policies", name, *(("definition", key) if key in own else ()))


def _left_open(definition: Definition) -> Iterator[tuple[str, str]]:
    """Each attribute that a policy must decide on and does not, with what would do."""
    if _fixed(definition, "data_security_mode") not in _MODES:
        yield "data_security_mode", f"it fixed to {_MODES[0]} or {_MODES[1]}"
    if _fixed(definition, "enable_local_disk_encryption") is not True:
        yield "enable_local_disk_encryption", "it fixed to true"
    if not _has_floor(definition.get("spark_version")):
        yield "spark_version", "it limited to 16.4 and later"
    if not any(_is_bounded(definition.get(size)) for size in _SIZES):
        yield "num_workers", "a largest number for it or for autoscale.max_workers"
    if not _stops(definition):
        yield "autotermination_minutes", f"1 to {_LONGEST_IDLE}, or cluster_type fixed to job"
    for key, element in definition.items():
        if key.startswith("init_scripts.") and _is_on_dbfs(key, element):
            yield key, "no init script on DBFS, which everybody can change: one in a volume"


def _fixed(definition: Definition, key: str) -> object:
    element = definition.get(key)
    return element.value if element is not None and element.type == "fixed" else None


def _has_floor(element: PolicyElement | None) -> bool:
    match element.type if element is not None else None:
        case "fixed":
            return element is not None and _is_new(element.value)
        case "allowlist":
            return element is not None and all(map(_is_new, element.values or ()))
        case "regex":
            return element is not None and not any(not element.refuses(version) for version in _TOO_OLD)
        case _:
            return False


def _is_new(version: object) -> bool:
    found = re.match(r"(\d{1,4})\.(\d{1,4})\.", str(version))
    return found is not None and (int(found[1]), int(found[2])) >= _FLOOR


def _is_bounded(element: PolicyElement | None) -> bool:
    if element is None:
        return False
    return element.type in ("fixed", "allowlist") or (element.type == "range" and element.max_value is not None)


def _stops(definition: Definition) -> bool:
    # A job's cluster ends with its run.
    if _fixed(definition, "cluster_type") == "job":
        return True
    element = definition.get("autotermination_minutes")
    if element is None:
        return False
    # 0 means never, so a range has to begin above it.
    longest = element.value if element.type == "fixed" else element.max_value if (element.min_value or 0) > 0 else None
    return isinstance(longest, int) and 1 <= longest <= _LONGEST_IDLE


def _is_on_dbfs(key: str, element: PolicyElement) -> bool:
    if element.type == "forbidden":
        return False
    return ".dbfs." in key or any(str(value).startswith("dbfs:") for value in (element.value, *(element.values or ())))


def clusters_outside_policies(documents: Documents) -> Iterable[Problem]:
    """Bundles whose cluster the policy of an environment they are released to refuses."""
    families = known_families(documents.account.model.cluster_policy_families)
    for environment, use_case in documents.releases:
        bundle = documents.bundles.get(use_case)
        loaded = documents.environments.get(environment)
        job = bundle.model.job if bundle else None
        policy = loaded.model.cluster_policies.get(job.compute.policy) if loaded and job else None
        if bundle is None or job is None or loaded is None or policy is None:
            continue
        definition = definition_of(policy, families, environment)
        for key, path, value in _attributes(bundle.model, job.compute, environment, use_case):
            element = definition.get(key)
            if element is not None and (wanted := element.refuses(value)):
                named = f"cluster_policies.{job.compute.policy} of {loaded.file}"
                message = f"{'.'.join(map(str, path))}: {key} would be {value!r}, and {named} wants {wanted}"
                hint = "Databricks would refuse the cluster when the job's first run starts"
                yield Problem("outside-policy", message, bundle.at(*path), hint)


def _attributes(
    bundle: Bundle, compute: Compute, environment: str, use_case: str
) -> Iterator[tuple[str, Path_, str | int | bool]]:
    """What a line's job says of its cluster, as constructs/workloads/slot_job.py writes it, and where it comes from."""
    here = ("job", "compute")
    yield "spark_version", (*here, "spark_version"), compute.spark_version
    yield "node_type_id", (*here, "node_type"), compute.node_type
    yield "num_workers", (*here, "workers"), compute.workers
    yield "cluster_type", (*here, "policy"), "job"
    yield "data_security_mode", (*here, "policy"), "SINGLE_USER"
    yield "enable_local_disk_encryption", (*here, "policy"), True
    yield "custom_tags.cost_center", ("cost_center",), bundle.cost_center
    yield "custom_tags.environment", (*here, "policy"), environment
    yield "custom_tags.product_line", ("product_line",), bundle.product_line
    yield "custom_tags.use_case", (*here, "policy"), use_case
