"""Makes the recorded workspace `legacy`: some hundred objects as they grow in five years without a standard.

Deterministic, so that the committed files are what this makes: `python tests/acceptance/recordings/make.py`.
Names are as bad as the API allows: quotes, Markdown, other scripts, a name in two spellings, one that Terraform would
evaluate, one with a hidden character.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

UC = "/api/2.1/unity-catalog"
HERE = Path(__file__).parent
WORKSPACE_ID = "1042000000000099"
PEOPLE = ["ana.ruiz@example.com", "bo.li@example.com", "data-engineers", "account users", "Größe & Söhne", "`admins-2`"]

CATALOGS = [
    ("main", "ISOLATED"),
    ("sales-2019", "OPEN"),
    ("Größe", "OPEN"),
    ('quo"te', "ISOLATED"),
    ("**bold**_[x](y)", "OPEN"),
    ("O'Neill", "OPEN"),
    ("日本", "OPEN"),
    ("a|b", "ISOLATED"),
    ("${path.module}", "OPEN"),
    ("zero\u200bwidth", "OPEN"),
]
SCHEMAS = [
    *(f"layer_{n}" for n in range(4)),
    "default",
    "raw",
    "curated",
    "ml-models",
    "tmp_ana",
    "2019",
    "näher",
    "'; drop",
]


class Recording:
    """Answers by path and query, as a recording has them."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []

    def add(self, path: str, body: Any, **query: str) -> None:
        self.answers.append({"path": path, **({"query": query} if query else {}), "body": body})

    def grants(self, kind: str, name: str, seed: int, words: list[str]) -> None:
        """Who has what: nobody on every fourth, and now and then everything."""
        chosen = [PEOPLE[(seed + step) % len(PEOPLE)] for step in range(seed % 4)]
        held = [{"principal": who, "privileges": words[: 1 + (seed + n) % len(words)]} for n, who in enumerate(chosen)]
        self.add(f"{UC}/permissions/{kind}/{name}", {"privilege_assignments": held} if held else {})


def make() -> dict[str, list[dict[str, Any]]]:
    """File name to answers."""
    return {"data.json": _data(), "storage.json": _storage(), "workspace.json": _workspace(), "people.json": _people()}


def _securable(name: str, seed: int, **more: Any) -> dict[str, Any]:
    comment = ["", "Made for the audit of 2019", "# not a heading\n* one\n* two", 'it\'s "fine": yes', "010"][seed % 5]
    common = {
        "name": name,
        "owner": PEOPLE[seed % len(PEOPLE)],
        "created_at": 1_600_000_000_000 + seed,
        "metastore_id": "m",
    }
    return {**common, **({"comment": comment} if comment else {}), **more}


def _data() -> list[dict[str, Any]]:
    made = Recording()
    listed = [
        _securable(name, n, catalog_type="MANAGED_CATALOG", isolation_mode=mode, full_name=name, browse_only=False)
        for n, (name, mode) in enumerate(CATALOGS)
    ]
    listed[1] |= {"storage_root": "s3://legacy-sales/root", "properties": {"cost: center": "42", "yes": "no"}}
    own = [
        _securable("system", 0, catalog_type="SYSTEM_CATALOG", isolation_mode="OPEN"),
        _securable("samples", 0, catalog_type="SYSTEM_CATALOG", isolation_mode="OPEN"),
        _securable("partner_share", 1, catalog_type="DELTASHARING_CATALOG", provider_name="p", share_name="s"),
        _securable("pg", 1, catalog_type="FOREIGN_CATALOG", connection_name="pg", options={"database": "x"}),
    ]
    # Two pages, as a large metastore answers.
    made.add(f"{UC}/catalogs", {"catalogs": listed[:6], "next_page_token": "2"})
    made.add(f"{UC}/catalogs", {"catalogs": listed[6:] + own}, page_token="2")
    words = ["USE_CATALOG", "USE_SCHEMA", "SELECT", "ALL_PRIVILEGES"]
    for n, (catalog, mode) in enumerate(CATALOGS):
        made.grants("catalog", catalog, n + 1, words)
        if mode == "ISOLATED":
            bound = [WORKSPACE_ID, "1042000000000042"][: 1 + n % 3]
            found = [{"workspace_id": int(one), "binding_type": "BINDING_TYPE_READ_WRITE"} for one in bound]
            made.add(f"{UC}/bindings/catalog/{catalog}", {"bindings": found})
        _schemas(made, catalog, n)
    for one in own:
        made.add(f"{UC}/permissions/catalog/{one['name']}", {})
    return made.answers


def _schemas(made: Recording, catalog: str, seed: int) -> None:
    names = SCHEMAS[: 6 + seed % 7]
    listed = [
        _securable(name, seed + n, catalog_name=catalog, full_name=f"{catalog}.{name}") for n, name in enumerate(names)
    ]
    listed[0] |= {"properties": {"a": "b"}}
    own = _securable("information_schema", 0, catalog_name=catalog)
    made.add(f"{UC}/schemas", {"schemas": [*listed, own]}, catalog_name=catalog)
    made.grants("schema", f"{catalog}.information_schema", 0, ["SELECT"])
    for n, name in enumerate(names):
        full = f"{catalog}.{name}"
        made.grants("schema", full, seed + n, ["USE_SCHEMA", "SELECT", "MODIFY"])
        _inside(made, catalog, name, seed + n)


def _inside(made: Recording, catalog: str, schema: str, seed: int) -> None:
    place = {"catalog_name": catalog, "schema_name": schema}
    volumes = [
        _securable(name, seed + n, **place, volume_type=kind, storage_location=f"s3://legacy/{seed}/{n}")
        for n, (name, kind) in enumerate([("landing", "EXTERNAL"), ("Wheels & Co", "MANAGED")][: seed % 3])
    ]
    models = [_securable("churn", seed, **place, storage_location="s3://legacy/models")] if seed % 4 == 1 else []
    made.add(f"{UC}/volumes", {"volumes": volumes}, **place)
    made.add(f"{UC}/models", {"registered_models": models}, **place)
    for n, one in enumerate(volumes):
        made.grants("volume", f"{catalog}.{schema}.{one['name']}", seed + n, ["READ_VOLUME", "WRITE_VOLUME"])
    for one in models:
        made.grants("function", f"{catalog}.{schema}.{one['name']}", seed, ["EXECUTE"])


def _storage() -> list[dict[str, Any]]:
    made = Recording()
    role = {"role_arn": "arn:aws:iam::111122223333:role/legacy", "external_id": "m", "unity_catalog_iam_arn": "arn:x"}
    secret = {"application_id": "a", "directory_id": "d", "client_secret": "********"}
    mode = {"isolation_mode": "ISOLATION_MODE_OPEN", "read_only": False}
    credentials = [
        _securable("legacy", 1, aws_iam_role=role, **mode),
        _securable("kept apart", 2, aws_iam_role=role, **{**mode, "isolation_mode": "ISOLATION_MODE_ISOLATED"}),
        _securable("with a secret", 3, azure_service_principal=secret, **mode),
    ]
    made.add(f"{UC}/storage-credentials", {"storage_credentials": credentials})
    made.add(
        f"{UC}/bindings/storage_credential/kept apart",
        {"bindings": [{"workspace_id": 7, "binding_type": "BINDING_TYPE_READ_WRITE"}]},
    )
    locations = [
        _securable(f"location-{n}", n, url=f"s3://legacy-{n}/data", credential_name="legacy", fallback=n == 1, **mode)
        for n in range(8)
    ]
    locations[7] |= {"enable_file_events": True, "file_event_queue": {"managed_sqs": {"managed_resource_id": "q"}}}
    made.add(f"{UC}/external-locations", {"external_locations": locations})
    for n, one in enumerate(credentials):
        made.grants("storage_credential", one["name"], n, ["CREATE_EXTERNAL_LOCATION"])
    for n, one in enumerate(locations):
        made.grants("external_location", one["name"], n, ["READ_FILES", "WRITE_FILES", "CREATE_EXTERNAL_VOLUME"])
    return made.answers


def _access(seed: int, levels: list[str], owner: str = "") -> dict[str, Any]:
    def entry(who: str, name: str, level: str, *, inherited: bool = False) -> dict[str, Any]:
        return {who: name, "all_permissions": [{"permission_level": level, "inherited": inherited}]}

    found = [entry("group_name", "admins", "CAN_MANAGE", inherited=True)]
    found += [entry("user_name", PEOPLE[n], levels[n % len(levels)]) for n in range(seed % 3)]
    found += [entry("group_name", "data-engineers", levels[0])] if seed % 2 else []
    found += (
        [entry("service_principal_name", "6f1c0000-0000-4000-8000-000000000001", levels[-1])] if seed % 5 == 0 else []
    )
    return {"access_control_list": found + ([entry("user_name", owner, "IS_OWNER")] if owner else [])}


def _workspace() -> list[dict[str, Any]]:
    made = Recording()
    policies: list[dict[str, Any]] = [
        {
            "policy_id": f"{n:016X}",
            "name": f"policy {n} *x*",
            "definition": json.dumps({"num_workers": {"type": "range", "maxValue": n}}, indent=n % 3 or None),
        }
        for n in range(9)
    ]
    policies[3] |= {"description": "for the nightly load", "max_clusters_per_user": 2}
    policies[4] = {
        "policy_id": "F" * 16,
        "name": "Personal Compute",
        "definition": "{}",
        "policy_family_id": "personal-vm",
        "is_default": True,
    }
    policies[5] |= {"policy_family_id": "job-cluster", "policy_family_definition_overrides": "{}"}
    policies[6] |= {"libraries": [{"pypi": {"package": "x"}}]}
    made.add("/api/2.0/policies/clusters/list", {"policies": policies})
    for n, one in enumerate(policies):
        made.add(f"/api/2.0/permissions/cluster-policies/{one['policy_id']}", _access(n, ["CAN_USE"]))
    warehouse = {
        "cluster_size": "Small",
        "auto_stop_mins": 45,
        "min_num_clusters": 1,
        "max_num_clusters": 3,
        "warehouse_type": "PRO",
    }
    more = {"enable_photon": True, "enable_serverless_compute": False, "spot_instance_policy": "COST_OPTIMIZED"}
    houses: list[dict[str, Any]] = [
        {
            "id": f"{n:016x}",
            "name": f"wh {n}",
            **warehouse,
            **more,
            "channel": {"name": "CHANNEL_NAME_CURRENT"},
            "creator_name": "x",
            "state": "RUNNING",
        }
        for n in range(5)
    ]
    houses[1] |= {"tags": {"custom_tags": [{"key": "team", "value": "sales"}]}, "enable_serverless_compute": True}
    houses[2] |= {"instance_profile_arn": "arn:aws:iam::111122223333:instance-profile/x"}
    made.add("/api/2.0/sql/warehouses", {"warehouses": houses})
    for n, one in enumerate(houses):
        made.add(
            f"/api/2.0/permissions/sql/warehouses/{one['id']}",
            _access(n, ["CAN_USE", "CAN_MONITOR"], "bo.li@example.com"),
        )
    jobs = [
        {
            "job_id": 900 + n,
            "settings": {
                "name": f"nightly {n}",
                "tasks": [{"task_key": "t", "notebook_task": {"notebook_path": "/x"}}],
            },
        }
        for n in range(12)
    ]
    made.add("/api/2.2/jobs/list", {"jobs": jobs})
    for n, job in enumerate(jobs):
        made.add(f"/api/2.0/permissions/jobs/{job['job_id']}", _access(n, ["CAN_VIEW"], "ana.ruiz@example.com"))
    scopes: list[dict[str, Any]] = [{"name": f"scope.{n}", "backend_type": "DATABRICKS"} for n in range(7)]
    scopes[6] |= {
        "backend_type": "AZURE_KEYVAULT",
        "keyvault_metadata": {"resource_id": "/subscriptions/x", "dns_name": "https://x.vault.azure.net/"},
    }
    made.add("/api/2.0/secrets/scopes/list", {"scopes": scopes})
    for n, one in enumerate(scopes):
        held = [{"principal": who, "permission": ["READ", "WRITE", "MANAGE"][n % 3]} for who in PEOPLE[: n % 4]]
        made.add("/api/2.0/secrets/acls/list", {"items": held} if held else {}, scope=one["name"])
    lists = [
        {
            "list_id": f"ip-{n}",
            "label": label,
            "list_type": "ALLOW",
            "ip_addresses": ["198.51.100.0/24", "203.0.113.7"],
            "enabled": n == 0,
            "address_count": 2,
        }
        for n, label in enumerate(["office", "old VPN"])
    ]
    made.add("/api/2.0/ip-access-lists", {"ip_access_lists": lists})
    _settings(made)
    return made.answers


def _settings(made: Recording) -> None:
    path = "/api/2.0/notification-destinations"
    targets: list[tuple[str, str, dict[str, Any]]] = [
        ("n-1", "on call", {"email": {"addresses": ["oncall@example.com"]}}),
        ("n-2", "chat", {"slack": {"url_set": True}}),
    ]
    made.add(path, {"results": [{"id": id_, "display_name": name} for id_, name, _ in targets]})
    for id_, name, config in targets:
        kind = next(iter(config)).upper()
        made.add(f"{path}/{id_}", {"id": id_, "display_name": name, "destination_type": kind, "config": config})
    for key, value in (("enableIpAccessLists", "true"), ("maxTokenLifetimeDays", "730"), ("enableWebTerminal", None)):
        made.add("/api/2.0/workspace-conf", {key: value}, keys=key)
    made.add("/api/2.0/workspace-conf", {"enableSomething": None})
    gone = {"error_code": "NOT_FOUND", "message": "never set"}
    for name in (
        *("aibi_dash_embed_ws_acc_policy", "automatic_cluster_update", "shield_csp_enablement_ws_db"),
        *("default_namespace_ws", "disable_legacy_dbfs", "shield_esm_enablement_ws_db", "disable_legacy_access"),
    ):
        made.answers.append({"path": f"/api/2.0/settings/types/{name}/names/default", "status": 404, "body": gone})
    admins = {"restrict_workspace_admins": {"status": "ALLOW_ALL"}, "setting_name": "default", "etag": "e"}
    made.add("/api/2.0/settings/types/restrict_workspace_admins/names/default", admins)


def _people() -> list[dict[str, Any]]:
    made = Recording()
    names = ["admins", "users", "data-engineers", "Größe & Söhne", *(f"team-{n}" for n in range(10))]
    groups = [
        {"id": str(500 + n), "displayName": name, "members": [{"value": "9", "display": "x"}] if n % 3 == 0 else []}
        for n, name in enumerate(names)
    ]
    made.add("/api/2.0/preview/scim/v2/Groups", {"Resources": groups, "totalResults": len(groups)})
    machines = [
        {
            "id": str(700 + n),
            "displayName": f"robot {n}",
            "applicationId": f"6f1c0000-0000-4000-8000-{n:012}",
            "active": True,
        }
        for n in range(4)
    ]
    made.add("/api/2.0/preview/scim/v2/ServicePrincipals", {"Resources": machines, "totalResults": len(machines)})
    assigned = [
        {"principal": {"principal_id": 500 + n, "group_name": name}, "permissions": ["USER"]}
        for n, name in enumerate(names[2:5])
    ]
    made.add("/api/2.0/preview/permissionassignments", {"permission_assignments": assigned})
    return made.answers


def texts() -> dict[str, str]:
    """File name to content."""
    return {name: json.dumps(answers, indent=1) + "\n" for name, answers in make().items()}


if __name__ == "__main__":
    for file, text in texts().items():
        (HERE / "legacy").mkdir(exist_ok=True)
        (HERE / "legacy" / file).write_text(text, encoding="utf-8")
