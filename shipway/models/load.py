"""Loading every document of a project, with every mistake of all of them together.

Which documents there are is found by listing the folders: `environments/*.yaml`, `bundles/*/bundle.yaml`,
`releases/*/*.yaml`, `adopted/*.yaml`. A file that was read before and has not changed is taken from a cache of
validated models, so that one changed bundle among a thousand costs one bundle; where things stand in a file is read
again only when asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from shipway.errors import DocumentErrors, Position, Problem
from shipway.models.account import Account
from shipway.models.adopted import Adopted
from shipway.models.bundle import Bundle
from shipway.models.document import Document, validate
from shipway.models.environment import Environment
from shipway.models.listing import Listing
from shipway.models.names import DataName, EnvironmentName, UseCaseName
from shipway.models.release import ReleaseManifest
from shipway.models.source import Source, Unreadable, read_source, read_text
from shipway.models.sql import SqlFunction, read_function

__all__ = ["Documents", "Loaded", "document_files", "load"]

Model = TypeVar("Model", bound=Document)
Model_co = TypeVar("Model_co", bound=Document, covariant=True)


@dataclass(frozen=True)
class Loaded(Generic[Model_co]):
    """A document and where it came from."""

    model: Model_co
    root: Path
    file: str
    digest: str
    """Of what the document says, whatever its comments and layout."""

    @cached_property
    def source(self) -> Source:
        """The parsed file with its places; raises Unreadable if the file was changed and broken since."""
        return read_source(self.root, self.root / self.file)

    def at(self, *path: str | int) -> Position:
        """Where `path` stands in the file."""
        return self.source.at(path)


@dataclass(frozen=True)
class Documents:
    """All documents of a project."""

    account: Loaded[Account]
    environments: dict[str, Loaded[Environment]]
    bundles: dict[str, Loaded[Bundle]]
    releases: dict[tuple[str, str], Loaded[ReleaseManifest]]
    """By environment and use case."""
    adopted: dict[str, Loaded[Adopted]]
    """By environment."""
    functions: dict[str, SqlFunction] = field(default_factory=dict)
    """By name, those of environments/functions."""


def document_files(root: Path) -> list[Path]:
    """Every document's file, in a fixed order; raises DocumentErrors where a folder cannot be listed."""
    listing = Listing(root)
    files = listing.documents()
    if listing.problems:
        raise DocumentErrors(listing.problems)
    return files


def load(root: Path, cache: Path | None = None) -> Documents:
    """Read all documents below `root`; raises DocumentErrors with every mistake of all files.

    `cache` is a file that keeps validated models between runs; without it everything is read anew.
    """
    reader = _Reader(root, _Cache.read(cache))
    documents = reader.documents()
    if reader.problems:
        raise DocumentErrors(reader.problems)
    reader.cache.write(cache)
    return documents


@dataclass
class _Cache:
    """Validated models by file: the digest of the bytes they came from and their JSON."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    fresh: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None) -> _Cache:
        if path is None:
            return cls()
        try:
            content = json.loads(path.read_bytes())
            known = {file: (str(digest), str(model)) for file, (digest, model) in content["documents"].items()}
            # Models of other code are other models: a default may have changed.
            return cls(known) if content["code"] == _code_digest() else cls()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls()

    def write(self, path: Path | None) -> None:
        if path is None or self.fresh == self.known:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({"code": _code_digest(), "documents": self.fresh}))
        draft.replace(path)


def _code_digest() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass
class _Reader:
    root: Path
    cache: _Cache
    problems: list[Problem] = field(default_factory=list)

    def documents(self) -> Documents:
        listing = Listing(self.root)
        files = listing.documents()
        self.problems.extend(listing.problems)
        account = self._account()
        environments: dict[str, Loaded[Environment]] = {}
        bundles: dict[str, Loaded[Bundle]] = {}
        releases: dict[tuple[str, str], Loaded[ReleaseManifest]] = {}
        adopted: dict[str, Loaded[Adopted]] = {}
        for path in files:
            folder = path.relative_to(self.root).parts[0]
            if folder == "environments" and path.name != "account.yaml":
                self._put(environments, self._name(path, path.stem, _ENVIRONMENT), self._load(Environment, path))
            elif folder == "adopted":
                self._put(adopted, self._name(path, path.stem, _ENVIRONMENT), self._load(Adopted, path))
            elif folder == "bundles":
                self._put(bundles, self._name(path, path.parent.name, _USE_CASE), self._load(Bundle, path))
            elif folder == "releases":
                self._put(releases, (path.parent.name, path.stem), self._load(ReleaseManifest, path))
        functions = self._functions(listing)
        if account is None or self.problems:
            raise DocumentErrors(self.problems)
        return Documents(account, environments, bundles, releases, adopted, functions)

    def _functions(self, listing: Listing) -> dict[str, SqlFunction]:
        before = len(listing.problems)
        functions: dict[str, SqlFunction] = {}
        for path in listing.functions():
            name = self._name(path, path.stem, _FUNCTION)
            try:
                text = read_text(self.root, path)
            except Unreadable as error:
                self.problems.extend(error.problems)
                continue
            found = read_function(text, path.relative_to(self.root).as_posix(), name or path.stem)
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                functions[found.name] = found
        self.problems.extend(listing.problems[before:])
        return functions

    def _account(self) -> Loaded[Account] | None:
        path = self.root / "environments" / "account.yaml"
        if path.exists() or path.is_symlink():
            return self._load(Account, path)
        at = Position("environments/account.yaml")
        self.problems.append(Problem("missing-document", "the file is missing: it names the account", at))
        return None

    def _put(self, into: dict[_Key, Loaded[Model]], key: _Key | None, loaded: Loaded[Model] | None) -> None:
        if key is not None and loaded is not None:
            into[key] = loaded

    def _name(self, path: Path, name: str, kind: TypeAdapter[str]) -> str | None:
        try:
            return kind.validate_python(name)
        except ValidationError as error:
            message = error.errors()[0]["msg"].removeprefix("Value error, ")
            at = Position(path.relative_to(self.root).as_posix())
            self.problems.append(Problem("bad-name", message, at, "the file's or folder's name is the name"))
            return None

    def _load(self, model: type[Model], path: Path) -> Loaded[Model] | None:
        file = path.relative_to(self.root).as_posix()
        try:
            return self._cached(model, path, file) or self._read(model, path, file)
        except Unreadable as error:
            self.problems.extend(error.problems)
            return None

    def _cached(self, model: type[Model], path: Path, file: str) -> Loaded[Model] | None:
        entry = self.cache.known.get(file)
        if entry is None or path.is_symlink() or entry[0] != _digest(path):
            return None
        try:
            known = model.model_validate_json(entry[1])
        except ValidationError:
            return None
        self.cache.fresh[file] = entry
        return Loaded(known, self.root, file, _digest_of(entry[1]))

    def _read(self, model: type[Model], path: Path, file: str) -> Loaded[Model] | None:
        source = read_source(self.root, path)
        digest = _digest(path)
        result = validate(model, source)
        if isinstance(result, list):
            self.problems.extend(result)
            return None
        said = result.model_dump_json(by_alias=True)
        self.cache.fresh[file] = (digest, said)
        loaded = Loaded(result, self.root, file, _digest_of(said))
        loaded.__dict__["source"] = source
        return loaded


_Key = TypeVar("_Key", str, tuple[str, str])
_ENVIRONMENT: TypeAdapter[str] = TypeAdapter(EnvironmentName)
_FUNCTION: TypeAdapter[str] = TypeAdapter(DataName)
_USE_CASE: TypeAdapter[str] = TypeAdapter(UseCaseName)


def _digest_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _digest(path: Path) -> str:
    try:
        # A pipe would be waited for, a device read for ever.
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.is_file() else ""
    except OSError:
        return ""
