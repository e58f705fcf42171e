"""The packed facts as types: each read when it is first asked for, since a stack uses a dozen of 248."""

from __future__ import annotations

from pathlib import Path

from shipway.sandbox.provider.schema import Resource, read_resource

__all__ = ["DATA_SOURCES", "RESOURCES", "SCHEMA", "Types"]

RESOURCES, DATA_SOURCES, SCHEMA = "resources", "data-sources", "schema.bin"


class Types:
    """The resource types and data sources in a folder that `pack` wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, Resource] = {}

    def resource(self, name: str) -> Resource:
        """The resource type of that name; KeyError where there is none, which Terraform does not ask for."""
        return self._get(RESOURCES, name)

    def resource_if_known(self, name: str) -> Resource | None:
        """The resource type of that name, or None."""
        return self._get(RESOURCES, name) if self._path(RESOURCES, name).is_file() else None

    def data_source(self, name: str) -> Resource:
        """The data source of that name; KeyError where there is none."""
        return self._get(DATA_SOURCES, name)

    def resource_names(self) -> list[str]:
        """Every resource type's name, sorted."""
        return sorted(path.stem for path in (self._folder / RESOURCES).glob("*.json"))

    def data_source_names(self) -> list[str]:
        """Every data source's name, sorted."""
        return sorted(path.stem for path in (self._folder / DATA_SOURCES).glob("*.json"))

    def schema_bytes(self) -> bytes:
        """The answer to Terraform's question for the schema, ready to send."""
        return (self._folder / SCHEMA).read_bytes()

    def _path(self, kind: str, name: str) -> Path:
        return self._folder / kind / f"{name}.json"

    def _get(self, kind: str, name: str) -> Resource:
        path = self._path(kind, name)
        if path not in self._read:
            try:
                self._read[path] = read_resource(name, path.read_bytes())
            except FileNotFoundError:
                raise KeyError(f"no {name} in {path.parent}") from None
        return self._read[path]
