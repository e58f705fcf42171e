"""Why a line is moved: closed lists of codes, so that reasons can be counted. A note in words can go with one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shipway.errors import ShipwayError
from shipway.ledger.entry import Act
from shipway.models.document import suggestion
from shipway.release.moves import Move

__all__ = ["REASONS", "codes_for", "reason_for"]

REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "RC": {
            "RC-FEATURE": "something new",
            "RC-PERF": "better, faster or cheaper",
            "RC-RETRAIN-SCHED": "retrained as planned",
            "RC-RETRAIN-DRIFT": "retrained because the data moved",
            "RC-FIX": "a mistake mended",
            "RC-SECURITY": "a weakness closed",
            "RC-REGULATORY": "a supervisor or a law asks for it",
        },
        "RJ": {
            "RJ-EVAL": "not good enough",
            "RJ-DQ": "the data is not good enough",
            "RJ-BIAS": "unfair to somebody",
            "RJ-SECURITY": "not safe",
            "RJ-DOCS": "not documented",
            "RJ-COST": "too dear",
            "RJ-SCOPE": "not what was wanted",
        },
        "RB": {
            "RB-SLO": "too slow, or not there",
            "RB-QUALITY": "worse than what it took the place of",
            "RB-DRIFT": "the data moved",
            "RB-DATA": "its input is broken",
            "RB-COST": "too dear",
            "RB-INCIDENT": "an incident",
            "RB-COMPLIANCE": "a rule is broken",
            "RB-REHEARSAL": "a rehearsal",
        },
        "OV": {
            "OV-EMERGENCY": "it cannot wait",
            "OV-FALSE-POSITIVE-GATE": "the gate is wrong",
            "OV-VENDOR-OUTAGE": "who should answer the gate is down",
        },
    }
)
"""By what they are for: bringing in, rejecting, going back, overriding a gate."""

_FAMILIES: Mapping[Move | Act, tuple[str, ...]] = MappingProxyType(
    {
        Act.WITHDRAW: ("RJ", "RB"),
        Move.ABORT: ("RJ", "RB"),
        Move.ROLLBACK: ("RB",),
        Move.HOLD: ("RC", "RJ", "RB"),
        Move.RESUME: ("RC",),
    }
)
_DEFAULTS: Mapping[Move | Act, str] = MappingProxyType(
    # Going back must not wait for the right word.
    {Move.ROLLBACK: "RB-INCIDENT", Move.ABORT: "RJ-EVAL"}
)
_ASKED = (Move.ADMIT, Move.HOLD, Act.APPROVE, Act.WITHDRAW)


def codes_for(move: Move | Act, *, overriding: bool = False) -> tuple[str, ...]:
    """The codes that may stand for this move, or for an approval and its withdrawal."""
    families = ("OV",) if overriding else _FAMILIES.get(move, ("RC",))
    return tuple(code for family in families for code in REASONS[family])


def reason_for(move: Move | Act, code: str, note: str, *, overriding: bool = False) -> str:
    """The reason as it is recorded: a code, and a note after a colon; raises ShipwayError for another code."""
    known = codes_for(move, overriding=overriding)
    if not code and not overriding and move not in _ASKED:
        code = _DEFAULTS.get(move, "")
    elif code not in known:
        got = f"got {code!r}{suggestion(code, known)}" if code else "none was given"
        family = {name: text for part in REASONS.values() for name, text in part.items() if name in known}
        listed = "\n  ".join(f"{name:24} {text}" for name, text in family.items())
        what = "an override" if overriding else move.value
        raise ShipwayError(f"{what} needs a reason from the list; {got}", f"--reason with one of:\n  {listed}")
    return ": ".join(part for part in (code, note) if part)
