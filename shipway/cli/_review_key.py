"""The keys under which reviews tell one changed secret from another, so that what was reviewed is known again."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["kept_key", "review_key"]


def review_key() -> bytes:
    """The key in SHIPWAY_REVIEW_KEY; empty without it: a changed secret then has to be approved at each plan."""
    return os.environ.get("SHIPWAY_REVIEW_KEY", "").encode()


def kept_key(root: Path) -> bytes:
    """The same, or one that is made once and kept in this folder for this user: plan sets are applied where it is."""
    given = review_key()
    if given:
        return given
    file = root / ".shipway" / "review.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        draft = file.with_name(f"review.key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
        try:
            # The first of two wins, and nobody ever reads half a key.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()
