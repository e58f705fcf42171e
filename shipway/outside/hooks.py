"""Where a rotation's values come from, and the programs that are run around writing one.

A program is told which secret it is about by its environment (SHIPWAY_ENVIRONMENT, SHIPWAY_SECRET_SCOPE,
SHIPWAY_SECRET_KEY, SHIPWAY_ROTATION); a value meets it only on its standard output or input. What else a program says
is thrown away, not shown: it may hold the value in any encoding.
"""

from __future__ import annotations

import os
import secrets
import shlex
import string
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shipway.errors import ShipwayError, ToolFailed
from shipway.rotation.seams import LARGEST, Occasion, SecretValue

__all__ = ["FakeHooks", "ProgramHooks", "from_program", "generated"]

_SECONDS = 600
_ALPHABET = string.ascii_letters + string.digits
Origin = Callable[[Occasion], SecretValue]


def generated(length: int) -> Origin:
    """New values of that many letters and digits, from the operating system's random numbers: 6 bits a character."""
    return lambda occasion: SecretValue("".join(secrets.choice(_ALPHABET) for _ in range(length)).encode())


def from_program(command: str) -> Origin:
    """New values as a program prints them; raises ShipwayError where `command` is not one."""
    arguments = _arguments(command)
    return lambda occasion: SecretValue.read(_run(arguments, occasion, None, "the program that gives the value"))


@dataclass(frozen=True)
class ProgramHooks:
    """An origin of values, and a program, or none, for each other step."""

    origin: Origin
    commands: Mapping[str, str]
    """By step; split like a shell does, but run without one."""

    def __post_init__(self) -> None:
        for command in self.commands.values():
            _arguments(command)

    @property
    def steps(self) -> tuple[str, ...]:
        """As `Hooks`."""
        return tuple(self.commands)

    def obtain(self, occasion: Occasion) -> SecretValue:
        """As `Hooks`."""
        return self.origin(occasion)

    def try_out(self, occasion: Occasion, value: SecretValue) -> None:
        """As `Hooks`: the program reads the value on its standard input."""
        self._run("try", occasion, value)

    def verify(self, occasion: Occasion) -> None:
        """As `Hooks`."""
        self._run("verify", occasion)

    def revoke(self, occasion: Occasion) -> None:
        """As `Hooks`."""
        self._run("revoke", occasion)

    def _run(self, step: str, occasion: Occasion, value: SecretValue | None = None) -> None:
        _run(_arguments(self.commands[step]), occasion, value, f"the program of --{step}")


def _arguments(command: str) -> list[str]:
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise ShipwayError(f"{command!r} is no command: {error}", "quote it as for a shell") from error
    if not arguments or "\0" in command:
        raise ShipwayError(f"{command!r} is no command", "name a program and its arguments")
    return arguments


def _run(arguments: list[str], occasion: Occasion, value: SecretValue | None, what: str) -> bytes:
    """Run a program and answer with what it prints; raises ToolFailed, which holds nothing of it."""
    environment = {
        **os.environ,
        "SHIPWAY_ENVIRONMENT": occasion.environment,
        "SHIPWAY_SECRET_SCOPE": occasion.scope,
        "SHIPWAY_SECRET_KEY": occasion.key,
        "SHIPWAY_ROTATION": occasion.rotation,
    }
    given = b"" if value is None else value.reveal()
    try:
        done = subprocess.run(
            arguments, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, timeout=_SECONDS
        )
        failed = f"ended with {done.returncode}" if done.returncode else ""
        output = done.stdout
    except subprocess.TimeoutExpired:
        failed, output = f"did not end within {_SECONDS} seconds", b""
    except OSError as error:
        failed, output = f"cannot be run: {error.strerror}", b""
    if failed:
        # Raised out here, so that what the program printed does not come along as the cause.
        raise ToolFailed(
            f"{what} for {occasion.key} {failed}",
            "what it printed is not shown: it may hold the value. Run it by itself to see",
        )
    if len(output) > LARGEST + 2:
        raise ToolFailed(f"{what} for {occasion.key} printed more than the {LARGEST // 1024} KB that Databricks keeps")
    return output


@dataclass
class FakeHooks:
    """Answers with the values it was given, and remembers what it was asked."""

    values: list[bytes]
    steps: tuple[str, ...] = ("try", "verify", "revoke")
    failing: str = ""
    """The step that fails."""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def obtain(self, occasion: Occasion) -> SecretValue:
        """The next value."""
        self._ask("obtain", occasion)
        return SecretValue(self.values.pop(0))

    def try_out(self, occasion: Occasion, value: SecretValue) -> None:
        """As the real one."""
        del value
        self._ask("try", occasion)

    def verify(self, occasion: Occasion) -> None:
        """As the real one."""
        self._ask("verify", occasion)

    def revoke(self, occasion: Occasion) -> None:
        """As the real one."""
        self._ask("revoke", occasion)

    def _ask(self, step: str, occasion: Occasion) -> None:
        self.asked.append((step, occasion.key))
        if step == self.failing:
            raise ToolFailed(f"the program of --{step} for {occasion.key} ended with 1")

    def assert_asked(self, *steps: str) -> None:
        """Exactly these steps, in this order, whatever the key."""
        if [step for step, _ in self.asked] != list(steps):
            raise AssertionError(f"asked for {self.asked}, wanted {steps}")
