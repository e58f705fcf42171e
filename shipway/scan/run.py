"""A scan from stacks to report.

stacks, rules          -> what the cache knows
the rest and a canary  -> raw results
raw results, rules     -> receipt
raw results, documents -> findings, less what is waived
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from shipway.errors import Position
from shipway.models.waivers import PlacedWaiver
from shipway.scan.cache import ScanCache
from shipway.scan.findings import findings_of, refuse_unknown_rules, settle
from shipway.scan.receipt import CANARY, Receipt, canary, prove
from shipway.scan.report import ScannedStack, ScanReport
from shipway.scan.rules import RuleSet
from shipway.scan.scanner import RawStack, ScanError, Scanner, Status

__all__ = ["scan"]


def scan(
    stacks: Mapping[str, bytes],
    rules: RuleSet,
    scanner: Scanner,
    *,
    today: date,
    find: Callable[[str], Position | None],
    waivers: Sequence[PlacedWaiver] = (),
    cache: ScanCache | None = None,
) -> ScanReport:
    """Judge `stacks`, the text of each cdk.tf.json by its stack's name.

    `find` gives the document position of a construct path. Raises ScanError if the scan proves nothing, and
    DocumentErrors for waivers of rules that do not exist.
    """
    if not stacks:
        raise ScanError("there is no stack to scan", "run `shipway synth` first")
    refuse_unknown_rules(waivers, rules)
    known, receipt = _from_cache(stacks, cache)
    missing = {name: text for name, text in stacks.items() if name not in known}
    fresh: dict[str, RawStack] = {}
    if missing or receipt is None:
        fresh, receipt = _from_scanner(missing, rules, scanner)
        if cache:
            cache.put(((stacks[name], stack) for name, stack in fresh.items()), receipt)
    raw = [known.get(name) or fresh[name] for name in sorted(stacks)]
    documents = {rule.id: rule for rule in rules.rules}
    found = [finding for stack in raw for finding in findings_of(stack, documents, find)]
    settled = settle(found, waivers, today, frozenset(stacks))
    return ScanReport(
        today=today,
        stacks=tuple(_scanned(stack, stacks[stack.name], stack.name in known) for stack in raw),
        findings=settled.open,
        waived=settled.waived,
        passed=_passed(raw, rules),
        receipt=receipt,
    )


def _from_cache(stacks: Mapping[str, bytes], cache: ScanCache | None) -> tuple[dict[str, RawStack], Receipt | None]:
    # Without the receipt of the run that made them, results are only a claim.
    receipt = cache.receipt() if cache else None
    if cache is None or receipt is None:
        return {}, None
    found = {name: cache.get(name, text) for name, text in stacks.items()}
    return {name: stack for name, stack in found.items() if stack is not None}, receipt


def _from_scanner(stacks: Mapping[str, bytes], rules: RuleSet, scanner: Scanner) -> tuple[dict[str, RawStack], Receipt]:
    result = scanner.scan({**stacks, CANARY: canary(rules)}, rules.folder)
    receipt = prove(rules, result, scanner.version)
    judged = {stack.name: stack for stack in result.stacks if stack.name != CANARY}
    if judged.keys() != stacks.keys():
        lacking = ", ".join(sorted(stacks.keys() - judged.keys()))
        raise ScanError(f"the scanner gave no answer for {lacking}", "this is a bug of the scanner's adapter")
    return judged, receipt


def _scanned(stack: RawStack, text: bytes, cached: bool) -> ScannedStack:
    judged = {result.address for result in stack.results}
    # Provider blocks share an address, so blocks are counted one by one.
    count = sum(address in judged for address in stack.blocks)
    return ScannedStack(stack.name, hashlib.sha256(text).hexdigest(), len(stack.blocks), count, cached)


def _passed(stacks: Sequence[RawStack], rules: RuleSet) -> dict[str, int]:
    counts = Counter(r.rule for stack in stacks for r in stack.results if r.status is Status.PASSED)
    return {rule.id: counts[rule.id] for rule in rules.rules}
