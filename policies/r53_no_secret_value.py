"""R53: no secret's value stands in a stack

Severity: CRITICAL

Why
    A value here is in the repository's history, in the plan and in the state, in clear, for whoever reads one of them.
    At provider 1.99 even a value from elsewhere lands in the state, so a databricks_secret is never right; the scope is
    declared and the value is put there by the rotation runbook over the API.

Anti-pattern
    resource:
      databricks_secret:
        desk:
          scope: claims-triage-prod
          key: desk-password
          string_value: correct horse battery staple
      databricks_job:
        score:
          job_cluster:
            - job_cluster_key: main
              new_cluster:
                spark_env_vars:
                  DESK_PASSWORD: correct horse battery staple

Best practice
    resource:
      databricks_secret_scope:
        claims-triage:
          //:
            rotation:
              claims-desk-token: {owner: Claims Analytics, rotate_days: 90}
          name: claims-triage-prod
          lifecycle:
            prevent_destroy: true
      databricks_job:
        score:
          run_as:
            service_principal_name: ${data.databricks_service_principal.runner.application_id}
          job_cluster:
            - job_cluster_key: main
              new_cluster:
                spark_env_vars:
                  DESK_PASSWORD: "{{secrets/claims-triage-prod/desk-password}}"

Not seen
    A secret under a name that does not tell, or in a task's list of arguments, unless it has the shape of a token or a
    private key.

Sources
    Provider issue 4752 on values in state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, Leaf, Rule, failed, passed, unknown

_TELLING = re.compile(r"(password|passwd|pwd|secret|token|credential|(api|access|private|account)[-_.]?key)$", re.I)
_SHAPES = re.compile(
    r"\b(dapi[0-9a-f]{32}|dose[0-9a-f]{32}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{36})\b|-----BEGIN [A-Z ]*PRIVATE KEY"
)
_REFERENCE = re.compile(r"\{\{secrets/[^/{}]+/[^/{}]+\}\}")
# What can hold such a map: given as an expression, nobody sees what is in it.
_HOLDERS = frozenset(
    {"for_each_task", "job_cluster", "new_cluster", "notebook_task", "parameter", "run_job_task", "task"}
)
_MAPS = frozenset({"spark_env_vars", "spark_conf", "base_parameters", "job_parameters", "named_parameters"})


class NoSecretValue(Rule):
    """No databricks_secret, and no telling name with a value in clear in what runs."""

    resources = ("databricks_cluster", "databricks_job", "databricks_secret", "databricks_secret_scope")

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the resource, and one for each suspicious value."""
        if block.kind == "databricks_secret":
            value = block.leaf("string_value")
            where = value.path
            yield unknown(where, "the value lands in the state") if value.unknown else failed(where, "is in clear")
            return
        yield passed()
        yield from _inside(block, of_map=False)


def _inside(block: Block, of_map: bool) -> Iterator[Answer]:
    # A job's parameter has its name in one attribute and its value in another.
    parameter, default = block.leaf("name"), block.leaf("default")
    if isinstance(parameter.value, str) and isinstance(default.value, str):
        yield from _suspicious(parameter.value, default, of_map=True)
    for name, leaf in block.items():
        if isinstance(leaf.value, dict):
            yield from _inside(Block(leaf.value, block.kind, leaf.path), of_map=name in _MAPS)
        elif leaf.unknown and name in _HOLDERS | _MAPS:
            yield unknown(leaf.path, "not known before apply; may hold a value in clear")
        elif isinstance(leaf.value, str):
            yield from _suspicious(name, leaf, of_map)


def _suspicious(name: str, leaf: Leaf, of_map: bool) -> Iterator[Answer]:
    if _SHAPES.search(str(leaf.value)):
        yield failed(leaf.path, "has the shape of a token or a private key")
    elif of_map and _TELLING.search(name) and leaf.value and not _REFERENCE.fullmatch(str(leaf.value)):
        # The value itself is not repeated: a report is read by more people than the stack is.
        if leaf.unknown:
            yield unknown(leaf.path, "not known before apply; wanted {{secrets/<scope>/<key>}}")
        else:
            yield failed(leaf.path, "is in clear; wanted {{secrets/<scope>/<key>}}")


RULE = NoSecretValue()
