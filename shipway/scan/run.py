"""A scan from stacks to report.

stacks, rules          -> what the cache knows
the rest and canaries  -> raw results
raw results, rules     -> receipt
raw results, documents -> findings, less what is waived
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shipway.errors import Position
from shipway.models.waivers import PlacedWaiver
from shipway.scan.cache import ScanCache
from shipway.scan.findings import findings_of, refuse_unknown_rules, settle
from shipway.scan.receipt import Receipt, canaries, prove
from shipway.scan.report import ScannedStack, ScanReport
from shipway.scan.rules import RuleSet
from shipway.scan.scanner import RawResult, RawStack, ScanError, Scanner, Status

__all__ = ["scan"]


# No other project that a scanner is asked about is called this.
_PROJECT = "(project)"


@dataclass(frozen=True, slots=True)
class _Judged:
    """Everything that was said of the stacks, by whatever run."""

    stacks: tuple[RawStack, ...]
    cached: frozenset[str]
    receipt: Receipt


def scan(
    stacks: Mapping[str, bytes],
    rules: RuleSet,
    scanner: Scanner,
    *,
    today: date,
    find: Callable[[str], Position | None],
    waivers: Sequence[PlacedWaiver] = (),
    cache: ScanCache | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> ScanReport:
    """Judge `stacks`, the text of each cdk.tf.json by its stack's name.

    `find` gives the document position of a construct path; `beside` are stacks that are looked at where a rule looks at
    all of them, and not reported on. Raises ScanError if the scan proves nothing, and DocumentErrors for waivers of
    rules that do not exist.
    """
    if not stacks:
        raise ScanError("there is no stack to scan", "run `shipway synth` first")
    refuse_unknown_rules(waivers, rules)
    judged = _judged(stacks, {**(beside or {}), **stacks}, rules, scanner, cache)
    documents = {rule.id: rule for rule in rules.rules}
    found = [finding for stack in judged.stacks for finding in findings_of(stack, documents, find)]
    settled = settle(found, waivers, today, frozenset(stacks))
    return ScanReport(
        today=today,
        stacks=tuple(_scanned(stack, stacks[stack.name], stack.name in judged.cached) for stack in judged.stacks),
        findings=settled.open,
        waived=settled.waived,
        passed=_passed(judged.stacks, rules),
        receipt=judged.receipt,
    )


def _judged(
    stacks: Mapping[str, bytes],
    together: Mapping[str, bytes],
    rules: RuleSet,
    scanner: Scanner,
    cache: ScanCache | None,
) -> _Judged:
    # Without the receipt of the run that made them, results are only a claim.
    receipt = cache.receipt() if cache else None
    kept = cache if receipt else None
    cached = {name: kept.get(name, text) for name, text in stacks.items()} if kept else {}
    known = {name: stack for name, stack in cached.items() if stack is not None}
    project = kept.get_project(together) if kept else None
    missing = {name: text for name, text in stacks.items() if name not in known}
    fresh: dict[str, RawStack] = {}
    if missing or project is None or receipt is None:
        fresh, project, receipt = _from_scanner(missing, together, rules, scanner)
        if cache:
            cache.put(((stacks[name], stack) for name, stack in fresh.items()), together, project, receipt)
    raw = [known.get(name) or fresh[name] for name in sorted(stacks)]
    whole = tuple(replace(stack, results=tuple(sorted((*stack.results, *project[stack.name])))) for stack in raw)
    return _Judged(whole, frozenset(known), receipt)


def _from_scanner(
    stacks: Mapping[str, bytes], together: Mapping[str, bytes], rules: RuleSet, scanner: Scanner
) -> tuple[dict[str, RawStack], Mapping[str, tuple[RawResult, ...]], Receipt]:
    extra = canaries(rules)
    result = scanner.scan({**stacks, **extra.stacks}, rules.folder, {_PROJECT: together, **extra.projects})
    receipt = prove(rules, result, scanner.version)
    judged = {stack.name: stack for stack in result.stacks if stack.name in stacks}
    project = result.projects.get(_PROJECT, {})
    lacking = sorted({*(stacks.keys() - judged.keys()), *(together.keys() - project.keys())})
    if lacking:
        message = f"the scanner gave no answer for {', '.join(lacking)}"
        raise ScanError(message, "this is a bug of the scanner's adapter")
    return judged, project, receipt


def _scanned(stack: RawStack, text: bytes, cached: bool) -> ScannedStack:
    judged = {result.address for result in stack.results}
    # Provider blocks share an address, so blocks are counted one by one.
    count = sum(address in judged for address in stack.blocks)
    return ScannedStack(stack.name, hashlib.sha256(text).hexdigest(), len(stack.blocks), count, cached)


def _passed(stacks: Sequence[RawStack], rules: RuleSet) -> dict[str, int]:
    counts = Counter(r.rule for stack in stacks for r in stack.results if r.status is Status.PASSED)
    return {rule.id: counts[rule.id] for rule in rules.rules}
