"""R39B: no storage is two environments'

Severity: CRITICAL
Scope: project

Why
    Whoever may write a bucket's folder in dev overwrites what prod reads from it, whatever the grants in prod say: a
    path is guarded by whichever catalog or location one comes through.

Anti-pattern
    stacks:
      dev-landing-zone:
        resource:
          databricks_external_location:
            claims:
              name: claims_dev
              url: s3://acme-claims
              credential_name: claims_dev
      prod-landing-zone:
        resource:
          databricks_catalog:
            claims:
              name: claims_prod
              isolation_mode: ISOLATED
              storage_root: s3://acme-claims/prod

Best practice
    stacks:
      dev-landing-zone:
        resource:
          databricks_external_location:
            claims:
              name: claims_dev
              url: s3://acme-dev-claims
              credential_name: claims_dev
              isolation_mode: ISOLATION_MODE_ISOLATED
              lifecycle:
                prevent_destroy: true
      prod-landing-zone:
        resource:
          databricks_catalog:
            claims:
              name: claims_prod
              isolation_mode: ISOLATED
              storage_root: s3://acme-prod-claims/managed
              lifecycle:
                prevent_destroy: true

Not seen
    Storage that no stack declares, and what a bucket's own policy lets in.

Sources
    Unity Catalog best practices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from policies._place import environments
from policies._rule import Answer, Block, Leaf, failed, passed, unknown
from policies._together import NAMED, Others, ProjectRule

_PLACES = {
    "databricks_catalog": "storage_root",
    "databricks_external_location": "url",
    "databricks_schema": "storage_root",
    "databricks_volume": "storage_location",
}
# Three spellings of one scheme.
_SCHEMES = {"s3a": "s3", "s3n": "s3"}


@dataclass(frozen=True)
class _Seen:
    """Who lies at a path and who lies below it, as environment, stack and address; and each block's path."""

    at: dict[str, set[tuple[str, str, str]]]
    below: dict[str, set[tuple[str, str, str]]]
    paths: dict[tuple[str, str], str | None]

    def overlapping(self, path: str) -> set[tuple[str, str, str]]:
        """Everybody at a path that is this one, within it, or that it is within."""
        here, *above = _prefixes(path)
        found = self.at.get(here, set()) | self.below.get(here, set())
        return found.union(*(self.at.get(prefix, set()) for prefix in above))


class StorageOfOneEnvironment(ProjectRule[_Seen]):
    """No path is within one of another environment's, or has one of these within it."""

    resources = tuple(_PLACES)
    looks_up = NAMED

    def survey(self, others: Others) -> _Seen:
        """Who lies at each path, and who lies below it."""
        seen = _Seen(defaultdict(set), defaultdict(set), {})
        for block in others.of(*self.resources):
            path = None if _storage(block).value is None else others.called(_storage(block), block.file)
            seen.paths[block.file, block.address] = path
            if path is None:
                continue
            owners = {(environment, block.file, block.address) for environment in environments(block)}
            here, *above = _prefixes(path)
            seen.at[here] |= owners
            for prefix in above:
                seen.below[prefix] |= owners
        return seen

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """An answer for each overlap with another environment."""
        storage, path = _storage(block), seen.paths[block.file, block.address]
        if path is None:
            yield unknown(storage.path, "not known before apply") if storage.value is not None else passed()
            return
        yield passed()
        mine = environments(block)
        for environment, stack, address in sorted(seen.overlapping(path)):
            if environment not in mine:
                yield failed(storage.path, f"{path} overlaps with that of {address} of {stack}")


def _storage(block: Block) -> Leaf:
    return block.leaf(_PLACES[block.kind])


def _prefixes(path: str) -> list[str]:
    """The path, then each folder it is in, up to the bucket."""
    scheme, _, rest = path.strip().partition("://")
    parts = [part for part in rest.split("/") if part]
    scheme = _SCHEMES.get(scheme.lower(), scheme.lower())
    return [f"{scheme}://{'/'.join(parts[:count])}" for count in range(len(parts), 0, -1)] or [path]


RULE = StorageOfOneEnvironment()
