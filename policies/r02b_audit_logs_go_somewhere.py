"""R02B: an account on AWS delivers its audit logs

Severity: HIGH
Scope: project

Why
    Without a delivery Databricks keeps the audit log for a year and only where whoever administers the account can
    switch it off. A delivery that was never declared looks like one that is fine: no rule has anything to look at.

Anti-pattern
    resource:
      databricks_metastore:
        eu:
          name: acme-eu
          owner: acme-platform-admins
          region: eu-central-1

Best practice
    resource:
      databricks_metastore:
        eu:
          name: acme-eu
          owner: acme-platform-admins
          region: eu-central-1
          lifecycle:
            prevent_destroy: true
      databricks_mws_log_delivery:
        audit:
          account_id: 00000000-0000-0000-0000-000000000000
          config_name: audit
          credentials_id: log-writer
          storage_configuration_id: log-bucket
          log_type: AUDIT_LOGS
          output_format: JSON
          lifecycle:
            prevent_destroy: true

Not seen
    Azure and Google Cloud, where the cloud's own logging takes them, and an account on AWS whose metastores and
    workspaces are all found and not made. Which cloud it is, is told by the region.

Sources
    Security Analysis Tool, GOV-3; provider documentation of databricks_mws_log_delivery, which is for AWS. That a
    region with hyphens and a last digit is one of AWS is our reading of the clouds' lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import Others, ProjectRule

_DELIVERY = "databricks_mws_log_delivery"
# eu-central-1, us-gov-west-1; Google Cloud's have one hyphen, Azure's none.
_OF_AWS = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")


class AuditLogsGoSomewhere(ProjectRule[frozenset[str]]):
    """Some delivery is of audit logs, where a metastore or workspace on AWS is made."""

    resources = ("databricks_metastore", "databricks_mws_workspaces")
    looks_up = (_DELIVERY,)

    def survey(self, others: Others) -> frozenset[str]:
        """The kinds of logs that are delivered; empty text for one that is not known."""
        kinds = [block.leaf("log_type") for block in others.of(_DELIVERY)]
        return frozenset("" if kind.unknown else str(kind.value) for kind in kinds)

    def compare(self, block: Block, seen: frozenset[str]) -> Iterator[Answer]:
        """One answer for each metastore and workspace."""
        region = block.leaf("region" if block.kind == "databricks_metastore" else "aws_region")
        elsewhere = not region.unknown and not _OF_AWS.fullmatch(str(region.value))
        if elsewhere or "AUDIT_LOGS" in seen:
            yield passed()
        elif region.unknown or "" in seen:
            yield unknown(region.path, "whether audit logs are delivered is not known before apply")
        else:
            yield failed(block.address, f"no {_DELIVERY} is of AUDIT_LOGS; wanted one, in the account's stack")


RULE = AuditLogsGoSomewhere()
