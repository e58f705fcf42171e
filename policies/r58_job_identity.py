"""R58: a job runs as a service principal, on a cluster of its own

Severity: MEDIUM

Why
    A job without `run_as` runs as whoever made it, with all that person may do, and stops when the person leaves.
    spark-submit tasks go around Unity Catalog. An existing cluster brings the state, the libraries and the rights of
    whatever ran on it before.

Anti-pattern
    resource:
      databricks_job:
        score:
          name: score
          task:
            - task_key: score
              existing_cluster_id: 0101-010101-abcdefgh
              spark_submit_task:
                parameters: [--class, org.example.Score, dbfs:/score.jar]

Best practice
    resource:
      databricks_job:
        score:
          name: score
          run_as:
            service_principal_name: ${data.databricks_service_principal.runner.application_id}
          task:
            - task_key: score
              job_cluster_key: main
              python_wheel_task:
                package_name: score
                entry_point: main

Sources
    Security Analysis Tool, GOV-42; KICS use_spark_submit_task.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed, unknown


class JobIdentity(Rule):
    """run_as names a service principal; no task, nested ones included, uses spark-submit or an existing cluster."""

    resources = ("databricks_job",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for run_as, and those of the job and its tasks."""
        identities = list(block.blocks("run_as"))
        if not identities:
            yield failed("run_as", "is missing, wanted a service principal")
        for identity in identities:
            yield identity.leaf("user_name").must(lambda name: name is None, "wanted a service principal")
            principal = identity.leaf("service_principal_name")
            yield passed() if principal.is_principal_id else principal.must(bool, "wanted a service principal")
        yield from _tasks(block)


def _tasks(block: Block) -> Iterator[Answer]:
    """The block itself, as a job of the old form is its own task, and every task in it."""
    if block.unknown:
        yield unknown(block.path, "not known before apply")
        return
    yield block.leaf("existing_cluster_id").must(lambda cluster: cluster is None, "wanted a job cluster")
    if list(block.blocks("spark_submit_task")):
        yield failed(block.path or "spark_submit_task", "is a spark-submit task, wanted a wheel, notebook or JAR task")
    for name in ("task", "for_each_task"):
        for task in block.blocks(name):
            yield from _tasks(task)


RULE = JobIdentity()
