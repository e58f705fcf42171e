"""OpenFeature's shape of our answers; imported by `provider`, where openfeature-sdk is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, Metadata

from shipway.flags.provider import COMPONENT
from shipway.flags.read import Flags, Why

__all__ = ["FlagsProvider"]

Value = TypeVar("Value")

_REASONS = {
    Why.SET: Reason.STATIC,
    Why.SHARE: Reason.SPLIT,
    Why.KILLED: Reason.DISABLED,
    Why.STALE: Reason.STALE,
}


class FlagsProvider(AbstractProvider):
    """Answers from a use case's flags; `targeting_key` of the context is the key."""

    def __init__(self, flags: Flags) -> None:
        super().__init__()
        self._flags = flags

    def get_metadata(self) -> Metadata:
        """As OpenFeature wants it."""
        return Metadata(name="shipway")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Our answer. No error code even where the file is missing: OpenFeature would take the caller's default."""
        if flag_key.startswith(COMPONENT):
            found = self._flags.component(flag_key.removeprefix(COMPONENT))
        else:
            key = evaluation_context.targeting_key if evaluation_context else None
            found = self._flags.feature(flag_key, key)
        return FlagResolutionDetails(
            found.on,
            variant="on" if found.on else "off",
            reason=_REASONS.get(found.why, Reason.DEFAULT),
            flag_metadata={"why": found.why.value, "detail": found.detail},
        )

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """An error: flags are true or false."""
        return _no_such_type(default_value)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """An error: flags are true or false."""
        return _no_such_type(default_value)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """An error: flags are true or false."""
        return _no_such_type(default_value)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[FlagValueType] | Mapping[str, FlagValueType],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[FlagValueType] | Mapping[str, FlagValueType]]:
        """An error: flags are true or false."""
        return _no_such_type(default_value)


def _no_such_type(default: Value) -> FlagResolutionDetails[Value]:
    return FlagResolutionDetails(
        default, reason=Reason.ERROR, error_code=ErrorCode.TYPE_MISMATCH, error_message="flags are true or false"
    )
