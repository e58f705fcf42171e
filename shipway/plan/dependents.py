"""What depends on the objects that change: one step is listed, all steps are counted.

Two kinds of edges are known: a block of the configuration that refers to another (`references`, `depends_on`), and a
Unity Catalog name, which also leads from one stack into another. What only code says (a query, a notebook) is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shipway.plan.access_readers import target_of
from shipway.plan.configuration import bare_address
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.report import Place, ReachRow
from shipway.plan.sections import View
from shipway.plan.values import Record

__all__ = ["reach_rows"]

_LISTED = 12
_UNTOUCHED = (Action.NO_OP, Action.READ, Action.CREATE)
# Inside what an object of the type lies: the type of what holds it, and the attributes that make up its name.
_HOLDERS = (
    ("databricks_catalog", ("catalog_name",)),
    ("databricks_schema", ("catalog_name", "schema_name")),
)

_Graph = Mapping[Place, set[Place]]


def reach_rows(views: Sequence[View]) -> Iterator[ReachRow]:
    """One row for each object that is changed, replaced or destroyed and that others depend on."""
    graph, titles = _graph(views), _titles(views)
    for view in views:
        for change in view.plan.changes:
            place = view.place(bare_address(change.address))
            if change.mode != "managed" or change.action in _UNTOUCHED or not graph.get(place):
                continue
            reached = [found for found in _reached(graph, place) if found in titles]
            direct = sorted(titles[found] for found in graph[place] if found in titles)
            if reached:
                title = view.was.title(change)
                where = (view.place(change.address),)
                yield ReachRow(
                    change.type, title, change.action, tuple(direct[:_LISTED]), len(direct), len(reached), where
                )


def _reached(graph: _Graph, start: Place) -> Iterator[Place]:
    """Everything that depends on it, directly or through others; a circle ends where it began."""
    seen, pending = {start}, [start]
    while pending:
        for found in graph.get(pending.pop(), ()):
            if found not in seen:
                seen.add(found)
                pending.append(found)
                yield found


def _titles(views: Sequence[View]) -> dict[Place, str]:
    """What the managed objects are called, instances of one block by the first of them."""
    titles: dict[Place, str] = {}
    for view in views:
        for change in _managed(view):
            objects = view.was if change.after is None else view.will_be
            name = f"{change.type} {objects.title(change)}"
            titles.setdefault(view.place(bare_address(change.address)), name)
    return titles


def _graph(views: Sequence[View]) -> _Graph:
    """Who depends on whom: from each object to those that refer to it or lie in it."""
    graph: dict[Place, set[Place]] = defaultdict(set)
    named = _named(views)
    for view in views:
        for address, targets in view.plan.references.items():
            for target in targets:
                graph[view.place(target)].add(view.place(address))
        for change in _managed(view):
            own = view.place(bare_address(change.address))
            for key in _needs(change, view):
                for holder in named.get(key, ()):
                    if holder != own:
                        graph[holder].add(own)
    return graph


def _named(views: Sequence[View]) -> Mapping[tuple[str, str], set[Place]]:
    named: dict[tuple[str, str], set[Place]] = defaultdict(set)
    for view in views:
        for change in _managed(view):
            place = view.place(bare_address(change.address))
            # A renamed object is what its dependents call it, be that the old name or the new one.
            for objects in (view.was, view.will_be):
                named[change.type, objects.title(change)].add(place)
    return named


def _managed(view: View) -> Iterator[ResourceChange]:
    for change in (*view.plan.changes, *view.plan.known):
        if change.mode == "managed" and not change.deposed:
            yield change


def _needs(change: ResourceChange, view: View) -> Iterator[tuple[str, str]]:
    """The type and name of what the object lies in or is about."""
    yield from _needs_of(before(change), view.was)
    yield from _needs_of(after(change), view.will_be)


def _needs_of(own: Record, objects: Objects) -> Iterator[tuple[str, str]]:
    for kind, parts in _HOLDERS:
        if all(own.get(part) not in (None, "") for part in parts):
            yield kind, ".".join(objects.text(own[part]) for part in parts)
    kind, target = target_of(own)
    if kind and isinstance(target, str):
        yield kind, objects.text(target, kind)
