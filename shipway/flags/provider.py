"""The same flags through OpenFeature, for code that asks through it already.

    from openfeature import api
    api.set_provider(provider(flags))
    api.get_client().get_boolean_value("short-prompt", False, EvaluationContext(targeting_key=claim_id))
    api.get_client().get_boolean_value("component:route", False)

The answer is ours, whatever default the caller names: a default of True would be the risky path in the very case that
the file cannot be read. Flags are true or false: a question for text or a number gets the caller's default, with an
error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shipway.errors import MissingTool
from shipway.flags.read import Flags

if TYPE_CHECKING:
    from openfeature.provider import FeatureProvider

__all__ = ["COMPONENT", "provider"]

COMPONENT = "component:"
"""What a question for a component begins with; the rest of OpenFeature's keys are features."""


def provider(flags: Flags) -> FeatureProvider:
    """A provider that answers from `flags`; raises MissingTool without openfeature-sdk."""
    try:
        from shipway.flags._openfeature import FlagsProvider
    except ImportError as error:
        raise MissingTool("openfeature-sdk is not installed", "install shipway[flags]") from error
    return FlagsProvider(flags)
