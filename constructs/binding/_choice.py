"""What the environment asks of this package: which binding, and whether with or without acceleration."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from shipway.errors import MissingTool, ShipwayError

__all__ = ["BINDINGS", "Packages", "chosen", "import_package", "plain"]


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


def import_package(name: str) -> ModuleType:
    """The package of that name; raises MissingTool where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        hint = f"pip install {chosen().install}"
        raise MissingTool(f"the Python package {name} is not installed", hint) from missing
