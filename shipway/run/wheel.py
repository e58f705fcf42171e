"""A bundle's code as a wheel: the same bytes on every machine, with the parts of Shipway that it calls inside.

flit_core makes the wheel from `bundles/<use-case>/pyproject.toml`; here its files are put into an archive again without
compression (zlib's output differs between its builds), in order, with one date. What the code imports of `shipway`, and
what that imports, goes along: on Databricks nothing else has to be installed, and a release's digest covers it.
"""

from __future__ import annotations

import ast
import hashlib
import io
import os
import re
import tempfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import MissingTool, ShipwayError

__all__ = ["BuiltWheel", "build_wheel", "wheel_of"]

_NAME = re.compile(r"[a-z0-9_]+-[0-9]+\.[0-9]+\.[0-9]+-py3-none-any\.whl")
"""What the jobs look for: `shipway.models.resolve_jobs`."""

_DATE = (1980, 1, 1, 0, 0, 0)
_FOR_BUNDLES = ("shipway.runtime", "shipway.pointer", "shipway.flags")
"""What runs in a job: it brings nothing along."""

_SHIPWAY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class BuiltWheel:
    """A wheel: its name says package and version, its digest says which bytes."""

    name: str
    content: bytes

    @property
    def version(self) -> str:
        """The package's version."""
        return self.name.split("-")[1]

    @property
    def package(self) -> str:
        """The package's name."""
        return self.name.split("-")[0]

    @property
    def sha256(self) -> str:
        """What a manifest has as `wheel_sha256`."""
        return hashlib.sha256(self.content).hexdigest()


def build_wheel(bundle: Path) -> BuiltWheel:
    """The wheel of the bundle in that folder; raises ShipwayError for a folder without code, or code without sense."""
    if not (bundle / "pyproject.toml").is_file():
        raise ShipwayError(f"{bundle.name} has no code to build: no pyproject.toml", f"write {bundle}/pyproject.toml")
    name, made = _by_flit(bundle)
    if not _NAME.fullmatch(name):
        raise ShipwayError(
            f"{bundle.name} builds {name}, wanted <package>-<major>.<minor>.<patch>-py3-none-any.whl",
            f'say version = "1.2.3" and requires-python = ">=3.11" in {bundle}/pyproject.toml',
        )
    record = next(file for file in made if file.endswith(".dist-info/RECORD"))
    code = {file: content for file, content in made.items() if file != record}
    files = {**code, **_ours(file for file in code.items() if file[0].endswith(".py"))}
    return BuiltWheel(name, _archive({**files, record: _record(files, record)}))


def wheel_of(package: str, version: str, files: Mapping[str, bytes], entry_point: str) -> BuiltWheel:
    """A wheel of these files, by their paths in it; its entry point is the function of that name in the package."""
    about = f"{package}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\nRequires-Python: >=3.11\n"
    tags = "Wheel-Version: 1.0\nGenerator: shipway\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    made = {
        **files,
        f"{about}/METADATA": head.encode(),
        f"{about}/WHEEL": tags.encode(),
        f"{about}/entry_points.txt": f"[console_scripts]\n{entry_point} = {package}:{entry_point}\n".encode(),
    }
    record = f"{about}/RECORD"
    return BuiltWheel(f"{package}-{version}-py3-none-any.whl", _archive({**made, record: _record(made, record)}))


def _by_flit(bundle: Path) -> tuple[str, dict[str, bytes]]:
    """The wheel's name and files as flit_core makes them."""
    try:
        from flit_core import buildapi
        from flit_core.common import ProblemInModule
        from flit_core.config import ConfigError
    except ImportError as error:
        raise MissingTool("building a bundle needs flit_core", "pip install 'shipway[run]'") from error
    with tempfile.TemporaryDirectory() as folder, _in(bundle):
        try:
            name = str(buildapi.build_wheel(folder))
        except (ConfigError, ProblemInModule, ValueError, SyntaxError) as error:
            raise ShipwayError(f"{bundle.name} cannot be built: {error}", f"see {bundle}/pyproject.toml") from error
        with zipfile.ZipFile(Path(folder) / name) as archive:
            return name, {file: archive.read(file) for file in archive.namelist()}


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    # A build backend works in the current folder (PEP 517).
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _ours(sources: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """The modules of Shipway that these import, and those that they import."""
    found: dict[str, bytes] = {}
    waiting: list[str] = []
    for name, content in sources:
        modules = list(_imported(name, content))
        for module in modules:
            if not module.startswith(_FOR_BUNDLES):
                raise ShipwayError(f"{name} imports {module}; a bundle calls {', '.join(_FOR_BUNDLES)} and no more")
        waiting += modules
    while waiting:
        for file in _files(waiting.pop()):
            name = file.relative_to(_SHIPWAY.parent).as_posix()
            if name not in found:
                found[name] = file.read_bytes()
                waiting += _imported(name, found[name])
    return found


def _imported(name: str, source: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ShipwayError(f"{name} is no Python: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "shipway")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "shipway":
            yield str(node.module)
            # `from shipway.runtime import tables`: what is imported may be a module.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(module: str) -> Iterator[Path]:
    """The module's file and the packages above it; a name that is no module has none."""
    parts = module.split(".")[1:]
    for depth in range(len(parts) + 1):
        at = _SHIPWAY.joinpath(*parts[:depth])
        for file in (at / "__init__.py", at.with_suffix(".py")):
            if file.is_file():
                yield file


def _record(files: Mapping[str, bytes], record: str) -> bytes:
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in sorted(files.items())]
    return "\n".join([*lines, f"{record},,", ""]).encode()


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def _archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o100644 << 16
            # As on every system: by default it is the system's own number.
            entry.create_system = 3
            archive.writestr(entry, content)
    return out.getvalue()
