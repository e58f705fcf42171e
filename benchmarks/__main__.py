"""`python -m benchmarks`: measure, print, and write RESULTS.md and results.json beside this file."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks import peers, project, report, scan, synth
from benchmarks.suite import Result, Suite, run

_HERE = Path(__file__).parent
_KINDS = ("synth", "parts", "project", "scan")
_SCANNED = 100
# Small enough that starting is all of it, and large enough that it is not.
_PARTS_OF = (1, 400)


@click.command()
@click.option("--only", multiple=True, type=click.Choice(_KINDS), help="Measure these alone.  [default: all]")
@click.option("--jobs", multiple=True, type=int, default=(100, 400, 2000), help="Sizes of one stack, in jobs.")
@click.option("--stacks", multiple=True, type=int, default=(1000,), help="Numbers of small stacks.")
@click.option("--bundles", type=click.IntRange(1), default=1000, help="Bundles of one project.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Half of it for the large sizes.")
@click.option("--dry", is_flag=True, help="Print, and write nothing.")
def main(
    only: tuple[str, ...], jobs: tuple[int, ...], stacks: tuple[int, ...], bundles: int, rounds: int, dry: bool
) -> None:
    """Measure Shipway beside its peers."""
    results: list[Result] = []
    for suite in _suites(only or _KINDS, jobs, stacks, bundles, rounds):
        results.append(run(suite, _say))
    date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    notes = (_HERE / "NOTES.md").read_text(encoding="utf-8") if (_HERE / "NOTES.md").is_file() else ""
    markdown = report.as_markdown(results, date, notes)
    print(markdown)
    if not dry:
        (_HERE / "RESULTS.md").write_text(markdown, encoding="utf-8")
        (_HERE / "results.json").write_text(report.as_json(results, date), encoding="utf-8")


def _suites(
    kinds: tuple[str, ...], jobs: tuple[int, ...], stacks: tuple[int, ...], bundles: int, rounds: int
) -> Iterator[Suite]:
    if "synth" in kinds:
        typescript = peers.install_typescript(_say)
        for warm_up in synth.suites(typescript, (10,), (2,), 1):
            run(warm_up, lambda _: None)
        yield from synth.suites(typescript, jobs, stacks, rounds)
    if "parts" in kinds:
        for warm_up in synth.parts((2,), 1):
            run(warm_up, lambda _: None)
        yield from synth.parts(_PARTS_OF, rounds)
    if "project" in kinds:
        yield from project.suites(bundles, rounds)
    if "scan" in kinds:
        yield from scan.suites(min(bundles, _SCANNED), rounds)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
