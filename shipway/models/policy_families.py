"""Families of cluster policies: what policies of a kind have in common, as data; a policy adds to it or departs.

Ours, not Databricks' own families: what those fix is in no stack, so that no rule could see it (R56).
"""

from __future__ import annotations

from collections.abc import Mapping

from shipway.models.compute import ClusterPolicy, PolicyElement, PolicyFamily

__all__ = ["FAMILIES", "definition_of", "known_families"]


def _range(low: int, high: int, default: int | None = None) -> PolicyElement:
    return PolicyElement.model_validate({"type": "range", "minValue": low, "maxValue": high, "defaultValue": default})


# From 16.4 LTS on; row filters and column masks want it (Databricks' documentation of ABAC).
_RUNTIME = PolicyElement(
    type="regex", pattern=r"(16\.4|1[7-9]\.[0-9]+|[2-9][0-9]\.[0-9]+)\.x-((cpu|gpu)-ml-|photon-)?scala2\.1[23]"
)
_ENCRYPTED = PolicyElement(type="fixed", value=True)
_ALONE = PolicyElement(type="fixed", value="SINGLE_USER")
_IDLE = _range(10, 60, default=30)

FAMILIES: Mapping[str, PolicyFamily] = {
    "job": PolicyFamily(
        description="Clusters that a scheduled run starts and ends",
        definition={
            "cluster_type": PolicyElement(type="fixed", value="job"),
            "data_security_mode": _ALONE,
            "enable_local_disk_encryption": _ENCRYPTED,
            "num_workers": _range(0, 8),
            "spark_version": _RUNTIME,
        },
    ),
    "personal": PolicyFamily(
        description="One machine for one person",
        definition={
            "autotermination_minutes": _IDLE,
            "cluster_type": PolicyElement(type="fixed", value="all-purpose"),
            "data_security_mode": _ALONE,
            "enable_local_disk_encryption": _ENCRYPTED,
            "num_workers": PolicyElement(type="fixed", value=0),
            # Without workers a cluster is refused unless its profile says that it has none.
            "spark_conf.spark.databricks.cluster.profile": PolicyElement(type="fixed", value="singleNode"),
            "spark_version": _RUNTIME,
        },
    ),
    "shared": PolicyFamily(
        description="Clusters that several people work on, kept apart from each other",
        definition={
            "autoscale.max_workers": _range(1, 8, default=2),
            "autotermination_minutes": _IDLE,
            "cluster_type": PolicyElement(type="fixed", value="all-purpose"),
            "data_security_mode": PolicyElement(type="fixed", value="USER_ISOLATION"),
            "enable_local_disk_encryption": _ENCRYPTED,
            "spark_version": _RUNTIME,
        },
    ),
}
"""By name; an account's own family of the same name stands in its place."""


def known_families(own: Mapping[str, PolicyFamily]) -> Mapping[str, PolicyFamily]:
    """The families of an account: ours, and its own, which win."""
    return {**FAMILIES, **own}


def definition_of(
    policy: ClusterPolicy, families: Mapping[str, PolicyFamily], environment: str
) -> dict[str, PolicyElement]:
    """What a policy says in all: its family's elements, the environment's tag, and its own, which win.

    An unknown family has no elements: that there is none is another mistake, found elsewhere.
    """
    family = families.get(policy.family or "")
    tag = {"custom_tags.environment": PolicyElement(type="fixed", value=environment)}
    return dict(sorted({**(family.definition if family else {}), **tag, **policy.definition}.items()))
