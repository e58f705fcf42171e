"""One line synthesized as if its manifest said something else: nothing of the project, nor of `cdktf.out`, is touched.

The bytes are those that `shipway synth` would write with that manifest in place: same resolving, same app.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.synth.fingerprint import code_digest
from shipway.synth.inputs import Order
from shipway.synth.run import StartApps

if TYPE_CHECKING:
    from shipway.models.load import Documents
    from shipway.models.release import ReleaseManifest

__all__ = ["LineSynth"]


@dataclass(frozen=True, slots=True)
class LineSynth:
    """Synthesizes one line of a project with other manifests than its own.

    `scratch` is a folder for this alone: it is emptied before and after.
    """

    root: Path
    documents: Documents
    environment: str
    use_case: str
    scratch: Path
    start_apps: StartApps

    def inputs(self) -> str:
        """A digest of the code and of every document that the line's stack follows from, but its manifest."""
        documents = self.documents
        sources = (
            documents.account,
            documents.environments.get(self.environment),
            documents.bundles.get(self.use_case),
        )
        digests = "".join(one.digest for one in sources if one is not None)
        return hashlib.sha256(f"{code_digest(self.root)}{digests}".encode()).hexdigest()

    def __call__(self, manifests: Sequence[ReleaseManifest]) -> list[bytes]:
        """The cdk.tf.json for each manifest, side by side; raises DocumentErrors, ToolFailed."""
        from shipway.models.deployment import Deployment
        from shipway.models.resolve import resolve

        stack = f"{self.environment}-{self.use_case}"
        others = {f"{one}-{other}" for one, other in self.documents.releases} - {stack}
        with _emptied(self.scratch), self.start_apps(self.root, self.scratch) as apps:
            orders = []
            for number, manifest in enumerate(manifests):
                stacks = [one for one in resolve(self._with(manifest), others).stacks if one.name == stack]
                order = Order(self.scratch / f"{number}.json", self.scratch / f"out{number}")
                order.deployment.write_text(Deployment.model_construct(stacks=tuple(stacks)).model_dump_json())
                orders.append(order)
            apps.run(orders)
            return [_synthesized(order.out, stack) for order in orders]

    def _with(self, manifest: ReleaseManifest) -> Documents:
        line = self.environment, self.use_case
        loaded = replace(self.documents.releases[line], model=manifest)
        return replace(self.documents, releases={**self.documents.releases, line: loaded})


def _synthesized(out: Path, stack: str) -> bytes:
    entry = json.loads((out / "manifest.json").read_bytes())["stacks"][stack]
    return (out / str(entry["synthesizedStackPath"])).read_bytes()


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
