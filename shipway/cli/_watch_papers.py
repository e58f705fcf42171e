"""What passes between commands and the watcher's job: the order that it is given, and what it reports.

Only where the environment has a watcher. An order that could not be written does not undo a move, and stands in no
other one's way: it is said, and the next round of `shipway watch` writes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.watch.folder import Papers
    from shipway.watch.order import Order
    from shipway.watch.signals import Signal

__all__ = ["hand_over", "has_watcher", "reports_of_job"]


def has_watcher(session: Session) -> bool:
    """Whether the environment has a job that watches."""
    return session.known_documents.environments[session.line.environment].model.watcher is not None


def hand_over(session: Session) -> None:
    """Tell the watcher's job what is under way, if it does not know already."""
    # A rollback reads no document: the next round of `shipway watch` tells the job of it.
    if session.documents is None or not has_watcher(session):
        return
    from shipway.judge.measures import Unread
    from shipway.watch.order import ORDER_FILE, render

    try:
        papers, order = _papers(session), _order(session)
        try:
            known = papers.order()
        except Unread:
            known = None
        if known != order:
            papers.folder.write(ORDER_FILE, render(order))
    except ShipwayError as error:
        click.echo(visible(f"  the watcher's job was not told: {error.message}"), err=True)


def reports_of_job(session: Session, release: str, since: datetime) -> list[Signal]:
    """What the watcher's job said of this release since then; raises Unread."""
    return _papers(session).reports(release, since) if has_watcher(session) else []


def _papers(session: Session) -> Papers:
    from shipway.models.names import Names
    from shipway.outside.watch_folder import VolumeFolder
    from shipway.sandbox.layout import Home
    from shipway.watch.folder import WATCH_FOLDER, Folder, LocalFolder, Papers

    documents, line = session.known_documents, session.line
    data = documents.bundles[line.use_case].model.data
    names = Names(documents.account.model.organisation, line.environment, line.use_case)
    volume = (names.catalog(data.catalog), names.schema(data.schema_), names.volume())
    folder: Folder = LocalFolder(Home(line.root).volumes.joinpath(*volume, WATCH_FOLDER))
    if session.answers.live:
        from shipway.outside.workspace import connect

        host = documents.environments[line.environment].model.workspace.place[0]
        folder = VolumeFolder(connect(host), "/".join(("/Volumes", *volume, WATCH_FOLDER)))
    return Papers(folder)


def _order(session: Session) -> Order:
    from shipway.ledger.fold import fold
    from shipway.models.release import Phase
    from shipway.release.looking import Looked, underway
    from shipway.watch.order import Order

    line, manifest, ports = session.line, session.manifest, session.ports
    entries = ports.ledger.entries(line.use_case)
    recorded = fold(entries, line.key)
    # What nobody recorded has no beginning, and cannot be judged.
    if manifest.phase is Phase.AT_REST or not recorded.phase_since:
        return Order()
    bundle = session.known_documents.bundles[line.use_case].model
    looked = Looked(line.key, manifest, recorded, entries, bundle.release, (), ports.clock())
    return Order(
        underway(looked),
        held=manifest.hold is not None,
        acts=bundle.release.watcher_acts(bundle.risk),
        kills=bundle.kind.asks_flags,
    )
