"""The pointer of an agent: one small file in a volume, which its runtime reads."""

from __future__ import annotations

import base64
import hashlib

from binding import Construct, databricks
from shipway.models.deployment import AgentWorkload

__all__ = ["PointerFile"]


class PointerFile(Construct):
    """One `databricks_file`. A release changes its content, in place; its path never changes."""

    def __init__(self, scope: Construct, id_: str, *, spec: AgentWorkload) -> None:
        super().__init__(scope, id_)
        content = spec.content.encode()
        self.file = databricks.File(
            self,
            "file",
            path=spec.path,
            content_base64=base64.b64encode(content).decode(),
            # The provider keeps the content's MD5 here and plans "different" for one that is left out: written down, a
            # plan shows both digests, and the way back is the exact swap.
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        )
