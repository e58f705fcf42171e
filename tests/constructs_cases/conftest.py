"""A construct on its own: synthesized by the real cdktf, judged by all rules with the real checkov.

A case is a function that puts constructs into a stack:

    def test_default(build: Build) -> None:
        built = build("prod-landing-zone", lambda stack: UseCaseSecrets(stack, "secrets", spec=SPEC))
        assert built.at("secrets/scope")["name"] == "claims-triage-prod"
        built.passes_every_rule()

The stack's name says where it stands: rules judge `account`, `prod-landing-zone` and `dev-landing-zone` differently.
Types for annotations: `if TYPE_CHECKING: from tests.constructs_cases.conftest import Build`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from binding import App, TerraformStack, databricks
from shipway.outside.checkov import Checkov
from shipway.scan.scanner import RawResult, Status
from stacks.protection import protect

POLICIES = Path(__file__).parents[2] / "policies"

# What every account declares once, so that a workspace alone is not taken for an account without it.
_ONCE = {
    "account-once": json.dumps(
        {
            "resource": {
                "databricks_disable_legacy_features_setting": {"x": {"disable_legacy_features": {"value": True}}},
                "databricks_mws_log_delivery": {"x": {"log_type": "AUDIT_LOGS"}},
            }
        }
    ).encode()
}
_BLOCKS = (("resource", ""), ("data", "data."))


@dataclass(frozen=True)
class Built:
    """One stack as Terraform will read it."""

    stack: str
    text: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The whole cdk.tf.json."""
        document: dict[str, Any] = json.loads(self.text)
        return document

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource and data source by its construct path below the stack, without its metadata."""
        return {
            body["//"]["metadata"]["path"].partition("/")[2]: {key: body[key] for key in body if key != "//"}
            for block, _ in _BLOCKS
            for named in self.document.get(block, {}).values()
            for body in named.values()
        }

    @property
    def addresses(self) -> dict[str, str]:
        """The Terraform address of each construct path: what `depends_on` and references name."""
        return {
            body["//"]["metadata"]["path"].partition("/")[2]: f"{prefix}{kind}.{name}"
            for block, prefix in _BLOCKS
            for kind, named in self.document.get(block, {}).items()
            for name, body in named.items()
        }

    @property
    def types(self) -> set[str]:
        """The resource types in it, data sources aside."""
        return set(self.document.get("resource", {}))

    def at(self, path: str) -> dict[str, Any]:
        """The resource at a construct path below the stack; says which there are when it is not there."""
        found = self.resources
        assert path in found, f"{path} is not in {sorted(found)}"
        return found[path]

    def judged(self, *, beside: Mapping[str, bytes] | None = None) -> tuple[RawResult, ...]:
        """Everything that rules say of it, passes included; it and the stacks `beside` it are the whole project."""
        project = {**_ONCE, **(beside or {}), self.stack: self.text}
        scan = Checkov().scan({self.stack: self.text}, POLICIES, {"case": project})
        (stack,) = scan.stacks
        return (*stack.results, *scan.projects["case"].get(self.stack, ()))

    def passes_every_rule(self, *, beside: Mapping[str, bytes] | None = None) -> None:
        """Fails unless every rule that looked at anything passed it; UNKNOWN is no pass.

        `beside` has the stacks by name that bring what a rule over all stacks wants to see with it.
        """
        results = self.judged(beside=beside)
        looked_at = [result for result in results if not result.address.startswith("provider.")]
        assert looked_at, "no rule looked at any resource"
        assert [result for result in results if result.status is not Status.PASSED] == []

    def breaks(self) -> set[str]:
        """The rules that did not pass."""
        return {result.rule for result in self.judged() if result.status is not Status.PASSED}

    def breaks_as_project(self) -> set[str]:
        """The rules over all stacks that did not pass, were this stack the whole project."""
        scan = Checkov().scan({}, POLICIES, {"case": {self.stack: self.text}})
        return {result.rule for result in scan.projects["case"][self.stack] if result.status is not Status.PASSED}


class Build(Protocol):
    """Synthesizes one stack of that name with what `make` puts into it."""

    def __call__(self, stack: str, make: Callable[[TerraformStack], object]) -> Built: ...


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Synthesizes cases in this process; jsii starts once for all of them."""

    def built(stack: str, make: Callable[[TerraformStack], object]) -> Built:
        app = App(outdir=str(tmp_path / "cdktf.out"))
        inside = TerraformStack(app, stack)
        # Whatever the case is about: cdktf refuses a stack whose resources have no provider.
        databricks.DatabricksProvider(inside, "databricks", host="https://halyard.cloud.databricks.com")
        make(inside)
        # As `stacks.build` does for every stack: no construct sets it itself.
        protect(inside, protected=True)
        app.synth()
        return Built(stack, (tmp_path / "cdktf.out" / "stacks" / stack / "cdk.tf.json").read_bytes())

    return built
