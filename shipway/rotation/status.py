"""Each secret's age and when it is due: what is declared, joined with the store's dates and the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shipway.rotation.declared import DeclaredSecret
from shipway.rotation.record import History
from shipway.rotation.seams import SecretStore

__all__ = ["Condition", "SecretStatus", "secret_status", "status_json", "status_text"]

_SOON = timedelta(days=14)


class Condition(StrEnum):
    """How a secret stands, the most urgent first."""

    OVERDUE = "overdue"
    INTERRUPTED = "rotation not through"
    MISSING = "has no value"
    NO_SCOPE = "has no scope: the landing zone is not deployed"
    UNDECLARED = "in the store, declared by nobody"
    SOON = "due soon"
    FRESH = "fresh"

    @property
    def needs_somebody(self) -> bool:
        """Whether there is something to do now."""
        return self not in (Condition.SOON, Condition.FRESH)


@dataclass(frozen=True, slots=True)
class SecretStatus:
    """One secret."""

    environment: str
    use_case: str
    key: str
    scope: str
    owner: str
    rotate_days: int | None
    updated: datetime | None
    condition: Condition
    age_days: int | None = None
    due: datetime | None = None
    written_by: str = ""
    """Who is recorded to have written what is there; nothing where no rotation of ours wrote it."""


def secret_status(
    declared: Sequence[DeclaredSecret], store: SecretStore, history: History, now: datetime
) -> list[SecretStatus]:
    """The secrets of one environment, whose values are in `store`: declared ones and what else is in their scopes."""
    found = []
    for scope in dict.fromkeys(one.scope for one in declared):
        here = [one for one in declared if one.scope == scope]
        stamps = store.updated(scope)
        found += [_status(one, stamps, store, history, now) for one in here]
        strangers = sorted((stamps or {}).keys() - {one.key for one in here})
        found += [_stranger(here[0], key, (stamps or {})[key], now) for key in strangers]
    return found


def in_order(found: Sequence[SecretStatus]) -> list[SecretStatus]:
    """The most urgent first: by condition, then by day due."""
    rank = {condition: index for index, condition in enumerate(Condition)}
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: (rank[one.condition], one.due or never, one.environment, one.scope, one.key))


def status_text(found: Sequence[SecretStatus]) -> Iterator[str]:
    """One secret a paragraph, the most urgent first."""
    needing = sum(one.condition.needs_somebody for one in found)
    yield f"{len(found)} secret{'s' * (len(found) != 1)}, {needing} to look after."
    for one in in_order(found):
        yield f"  {one.key}  {one.environment}/{one.use_case}: {one.condition}"
        yield f"    owner {one.owner or 'nobody'}; scope {one.scope}; {_dates(one)}"


def status_json(found: Sequence[SecretStatus], now: datetime) -> dict[str, object]:
    """The same for a machine."""
    return {
        "schema": "shipway/secrets-status/v1",
        "at": now.isoformat(timespec="seconds"),
        "secrets": [
            {
                "environment": one.environment,
                "use_case": one.use_case,
                "key": one.key,
                "scope": one.scope,
                "owner": one.owner,
                "rotate_days": one.rotate_days,
                "condition": one.condition.name.lower(),
                "needs_somebody": one.condition.needs_somebody,
                "age_days": one.age_days,
                "updated": one.updated.isoformat() if one.updated else None,
                "due": one.due.date().isoformat() if one.due else None,
                "written_by": one.written_by,
            }
            for one in in_order(found)
        ],
    }


def _dates(one: SecretStatus) -> str:
    if one.updated is None:
        return "never written"
    by = f" by {one.written_by}" if one.written_by else ", not by a rotation of ours"
    due = f"; due {one.due:%Y-%m-%d}" if one.due else ""
    return f"written {one.updated:%Y-%m-%d}, {one.age_days} days ago{by}{due}"


def _status(
    secret: DeclaredSecret, stamps: Mapping[str, int] | None, store: SecretStore, history: History, now: datetime
) -> SecretStatus:
    stamp = (stamps or {}).get(secret.key)
    updated = _moment(stamp)
    due = updated + timedelta(days=secret.rotate_days) if updated else None
    wrote = history.wrote(secret.environment, secret.use_case, secret.key, stamp) if stamp else None
    rotation = history.open(secret.environment, secret.use_case, store.name)
    if stamps is None:
        condition = Condition.NO_SCOPE
    elif due is not None and due < now:
        condition = Condition.OVERDUE
    elif rotation is not None and secret.key in rotation.remaining:
        condition = Condition.INTERRUPTED
    elif due is None:
        condition = Condition.MISSING
    else:
        condition = Condition.SOON if due - now < _SOON else Condition.FRESH
    return SecretStatus(
        environment=secret.environment,
        use_case=secret.use_case,
        key=secret.key,
        scope=secret.scope,
        owner=secret.owner,
        rotate_days=secret.rotate_days,
        updated=updated,
        condition=condition,
        age_days=(now - updated).days if updated else None,
        due=due,
        written_by=wrote.by if wrote else "",
    )


def _stranger(beside: DeclaredSecret, key: str, stamp: int, now: datetime) -> SecretStatus:
    updated = _moment(stamp)
    age = (now - updated).days if updated else None
    where = (beside.environment, beside.use_case, key, beside.scope)
    return SecretStatus(*where, "", None, updated, Condition.UNDECLARED, age)


def _moment(stamp: int | None) -> datetime | None:
    return datetime.fromtimestamp(stamp / 1000, UTC) if stamp else None
