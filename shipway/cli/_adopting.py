"""What `shipway import` does, step by step.

source     -> observe -> objects
objects    -> adopt   -> entries, and what is left out
entries    -> write   -> adopted/<environment>.yaml, its report, and the environment's document where there is none
documents  -> check   -> the whole project reads and resolves with them, or they are taken away again
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from shipway.adopt.adopt import Claim, adopt
from shipway.adopt.document import document_text, waivers_text
from shipway.adopt.environment import environment_text
from shipway.adopt.model import Adoption
from shipway.adopt.report import as_json, exit_code, summary
from shipway.adopt.suggest import suggestions_text
from shipway.cli._source import SANDBOX, observe
from shipway.errors import ShipwayError
from shipway.models.deployment import JobsWorkload, LandingZoneStack, LineStack, ServingWorkload
from shipway.models.load import Documents, load
from shipway.models.names import EnvironmentName, Names
from shipway.models.resolve import resolve
from shipway.models.resolve_adopted import declared_objects
from shipway.models.workspace import Workspace
from shipway.project import find_root

__all__ = ["Import"]


@dataclass(frozen=True)
class Import:
    """One import, read and decided; nothing is written before `write`."""

    root: Path
    documents: Documents
    adoption: Adoption
    url: str

    @classmethod
    def open(
        cls,
        environment: str,
        source: str,
        url: str,
        workspace_id: str,
        tell: Callable[[str], None],
        record: Path | None = None,
    ) -> Import:
        """Read the workspace and decide what becomes of each object; raises ShipwayError."""
        root = find_root(Path.cwd())
        documents = load(root)
        url, workspace_id = _workspace(documents, environment, url, workspace_id)
        # Before the workspace is read, which takes minutes; an id that nobody said is checked when it has answered.
        _checked(environment, url, workspace_id or "1")
        observed = observe(root, source, url, workspace_id, tell, record)
        workspace_id = workspace_id or observed.workspace_id
        _checked(environment, url, workspace_id)
        if not observed.objects:
            raise ShipwayError(
                f"{observed.source} has nothing in it", "nothing was written; is it the right workspace?"
            )
        claims = {*_claims(documents, environment), *(_deployed(root) if source == SANDBOX else ())}
        adoption = adopt(environment, observed, claims)
        return cls(root, documents, adoption, url)

    @property
    def environment(self) -> str:
        """Its name."""
        return self.adoption.environment

    @property
    def exit_code(self) -> int:
        """What the shell is told."""
        return exit_code(self.adoption)

    def report_json(self) -> str:
        """The whole report."""
        return json.dumps(as_json(self.adoption), indent=2)

    def report_text(self, written: tuple[Path, ...]) -> str:
        """The report for a terminal."""
        report = str(written[-1]) if written else "--json"
        lines = [summary(self.adoption, report)]
        lines += ["Written:", *(f"  {path}" for path in written)] if written else ["Nothing was written; add --write."]
        if written and written[0].is_relative_to(self.root):
            stack = Names(self.documents.account.model.organisation, self.environment).adopted_stack
            lines.append(f"Next: shipway plan {stack}   (with --live against the workspace): it must only import")
        return "\n".join(lines)

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write all files below `folder`, or none; raises ShipwayError where one is there already."""
        files = dict(self._files())
        for name in files:
            if (folder / name).exists():
                hint = "what it declares is not imported again: import with --out, and copy over what is new"
                raise ShipwayError(f"{folder / name} is there already, and may have been edited", hint)
        with ExitStack() as undo:
            for name, text in files.items():
                _put(folder / name, text, undo)
            if folder == self.root:
                # Whatever is wrong with them is a mistake of this program; the project must not be left with it.
                resolve(load(self.root))
            undo.pop_all()
        return tuple(folder / name for name in files)

    def waive(self, until: date) -> int:
        """Scan the written stack and waive, in its document, the rules that it does not keep; how many those are."""
        from shipway.cli._scanning import scan_project
        from shipway.outside.app import CdktfApps
        from shipway.scan.rules import read_rules
        from shipway.synth.run import synthesize

        out = synthesize(self.root, self.root / "cdktf.out", CdktfApps).out
        names = Names(self.documents.account.model.organisation, self.environment)
        report = scan_project(self.root, out, [names.adopted_stack], read_rules(self.root / "policies"), cache=False)
        broken = Counter(finding.rule for finding in report.findings)
        owner = self.documents.account.model.platform.administrators
        file = self.root / f"adopted/{self.environment}.yaml"
        text = file.read_text(encoding="utf-8") + waivers_text(broken, owner, until)
        with ExitStack() as undo:
            _put(file, text, undo)
            undo.pop_all()
        return len(broken)

    def _files(self) -> Iterator[tuple[str, str]]:
        if self.environment not in self.documents.environments:
            account, workspace_id = self.documents.account.model, self.adoption.observed.workspace_id
            text = environment_text(account, self.environment, self.url, workspace_id)
            yield f"environments/{self.environment}.yaml", text
        yield f"adopted/{self.environment}.yaml", document_text(self.adoption)
        yield f"adopted/{self.environment}.suggestions.txt", suggestions_text(self.adoption)
        yield f"adopted/{self.environment}.report.json", self.report_json() + "\n"


def _put(path: Path, text: str, undo: ExitStack) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    undo.callback(draft.unlink, missing_ok=True)
    draft.write_text(text, encoding="utf-8")
    undo.callback(path.unlink, missing_ok=True)
    draft.replace(path)


def _workspace(documents: Documents, environment: str, url: str, workspace_id: str) -> tuple[str, str]:
    """The workspace's address and id: the document's, or else what the command line says."""
    loaded = documents.environments.get(environment)
    if loaded is None:
        if not url:
            url = os.environ.get("DATABRICKS_HOST", "")
        if not url:
            raise ShipwayError(f"no document says where environment {environment} is", "add --url https://…")
        return url.rstrip("/"), workspace_id
    workspace = loaded.model.workspace
    if workspace.url is None or workspace.id is None:
        raise ShipwayError(f"{loaded.file}: this workspace is not made yet", "there is nothing in it to import")
    for said, has in ((url.rstrip("/"), workspace.url), (workspace_id, workspace.id)):
        if said and said != has:
            raise ShipwayError(
                f"{loaded.file} says {has}, the command line {said}", "leave it out, or mend the document"
            )
    return workspace.url, workspace.id


def _checked(environment: str, url: str, workspace_id: str) -> None:
    try:
        TypeAdapter(EnvironmentName).validate_python(environment)
        Workspace.model_validate({"url": url, "id": workspace_id, "region": "unknown"})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "--env"
        raise ShipwayError(
            f"{name}: {first['msg'].removeprefix('Value error, ')}, got {first['input']!r}",
            "--env, --url and --workspace-id say which workspace this is",
        ) from error


def _deployed(root: Path) -> Iterator[Claim]:
    """What the states in the sandbox know: its objects are of all stacks, the account's too."""
    from shipway.sandbox.layout import Home
    from shipway.sandbox.recover import known_objects
    from shipway.sandbox.state import read_state

    for path in Home(root).states.glob("*.tfstate"):
        yield from known_objects(read_state(path) or b"")


def _claims(documents: Documents, environment: str) -> Iterator[Claim]:
    """What other documents say of this environment."""
    if environment in documents.adopted:
        for _, _, one in documents.adopted[environment].model.objects():
            yield one.type_name, one.import_id
            yield one.type_name, one.known_as
    for stack in resolve(documents).stacks:
        if isinstance(stack, LandingZoneStack) and stack.environment == environment:
            yield from declared_objects(stack)
        elif isinstance(stack, LineStack) and stack.environment == environment:
            model = stack.model
            yield "databricks_registered_model", f"{model.catalog}.{model.schema_name}.{model.name}"
            if isinstance(stack.workload, JobsWorkload):
                yield from (("databricks_job", name) for name in stack.workload.job_names)
            elif isinstance(stack.workload, ServingWorkload):
                yield "databricks_model_serving", stack.workload.endpoint_name
