"""Where a class lies: cdktf's own in its core, the provider's in submodules that are imported one by one.

Importing the provider's package imports its 250 submodules, which costs 0.9 s and another 0.5 s when the process ends;
a landing zone uses twenty of them. So the package is put in place without running its `__init__`, and a class imports
the submodule that defines it: `JobTask` is in `job`, `ClusterPolicy` in `cluster_policy`.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from binding._choice import chosen, import_package, plain
from binding._start import start

__all__ = ["core_class", "find_class", "submodule_of"]

# The one submodule that jsii's generator does not name after its class.
_PROVIDER_SUBMODULE = "provider"
_PROVIDER_CLASSES = ("DatabricksProvider", "DatabricksProviderConfig")

# A word of a class name: Data|Databricks|Aws|S3|Mount, Account|Setting|V2.
_WORD = re.compile(r"[A-Z][^A-Z]*")


def core_class(name: str) -> object:
    """A class of cdktf, or of the library constructs below it; raises AttributeError where neither has it.

    The first one starts Node. Raises MissingTool where cdktf or Node is not installed.
    """
    if name.startswith("__"):
        raise AttributeError(name)
    start()
    for package in (import_package(chosen().core), import_package("constructs")):
        found: object = getattr(package, name, None)
        if found is not None:
            return found
    raise AttributeError(f"neither {chosen().core} nor constructs has a class {name!r}")


def find_class(name: str) -> object:
    """The provider's class of that name, from its submodule; raises AttributeError where there is none.

    The first one starts Node. Raises MissingTool where cdktf, its provider or Node is not installed.
    """
    if name.startswith("__"):
        raise AttributeError(name)
    start()
    package = _provider()
    submodule = submodule_of(name, _submodules(package))
    if submodule is not None:
        found: object = getattr(importlib.import_module(f"{package.__name__}.{submodule}"), name, None)
        if found is not None:
            return found
    raise AttributeError(f"{package.__name__} has no class {name!r}")


def submodule_of(name: str, submodules: frozenset[str]) -> str | None:
    """The submodule that defines a class: the longest run of its first words that is one."""
    if name in _PROVIDER_CLASSES:
        return _PROVIDER_SUBMODULE
    words = [word.lower() for word in _WORD.findall(name)]
    candidates = ("_".join(words[:end]) for end in range(len(words), 0, -1))
    return next((candidate for candidate in candidates if candidate in submodules), None)


@cache
def _provider() -> ModuleType:
    """The provider's package: an empty one in its place, so that submodules import as ever and its index does not."""
    name = chosen().provider
    spec = importlib.util.find_spec(name) if name not in sys.modules else None
    if plain() or spec is None:
        return import_package(name)
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations or ())
    package.__spec__ = spec
    sys.modules[name] = package
    return package


@cache
def _submodules(package: ModuleType) -> frozenset[str]:
    folders = (folder for root in package.__path__ for folder in Path(root).iterdir())
    return frozenset(folder.name for folder in folders if (folder / "__init__.py").is_file())
