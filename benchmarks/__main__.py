"""`python -m benchmarks`: measure, print, and write RESULTS.md and results.json beside this file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks import landing_zone, peers, project, releases, report, review, sandbox, scan, synth
from benchmarks.suite import Result, Suite, run

_HERE = Path(__file__).parent
_RESULTS = _HERE / "results.json"
_KINDS = ("synth", "parts", "project", "scan", "schemas", "sandbox", "review", "releases")
_SCANNED = 100
_DEPLOYED = 100
# Of one catalog, and the grants of each.
_SCHEMAS = (1000, 20)
_REVIEWED = 20_000
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
    """Measure Shipway beside its peers. Suites that are not run keep the results they have."""
    results = []
    for suite in _suites(only or _KINDS, jobs, stacks, bundles, rounds):
        results.append(run(suite, _say))
        if not dry:
            # After each: a run that is stopped keeps what it has measured.
            _write(results)
    print(report.as_markdown(results, ""))


def _write(results: Sequence[Result]) -> None:
    notes = (_HERE / "NOTES.md").read_text(encoding="utf-8")
    everything = _merged(results)
    (_HERE / "RESULTS.md").write_text(report.as_markdown(everything, notes), encoding="utf-8")
    _RESULTS.write_text(report.as_json(everything), encoding="utf-8")


def _merged(results: Sequence[Result]) -> list[Result]:
    """What was measured before, with the suites of this run in their places, new ones last."""
    before = report.from_json(_RESULTS.read_text(encoding="utf-8")) if _RESULTS.is_file() else []
    return list({result.key: result for result in (*before, *results)}.values())


def _suites(
    kinds: tuple[str, ...], jobs: tuple[int, ...], stacks: tuple[int, ...], bundles: int, rounds: int
) -> Iterator[Suite]:
    if "releases" in kinds:
        yield from releases.suites(bundles, (rounds + 1) // 2)
    yield from _of_parts(kinds, jobs, stacks, bundles, rounds)


def _of_parts(
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
    if "schemas" in kinds:
        yield from landing_zone.suites(*_SCHEMAS, rounds)
    if "sandbox" in kinds:
        yield from sandbox.suites(_DEPLOYED, rounds)
    if "review" in kinds:
        yield from review.suites(_REVIEWED, rounds)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
