"""What compute may be in an environment: cluster policies, as structures.

A structure cannot be text that is not JSON, which provider 1.99 plans and Databricks refuses.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, assert_never

from pydantic import Field, StrictBool, StrictInt, model_validator

from shipway.models.document import Document, Text
from shipway.models.names import Role

__all__ = ["ClusterPolicy", "PolicyElement", "PolicyFamily", "PolicyName"]

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

    def refuses(self, value: str | int | bool) -> str:
        """What the element wants instead of `value` of the attribute it is about; nothing where it takes the value."""
        match self.type:
            case "fixed":
                return "" if _alike(value, self.value) else f"{_spelled(self.value)}"
            case "forbidden":
                return "nothing: the attribute is forbidden"
            case "allowlist":
                values = self.values or ()
                return "" if any(_alike(value, one) for one in values) else f"one of {', '.join(map(str, values))}"
            case "blocklist":
                return f"another: {value} is blocked" if any(_alike(value, one) for one in self.values or ()) else ""
            case "regex":
                # Databricks holds a pattern against the whole value.
                # Java's regular expressions, read as Python's.
                return "" if re.fullmatch(self.pattern or "", str(value)) else f"what matches {self.pattern}"
            case "range":
                return "" if self._holds(value) else f"{self._range()}"
            case "unlimited":
                return ""
            case _:
                assert_never(self.type)

    def _holds(self, value: str | int | bool) -> bool:
        if not isinstance(value, int):
            return False
        low = self.min_value is None or value >= self.min_value
        return low and (self.max_value is None or value <= self.max_value)

    def _range(self) -> str:
        if self.max_value is None:
            return f"at least {self.min_value}"
        return f"at most {self.max_value}" if self.min_value is None else f"{self.min_value} to {self.max_value}"

    def as_json(self) -> dict[str, Any]:
        """The element as the policy definition spells it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class PolicyFamily(Document):
    """What several cluster policies have in common."""

    description: Text
    definition: Annotated[dict[PolicyKey, PolicyElement], Field(min_length=1)]


class ClusterPolicy(Document):
    """What a cluster may be: its family's elements and its own, which win."""

    description: Text
    family: PolicyName | None = None
    """`job`, `personal`, `shared`, or one of account.yaml's cluster_policy_families."""

    roles: tuple[Role, ...] = ()
    """Who of every use case here may start clusters under it by hand; a job's own policy needs no word here."""

    definition: dict[PolicyKey, PolicyElement] = {}
    """By attribute of Databricks' clusters API. The tag `environment` is added to every policy."""

    @model_validator(mode="after")
    def _says_something(self) -> ClusterPolicy:
        if self.family is None and not self.definition:
            raise ValueError("a family, a definition, or both")
        return self


def _alike(value: object, other: object) -> bool:
    # Databricks compares as text: a policy's "2" is a cluster's 2.
    return _spelled(value) == _spelled(other)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
