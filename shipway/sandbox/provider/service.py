"""The provider's calls, one method each: what Terraform asks, what it is answered.

One Provider serves one connection, that is one provider block: two blocks of one stack may name two workspaces.
"""

from __future__ import annotations

from shipway.sandbox.provider.answers import answered, file_content
from shipway.sandbox.provider.data_sources import NotFound, read_data
from shipway.sandbox.provider.filling import fill
from shipway.sandbox.provider.identity import key_of, same_object
from shipway.sandbox.provider.messages import (
    ERROR,
    WARNING,
    ApplyRequest,
    ApplyResponse,
    AttributePath,
    Capabilities,
    ConfigRequest,
    ConfigureRequest,
    Diagnostic,
    DiagnosticsFirst,
    DynamicValue,
    ImportedResource,
    ImportRequest,
    ImportResponse,
    MetadataResponse,
    PathStep,
    PlanRequest,
    PlanResponse,
    ReadDataResponse,
    ReadRequest,
    ReadResponse,
    TypeName,
    UpgradeRequest,
    UpgradeResponse,
)
from shipway.sandbox.provider.planning import plan
from shipway.sandbox.provider.reading import as_read
from shipway.sandbox.provider.replacing import Path
from shipway.sandbox.provider.schema import Resource
from shipway.sandbox.provider.shaping import ShapeError, conform, prune
from shipway.sandbox.provider.store import Maker, Store, StoreError, Taken, workspace_name
from shipway.sandbox.provider.types import Types
from shipway.sandbox.provider.validating import validate
from shipway.sandbox.provider.values import Object, Value, decode, decode_json, encode
from shipway.sandbox.provider.volumes import Volumes

__all__ = ["Provider"]

# More than that many objects of one content: something is wrong with ids, not with luck.
_ATTEMPTS = 10_000
_FILE = "databricks_file"


class _Refused(Exception):
    """A call that ends with one error for Terraform's user."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(summary)
        self.diagnostic = Diagnostic(severity=ERROR, summary=summary, detail=detail)


class Provider:
    """Answers the calls of one connection; `maker` signs what it creates."""

    def __init__(self, types: Types, store: Store, maker: Maker) -> None:
        self._types = types
        self._store = store
        self._maker = maker
        self._volumes = Volumes(store.folder.parent / "volumes")
        self._host = ""
        self._account = ""

    @property
    def _workspace(self) -> str:
        name = workspace_name(self._host, self._account)
        if not name:
            detail = (
                "The sandbox keeps workspaces apart by their host: set `host` in the provider block to a known URL."
            )
            raise _Refused("provider databricks: host is not set", detail)
        return name

    def metadata(self) -> MetadataResponse:
        """The names of all types."""
        return MetadataResponse(
            server_capabilities=Capabilities(get_provider_schema_optional=True),
            resources=[TypeName(name) for name in self._types.resource_names()],
            data_sources=[TypeName(name) for name in self._types.data_source_names()],
        )

    def schema(self) -> bytes:
        """Everything the provider knows, in bytes made when the sandbox was prepared."""
        return self._types.schema_bytes()

    def configure(self, request: ConfigureRequest) -> DiagnosticsFirst:
        """Learn which workspace is meant."""
        config = _object(request.config)
        host, account = config.get("host"), config.get("account_id")
        self._host = host if isinstance(host, str) else ""
        self._account = account if isinstance(account, str) else ""
        return DiagnosticsFirst()

    def validate(self, request: ConfigRequest) -> DiagnosticsFirst:
        """Refuse what the provider refuses before it plans."""
        resource = self._types.resource(request.type_name)
        findings = [
            Diagnostic(WARNING if item.warning else ERROR, item.summary, item.detail, _path(item.path))
            for item in validate(resource, _object(request.config))
        ]
        return DiagnosticsFirst(diagnostics=findings)

    def upgrade(self, request: UpgradeRequest) -> UpgradeResponse:
        """The state of a resource in today's schema: what the schema no longer has is left out."""
        block = self._types.resource(request.type_name).block
        raw = decode_json(request.raw_state.json) if request.raw_state else None
        try:
            return UpgradeResponse(upgraded_state=_dynamic(conform(block, raw)))
        except ShapeError as error:
            return UpgradeResponse(diagnostics=[_error(f"{request.type_name}: the state does not fit", str(error))])

    def read(self, request: ReadRequest) -> ReadResponse:
        """The object as its file has it now, and as the provider reads it; null where the file is gone."""
        resource = self._types.resource(request.type_name)
        state = _object(request.current_state)
        try:
            found = self._find(resource, key_of(resource.name, state))
        except _Refused as refused:
            return ReadResponse(diagnostics=[refused.diagnostic])
        if found is not None:
            found = as_read(resource, state, found)
        return ReadResponse(new_state=_dynamic(found), private=request.private)

    def _find(self, resource: Resource, key: str) -> Object | None:
        try:
            found = self._store.get(self._workspace, resource.name, key) if key else None
            return conform(resource.block, found.attributes) if found else None
        except StoreError as error:
            raise _Refused("The sandbox cannot read an object", str(error)) from error
        except ShapeError as error:
            path = self._store.path(self._workspace, resource.name, key)
            detail = f"{path}: attributes: {error}. Mend the file, or delete it: then the object is gone."
            raise _Refused(f"{path.name} is no {resource.name}", detail) from error

    def plan(self, request: PlanRequest) -> PlanResponse:
        """What will happen."""
        resource = self._types.resource(request.type_name)
        prior, proposed = _optional(request.prior_state), _optional(request.proposed_new_state)
        planned = plan(resource, prior, proposed, _optional(request.config))
        return PlanResponse(
            planned_state=_dynamic(planned.value),
            requires_replace=[path for path in map(_path, planned.replaces) if path],
            planned_private=request.prior_private,
            legacy_type_system=planned.legacy,
        )

    def apply(self, request: ApplyRequest) -> ApplyResponse:
        """Make it happen: write, overwrite or remove the object's file."""
        resource = self._types.resource(request.type_name)
        prior, planned = _optional(request.prior_state), _optional(request.planned_state)
        legacy = resource.framework == "sdkv2"
        try:
            new = self._applied(resource, prior, planned)
        except (_Refused, StoreError) as error:
            said = error.diagnostic if isinstance(error, _Refused) else _error("The sandbox cannot write", str(error))
            return ApplyResponse(_dynamic(prior), request.planned_private, [said], legacy)
        return ApplyResponse(_dynamic(new), request.planned_private, legacy_type_system=legacy)

    def _applied(self, resource: Resource, prior: Object | None, planned: Object | None) -> Object | None:
        workspace = self._workspace
        if planned is None:
            self._store.delete(workspace, resource.name, key_of(resource.name, prior or {}))
            if resource.name == _FILE:
                self._volumes.remove(str((prior or {}).get("path")))
            return None
        if prior is None:
            return self._created(resource, workspace, planned)
        new = self._filled(resource, planned)
        key = key_of(resource.name, prior) or key_of(resource.name, new)
        before = self._store.get(workspace, resource.name, key)
        maker = before.made_by if before else self._maker
        self._uploaded(resource, new)
        self._store.replace(workspace, resource.name, key, prune(resource.block, new), maker)
        return new

    def _filled(self, resource: Resource, planned: Object, attempt: int = 0) -> Object:
        return answered(resource.name, fill(resource, planned, self._host, attempt), self._host)

    def _uploaded(self, resource: Resource, new: Object) -> None:
        content = file_content(new) if resource.name == _FILE else None
        if content is not None:
            self._volumes.put(str(new.get("path")), content)

    def _created(self, resource: Resource, workspace: str, planned: Object) -> Object:
        for attempt in range(_ATTEMPTS):
            new = self._filled(resource, planned, attempt)
            key = key_of(resource.name, new)
            if not key:
                raise _Refused(f"{resource.name} has no name", "What a workspace would find it by is not set.")
            try:
                self._store.create(workspace, resource.name, key, prune(resource.block, new), self._maker)
            except Taken:
                self._refuse_claim(resource, workspace, key, new)
                continue
            try:
                self._uploaded(resource, new)
            except StoreError:
                self._store.delete(workspace, resource.name, key)
                raise
            return new
        raise _Refused(f"{resource.name}: no id is free", f"{_ATTEMPTS} objects of this content are in {workspace}")

    def _refuse_claim(self, resource: Resource, workspace: str, key: str, new: Object) -> None:
        """Raise unless the id was only drawn by chance."""
        there = self._store.get(workspace, resource.name, key)
        if there is None or not same_object(resource.name, there.attributes, new):
            return
        owner = there.made_by.stack
        if owner == self._maker.stack:
            why = f"An earlier run of this stack ({owner}) made it and it is not in the stack's state"
            cure = f"import it (`terraform import <address> '{key}'`), or delete {there.file}"
        else:
            why = f"Stack {owner} made it, and this is stack {self._maker.stack}: an object has one owner"
            cure = "declare it in one of the two stacks only, or destroy it there first"
        raise _Refused(f"{resource.name} {key!r} already exists in {workspace}", f"{why}. Next: {cure}.")

    def import_state(self, request: ImportRequest) -> ImportResponse:
        """Take over an object that is in the store."""
        resource = self._types.resource(request.type_name)
        try:
            if not resource.importable:
                raise _Refused(f"resource {resource.name} doesn't support import", "Neither does the real provider.")
            found = self._find(resource, request.id)
            if found is None:
                raise _Refused(*self._nothing_to_import(resource.name, request.id))
        except _Refused as refused:
            return ImportResponse(diagnostics=[refused.diagnostic])
        return ImportResponse(imported_resources=[ImportedResource(resource.name, _dynamic(found))])

    def _nothing_to_import(self, resource: str, key: str) -> tuple[str, str]:
        there = [found.file.name for found in self._store.objects(self._workspace, resource)][:5]
        has = f"It has {', '.join(there)}." if there else "It has no object of that type."
        return "Cannot import non-existent remote object", f"No {resource} {key!r} in {self._workspace}. {has}"

    def read_data(self, request: ConfigRequest) -> ReadDataResponse:
        """What a data source finds."""
        source = self._types.data_source(request.type_name)
        config = _object(request.config)
        try:
            found = read_data(source, config, self._store, self._workspace, self._types.resource_if_known)
        except (NotFound, StoreError, ShapeError) as error:
            return ReadDataResponse(diagnostics=[_error(f"cannot read data source {source.name}", str(error))])
        except _Refused as refused:
            return ReadDataResponse(diagnostics=[refused.diagnostic])
        return ReadDataResponse(state=_dynamic(found))


def _value(value: DynamicValue | None) -> Value:
    if value is None:
        return None
    return decode(value.msgpack) if value.msgpack else decode_json(value.json) if value.json else None


def _optional(value: DynamicValue | None) -> Object | None:
    found = _value(value)
    return found if isinstance(found, dict) else None


def _object(value: DynamicValue | None) -> Object:
    return _optional(value) or {}


def _dynamic(value: Value) -> DynamicValue:
    return DynamicValue(msgpack=encode(value))


def _error(summary: str, detail: str) -> Diagnostic:
    return Diagnostic(severity=ERROR, summary=summary, detail=detail)


def _path(path: Path) -> AttributePath | None:
    steps = [
        PathStep(element_key_int=step) if isinstance(step, int) else PathStep(attribute_name=step) for step in path
    ]
    return AttributePath(steps) if steps else None
