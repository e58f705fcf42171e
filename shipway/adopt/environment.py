"""The document of an environment that is only adopted so far, for a workspace that no document names yet."""

from __future__ import annotations

import yaml

from shipway.models.account import Account

__all__ = ["environment_text"]


def environment_text(account: Account, environment: str, url: str, workspace_id: str) -> str:
    """`environments/<environment>.yaml`: what could not be asked is taken from the account's and marked so."""
    state = account.state.model_dump(mode="json")
    data = {
        "description": f"Adopted: what was in {url.removeprefix('https://')} before Shipway",
        "protected": True,
        "workspace": {"url": url, "id": workspace_id, "region": state.get("region", "unknown")},
        "state": state,
        "adopting": True,
    }
    lines = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000).splitlines()
    notes = {
        "  region:": "  # Assumed: the account's. No API that was asked tells a workspace's region.",
        "state:": "# Assumed: where the account keeps its state. Who deploys others has its own bucket.",
        "adopting:": "# No landing zone is made while this stands here; delete it when the landing zone is to begin.",
    }
    written = ["# yaml-language-server: $schema=../schemas/environment.schema.json"]
    for line in lines:
        written += [notes.pop(start) for start in tuple(notes) if line.startswith(start)]
        written.append(line)
    return "\n".join(written) + "\n"
