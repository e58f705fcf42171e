"""What is said where no stack is meant by what was typed."""

from __future__ import annotations

import pytest

from shipway.deploy.order import not_of

KNOWN = ["account", "dev-landing-zone", "prod-claims-triage", "prod-landing-zone"]


@pytest.mark.parametrize(
    ("environment", "others", "says"),
    [
        ("prd", [], ("no environment 'prd' has a stack; did you mean 'prod'?", "there are: account, dev, prod")),
        ("xyz", [], ("no environment 'xyz' has a stack", "there are: account, dev, prod")),
        (
            "dev",
            ["prod-landing-zone"],
            ("--env dev and prod-landing-zone, which is of another environment", "leave one of them out"),
        ),
    ],
)
def test_the_environments_are_named(environment: str, others: list[str], says: tuple[str, str]) -> None:
    error = not_of(environment, others, KNOWN)
    assert (error.message, error.hint) == says
