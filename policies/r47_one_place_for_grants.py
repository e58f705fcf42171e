"""R47: what may be done with an object is granted in one place

Severity: HIGH
Scope: project

Why
    `databricks_grants` replaces every privilege on its object, and `databricks_grant` every privilege of its principal
    there. Two of them take turns: each apply revokes what the other has granted, and which privileges hold depends on
    who applied last.

Anti-pattern
    stacks:
      prod-landing-zone:
        resource:
          databricks_grants:
            triage:
              schema: claims_prod.triage
              grant:
                - principal: acme-claims-triage-runners-prod
                  privileges: [USE_SCHEMA, SELECT]
      prod-claims-triage:
        resource:
          databricks_grant:
            triage:
              schema: claims_prod.triage
              principal: acme-claims-triage-consumers
              privileges: [USE_SCHEMA, SELECT]

Best practice
    stacks:
      prod-landing-zone:
        resource:
          databricks_grants:
            triage:
              schema: claims_prod.triage
              grant:
                - principal: acme-claims-triage-consumers
                  privileges: [USE_SCHEMA, SELECT]
                - principal: acme-claims-triage-runners-prod
                  privileges: [USE_SCHEMA, SELECT]
      prod-claims-triage:
        resource:
          databricks_grants:
            model:
              model: claims_prod.triage.claims_triage
              grant:
                - principal: acme-claims-triage-runners-prod
                  privileges: [EXECUTE]

Not seen
    Grants made outside this project. Two metastores that each have an object of that name are taken for one.

Sources
    Provider documentation of databricks_grants and databricks_grant; databricks issue 2216, pull request 3024.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from policies._grants import GRANTS
from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import NAMED, Others, ProjectRule

_OBJECTS = (
    "catalog",
    "credential",
    "external_location",
    "foreign_connection",
    "function",
    "metastore",
    "model",
    "pipeline",
    "recipient",
    "schema",
    "share",
    "storage_credential",
    "table",
    "volume",
)


@dataclass
class _Seen:
    """Who grants on what: the blocks by object, and each block's object and principal."""

    objects: dict[tuple[str, str], str | None] = field(default_factory=dict)
    principals: dict[tuple[str, str], str | None] = field(default_factory=dict)
    grants: dict[str, list[Block]] = field(default_factory=lambda: defaultdict(list))


class OnePlaceForGrants(ProjectRule[_Seen]):
    """No second `databricks_grants` of an object, none beside a `databricks_grant`, and one of these a principal."""

    resources = GRANTS
    looks_up = (
        *NAMED,
        "databricks_connection",
        "databricks_credential",
        "databricks_metastore",
        "databricks_pipeline",
        "databricks_recipient",
        "databricks_share",
    )

    def survey(self, others: Others) -> _Seen:
        """Every grant by what it is on."""
        seen = _Seen()
        for block in others.of(*GRANTS):
            place = block.file, block.address
            seen.objects[place] = granted = _object(block, others)
            seen.principals[place] = others.called(block.leaf("principal"), block.file)
            if granted is not None:
                seen.grants[granted].append(block)
        return seen

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """An answer for each other grant on the same object."""
        place = block.file, block.address
        granted = seen.objects[place]
        if granted is None:
            yield unknown(block.address, "on what it grants is not known before apply")
            return
        yield passed()
        for other in seen.grants[granted]:
            if other.is_other_than(block):
                yield _judged(block, other, granted, seen)


def _judged(block: Block, other: Block, granted: str, seen: _Seen) -> Answer:
    where = f"{other.address} of {other.file}"
    if "databricks_grants" in (block.kind, other.kind):
        return failed(granted, f"is granted on by {where} too; wanted one databricks_grants with all of it")
    mine, theirs = (seen.principals[one.file, one.address] for one in (block, other))
    if mine is None or theirs is None:
        return unknown(granted, f"whether {where} grants to the same principal is not known before apply")
    if mine.lower() == theirs.lower():
        return failed(granted, f"{where} grants to {mine} too; wanted one databricks_grant for a principal")
    return passed()


def _object(block: Block, others: Others) -> str | None:
    """What it grants on, as `schema claims_prod.triage`; None if that is not known."""
    found = [leaf for name in _OBJECTS if (leaf := block.leaf(name)).value is not None]
    name = others.called(found[0], block.file) if len(found) == 1 else None
    # Names in Unity Catalog are not told apart by case.
    return None if name is None else f"{found[0].path} {name.lower()}"


RULE = OnePlaceForGrants()
