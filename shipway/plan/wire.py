"""The shape of `terraform show -json` (format 1.x), as far as it is read; what is beyond it is kept to be reported.

Terraform promises that a new minor version only adds properties. An added property can still be an effect that this
program does not know (action invocations came that way), so each object here keeps its extra fields in `model_extra`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shipway.plan.masks import pruned

__all__ = ["WireChange", "WireCheck", "WirePlan", "WireResource"]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)


Mask: TypeAlias = Annotated[Any, AfterValidator(pruned)]
"""Says which parts of a value are unknown or secret; only those parts of it are kept."""


class WireChange(_Wire):
    """`change` of a resource or an output; the values and their masks are still plain JSON."""

    actions: list[str]
    before: Any = None
    after: Any = None
    after_unknown: Mask = None
    before_sensitive: Mask = None
    after_sensitive: Mask = None
    replace_paths: list[list[str | int]] | None = None
    importing: dict[str, Any] | None = None
    generated_config: str | None = None
    before_identity: Any = None
    after_identity: Any = None


class WireResource(_Wire):
    """One entry of `resource_changes` or `resource_drift`."""

    address: str
    type: str
    name: str
    change: WireChange
    mode: str = "managed"
    provider_name: str = ""
    previous_address: str = ""
    module_address: str = ""
    index: str | int | None = None
    deposed: str = ""
    action_reason: str = ""


class WireAddress(_Wire):
    """How a check names what it checks."""

    to_display: str = "(unnamed)"


class WireProblem(_Wire):
    """One message of a failed check."""

    message: str = ""


class WireInstance(_Wire):
    """One instance of a checked object."""

    problems: list[WireProblem] = Field(default_factory=list)


class WireCheck(_Wire):
    """One entry of `checks`."""

    address: WireAddress = Field(default_factory=WireAddress)
    status: str = "unknown"
    instances: list[WireInstance] = Field(default_factory=list)


class WireAttribute(_Wire):
    """One entry of `relevant_attributes`."""

    resource: str
    attribute: list[str | int] = Field(default_factory=list)


class WireDeferred(_Wire):
    """One entry of `deferred_changes`."""

    reason: str = "unknown"
    resource_change: WireResource


class WirePlan(_Wire):
    """The whole document. The last fields are read by place, not by model: values, states and configuration."""

    format_version: str
    terraform_version: str = ""
    timestamp: str = ""
    resource_changes: list[WireResource] = Field(default_factory=list)
    resource_drift: list[WireResource] = Field(default_factory=list)
    relevant_attributes: list[WireAttribute] = Field(default_factory=list)
    output_changes: dict[str, WireChange] = Field(default_factory=dict)
    checks: list[WireCheck] = Field(default_factory=list)
    deferred_changes: list[WireDeferred] = Field(default_factory=list)
    action_invocations: list[dict[str, Any]] = Field(default_factory=list)
    deferred_action_invocations: list[dict[str, Any]] = Field(default_factory=list)
    errored: bool | None = None
    complete: bool | None = None
    applyable: bool | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    planned_values: dict[str, Any] = Field(default_factory=dict)
    prior_state: dict[str, Any] = Field(default_factory=dict)
    configuration: dict[str, Any] = Field(default_factory=dict)
