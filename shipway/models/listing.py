"""Which files of a project are documents, and which only look like one.

What cannot be listed is a mistake, never an empty folder: nothing declared is everything removed. So is a file that
looks like a document and stands where nobody reads it.
"""

from __future__ import annotations

from pathlib import Path

from shipway.errors import Position, Problem
from shipway.models.sql import FUNCTIONS_FOLDER

__all__ = ["Listing"]

_YAML = (".yaml", ".yml")


class Listing:
    """What stands in the folders of documents; `problems` holds what should not be as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def documents(self) -> list[Path]:
        """Every document: the account first, then environments, bundles, releases, adopted objects, each by name."""
        environments, bundles, releases = (self.root / name for name in ("environments", "bundles", "releases"))
        functions = environments / FUNCTIONS_FOLDER
        found = [path for path in self._entries(environments) if path != functions and self._is_document(path)]
        account = environments / "account.yaml"
        files = [account] if account in found else []
        files += [path for path in found if path != account]
        for folder in self._entries(bundles):
            files += self._bundle(folder)
        for folder in self._entries(releases):
            if self._is_folder(folder, "a manifest stands in releases/<environment>/<use-case>.yaml"):
                files += [path for path in self._entries(folder) if self._is_document(path)]
        files += [path for path in self._entries(self.root / "adopted") if self._is_document(path)]
        return files

    def functions(self) -> list[Path]:
        """Every function's SQL file, by name."""
        folder = self.root / "environments" / FUNCTIONS_FOLDER
        files = []
        for path in self._entries(folder):
            if path.suffix == ".sql" and path.is_file():
                files.append(path)
            else:
                self._stray(path, f"functions stand in environments/{FUNCTIONS_FOLDER}/<name>.sql; not read", "move it")
        return files

    def _bundle(self, folder: Path) -> list[Path]:
        if not self._is_folder(folder, "a bundle is a folder, bundles/<use-case>/bundle.yaml"):
            return []
        entries = self._entries(folder)
        for path in entries:
            if path.name != "bundle.yaml" and path.name.lower() in ("bundle.yaml", "bundle.yml"):
                self._stray(path, "a bundle's document is called bundle.yaml; this file is not read", "rename it")
        files = [path for path in entries if path.name == "bundle.yaml"]
        if not files:
            self._stray(folder, "a bundle's folder without a bundle.yaml", "add one, or delete it")
        return files

    def _is_document(self, path: Path) -> bool:
        """Whether an entry of a folder of documents is one."""
        is_folder = path.is_dir() and not path.is_symlink()
        if path.suffix == ".yaml" and not is_folder:
            return True
        if is_folder or path.suffix.lower() in _YAML:
            self._stray(path, "documents end in .yaml and stand in no further folder; this is not read", "move it")
        return False

    def _is_folder(self, path: Path, wanted: str) -> bool:
        if path.is_dir() and not path.is_symlink():
            return True
        if path.is_symlink():
            self._refuse_link(path)
        elif path.suffix.lower() in _YAML:
            self._stray(path, f"{wanted}; this is not read", "move it")
        return False

    def _entries(self, folder: Path) -> list[Path]:
        """What stands in a folder, by name; hidden files are nobody's document."""
        at = Position(folder.relative_to(self.root).as_posix())
        if folder.is_symlink():
            self._refuse_link(folder)
            return []
        try:
            return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"the folder cannot be listed: {error.strerror}"
            self.problems.append(Problem("unreadable", message, at, "a folder that cannot be read is not an empty one"))
            return []

    def _refuse_link(self, folder: Path) -> None:
        message = "the folder is a link; what is deployed must be what is reviewed"
        at = Position(folder.relative_to(self.root).as_posix())
        self.problems.append(Problem("outside-project", message, at, "put the folder itself there"))

    def _stray(self, path: Path, message: str, hint: str) -> None:
        at = Position(path.relative_to(self.root).as_posix())
        self.problems.append(Problem("stray-document", message, at, hint))
