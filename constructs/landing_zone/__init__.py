"""Constructs of a landing zone, one file per logical entity.

Each takes what resolve computed and objects, never ids; its children are named for their role, keyed by what the user
named in a document, because a construct's path is its Terraform address: a changed one is a destroy and a create.
"""

from landing_zone.account_group import AccountGroup, account_group
from landing_zone.audit_log import AuditLogDelivery
from landing_zone.budget import CostGuard
from landing_zone.catalog import DataCatalog
from landing_zone.cluster_policy import PolicyForClusters
from landing_zone.data_policy import FunctionGrants, MaskOrFilter, TagOnData
from landing_zone.data_setup import DataSetup
from landing_zone.egress import EgressPolicy, PrivateConnectivity
from landing_zone.governed_tag import TagGovernance
from landing_zone.hardening import WorkspaceHardening
from landing_zone.identities import UseCaseIdentity
from landing_zone.ip_perimeter import IpPerimeter
from landing_zone.metastore import RegionMetastore
from landing_zone.rule_set import RuleSet
from landing_zone.secret_scope import UseCaseSecrets
from landing_zone.setup_principal import SetupPrincipal
from landing_zone.storage import StorageAccess, StorageLocation
from landing_zone.system_schemas import SystemSchemas
from landing_zone.team import PeopleTeam
from landing_zone.watch_principal import WatchPrincipal
from landing_zone.watcher import Watcher
from landing_zone.workspace_access import WorkspaceAccess
from landing_zone.workspace_attachment import WorkspaceAttachment
from landing_zone.workspace_aws import WorkspaceAws
from landing_zone.workspace_gcp import WorkspaceGcp
from landing_zone.workspace_objects import GroupEntitlements, LibraryAllowlist, NotificationDestination, Warehouse
from landing_zone.workspace_serverless import WorkspaceServerless

__all__ = [
    "AccountGroup",
    "AuditLogDelivery",
    "CostGuard",
    "DataCatalog",
    "DataSetup",
    "EgressPolicy",
    "FunctionGrants",
    "GroupEntitlements",
    "IpPerimeter",
    "LibraryAllowlist",
    "MaskOrFilter",
    "NotificationDestination",
    "PeopleTeam",
    "PolicyForClusters",
    "PrivateConnectivity",
    "RegionMetastore",
    "RuleSet",
    "SetupPrincipal",
    "StorageAccess",
    "StorageLocation",
    "SystemSchemas",
    "TagGovernance",
    "TagOnData",
    "UseCaseIdentity",
    "UseCaseSecrets",
    "Warehouse",
    "WatchPrincipal",
    "Watcher",
    "WorkspaceAccess",
    "WorkspaceAttachment",
    "WorkspaceAws",
    "WorkspaceGcp",
    "WorkspaceHardening",
    "WorkspaceServerless",
    "account_group",
]
