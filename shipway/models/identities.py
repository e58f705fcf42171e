"""Who people and machines are: teams of people with their roles, and where machines' tokens come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shipway.models.document import Document, Text
from shipway.models.names import EnvironmentName, Role, UseCaseName

__all__ = ["TOKENS", "Repository", "Team", "Tokens"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """How the tokens of one CI service look; `{slug}` is the repository, `{place}` what guards an environment there."""

    issuer: str
    """The issuer where the document names none; empty where it has to."""
    subject: str
    audience: str
    """`{account_id}`, or what the service is not free to change."""
    slug: str
    """What the document calls the repository, as a pattern."""


# Databricks' documentation of workload identity federation, one page for each (auth/provider-github, provider-gitlab,
# provider-azure-devops). GitLab's subject has no environment in it: there it is a branch, which has to be protected.
TOKENS = {
    "github": Tokens(
        issuer="https://token.actions.githubusercontent.com",
        subject="repo:{slug}:environment:{place}",
        audience="{account_id}",
        slug=r"[A-Za-z0-9-]+/[A-Za-z0-9_.-]+",
    ),
    "gitlab": Tokens(
        issuer="https://gitlab.com",
        subject="project_path:{slug}:ref_type:branch:ref:{place}",
        audience="{account_id}",
        slug=r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+",
    ),
    "azure_devops": Tokens(
        issuer="",
        subject="p://{slug}/{place}",
        audience="api://AzureADTokenExchange",
        slug=r"[A-Za-z0-9-]+/[A-Za-z0-9_. -]+",
    ),
}


class Repository(Document):
    """Where this code lives: deploy identities trust exactly its guarded places (OIDC, no stored secret)."""

    kind: Literal["github", "gitlab", "azure_devops"] = "github"
    slug: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_. -]*[A-Za-z0-9_.-])+$", max_length=200)]
    """GitHub: `owner/name`. GitLab: `group/project`. Azure DevOps: `organisation/project`."""

    issuer: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9./_-]+$")] | None = None
    """Who signs the tokens. Azure DevOps has `https://vstoken.dev.azure.com/<organisation's id>`, others a default."""

    places: dict[
        EnvironmentName, Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_./-]{0,98}[A-Za-z0-9_.-])?$")]
    ] = {}
    """What guards an environment, where it is not called like it: a GitHub environment, a GitLab branch, a pipeline."""

    @model_validator(mode="after")
    def _fits_its_service(self) -> Repository:
        if not re.fullmatch(TOKENS[self.kind].slug, self.slug):
            raise ValueError(f"a slug of {self.kind}, got {self.slug!r}")
        if self.kind != "gitlab" and any("/" in place for place in self.places.values()):
            raise ValueError("places without a slash: only a branch of GitLab has one in its name")
        if not (self.issuer or TOKENS[self.kind].issuer):
            raise ValueError(f"issuer: each organisation of {self.kind} has one of its own")
        return self

    def place(self, environment: str) -> str:
        """What guards that environment."""
        return self.places.get(environment, environment)


class Team(Document):
    """A group of people, and the roles it takes: its members are managed in it, never in the roles' groups."""

    purpose: Text
    roles: dict[UseCaseName, Annotated[tuple[Role, ...], Field(min_length=1)]] = {}
    """By use case. Deployers and runners are machines; no team is among them."""
