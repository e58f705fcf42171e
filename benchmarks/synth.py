"""Synthesis: the same resources through our binding, in plain cdktf Python, in TypeScript, in compiled JavaScript."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.peers import FOLDER, environment
from benchmarks.suite import Suite, Variant

__all__ = ["OURS", "PLAIN", "TYPESCRIPT", "parts", "suites"]

PLAIN = "plain cdktf, Python"
OURS = "Shipway's binding, Python"
TYPESCRIPT = "plain cdktf, TypeScript (npx ts-node, as cdktf init makes it)"
JAVASCRIPT = "plain cdktf, JavaScript (compiled before, not counted)"

_LARGE = 1000

# The binding's parts, each on top of those above it.
_PARTS = (
    ("lazy", "+ only the provider's submodules that are used, in Python"),
    ("preload", "+ no stack traces, and those submodules only, in Node"),
    ("kernel", "+ one Node process in place of two"),
    ("code", "+ V8's compiled code kept"),
    ("structs", "+ no unset attributes in calls = the binding"),
)


def suites(typescript: Path, sizes: Sequence[int], stacks: Sequence[int], rounds: int) -> Iterator[Suite]:
    """A suite per number of jobs in one stack, and per number of small stacks in one app."""
    for size in sizes:
        title = f"Cold synth, {size:,} jobs in one stack ({size * 2 + size // 10 * 2:,} resources)"
        yield _suite(typescript, "single", size, title, rounds)
    for count in stacks:
        yield _suite(typescript, "stacks", count, f"Cold synth, {count:,} stacks of 6 resources in one app", rounds)


def _suite(typescript: Path, kind: str, count: int, title: str, rounds: int) -> Suite:
    work = FOLDER / "work"
    work.mkdir(parents=True, exist_ok=True)
    arguments = (kind, str(count))
    python, node = sys.executable, str(Path(sys.executable).parent / "node")
    ts_node = ("npx", "--prefix", str(typescript), "ts-node", str(typescript / "main.ts"))
    # The peer keeps jsii's packages between runs as well, but not in the folder of whoever measures.
    jsii = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(FOLDER / "jsii")}
    variants = (
        _variant(PLAIN, (python, "-m", "benchmarks.apps.plain", *arguments), work, jsii),
        _variant(OURS, (python, "-O", "-m", "benchmarks.apps.ours", *arguments), work, {}),
        _variant(TYPESCRIPT, (*ts_node, *arguments), work, {}),
        _variant(JAVASCRIPT, (node, str(typescript / "compiled" / "main.js"), *arguments), work, {}),
    )
    return Suite(f"{kind}-{count}", title, variants, (rounds + 1) // 2 if count >= _LARGE else rounds)


def parts(sizes: Sequence[int], rounds: int) -> Iterator[Suite]:
    """What each part of the binding brings, from plain cdktf upwards."""
    for size in sizes:
        yield _parts(size, rounds)


def _parts(size: int, rounds: int) -> Suite:
    work, python, jobs = FOLDER / "work", sys.executable, ("single", str(size))
    jsii = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(FOLDER / "jsii")}
    plain = ("-m", "benchmarks.apps.plain", *jobs)
    rungs = (
        _variant(title, (python, "-O", "-m", "benchmarks.apps.ladder", rung, *jobs), work, {}) for rung, title in _PARTS
    )
    title = f"What each part brings, {size:,} job{'s' * (size > 1)} in one stack"
    variants = (
        _variant(PLAIN, (python, *plain), work, jsii),
        _variant("+ python -O: no type checks in every call", (python, "-O", *plain), work, jsii),
        *rungs,
    )
    return Suite(f"parts-{size}", title, variants, rounds)


def _variant(name: str, command: Sequence[str], work: Path, settings: dict[str, str]) -> Variant:
    # All run in one folder, which stands in the output, and write beside each other.
    out = FOLDER / "out" / "".join(letter if letter.isalnum() else "-" for letter in name)
    return Variant(name, command, work, environment(CDKTF_OUTDIR=str(out), **settings), out)
