"""What compute may be in an environment: cluster policies, as structures."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from shipway.models.document import Document, Text

__all__ = ["ClusterPolicy", "PolicyElement", "PolicyName"]

PolicyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
PolicyKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.*-]*$", max_length=200)]


class PolicyElement(Document):
    """One rule of a cluster policy, as Databricks' policy language has it."""

    type: Literal["fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"]
    value: StrictBool | StrictInt | str | None = None
    values: tuple[StrictInt | str, ...] | None = None
    pattern: str | None = None
    min_value: Annotated[StrictInt | None, Field(alias="minValue")] = None
    max_value: Annotated[StrictInt | None, Field(alias="maxValue")] = None
    default_value: Annotated[StrictBool | StrictInt | str | None, Field(alias="defaultValue")] = None
    hidden: StrictBool | None = None
    is_optional: Annotated[StrictBool | None, Field(alias="isOptional")] = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> PolicyElement:
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"a pattern that is a regular expression; {error}") from error
        if self.min_value is not None and self.max_value is not None and self.min_value > self.max_value:
            raise ValueError("a range whose minValue is not above its maxValue")
        needed = {
            "fixed": self.value is not None,
            "allowlist": bool(self.values),
            "blocklist": bool(self.values),
            "regex": bool(self.pattern),
            "range": self.min_value is not None or self.max_value is not None,
        }
        wanted = {"fixed": "value", "allowlist": "values", "blocklist": "values", "regex": "pattern"}
        if not needed.get(self.type, True):
            raise ValueError(f"a {self.type!r} element with {wanted.get(self.type, 'minValue or maxValue')}")
        return self

    def as_json(self) -> dict[str, Any]:
        """The element as the policy definition spells it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class ClusterPolicy(Document):
    """What a cluster may be: a structure, so that it cannot be text that is not JSON."""

    description: Text
    definition: Annotated[dict[PolicyKey, PolicyElement], Field(min_length=1)]
