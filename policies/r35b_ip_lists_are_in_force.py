"""R35B: lists of addresses are switched on where there are some, and there are some where they are on

Severity: HIGH
Scope: stack

Why
    Lists in a workspace that does not ask for them keep nobody out and look as if they did. Switched on without a list
    that allows somebody, they let in everybody who is on no block list.

Anti-pattern
    resource:
      databricks_ip_access_list:
        offices:
          label: offices
          list_type: ALLOW
          ip_addresses: [198.51.100.0/24]
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableIpAccessLists: "false"

Best practice
    resource:
      databricks_ip_access_list:
        offices:
          label: offices
          list_type: ALLOW
          ip_addresses: [198.51.100.0/24]
          lifecycle:
            prevent_destroy: true
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableIpAccessLists: "true"
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableDeprecatedClusterNamedInitScripts: "false"
            enableDeprecatedGlobalInitScripts: "false"
            enableDbfsFileBrowser: "false"
            enableExportNotebook: "false"
            enableFileStoreEndpoint: "false"
            enableNotebookTableClipboard: "false"
            enableResultsDownloading: "false"
            storeInteractiveNotebookResultsInCustomerAccount: "true"
          lifecycle:
            prevent_destroy: true

Not seen
    Lists of another stack's making, and those of the account's console.

Sources
    Security Analysis Tool, NS-5 and NS-11; documentation of Databricks on IP access lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies._rule import Answer, Block, Leaf, failed, is_yes, passed, unknown
from policies._together import Others, StackRule

_LIST, _CONF, _SWITCH = "databricks_ip_access_list", "databricks_workspace_conf", "enableIpAccessLists"


@dataclass(frozen=True)
class _Seen:
    switches: tuple[Leaf, ...]
    kinds: tuple[Leaf, ...]


class IpListsAreInForce(StackRule[_Seen]):
    """The switch and an ALLOW list go together."""

    resources = (_LIST, _CONF)

    def survey(self, others: Others) -> _Seen:
        """The switches of the stack's settings, and the kinds of its lists."""
        switches = (switch for conf in others.of(_CONF) for switch in _switches(conf))
        return _Seen(tuple(switches), tuple(block.leaf("list_type") for block in others.of(_LIST)))

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """One answer for the list; one for the settings."""
        if block.kind == _LIST:
            yield _any(seen.switches, is_yes, f"no {_CONF} of the stack sets {_SWITCH} to true")
        for switch in _switches(block) if block.kind == _CONF else ():
            if switch.unknown or is_yes(switch.value):
                yield _any(seen.kinds, _allows, f"{_SWITCH} is on and no {_LIST} of the stack allows anybody")
            elif not seen.kinds:
                yield passed()
            else:
                yield failed(switch.path, f"is not true, and the stack has a {_LIST}")


def _switches(conf: Block) -> list[Leaf]:
    return [custom.leaf(_SWITCH) for custom in conf.needed("custom_config")]


def _allows(kind: object) -> bool:
    return kind == "ALLOW"


def _any(leaves: tuple[Leaf, ...], hold: Callable[[object], bool], why: str) -> Answer:
    known = [leaf for leaf in leaves if not leaf.unknown]
    if any(hold(leaf.value) for leaf in known):
        return passed()
    if len(known) < len(leaves):
        return unknown(_SWITCH, "whether lists are in force is not known before apply")
    return failed(_SWITCH, why)


RULE = IpListsAreInForce()
