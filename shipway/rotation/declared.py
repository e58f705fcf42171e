"""The secrets that the documents declare: one per key of a bundle and environment it runs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shipway.errors import ShipwayError
from shipway.models.document import suggestion
from shipway.models.load import Documents
from shipway.models.names import Names

__all__ = ["DeclaredSecret", "declared_secrets", "secrets_of"]


@dataclass(frozen=True, slots=True)
class DeclaredSecret:
    """A secret's metadata."""

    environment: str
    use_case: str
    key: str
    scope: str
    owner: str
    rotate_days: int


def declared_secrets(documents: Documents, environment: str | None = None) -> Iterator[DeclaredSecret]:
    """Every declared secret, of one environment or of all; raises ShipwayError for an unknown environment."""
    if environment is not None and environment not in documents.environments:
        near = suggestion(environment, documents.environments)
        raise ShipwayError(f"no environment {environment!r}{near}", f"there are: {', '.join(documents.environments)}")
    for where, use_case in sorted(documents.releases):
        # What is inside a workspace is declared once it exists.
        if environment in (None, where) and documents.environments[where].model.workspace.exists:
            scope = Names(documents.account.model.organisation, where, use_case).secret_scope
            for key, secret in sorted(documents.bundles[use_case].model.secrets.items()):
                yield DeclaredSecret(where, use_case, key, scope, secret.owner, secret.rotate_days)


def secrets_of(documents: Documents, environment: str, use_case: str, key: str | None) -> tuple[DeclaredSecret, ...]:
    """The secrets of one scope, or the one of that key; raises ShipwayError where there is none."""
    here = [one for one in declared_secrets(documents, environment) if one.use_case == use_case]
    if not here:
        known = sorted({one.use_case for one in declared_secrets(documents, environment)})
        raise ShipwayError(
            f"no use case {use_case!r} with secrets in {environment}{suggestion(use_case, known)}",
            f"there are: {', '.join(known) or 'none'}; secrets are declared in bundles/<use-case>/bundle.yaml",
        )
    found = tuple(one for one in here if key in (None, one.key))
    if not found:
        keys = [one.key for one in here]
        near = suggestion(str(key), keys)
        raise ShipwayError(f"{use_case} declares no secret {key!r}{near}", f"it declares: {', '.join(keys)}")
    return found
