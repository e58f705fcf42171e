"""What is asked of Terraform: its command line, as far as the sandbox must know it.

Terraform works in a folder of the sandbox's instead of the stack's own, so what the command line says relative to the
stack's folder is made absolute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Call", "parse"]

# These have nothing to do with a state or a provider, and some want the folder that people see.
_OUTSIDE = {"", "fmt", "login", "logout", "version"}
_FILE_OPTIONS = {"backup", "generate-config-out", "out", "state", "state-out", "var-file"}
_TAKES_PLAN = {"apply", "show"}


@dataclass(frozen=True)
class Call:
    """One call: the folder it is about, the command, and all that follows the command."""

    folder: Path
    command: str
    rest: tuple[str, ...]

    @property
    def outside(self) -> bool:
        """Whether the real Terraform is to run it as it is."""
        return self.command in _OUTSIDE or any(item.lstrip("-") in ("h", "help") for item in self.rest)

    @property
    def locks_providers(self) -> bool:
        """Whether it writes the lock file of the providers: the sandbox's own is not in it."""
        return self.command == "providers" and self.rest[:1] == ("lock",)

    def arguments(self, work: Path) -> list[str]:
        """What the real Terraform is given, to work in `work`."""
        return [f"-chdir={work}", self.command, *_absolute(self)]


def parse(arguments: Sequence[str], here: Path) -> Call:
    """The call in Terraform's `arguments`, made in the folder `here`."""
    folder = here
    for index, item in enumerate(arguments):
        if item.startswith("-chdir="):
            folder = here / item.removeprefix("-chdir=")
        elif not item.startswith("-"):
            return Call(folder.resolve(), item, tuple(arguments[index + 1 :]))
    return Call(folder.resolve(), "", ())


def _absolute(call: Call) -> Iterator[str]:
    items = iter(call.rest)
    for item in items:
        name, equals, value = item.partition("=")
        option = name.lstrip("-") if name.startswith("-") else ""
        if option == "backend-config":
            # It belongs to the backend that the sandbox takes the place of.
            if not equals:
                next(items, None)
        elif option in _FILE_OPTIONS and equals:
            yield f"{name}={call.folder / value}"
        elif option in _FILE_OPTIONS:
            yield name
            yield from (str(call.folder / value) for value in [next(items, None)] if value is not None)
        elif not option and _is_file(call, item):
            yield str(call.folder / item)
        else:
            yield item


def _is_file(call: Call, item: str) -> bool:
    pushes = call.command == "state" and call.rest[:1] == ("push",) and item not in ("push", "-")
    return (call.command in _TAKES_PLAN or pushes) and (call.folder / item).exists()
