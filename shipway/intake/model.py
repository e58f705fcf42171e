"""What is said against a synthesized stack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shipway.errors import HIDDEN

__all__ = ["Objection", "Reason"]

_LONGEST = 200


class Reason(StrEnum):
    """Why a stack is not planned; each has a row in docs/pull-requests.md."""

    JSON = "not strict JSON"
    FOLDER = "not what cdktf writes"
    STACK = "no such stack"
    BLOCK = "block"
    PROVIDER = "provider"
    HOST = "host"
    BACKEND = "backend"
    KIND = "kind"
    PROVISIONER = "provisioner"
    LOCAL_FILE = "local file"
    EXPRESSION = "expression"
    PATH = "path"


@dataclass(frozen=True, slots=True, order=True)
class Objection:
    """One thing against a stack: where it stands, what it is, what would do."""

    stack: str
    """Empty where it is about the folder."""
    where: str
    """The file, and in it the keys that lead there."""
    reason: Reason
    message: str
    hint: str

    def __str__(self) -> str:
        return "\n  ".join(
            _line(part) for part in (f"Refused ({self.reason}): {self.message}", f"in {self.where}", self.hint)
        )

    def as_json(self) -> dict[str, str]:
        """The same for a machine."""
        return {
            "stack": self.stack,
            "where": self.where,
            "reason": self.reason.value,
            "message": self.message,
            "hint": self.hint,
        }


def _line(text: str) -> str:
    """Foreign text on one line, not too long: a name can hold what looks like a line of ours, or half a character."""
    text = text.encode("utf-8", "backslashreplace").decode()
    shown = HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\n", "\\n"))
    return shown if len(shown) <= _LONGEST * 2 else f"{shown[:_LONGEST]} … {shown[-_LONGEST:]}"
