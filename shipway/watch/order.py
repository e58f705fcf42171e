"""What the watcher's job is told of a line: one JSON file beside the line's flags, written anew after each move.

The job has no documents and no ledger. Who makes a move has both, and says which release is under way, since when, by
which terms it is judged, and whether the watcher may act. A file that is older than the last move does no harm: what is
done or said about the release that it names concerns no other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from shipway.judge.looks import TakenLook
from shipway.judge.measures import Unread
from shipway.judge.terms import read_terms, terms_json
from shipway.judge.underway import Underway
from shipway.models.phase import Phase
from shipway.verdict import Verdict

__all__ = ["ORDER_FILE", "Order", "parse", "render"]

ORDER_FILE = "order.json"

_SCHEMA = "shipway/watch-order/v1"
_RELEASE = re.compile(r"r[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Order:
    """One line, as whoever made its last move left it."""

    underway: Underway | None = None
    """None: nothing is under way."""
    held: bool = False
    acts: bool = False
    """Whether the watcher may act, or only proposes."""
    kills: bool = False
    """Whether the line's code asks its flags, so that a release can be taken out of service without Terraform."""


def render(order: Order) -> bytes:
    """The file's bytes."""
    one = order.underway
    said = (
        None
        if one is None
        else {
            "environment": one.environment,
            "use_case": one.use_case,
            "phase": one.phase.value,
            "percent": one.percent,
            "candidate": one.candidate,
            "live": one.live,
            "since": one.since.isoformat(),
            "judging": terms_json(one.judging),
            "taken": [{"number": look.number, "verdict": look.verdict.name} for look in one.taken],
        }
    )
    content = {"schema": _SCHEMA, "underway": said, "held": order.held, "acts": order.acts, "kills": order.kills}
    return json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"


def parse(raw: bytes, where: str) -> Order:
    """What the file says; raises Unread for one that is torn or not ours. `where` is for people."""
    try:
        said = json.loads(raw)
        if said["schema"] != _SCHEMA:
            raise ValueError(f"schema {said['schema']!r:.60}, wanted {_SCHEMA}")
        one = said["underway"]
        return Order(None if one is None else _underway(one), *(_flag(said[key]) for key in ("held", "acts", "kills")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unread(f"{where} cannot be read: {error!r:.120}", "shipway watch --live writes it anew") from None


def _underway(one: dict[str, object]) -> Underway:
    since, percent = datetime.fromisoformat(str(one["since"])), one["percent"]
    if since.utcoffset() is None:
        raise ValueError("a time without an offset from UTC")
    if percent is not None and not (isinstance(percent, int) and 0 < percent < 100):
        raise ValueError(f"{percent!r:.20} percent")
    phase = Phase(str(one["phase"]))
    if (phase is Phase.CANARY) != (percent is not None):
        raise ValueError("a percentage is a canary's, and a canary has one")
    judging, taken, releases = one["judging"], one["taken"], (str(one["candidate"]), str(one["live"]))
    # A release names files and a component: nothing else may stand in its place.
    if not all(map(_RELEASE.fullmatch, releases)) or len(set(releases)) != 2:
        raise ValueError(f"{releases!r:.60}, wanted two releases")
    if not isinstance(judging, dict) or not isinstance(taken, list):
        raise TypeError("no terms, or no looks")
    return Underway(
        environment=str(one["environment"]),
        use_case=str(one["use_case"]),
        phase=phase,
        percent=percent,
        candidate=releases[0],
        live=releases[1],
        since=since,
        judging=read_terms(judging),
        taken=tuple(TakenLook(int(look["number"]), Verdict[look["verdict"]]) for look in taken),
    )


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value
