"""What a synthesized stack may hold. A list of what is allowed: what nobody thought of is refused.

Planning runs programs and opens connections as the configuration says: `external` and provisioners run commands, `http`
and a provider's `host` send things out, a module is fetched from anywhere, `file()` reads what the job can read,
another backend takes the state elsewhere. None of it is in what Shipway synthesizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shipway.intake.expected import PROVIDERS, Expected
from shipway.intake.expressions import bad_templates
from shipway.intake.model import Objection, Reason

__all__ = ["DATA_KINDS", "judge"]

DATA_KINDS = frozenset(
    {"databricks_cluster_policy", "databricks_group", "databricks_service_principal", "databricks_sql_warehouse"}
)
"""What stacks look up at plan time. Others could read what the plan's identity sees: a notebook, a file, a token."""

_BLOCKS = frozenset({"//", "data", "import", "moved", "output", "provider", "resource", "terraform"})
_PROVIDER_KEYS = frozenset({"account_id", "alias", "host", "rate_limit"})
_RESOURCE_KIND = re.compile(r"databricks_[a-z0-9_]+")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# Attributes of provider 1.99 that are a path on this machine, which the provider opens when it plans, too.
_LOCAL_FILES = {
    "databricks_dashboard": "file_path",
    "databricks_dbfs_file": "source",
    "databricks_file": "source",
    "databricks_global_init_script": "source",
    "databricks_notebook": "source",
    "databricks_workspace_file": "source",
}
_AGAIN = "run `shipway synth` of this revision; what it writes has none"


def judge(stack: str, content: dict[str, Any], expected: Expected) -> list[Objection]:
    """Everything against `content`, the parsed cdk.tf.json of `stack`; empty for what Shipway writes."""
    judged = _Stack(stack, content, expected)
    return sorted(set(judged.objections()))


@dataclass(frozen=True, slots=True)
class _Stack:
    name: str
    content: dict[str, Any]
    expected: Expected

    def objections(self) -> Iterator[Objection]:
        yield from self._blocks()
        yield from self._terraform()
        yield from self._providers()
        yield from self._resources()
        yield from self._data()
        yield from self._paths()
        yield from self._raw("import", {"id", "to"})
        yield from self._raw("moved", {"from", "to"})
        for path, what in bad_templates(self.content):
            hint = (
                "write the value itself, or a reference to an attribute of this stack; functions read files and clocks"
            )
            yield self._against(Reason.EXPRESSION, path, what, hint)

    def _against(self, reason: Reason, path: tuple[str, ...], message: str, hint: str = _AGAIN) -> Objection:
        return Objection(
            self.name, f"stacks/{self.name}/cdk.tf.json: {'.'.join(path) or '(top)'}", reason, message, hint
        )

    def _blocks(self) -> Iterator[Objection]:
        for key in self.content:
            if key not in _BLOCKS:
                wanted = "got the block {!r}, wanted only {}".format(key, ", ".join(sorted(_BLOCKS)))
                yield self._against(Reason.BLOCK, (key,), wanted)

    def _terraform(self) -> Iterator[Objection]:
        settings = self.content.get("terraform")
        if not isinstance(settings, dict):
            yield self._against(
                Reason.BLOCK, ("terraform",), "it has no terraform block, so no backend and no provider"
            )
            return
        for key in settings.keys() - {"backend", "required_providers"}:
            yield self._against(Reason.BLOCK, ("terraform", key), "wanted backend and required_providers only")
        if settings.get("required_providers") != PROVIDERS:
            path = ("terraform", "required_providers")
            yield self._against(Reason.PROVIDER, path, _differs(settings.get("required_providers"), PROVIDERS))
        if settings.get("backend") != self.expected.backend:
            hint = "where state is kept is changed in a pull request of its own, and planned once that is merged"
            message = _differs(settings.get("backend"), self.expected.backend)
            yield self._against(Reason.BACKEND, ("terraform", "backend"), message, hint)

    def _providers(self) -> Iterator[Objection]:
        providers = self.content.get("provider", {})
        if not isinstance(providers, dict) or not providers.keys() <= PROVIDERS.keys():
            yield self._against(Reason.PROVIDER, ("provider",), f"wanted only {', '.join(PROVIDERS)}")
            return
        for kind, blocks in providers.items():
            if not isinstance(blocks, list) or not blocks:
                yield self._against(Reason.PROVIDER, ("provider", kind), "wanted a list of providers")
                continue
            for index, block in enumerate(blocks):
                yield from self._provider(("provider", kind, str(index)), block)

    def _provider(self, path: tuple[str, ...], block: Any) -> Iterator[Objection]:
        if not isinstance(block, dict):
            yield self._against(Reason.PROVIDER, path, "wanted an object")
            return
        for key in block.keys() - _PROVIDER_KEYS:
            # `config_file`, `databricks_cli_path`: a file to read, a program to run.
            hint = "credentials and how to get them come from the job, never from the stack"
            yield self._against(Reason.PROVIDER, (*path, key), f"wanted only {', '.join(sorted(_PROVIDER_KEYS))}", hint)
        host, account = block.get("host"), block.get("account_id")
        if not isinstance(host, str) or host not in self.expected.hosts:
            hint = "the identity's token goes there; a new address is merged first and planned then"
            message = f"got {host!r}, wanted {' or '.join(sorted(self.expected.hosts))}"
            yield self._against(Reason.HOST, (*path, "host"), message, hint)
        if account is not None and account not in self.expected.account_ids:
            yield self._against(Reason.HOST, (*path, "account_id"), "it is not the account that the base declares")

    def _resources(self) -> Iterator[Objection]:
        for path, kind, block in self._labelled("resource"):
            if not _RESOURCE_KIND.fullmatch(kind):
                yield self._against(Reason.KIND, path, f"got a {kind}, wanted resources of databricks only")
            for key in block.keys() & {"provisioner", "connection"}:
                yield self._against(Reason.PROVISIONER, (*path, key), f"a {key} runs a program or opens a connection")
            for key in block.keys() & {"count", "for_each"}:
                yield self._against(Reason.EXPRESSION, (*path, key), f"{key} makes addresses that nobody declared")
            file = _LOCAL_FILES.get(kind, "")
            if block.get(file) is not None:
                hint = "give the content itself: content_base64"
                message = f"{kind} would read a file of the job that plans"
                yield self._against(Reason.LOCAL_FILE, (*path, file), message, hint)
            for inner in _dynamic(block, path):
                yield self._against(Reason.EXPRESSION, inner, "a dynamic block makes blocks that no rule sees")

    def _data(self) -> Iterator[Objection]:
        for path, kind, _ in self._labelled("data"):
            if kind not in DATA_KINDS:
                message = f"got the data source {kind}, wanted {', '.join(sorted(DATA_KINDS))}"
                hint = "one that is needed is added to DATA_KINDS in a pull request of its own"
                yield self._against(Reason.KIND, path, message, hint)

    def _labelled(self, block: str) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
        """Every resource or data source; what has another shape than cdktf gives it is yielded as of no kind."""
        kinds = self.content.get(block, {})
        if not isinstance(kinds, dict):
            # Terraform also takes lists of objects here, in which others than we look.
            yield (block,), f"{type(kinds).__name__} of blocks", {}
            return
        for kind, named in kinds.items():
            if not isinstance(named, dict):
                yield (block, kind), f"{type(named).__name__} of {kind}", {}
                continue
            for label, body in named.items():
                whole = isinstance(body, dict) and _LABEL.fullmatch(label)
                yield (
                    (block, kind, label),
                    kind if whole else f"misshapen {kind}",
                    body if isinstance(body, dict) else {},
                )

    def _paths(self) -> Iterator[Objection]:
        """Waivers and findings go by construct paths: one that is another's would speak for it."""
        seen: set[str] = set()
        for path, _, block in self._labelled("resource"):
            where = _metadata_path(block)
            if where is None or not where.startswith(f"{self.name}/") or where in seen:
                message = f"its construct path is {_short(where)}, wanted one below {self.name}/ that no other has"
                yield self._against(Reason.PATH, (*path, "//", "metadata", "path"), message)
            seen.add(where or "")

    def _raw(self, block: str, keys: set[str]) -> Iterator[Objection]:
        found = self.content.get(block, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) and one.keys() <= keys for one in found):
            yield self._against(Reason.BLOCK, (block,), f"wanted a list of objects with {' and '.join(sorted(keys))}")


def _metadata_path(block: dict[str, Any]) -> str | None:
    found: Any = block
    for key in ("//", "metadata", "path"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _dynamic(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            # In a map of plain values it is a key as any other.
            if key == "dynamic" and not isinstance(inner, str):
                yield (*path, key)
            yield from _dynamic(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _dynamic(inner, (*path, str(index)))


def _differs(got: Any, wanted: Any) -> str:
    return f"got {_short(got)}, wanted {_short(wanted)}"


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, dict) else repr({key: value[key] for key in sorted(value)})
    return text if len(text) <= 300 else f"{text[:300]}…"
