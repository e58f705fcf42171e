"""checkov, in this process, once for many stacks.

The command line imports every framework's rules (two to three seconds), reads JSON with a YAML parser in Python (63 %
of a run), renders a graph that our rules do not use, and drops what a rule answers UNKNOWN, an exception in a rule
included. Here the same registry, loader, conversion and check classes are used without all that: the imports are a
tenth, the stack is read by `json`, and what a rule answers or raises is what comes back. Nothing is called and no
configuration file is read. A test holds the results equal to those of checkov's own runner.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from shipway.errors import MissingTool
from shipway.outside.stack_json import read_stack
from shipway.scan.scanner import LoadedRule, RawResult, RawScan, RawStack, ScanError, Scope, Status

__all__ = ["Checkov"]

_PREFIX = "SHIPWAY_"
_BLOCKS = ("resource", "provider")
_PARSER = "checkov.terraform_json.parser"
# Packages whose __init__ imports the rules of all clouds. Their modules work without it, and we want none of the rules.
_HEAVY = (
    "checkov.terraform",
    "checkov.terraform.checks",
    "checkov.terraform.checks.resource",
    "checkov.terraform.checks.provider",
)


class Checkov:
    """The real scanner. One at a time in a process: checkov keeps its rules in globals."""

    @property
    def version(self) -> str:
        """`checkov <version>`, without importing it; raises MissingTool."""
        try:
            return f"checkov {importlib.metadata.version('checkov')}"
        except importlib.metadata.PackageNotFoundError as error:
            hint = "`make setup` brings it into .venv, or: pip install 'shipway[scan]'"
            raise MissingTool("checkov is not installed, and scan runs the rules with it", hint) from error

    def scan(
        self, files: Mapping[str, bytes], rules: Path, projects: Mapping[str, Mapping[str, bytes]] | None = None
    ) -> RawScan:
        """Judge `files` and `projects` by the rules in `rules`; see shipway.scan.scanner.Scanner."""
        stacks = {name: read_stack(name, text) for name, text in files.items()}
        with _quiet() as log, _registries() as registries, imports_of(rules):
            loaded = _load(rules, registries["resource"])
            judged = tuple(_judge(name, stack, registries) for name, stack in stacks.items())
            among = {}
            for project, texts in (projects or {}).items():
                read = {name: stacks[name] for name, text in texts.items() if files.get(name) is text}
                among[project] = _judge_project(texts, read, registries["resource"])
        return RawScan(tuple(sorted(loaded)), judged, tuple(log), among)


def _judge(name: str, stack: dict[str, Any], registries: Mapping[str, Any]) -> RawStack:
    # Only what rules are asked about: the conversion stumbles over a plain value among the rest.
    definition = _converted({block: stack[block] for block in _BLOCKS if block in stack})
    beside = {name: _labelled(definition) | _data(stack)}
    addresses: list[str] = []
    results: list[RawResult] = []
    for block, registry in registries.items():
        for entity in definition.get(block, ()):
            kind, label, conf = registry.extract_entity_details(entity)
            addresses.append(f"provider.{kind}" if block == "provider" else f"{kind}.{label}")
            for check in registry.get_checks(kind):
                if _scope(check) is not Scope.PROJECT:
                    check.beside = beside
                    results.append(_result(check, name, kind, addresses[-1], conf))
    modules = sorted(key for key in stack.get("module", ()) if key != "//")
    return RawStack(name, tuple(sorted(addresses)), tuple(modules), tuple(sorted(results)))


def _judge_project(
    texts: Mapping[str, bytes], read: Mapping[str, dict[str, Any]], registry: Any
) -> dict[str, tuple[RawResult, ...]]:
    """What the rules of scope project say of each stack; `read` has those that were read already."""
    checks = {check for named in registry.checks.values() for check in named if _scope(check) is Scope.PROJECT}
    kinds = {kind for check in checks for kind in (*check.resources, *check.looks_up)}
    beside = {}
    for name, text in texts.items():
        # Most stacks of a large project have none of these types, and reading them is what takes the time.
        if b"\\u" in text or any(kind.encode() in text for kind in kinds):
            stack = read.get(name) or read_stack(name, text)
            some = {kind: named for kind, named in stack.get("resource", {}).items() if kind in kinds}
            beside[name] = _labelled(_converted({"resource": some})) | _data(stack)
    found: dict[str, tuple[RawResult, ...]] = dict.fromkeys(texts, ())
    for name, resources in beside.items():
        results = []
        for kind, named in resources.items():
            # A data source is looked up and never judged; no rule's type begins with `data.`.
            for check in checks.intersection(registry.get_checks(kind)):
                check.beside = beside
                results += [_result(check, name, kind, f"{kind}.{label}", conf) for label, conf in named.items()]
        found[name] = tuple(sorted(results))
    return found


def _converted(blocks: dict[str, Any]) -> dict[str, Any]:
    definition: dict[str, Any] = sys.modules[_PARSER].prepare_definition(blocks)
    return definition


def _labelled(definition: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """The converted resources by type and label."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for entity in definition.get("resource", ()):
        for kind, named in entity.items():
            found.setdefault(kind, {}).update(named)
    return found


def _data(stack: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """The data sources, as they are: rules take values with checkov's lists around them or without."""
    kinds = stack.get("data", {})
    return {f"data.{kind}": named for kind, named in kinds.items() if kind != "//"} if isinstance(kinds, dict) else {}


def _scope(check: Any) -> Scope:
    # A rule on provider blocks has none.
    return Scope(getattr(check, "scope", Scope.RESOURCE))


def _result(check: Any, file: str, kind: str, address: str, conf: dict[str, Any]) -> RawResult:
    status, messages = _answer(check, file, kind, address, conf)
    return RawResult(address, _id(check), _construct_path(conf), status, messages)


def _answer(check: Any, file: str, kind: str, address: str, conf: dict[str, Any]) -> tuple[Status, tuple[str, ...]]:
    try:
        answer = check.run(file, conf, address, kind, {})["result"]
    # Rules can raise anything; checkov would call it UNKNOWN and leave it out, and SystemExit(0) would end as a pass.
    except (Exception, SystemExit) as error:
        what = f"{_id(check)} raised {type(error).__name__} on {address} of {file}: {error}"
        where = f"the rule is in {check.__class__.__module__}.py; a rule that raises has judged nothing"
        raise ScanError(what, where) from error
    try:
        return Status(answer.value), tuple(check.details)
    except (AttributeError, ValueError) as error:
        what = f"{_id(check)} answered {answer!r} on {address} of {file}, wanted PASSED, FAILED or UNKNOWN"
        raise ScanError(what, f"the rule is in {check.__class__.__module__}.py") from error


def _id(check: Any) -> str:
    return str(check.id).removeprefix(_PREFIX)


def _construct_path(conf: dict[str, Any]) -> str:
    metadata = conf.get("//", {})
    for key in ("metadata", "path"):
        metadata = metadata.get(key, "") if isinstance(metadata, dict) else ""
    return metadata if isinstance(metadata, str) else ""


def _load(rules: Path, registry: Any) -> list[LoadedRule]:
    everything = registry.get_all_registered_checks()
    before = len(everything)
    try:
        registry.load_external_checks(str(rules))
    except SystemExit as error:
        raise ScanError(
            f"a rule in {rules.name}/ ended the program while it was loaded", "a rule only judges"
        ) from error
    new = everything[before:]
    del everything[before:]
    return [LoadedRule(_id(check), check.__class__.__module__, _scope(check)) for check in new]


@contextmanager
def _registries() -> Iterator[dict[str, Any]]:
    """checkov's registries, empty; what was in them comes back afterwards."""
    with _without_built_in_rules():
        resource = importlib.import_module("checkov.terraform.checks.resource.registry").resource_registry
        provider = importlib.import_module("checkov.terraform.checks.provider.registry").provider_registry
        importlib.import_module("checkov.terraform.checks.resource.base_resource_check")
        importlib.import_module("checkov.terraform.checks.provider.base_check")
        importlib.import_module(_PARSER)
    registries = {"resource": resource, "provider": provider}
    kept = {name: (dict(registry.checks), dict(registry.wildcard_checks)) for name, registry in registries.items()}
    for registry in registries.values():
        registry.checks.clear()
        registry.wildcard_checks.clear()
    try:
        yield registries
    finally:
        for name, registry in registries.items():
            registry.checks.clear()
            registry.wildcard_checks.clear()
            registry.checks.update(kept[name][0])
            registry.wildcard_checks.update(kept[name][1])


@contextmanager
def _without_built_in_rules() -> Iterator[None]:
    """Stand-ins for the heavy packages, so that their modules can be imported without them."""
    spec = importlib.util.find_spec("checkov")
    if spec is None or not spec.submodule_search_locations:
        raise MissingTool("checkov is not installed, and scan runs the rules with it", "`make setup` brings it")
    root = Path(spec.submodule_search_locations[0]).parent
    standing_in = [name for name in _HEAVY if name not in sys.modules]
    for name in standing_in:
        module = types.ModuleType(name)
        module.__path__ = [str(root.joinpath(*name.split(".")))]
        sys.modules[name] = module
    try:
        yield
    finally:
        # Whoever imports them later in this process gets the real ones.
        for name in standing_in:
            del sys.modules[name]


@contextmanager
def imports_of(rules: Path) -> Iterator[None]:
    """`policies` is the folder that is judged by, and what is imported from it is its source, not a compiled copy.

    The receipt's digest is that of the sources; a file in __pycache__ that says otherwise must have no say.
    """
    kept_modules, kept_path, kept_prefix = dict(sys.modules), list(sys.path), sys.pycache_prefix
    kept_writing = sys.dont_write_bytecode
    for name in [name for name in sys.modules if name.partition(".")[0] == rules.name]:
        del sys.modules[name]
    sys.path.insert(0, str(rules.resolve().parent))
    sys.pycache_prefix = str(rules.resolve() / "__init__.py" / "no-such-folder")
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:], sys.pycache_prefix, sys.dont_write_bytecode = kept_path, kept_prefix, kept_writing
        mine = [name for name, module in sys.modules.items() if _lies_in(module, rules)]
        for name in mine:
            del sys.modules[name]
        sys.modules.update({name: module for name, module in kept_modules.items() if name not in sys.modules})


def _lies_in(module: Any, rules: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(rules)


class _Collector(logging.Handler):
    """Keeps errors, each with the exception's own line."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        error = record.exc_info[1] if record.exc_info else None
        cause = f": {type(error).__name__}: {error}" if error else ""
        self.lines.append(record.getMessage() + cause)


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Nothing that checkov or a rule prints or logs reaches the terminal; errors it logs are given back."""
    collector, root = _Collector(), logging.getLogger()
    kept = root.handlers[:]
    root.handlers[:] = [collector]
    try:
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(StringIO()))
            stack.enter_context(redirect_stderr(StringIO()))
            yield collector.lines
    finally:
        root.handlers[:] = kept
