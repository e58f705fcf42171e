"""The pointer as the file that an agent reads: what each slot holds, whether the other works in shadow, who gets which.

One small JSON in a volume, written by Terraform and read by the agent's runtime with a short-lived cache. A running
conversation stays on the slot that it began on; a new one asks `slot_for`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from shipway.models.slot import Slot
from shipway.pointer.cohorts import Key, in_cohort
from shipway.pointer.json_form import canonical, read_object, slot_pointer
from shipway.pointer.pointer import RELEASE, BadPointer, Pointer

__all__ = ["AgentFile", "SlotContent", "parse", "render"]

_SCHEMA = "shipway/agent-pointer/v1"


@dataclass(frozen=True, slots=True)
class SlotContent:
    """A release as an agent loads it: every part pinned, the prompt by its text's digest too."""

    release: str
    version: str
    wheel_sha256: str
    model_version: int
    prompt_version: int | None = None
    prompt_sha256: str | None = None

    def __post_init__(self) -> None:
        texts = (self.release, self.version, self.wheel_sha256, self.prompt_sha256 or "")
        numbers = (self.model_version, 1 if self.prompt_version is None else self.prompt_version)
        if not all(isinstance(text, str) for text in texts) or not RELEASE.fullmatch(self.release):
            raise BadPointer(f"a slot's release: got {self.release!r:.60}, wanted r and 12 hexadecimal digits")
        if not all(isinstance(number, int) and not isinstance(number, bool) and number > 0 for number in numbers):
            raise BadPointer(f"a slot's versions: got {numbers!r:.60}, wanted whole numbers from 1")


@dataclass(frozen=True, slots=True)
class AgentFile:
    """All that the file says."""

    pointer: Pointer
    blue: SlotContent
    green: SlotContent
    shadow: bool = False
    """Whether the other slot gets a copy of each question, and its tools do nothing."""

    def content(self, slot: Slot) -> SlotContent:
        """What `slot` holds."""
        return self.blue if slot is Slot.BLUE else self.green

    def slot_for(self, key: Key) -> Slot:
        """The slot that answers a new conversation of `key`, a user or a conversation."""
        pointer = self.pointer
        if pointer.candidate is not None and in_cohort(pointer.salt, key, pointer.percent):
            return Slot(pointer.candidate)
        return Slot(pointer.active)


def render(file: AgentFile) -> str:
    """The file's text: canonical JSON and a newline."""
    slots = {str(slot): asdict(file.content(slot)) for slot in Slot}
    return canonical({"schema": _SCHEMA, **asdict(file.pointer), "shadow": file.shadow, "slots": slots}) + "\n"


def parse(text: str) -> AgentFile:
    """What the file says; raises BadPointer for anything that `render` does not write."""
    found = read_object(text, "the pointer file")
    schema, shadow, slots = found.pop("schema", None), found.pop("shadow", None), found.pop("slots", None)
    if schema != _SCHEMA:
        raise BadPointer(f"the pointer file's schema: got {schema!r:.60}, wanted {_SCHEMA!r}")
    if not isinstance(shadow, bool):
        raise BadPointer(f"shadow: got {shadow!r:.60}, wanted true or false")
    if not isinstance(slots, dict) or set(slots) != set(map(str, Slot)):
        raise BadPointer(f"slots: got {slots!r:.60}, wanted blue and green")
    file = AgentFile(slot_pointer(found), _content(slots["blue"]), _content(slots["green"]), shadow)
    if render(file) != text:
        raise BadPointer("the pointer file is not in its one form", "canonical JSON and a newline; render it anew")
    return file


def _content(values: Any) -> SlotContent:
    if not isinstance(values, dict) or set(values) != set(SlotContent.__slots__):
        raise BadPointer(f"a slot: got {values!r:.60}, wanted {', '.join(SlotContent.__slots__)}")
    return SlotContent(**values)
