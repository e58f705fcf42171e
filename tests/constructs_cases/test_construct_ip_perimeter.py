"""From where a workspace may be reached: the lists are there before they are switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binding import TerraformStack
from landing_zone import IpPerimeter, WorkspaceHardening
from shipway.models.deployment import HardeningSpec, IpListSpec, IpPerimeterSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

DEFAULT = IpPerimeterSpec(deploys_from=("198.51.100.7",), allow=(), block=())
FULL = IpPerimeterSpec(
    deploys_from=("198.51.100.7", "198.51.100.8/32"),
    allow=(IpListSpec(key="offices", addresses=("203.0.113.0/24",)), IpListSpec(key="vpn", addresses=("192.0.2.1",))),
    block=(IpListSpec(key="old-office", addresses=("203.0.113.128/25",)),),
)
HARDENING = HardeningSpec(
    workspace_conf={
        "enableDbfsFileBrowser": "false",
        "enableExportNotebook": "false",
        "enableFileStoreEndpoint": "false",
        "enableIpAccessLists": "true",
        "enableNotebookTableClipboard": "false",
        "enableResultsDownloading": "false",
        "enableTokensConfig": "false",
        "enableVerboseAuditLogs": "true",
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
    },
    legacy_access=False,
    restrict_workspace_admins=True,
    default_catalog="",
    dashboard_embedding="DENY_ALL_DOMAINS",
    embedding_domains=(),
    automatic_cluster_update=False,
    maintenance_window=None,
    enhanced_security_monitoring=False,
    compliance_standards=(),
    demanded=(),
)


def hardened(stack: TerraformStack, spec: IpPerimeterSpec) -> None:
    perimeter = IpPerimeter(stack, "ip_perimeter", spec=spec)
    WorkspaceHardening(stack, "hardening", spec=HARDENING, perimeter=perimeter)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: hardened(stack, DEFAULT))
    runners = built.at("ip_perimeter/deploys_from")
    assert (runners["list_type"], runners["ip_addresses"]) == ("ALLOW", ["198.51.100.7"])
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: hardened(stack, FULL))
    assert built.at("ip_perimeter/block/old-office")["list_type"] == "BLOCK"
    assert built.at("ip_perimeter/allow/offices")["ip_addresses"] == ["203.0.113.0/24"]
    built.passes_every_rule()


def test_nobody_is_locked_out_while_it_is_made(build: Build) -> None:
    # The switch comes last, and goes first when everything is destroyed.
    built = build("prod-landing-zone", lambda stack: hardened(stack, FULL))
    lists = {built.addresses[path] for path in built.addresses if path.startswith("ip_perimeter/")}
    assert len(lists) == 4
    assert set(built.at("hardening/workspace-conf")["depends_on"]) == lists
