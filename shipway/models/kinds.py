"""The kinds of use case, and which blocks a bundle of each kind has."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["BLOCKS", "UseCaseKind"]


class UseCaseKind(StrEnum):
    """What a use case does with its releases; decides where its pointer stands."""

    BATCH = "batch"
    """A job whose only result is a table: both slots append to it, and a view shows consumers whose rows count."""
    BATCH_WITH_EFFECTS = "batch_with_effects"
    """A job that acts on other systems: only the slot that the router's pointer names may."""
    STREAMING = "streaming"
    """A job that takes what has arrived since its last run; each slot keeps its own place in the stream."""
    SERVING = "serving"
    """A model behind an endpoint; both slots stand in it, and traffic is shared between them."""
    AGENT = "agent"
    """A prompt, a model and tools; a pointer file says which of them a conversation gets."""

    @property
    def has_jobs(self) -> bool:
        """Whether its slots are jobs that a router starts."""
        return "job" in BLOCKS[self]

    @property
    def asks_flags(self) -> bool:
        """Whether its line's flags can stop what a release does: not where consumers read a view or a model."""
        return self in (UseCaseKind.BATCH_WITH_EFFECTS, UseCaseKind.STREAMING, UseCaseKind.AGENT)


BLOCKS: dict[UseCaseKind, tuple[str, ...]] = {
    UseCaseKind.BATCH: ("job", "output"),
    UseCaseKind.BATCH_WITH_EFFECTS: ("job",),
    UseCaseKind.STREAMING: ("job",),
    UseCaseKind.SERVING: ("endpoint",),
    UseCaseKind.AGENT: ("agent",),
}
"""The keys of a bundle that its kind needs; those of other kinds are refused, since nothing would read them."""
