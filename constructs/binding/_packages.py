"""Which Python packages stand behind this one, and the provider's classes found one submodule at a time.

Importing the provider's package imports its 250 submodules, which costs 0.9 s and another 0.5 s when the process ends;
a landing zone uses twenty of them. So the package is put in place without running its `__init__`, and a class imports
the submodule that defines it: `JobTask` is in `job`, `ClusterPolicy` in `cluster_policy`.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType

from binding import _structs
from shipway.errors import MissingTool, ShipwayError

__all__ = ["BINDINGS", "Packages", "chosen", "core_class", "find_class", "plain", "provider", "submodule_of"]

# What jsii's generator names by its own rule and not by the class.
_PROVIDER_SUBMODULE = "provider"
_PROVIDER_CLASSES = ("DatabricksProvider",)

# A word of a class name: Data|Databricks|Aws|S3|Mount, Account|Setting|V2.
_WORD = re.compile(r"[A-Z][^A-Z]*")


@dataclass(frozen=True, slots=True)
class Packages:
    """The import names of one binding: its core and its Databricks provider, and what pip calls them."""

    core: str
    provider: str
    install: str


BINDINGS: Mapping[str, Packages] = MappingProxyType(
    {
        "cdktf": Packages("cdktf", "cdktf_cdktf_provider_databricks", "cdktf cdktf-cdktf-provider-databricks"),
        "cdktn": Packages("cdktn", "cdktn_provider_databricks", "cdktn cdktn-provider-databricks"),
    }
)


def plain() -> bool:
    """Whether SHIPWAY_PLAIN asks for cdktf as anybody runs it, with nothing accelerated."""
    return os.environ.get("SHIPWAY_PLAIN", "") not in ("", "0")


def chosen() -> Packages:
    """The binding that SHIPWAY_BINDING names, cdktf by default; raises ShipwayError for a name nobody knows."""
    name = os.environ.get("SHIPWAY_BINDING") or "cdktf"
    if name not in BINDINGS:
        raise ShipwayError(f"SHIPWAY_BINDING={name!r} names no binding", f"it is one of: {', '.join(sorted(BINDINGS))}")
    return BINDINGS[name]


@cache
def provider() -> ModuleType:
    """The provider's package of the chosen binding, without its `__init__` unless SHIPWAY_PLAIN is set.

    Raises MissingTool where it is not installed.
    """
    name = chosen().provider
    if name in sys.modules:
        return sys.modules[name]
    if plain():
        return _import(name)
    spec = importlib.util.find_spec(name)
    return _import(name) if spec is None else _without_init(spec)


def core_class(name: str) -> object:
    """A class of cdktf, or of the library constructs below it; raises AttributeError where neither has it.

    The first one starts Node. Raises MissingTool where cdktf is not installed.
    """
    if name.startswith("__"):
        raise AttributeError(name)
    _prepare_jsii()
    for package in (_import(chosen().core), _import("constructs")):
        found: object = getattr(package, name, None)
        if found is not None:
            return found
    raise AttributeError(f"neither {chosen().core} nor constructs has a class {name!r}")


def find_class(name: str) -> object:
    """The provider's class of that name, imported from its submodule; raises AttributeError where there is none."""
    _prepare_jsii()
    package = provider()
    submodule = submodule_of(name, _submodules(package))
    if submodule is not None:
        found: object = getattr(importlib.import_module(f"{package.__name__}.{submodule}"), name, None)
        if found is not None:
            return found
    raise AttributeError(f"{package.__name__} has no class {name!r}")


def submodule_of(name: str, submodules: frozenset[str]) -> str | None:
    """The submodule that defines a class: the longest run of its first words that is one."""
    if name in _PROVIDER_CLASSES or name == f"{_PROVIDER_CLASSES[0]}Config":
        return _PROVIDER_SUBMODULE
    words = [word.lower() for word in _WORD.findall(name)]
    candidates = ("_".join(words[:end]) for end in range(len(words), 0, -1))
    return next((candidate for candidate in candidates if candidate in submodules), None)


@cache
def _prepare_jsii() -> None:
    if not plain():
        _import("jsii")
        _structs.install()


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        hint = f"pip install {chosen().install}"
        raise MissingTool(f"the Python package {name} is not installed", hint) from missing


def _without_init(spec: importlib.machinery.ModuleSpec) -> ModuleType:
    """An empty package in the place of the real one: its submodules import as ever, all others stay on disk."""
    package = ModuleType(spec.name)
    package.__path__ = list(spec.submodule_search_locations or ())
    package.__spec__ = spec
    sys.modules[spec.name] = package
    return package


@cache
def _submodules(package: ModuleType) -> frozenset[str]:
    folders = (folder for root in package.__path__ for folder in Path(root).iterdir())
    return frozenset(folder.name for folder in folders if (folder / "__init__.py").is_file())
