"""The messages of Terraform's plugin protocol, version 6, as far as resources and data sources need them.

Field numbers are the protocol's. A message that carries nothing is Empty. Those that carry the schema
are in `schema_messages`: they are written once, when the sandbox is prepared.
"""

# ruff: noqa: RUF009 - `wire` makes a dataclass's field
from __future__ import annotations

from dataclasses import dataclass

from shipway.sandbox.provider.wire import wire

__all__ = [
    "ERROR",
    "WARNING",
    "ApplyRequest",
    "ApplyResponse",
    "AttributePath",
    "Capabilities",
    "ConfigRequest",
    "ConfigureRequest",
    "Diagnostic",
    "DiagnosticsFirst",
    "DiagnosticsSecond",
    "DynamicValue",
    "Empty",
    "ImportRequest",
    "ImportResponse",
    "ImportedResource",
    "MetadataResponse",
    "PathStep",
    "PlanRequest",
    "PlanResponse",
    "RawState",
    "ReadDataResponse",
    "ReadRequest",
    "ReadResponse",
    "TypeName",
    "UpgradeRequest",
    "UpgradeResponse",
]

ERROR, WARNING = 1, 2

# No comparison and no repr: these classes are made at every start, and that is half the price.


@dataclass(eq=False, repr=False)
class Empty:
    """Nothing."""


@dataclass(eq=False, repr=False)
class DynamicValue:
    """A value of Terraform in either of its two encodings."""

    msgpack: bytes = wire(1)
    json: bytes = wire(2)


@dataclass(eq=False, repr=False)
class PathStep:
    """One step into a value; exactly one of the three is set."""

    attribute_name: str | None = wire(1, str, optional=True)
    element_key_string: str | None = wire(2, str, optional=True)
    element_key_int: int | None = wire(3, int, optional=True)


@dataclass(eq=False, repr=False)
class AttributePath:
    """The way to an attribute."""

    steps: list[PathStep] = wire(1, PathStep, many=True)


@dataclass(eq=False, repr=False)
class Diagnostic:
    """What Terraform prints as an error or a warning."""

    severity: int = wire(1, int)
    summary: str = wire(2, str)
    detail: str = wire(3, str)
    attribute: AttributePath | None = wire(4, AttributePath)


@dataclass(eq=False, repr=False)
class RawState:
    """A resource as it lies in Terraform's state."""

    json: bytes = wire(1)


@dataclass(eq=False, repr=False)
class Capabilities:
    """What this provider can do beyond the basics."""

    plan_destroy: bool = wire(1, bool)
    get_provider_schema_optional: bool = wire(2, bool)


@dataclass(eq=False, repr=False)
class TypeName:
    """The name of a type."""

    type_name: str = wire(1, str)


@dataclass(eq=False, repr=False)
class MetadataResponse:
    """The names of all types."""

    server_capabilities: Capabilities | None = wire(1, Capabilities)
    data_sources: list[TypeName] = wire(3, TypeName, many=True)
    resources: list[TypeName] = wire(4, TypeName, many=True)


@dataclass(eq=False, repr=False)
class DiagnosticsFirst:
    """An answer with nothing but diagnostics, in field 1."""

    diagnostics: list[Diagnostic] = wire(1, Diagnostic, many=True)


@dataclass(eq=False, repr=False)
class DiagnosticsSecond:
    """An answer with nothing but diagnostics, in field 2."""

    diagnostics: list[Diagnostic] = wire(2, Diagnostic, many=True)


@dataclass(eq=False, repr=False)
class ConfigureRequest:
    """The provider block."""

    config: DynamicValue | None = wire(2, DynamicValue)


@dataclass(eq=False, repr=False)
class ConfigRequest:
    """The configuration of a resource or of a data source."""

    type_name: str = wire(1, str)
    config: DynamicValue | None = wire(2, DynamicValue)


@dataclass(eq=False, repr=False)
class UpgradeRequest:
    """A resource of the state, perhaps written by an older provider."""

    type_name: str = wire(1, str)
    raw_state: RawState | None = wire(3, RawState)


@dataclass(eq=False, repr=False)
class UpgradeResponse:
    """The same in today's schema."""

    upgraded_state: DynamicValue | None = wire(1, DynamicValue)
    diagnostics: list[Diagnostic] = wire(2, Diagnostic, many=True)


@dataclass(eq=False, repr=False)
class ReadRequest:
    """Which object to read: what the state says of it."""

    type_name: str = wire(1, str)
    current_state: DynamicValue | None = wire(2, DynamicValue)
    private: bytes = wire(3)


@dataclass(eq=False, repr=False)
class ReadResponse:
    """The object as it is now; null where it is gone."""

    new_state: DynamicValue | None = wire(1, DynamicValue)
    diagnostics: list[Diagnostic] = wire(2, Diagnostic, many=True)
    private: bytes = wire(3)


@dataclass(eq=False, repr=False)
class PlanRequest:
    """What is, what is asked for, and both merged by Terraform."""

    type_name: str = wire(1, str)
    prior_state: DynamicValue | None = wire(2, DynamicValue)
    proposed_new_state: DynamicValue | None = wire(3, DynamicValue)
    config: DynamicValue | None = wire(4, DynamicValue)
    prior_private: bytes = wire(5)


@dataclass(eq=False, repr=False)
class PlanResponse:
    """What will be, and which changes need a new object."""

    planned_state: DynamicValue | None = wire(1, DynamicValue)
    requires_replace: list[AttributePath] = wire(2, AttributePath, many=True)
    planned_private: bytes = wire(3)
    diagnostics: list[Diagnostic] = wire(4, Diagnostic, many=True)
    legacy_type_system: bool = wire(5, bool)


@dataclass(eq=False, repr=False)
class ApplyRequest:
    """What is, and what was planned."""

    type_name: str = wire(1, str)
    prior_state: DynamicValue | None = wire(2, DynamicValue)
    planned_state: DynamicValue | None = wire(3, DynamicValue)
    planned_private: bytes = wire(5)


@dataclass(eq=False, repr=False)
class ApplyResponse:
    """What came of it."""

    new_state: DynamicValue | None = wire(1, DynamicValue)
    private: bytes = wire(2)
    diagnostics: list[Diagnostic] = wire(3, Diagnostic, many=True)
    legacy_type_system: bool = wire(4, bool)


@dataclass(eq=False, repr=False)
class ImportRequest:
    """Which object to take over."""

    type_name: str = wire(1, str)
    id: str = wire(2, str)


@dataclass(eq=False, repr=False)
class ImportedResource:
    """The object that was taken over."""

    type_name: str = wire(1, str)
    state: DynamicValue | None = wire(2, DynamicValue)


@dataclass(eq=False, repr=False)
class ImportResponse:
    """The objects that were taken over."""

    imported_resources: list[ImportedResource] = wire(1, ImportedResource, many=True)
    diagnostics: list[Diagnostic] = wire(2, Diagnostic, many=True)


@dataclass(eq=False, repr=False)
class ReadDataResponse:
    """What a data source found."""

    state: DynamicValue | None = wire(1, DynamicValue)
    diagnostics: list[Diagnostic] = wire(2, Diagnostic, many=True)
