"""The plugin protocol's calls by their names on the wire, each with its messages and the method that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from shipway.sandbox.provider import messages
from shipway.sandbox.provider.messages import Diagnostic, DiagnosticsSecond
from shipway.sandbox.provider.service import Provider
from shipway.sandbox.provider.store import Maker, Store
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.wire import decode, encode

__all__ = ["handlers"]

M = TypeVar("M")
_Handler = Callable[[bytes], bytes | None]


def handlers(types: Types, store: Store, maker: Maker) -> Mapping[str, _Handler]:
    """The calls of one connection, with a provider of its own."""
    provider = Provider(types, store, maker)
    calls: dict[str, _Handler] = {
        "GetMetadata": lambda _: encode(provider.metadata()),
        "GetProviderSchema": lambda _: provider.schema(),
        "ConfigureProvider": _call(messages.ConfigureRequest, provider.configure),
        "ValidateResourceConfig": _call(messages.ConfigRequest, provider.validate),
        "UpgradeResourceState": _call(messages.UpgradeRequest, provider.upgrade),
        "ReadResource": _call(messages.ReadRequest, provider.read),
        "PlanResourceChange": _call(messages.PlanRequest, provider.plan),
        "ApplyResourceChange": _call(messages.ApplyRequest, provider.apply),
        "ImportResourceState": _call(messages.ImportRequest, provider.import_state),
        "ReadDataSource": _call(messages.ConfigRequest, provider.read_data),
        "MoveResourceState": lambda _: encode(DiagnosticsSecond(diagnostics=[_NO_MOVE])),
        # Nothing to say: no identities, no functions, nothing to check beyond the schema, nothing to stop.
        "GetResourceIdentitySchemas": lambda _: b"",
        "GetFunctions": lambda _: b"",
        "ValidateProviderConfig": lambda _: b"",
        "ValidateDataResourceConfig": lambda _: b"",
        "StopProvider": lambda _: b"",
    }
    return {
        **{f"/tfplugin6.Provider/{name}": call for name, call in calls.items()},
        "/plugin.GRPCController/Shutdown": lambda _: b"",
        # A stream of what the plugin prints; it ends at once, since nothing is printed.
        "/plugin.GRPCStdio/StreamStdio": lambda _: None,
    }


_NO_MOVE = Diagnostic(messages.ERROR, "moving a resource to another type is not supported")


def _call(request: type[M], method: Callable[[M], object]) -> _Handler:
    return lambda data: encode(method(decode(request, data)))
