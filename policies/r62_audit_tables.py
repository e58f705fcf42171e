"""R62: the audit tables are read by auditors

Severity: MEDIUM

Why
    `system.access` holds who read what, query texts with customers' names among them. An author who reads it sees what
    was noticed. Some system schemas enable themselves, and declared they fail.

Anti-pattern
    resource:
      databricks_grant:
        audit:
          schema: system.access
          principal: acme-claims-triage-authors
          privileges: [USE_SCHEMA, SELECT]
      databricks_system_schema:
        billing:
          schema: billing

Best practice
    resource:
      databricks_grant:
        audit:
          schema: system.access
          principal: acme-internal-audit
          privileges: [USE_SCHEMA, SELECT]
      databricks_system_schema:
        access:
          schema: access
          lifecycle:
            prevent_destroy: true

Not seen
    Who is in the group; it is told by its name, which ends with `audit` or `auditors`.

Sources
    Security Analysis Tool, GOV-34; provider issue 4539 on schemas that are enabled already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, spelled
from policies._rule import Answer, Block, Leaf, Rule, passed
from policies._values import is_given

_AUDITORS = re.compile(r"([a-z0-9]+-)*(audit|auditors)")
_OWN = ("databricks_catalog", "databricks_schema", "databricks_sql_table", "databricks_volume")
_HOLDS_AUDIT = re.compile(r"system(\.access(\..+)?)?")
# These show that something is there, and open nothing by themselves.
_HARMLESS = ("BROWSE", "USE_CATALOG", "USE_SCHEMA")


class AuditTables(Rule):
    """What reads audit tables is granted to a group of auditors; no schema that enables itself is declared."""

    resources = (*GRANTS, "databricks_system_schema")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for a schema, one for each privilege on what holds audit tables."""
        if block.kind not in GRANTS:
            yield block.leaf("schema").must(lambda name: is_given(name) and _plain(name) != "billing", "enables itself")
            return
        yield passed()
        for name in ("catalog", "schema", "table"):
            securable = block.leaf(name)
            if securable.value is not None and not securable.refers_to(*_OWN):
                yield from _judged(securable, block)


def _judged(securable: Leaf, block: Block) -> Iterator[Answer]:
    if not securable.unknown and not _HOLDS_AUDIT.fullmatch(_plain(securable.value)):
        return
    for grant in grants_of(block):
        principal = grant.leaf("principal")
        for privilege in grant.each("privileges"):
            if _is_auditors(principal.value) or (not privilege.unknown and spelled(privilege.value) in _HARMLESS):
                yield passed()
            elif securable.unknown:
                yield securable.must(bool, "")
            else:
                yield principal.must(_is_auditors, "reads audit tables; wanted a group of auditors")


def _plain(name: object) -> str:
    return str(name).strip().lower().replace("`", "")


def _is_auditors(name: object) -> bool:
    return isinstance(name, str) and bool(_AUDITORS.fullmatch(name))


RULE = AuditTables()
