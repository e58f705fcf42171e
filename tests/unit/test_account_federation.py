"""Whose tokens a deploy identity takes: exactly one guarded place of one repository, whichever service it is on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shipway.models.deployment import AccountStack, FederationSpec
from shipway.models.load import load
from shipway.models.resolve import resolve

ROOT = Path(__file__).parents[2]
ACCOUNT_ID = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
AZURE = "https://vstoken.dev.azure.com/7f1078d6-b20d-4a20-9d88-05a2f0d645a3"
GITHUB = "https://token.actions.githubusercontent.com"

CASES = {
    "GitHub": ("", GITHUB, "repo:halyard-mutual/ai-platform:environment:prod", ACCOUNT_ID),
    "GitHub, another environment": (
        "  places: {prod: production}\n",
        GITHUB,
        "repo:halyard-mutual/ai-platform:environment:production",
        ACCOUNT_ID,
    ),
    "GitLab": (
        "  kind: gitlab\n  places: {prod: release/prod}\n",
        "https://gitlab.com",
        "project_path:halyard-mutual/ai-platform:ref_type:branch:ref:release/prod",
        ACCOUNT_ID,
    ),
    "Azure DevOps": (
        f"  kind: azure_devops\n  issuer: {AZURE}\n  places: {{prod: deploy-prod}}\n",
        AZURE,
        "p://halyard-mutual/ai-platform/deploy-prod",
        "api://AzureADTokenExchange",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_issuer_subject_and_audience_are_exact(tmp_path: Path, name: str) -> None:
    more, issuer, subject, audience = CASES[name]
    for folder in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    account, slug = tmp_path / "environments/account.yaml", "  slug: halyard-mutual/ai-platform\n"
    account.write_text(account.read_text().replace(slug, slug + more))
    (stack,) = [stack for stack in resolve(load(tmp_path)).stacks if isinstance(stack, AccountStack)]
    federations = {one.principal: one for one in stack.use_cases[0].federations}
    assert federations["deploy-prod"] == FederationSpec(
        principal="deploy-prod", issuer=issuer, subject=subject, audience=audience
    )
    # What runs is never entered from outside, and no two identities take one subject.
    assert {principal.partition("-")[0] for principal in federations} == {"deploy"}
    assert len({one.subject for one in federations.values()}) == len(federations)
