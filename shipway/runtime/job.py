"""What a task was started with: the job's parameters, handed over as `--name=value`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["BadParameters", "Parameters", "job_parameters"]


class BadParameters(Exception):
    """A task was started with something else than what its job declares."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A slot job's parameters: those that every line has, and in `values` all of them as text."""

    catalog: str
    schema: str
    """Where the use case's tables and model are."""

    slot: str
    release: str
    model_version: int
    as_of: date
    """The business date: a run of today for yesterday writes yesterday's rows."""

    values: Mapping[str, str]

    def named(self, name: str) -> str:
        """The full name of a table or model of this use case."""
        return f"{self.catalog}.{self.schema}.{name}"


def job_parameters(arguments: Sequence[str]) -> Parameters:
    """The parameters in `arguments`, usually `sys.argv[1:]`; raises BadParameters."""
    values = dict(_pair(argument) for argument in arguments)
    missing = [
        name for name in ("catalog", "schema", "slot", "release", "model_version", "as_of") if name not in values
    ]
    if missing:
        raise BadParameters(f"started without {', '.join(missing)}; got {', '.join(sorted(values)) or 'nothing'}")
    try:
        model_version, as_of = int(values["model_version"]), date.fromisoformat(values["as_of"])
    except ValueError as error:
        raise BadParameters(f"model_version and as_of: {error}") from None
    return Parameters(
        catalog=values["catalog"],
        schema=values["schema"],
        slot=values["slot"],
        release=values["release"],
        model_version=model_version,
        as_of=as_of,
        values=values,
    )


def _pair(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not name.startswith("--") or not equals:
        raise BadParameters(f"got {argument!r:.80}, wanted --name=value")
    return name.removeprefix("--"), value
