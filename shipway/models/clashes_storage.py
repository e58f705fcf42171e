"""Storage that is right document by document and wrong together: overlapping, of another cloud, outside its location.

A metastore has one external location for a place, and dropping a catalog must not touch another's files; so no two
locations overlap in all environments, and no two catalogs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.document import spelled, suggestion
from shipway.models.environment import Environment
from shipway.models.load import Documents, Loaded
from shipway.models.source import Path_

__all__ = ["bad_credentials", "residency", "shared_storage", "storage_shares"]

_SCHEMES = {"aws": "s3://", "azure": "abfss://", "gcp": "gs://"}

Taken = list[tuple[str, str]]
"""Folders that are somebody's, each with whose."""


def shared_storage(documents: Documents) -> Iterable[Problem]:
    """Catalogs and locations that overlap another's, are of another cloud, or lie in no declared location."""
    cloud = documents.account.model.cloud
    roots: Taken = []
    urls: Taken = []
    for name, loaded in documents.environments.items():
        storage = loaded.model.storage
        for key, location in storage.locations.items():
            path: Path_ = ("storage", "locations", key, "url")
            yield from _other_cloud(loaded, path, location.url, cloud)
            yield from _overlaps(loaded, path, location.url, urls, f"location {key} of {name}")
        for domain, catalog in loaded.model.catalogs.items():
            path, root = ("catalogs", domain, "storage_root"), catalog.storage_root
            yield from _other_cloud(loaded, path, root, cloud)
            yield from _overlaps(loaded, path, root, roots, f"catalog {domain} of {name}")
            if storage.locations and storage.location_of(root) is None:
                message = f"{spelled(path)}: {root!r} lies in no location of this environment"
                hint = f"there are: {', '.join(sorted(one.url for one in storage.locations.values()))}"
                yield Problem("outside-location", message, loaded.at(*path), hint)


def _other_cloud(loaded: Loaded[Environment], path: Path_, url: str, cloud: str) -> Iterator[Problem]:
    scheme = _SCHEMES[cloud]
    if not url.startswith(scheme) or any(part in (".", "..") for part in url.split("/")):
        message = f"{spelled(path)}: got {url!r}, wanted a plain {scheme} address"
        yield Problem("bad-value", message, loaded.at(*path), f"the account is on {cloud}")


def _overlaps(loaded: Loaded[Environment], path: Path_, url: str, taken: Taken, mine: str) -> Iterator[Problem]:
    folder = url.rstrip("/") + "/"
    for other, whose in taken:
        if folder.startswith(other) or other.startswith(folder):
            message = f"{spelled(path)}: overlaps the storage of {whose}"
            hint = f"each {mine.partition(' ')[0]} has storage of its own"
            yield Problem("shared-storage", message, loaded.at(*path), hint)
    taken.append((folder, mine))


def bad_credentials(documents: Documents) -> Iterable[Problem]:
    """Locations under a credential that is not there, and credentials of another cloud."""
    cloud = documents.account.model.cloud
    for loaded in documents.environments.values():
        credentials = loaded.model.storage.credentials
        for key, location in loaded.model.storage.locations.items():
            if location.credential not in credentials:
                path: Path_ = ("storage", "locations", key, "credential")
                message = f"{spelled(path)}: {location.credential!r} is no credential of this environment"
                message += suggestion(location.credential, credentials)
                yield Problem("unknown-credential", message, loaded.at(*path), "declare it under storage.credentials")
        for key, credential in credentials.items():
            if credential.cloud != cloud:
                path = ("storage", "credentials", key, credential.cloud)
                message = f"{spelled(path)}: got an identity of {credential.cloud}, wanted one of {cloud}"
                yield Problem("bad-value", message, loaded.at(*path), f"the account is on {cloud}")


def storage_shares(documents: Documents) -> Iterable[Problem]:
    """Storage that is shared with an environment that is not there, or with its own."""
    for environment, loaded in documents.environments.items():
        for path, other in _shared(loaded.model):
            name = spelled(path)
            if other == environment:
                message = f"{name}: {other!r} is this environment; its own workspace is bound already"
                yield Problem("shared-with-itself", message, loaded.at(*path), "remove it")
            elif other not in documents.environments:
                message = f"{name}: {other!r} is no environment{suggestion(other, documents.environments)}"
                yield Problem("unknown-environment", message, loaded.at(*path))


def _shared(environment: Environment) -> Iterator[tuple[Path_, str]]:
    for key, credential in environment.storage.credentials.items():
        for index, other in enumerate(credential.shared_with):
            yield ("storage", "credentials", key, "shared_with", index), other
    for key, location in environment.storage.locations.items():
        for index, other in enumerate(location.shared_with):
            yield ("storage", "locations", key, "shared_with", index), other


def residency(documents: Documents) -> Iterable[Problem]:
    """Catalogs whose data may not leave a region, and whose storage, workspace or sharing is in another."""
    for loaded in documents.environments.values():
        for domain, catalog in loaded.model.catalogs.items():
            if catalog.residency is not None:
                path: Path_ = ("catalogs", domain, "residency")
                for where, region in _regions(documents, loaded.model, domain):
                    if region != catalog.residency:
                        said = repr(region) if region else "a region that is not said"
                        message = f"{spelled(path)}: got {catalog.residency!r}, but {where} is in {said}"
                        hint = "what has to stay in a region is neither stored nor seen anywhere else"
                        yield Problem("residency", message, loaded.at(*path), hint)


def _regions(documents: Documents, environment: Environment, domain: str) -> Iterator[tuple[str, str | None]]:
    catalog = environment.catalogs[domain]
    yield "the workspace (workspace.region)", environment.workspace.region
    key = environment.storage.location_of(catalog.storage_root)
    if key is not None:
        yield f"its storage (storage.locations.{key}.region)", environment.storage.locations[key].region
    for other in catalog.shared_with:
        if other in documents.environments:
            region = documents.environments[other].model.workspace.region
            yield f"the workspace of {other}, which it is shared with,", region
