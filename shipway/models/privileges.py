"""Closed lists that provider 1.99.0 does not check: it plans `NOT_A_PRIVILEGE` and `isolation_mode = "BANANA"`.

Unity Catalog's privileges per securable, isolation and binding modes, and workspace permission levels per object type,
as Databricks documents them. ALL_PRIVILEGES is left out on purpose: it grants what does not exist yet.
"""

from __future__ import annotations

from typing import Literal

__all__ = [
    "BindingType",
    "CatalogPrivilege",
    "CredentialPrivilege",
    "EndpointPermission",
    "Entitlement",
    "FunctionPrivilege",
    "IsolationMode",
    "JobPermission",
    "LocationPrivilege",
    "ModelPrivilege",
    "SchemaPrivilege",
    "SecretPermission",
    "VolumePrivilege",
    "WarehousePermission",
]

CatalogPrivilege = Literal[
    "APPLY_TAG",
    "BROWSE",
    "CREATE_FUNCTION",
    "CREATE_MATERIALIZED_VIEW",
    "CREATE_MODEL",
    "CREATE_MODEL_VERSION",
    "CREATE_SCHEMA",
    "CREATE_TABLE",
    "CREATE_VOLUME",
    "EXECUTE",
    "EXTERNAL_USE_SCHEMA",
    "MANAGE",
    "MODIFY",
    "READ_VOLUME",
    "REFRESH",
    "SELECT",
    "USE_CATALOG",
    "USE_SCHEMA",
    "WRITE_VOLUME",
]

SchemaPrivilege = Literal[
    "APPLY_TAG",
    "CREATE_FUNCTION",
    "CREATE_MATERIALIZED_VIEW",
    "CREATE_MODEL",
    "CREATE_MODEL_VERSION",
    "CREATE_TABLE",
    "CREATE_VOLUME",
    "EXECUTE",
    "EXTERNAL_USE_SCHEMA",
    "MANAGE",
    "MODIFY",
    "READ_VOLUME",
    "REFRESH",
    "SELECT",
    "USE_SCHEMA",
    "WRITE_VOLUME",
]

ModelPrivilege = Literal["APPLY_TAG", "CREATE_MODEL_VERSION", "EXECUTE", "MANAGE"]
VolumePrivilege = Literal["APPLY_TAG", "MANAGE", "READ_VOLUME", "WRITE_VOLUME"]
FunctionPrivilege = Literal["EXECUTE", "MANAGE"]
CredentialPrivilege = Literal[
    "CREATE_EXTERNAL_LOCATION", "CREATE_EXTERNAL_TABLE", "MANAGE", "READ_FILES", "WRITE_FILES"
]
LocationPrivilege = Literal[
    "BROWSE",
    "CREATE_EXTERNAL_TABLE",
    "CREATE_EXTERNAL_VOLUME",
    "CREATE_FOREIGN_SECURABLE",
    "CREATE_MANAGED_STORAGE",
    "EXTERNAL_USE_LOCATION",
    "MANAGE",
    "READ_FILES",
    "WRITE_FILES",
]
IsolationMode = Literal["ISOLATED", "OPEN"]
BindingType = Literal["BINDING_TYPE_READ_ONLY", "BINDING_TYPE_READ_WRITE"]
JobPermission = Literal["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE"]
EndpointPermission = Literal["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"]
SecretPermission = Literal["READ", "WRITE", "MANAGE"]
# Without IS_OWNER: who applies owns what it makes, and another owner is a difference in every plan (#3730).
WarehousePermission = Literal["CAN_VIEW", "CAN_MONITOR", "CAN_USE", "CAN_MANAGE"]
Entitlement = Literal["databricks_sql_access", "workspace_access", "workspace_consume"]
