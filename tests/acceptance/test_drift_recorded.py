"""Drift and access asked of a workspace over its API: the real SDK, against answers made from what was deployed.

The answers are the sandbox's objects in the API's shape, so an unchanged estate must have no drift: what the reader
drops, renames or adds would be some.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

HOST, ID = "halyard-prod.cloud.databricks.com", "1042000000000033"
UC = "/api/2.1/unity-catalog"
PLURAL = {"task": "tasks", "job_cluster": "job_clusters", "parameter": "parameters", "library": "libraries"}
LISTS = {*PLURAL, *PLURAL.values(), "depends_on"}


@dataclass
class Store:
    """The sandbox's objects by type."""

    root: Path

    def all(self, type_: str) -> list[dict[str, Any]]:
        files = sorted((self.root / ".shipway" / "sandbox" / "workspaces").glob(f"*/databricks_{type_}/*.json"))
        here = [path for path in files if path.parts[-3] == HOST or path.parts[-3].startswith("accounts.")]
        return [json.loads(path.read_bytes())["attributes"] for path in here]


@dataclass
class Recording:
    """The API's answers to every question of the reader."""

    store: Store
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The sandbox gives a workspace that the account's stack makes an id of its own."""
        made = (one["id"] for one in self.store.all("mws_workspaces") if one["workspace_name"] == "halyard-prod")
        return str(next(made, ID))

    def add(self, path: str, body: Any, **query: str) -> None:
        self.answers.append({"path": path, "body": body, "query": query})

    def make(self) -> list[dict[str, Any]]:
        self.data()
        self.compute()
        self.workspace()
        self.identities()
        return self.answers

    def data(self) -> None:
        get = self.store.all
        for name in ("storage_credential", "external_location", "catalog"):
            key = f"{name}s"
            self.add(f"{UC}/{key.replace('_', '-')}", {key: [flat(one) for one in get(name)]})
        for catalog in get("catalog"):
            inside = [one for one in get("schema") if one["catalog_name"] == catalog["name"]]
            self.add(f"{UC}/schemas", {"schemas": inside}, catalog_name=catalog["name"])
        for schema in get("schema"):
            query = {"catalog_name": schema["catalog_name"], "schema_name": schema["name"]}
            for name, path, key in (
                ("volume", "volumes", "volumes"),
                ("registered_model", "models", "registered_models"),
            ):
                found = [one for one in get(name) if query.items() <= one.items()]
                self.add(f"{UC}/{path}", {key: found}, **query)
        for grants in get("grants"):
            kind, _, name = grants["id"].partition("/")
            word = "function" if kind == "model" else kind
            self.add(f"{UC}/permissions/{word}/{name}", {"privilege_assignments": grants["grant"]})
        for word in ("catalog", "external_location", "storage_credential"):
            for one in get(word):
                bound = [each for each in get("workspace_binding") if each["securable_name"] == one["name"]]
                home = {"workspace_id": int(self.id), "binding_type": "BINDING_TYPE_READ_WRITE"}
                self.add(f"{UC}/bindings/{word}/{one['name']}", {"bindings": [*bound, home]})

    def compute(self) -> None:
        get = self.store.all
        built_in = {"policy_id": "F00", "name": "Personal Compute", "definition": "{}"}
        self.add("/api/2.0/policies/clusters/list", {"policies": [*get("cluster_policy"), built_in]})
        self.add("/api/2.0/sql/warehouses", {"warehouses": [flat(one) for one in get("sql_endpoint")]})
        jobs = [{"job_id": int(one["id"]), "settings": flat(one)} for one in get("job")]
        # What Databricks fills in, and nobody declares.
        for job in jobs:
            job["settings"] |= {
                "email_notifications": job["settings"].get("email_notifications", {}),
                "webhook_notifications": {},
                "performance_target": "STANDARD",
            }
        self.add("/api/2.2/jobs/list", {"jobs": jobs})
        declared = get("permissions")
        # What nobody declares access to has its owner and the admins.
        others = {f"/jobs/{job['job_id']}" for job in jobs} - {one["id"] for one in declared}
        for one in [*declared, *({"id": name, "access_control": []} for name in sorted(others))]:
            levels = [
                {who: entry[who], "all_permissions": [{"permission_level": entry["permission_level"]}]}
                for entry in one["access_control"]
                for who in ("group_name", "service_principal_name", "user_name")
                if entry.get(who)
            ]
            admins = {
                "group_name": "admins",
                "all_permissions": [{"permission_level": "CAN_MANAGE", "inherited": True}],
            }
            owner = {"service_principal_name": "dep", "all_permissions": [{"permission_level": "IS_OWNER"}]}
            self.add(f"/api/2.0/permissions{one['id']}", {"access_control_list": [*levels, admins, owner]})
        self.add("/api/2.0/permissions/cluster-policies/F00", {"access_control_list": []})

    def workspace(self) -> None:
        get = self.store.all
        scopes = get("secret_scope")
        self.add("/api/2.0/secrets/scopes/list", {"scopes": [{"name": one["name"]} for one in scopes]})
        for scope in scopes:
            acls = [one for one in get("secret_acl") if one["scope"] == scope["name"]]
            self.add("/api/2.0/secrets/acls/list", {"items": acls}, scope=scope["name"])
        conf = get("workspace_conf")[0]["custom_config"]
        from shipway.outside.workspace_shapes import CONF_KEYS, SETTINGS

        for key in CONF_KEYS:
            self.add("/api/2.0/workspace-conf", {key: conf.get(key, "true")}, keys=key)
        for type_, path in SETTINGS.items():
            unset = {"error_code": "NOT_FOUND", "message": "never set"}
            found = get(type_.removeprefix("databricks_"))
            answer = {"body": flat(found[0])} if found else {"body": unset, "status": 404}
            self.answers.append({"path": f"/api/2.0/settings/types/{path}", **answer})
        lists = [{**one, "list_id": one["id"]} for one in get("ip_access_list")]
        self.add("/api/2.0/ip-access-lists", {"ip_access_lists": lists})
        destinations = get("notification_destination")
        self.add("/api/2.0/notification-destinations", {"results": destinations})
        for one in destinations:
            self.add(f"/api/2.0/notification-destinations/{one['id']}", flat(one))

    def identities(self) -> None:
        get, scim = self.store.all, "/api/2.0/preview/scim/v2"
        members = get("group_member")
        groups = [
            {
                "id": one["id"],
                "displayName": one["display_name"],
                "members": [{"value": who["member_id"]} for who in members if who["group_id"] == one["id"]],
            }
            for one in get("group")
        ]
        self.add(f"{scim}/Groups", {"totalResults": len(groups), "Resources": groups})
        machines = [
            {"id": one["id"], "displayName": one["display_name"], "applicationId": one["application_id"]}
            for one in get("service_principal")
        ]
        self.add(f"{scim}/ServicePrincipals", {"totalResults": len(machines), "Resources": machines})
        assigned = [
            {"principal": {"principal_id": one["principal_id"]}, "permissions": one["permissions"]}
            for one in get("mws_permission_assignment")
            if str(one["workspace_id"]) == self.id
        ]
        self.add("/api/2.0/preview/permissionassignments", {"permission_assignments": assigned})


def flat(attributes: Any) -> Any:
    """Terraform's blocks as the API has them: an object instead of a list of one, lists by their own names."""
    if isinstance(attributes, dict):
        attributes = {name: value for name, value in attributes.items() if value not in ("", [], None)}
        return {PLURAL.get(name, name): single(name, flat(value)) for name, value in attributes.items()}
    return [flat(one) for one in attributes] if isinstance(attributes, list) else attributes


def single(name: str, value: Any) -> Any:
    is_block = isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)
    return value[0] if is_block and name not in LISTS else value


@dataclass(frozen=True)
class Project:
    root: Path

    def shipway(self, *arguments: str, expect: int | tuple[int, ...] = 0) -> str:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        done = subprocess.run(
            [sys.executable, "-m", "shipway", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
        )
        wanted = expect if isinstance(expect, tuple) else (expect,)
        assert done.returncode in wanted, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Project:
    return Project(deployed_project(tmp_path_factory.mktemp("recorded") / "project"))


@pytest.fixture
def recorded(project: Project, tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """The answers; what a test changes in them is written down when it asks."""
    yield Recording(Store(project.root)).make()


def write(answers: list[dict[str, Any]], folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "answers.json").write_text(json.dumps(answers))
    return folder


def body(answers: list[dict[str, Any]], path: str, **query: str) -> Any:
    return next(one["body"] for one in answers if one["path"] == path and query.items() <= one["query"].items())


def test_an_unchanged_workspace_has_no_drift(project: Project, recorded: list[dict[str, Any]], tmp_path: Path) -> None:
    asked = ("drift", "--env", "prod", "--from", str(write(recorded, tmp_path / "r")), "--json")
    found = json.loads(project.shipway(*asked, expect=(0, 2)))
    # The environment has more stacks than were deployed here.
    assert [one for one in found["drift"] if one["kind"] != "not-deployed"] == []
    assert found["not_judged"] == []
    assert found["compared"] > 50


def test_what_somebody_did_is_told_with_the_call_that_undoes_it(
    project: Project, recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    body(recorded, f"{UC}/bindings/catalog/claims_prod")["bindings"].append({"workspace_id": 77})
    router = next(
        one for one in body(recorded, "/api/2.2/jobs/list")["jobs"] if "triage-router" in one["settings"]["name"]
    )
    del router["settings"]["schedule"]
    body(recorded, f"{UC}/schemas", catalog_name="claims_prod")["schemas"].append(
        {"catalog_name": "claims_prod", "name": "scratch", "owner": "somebody@example.com"}
    )
    recorded.append({"path": f"{UC}/permissions/schema/claims_prod.scratch", "body": {"privilege_assignments": [
        {"principal": "somebody@example.com", "privileges": ["SELECT"]}]}})  # fmt: skip
    for path in ("volumes", "models"):
        recorded.append({"path": f"{UC}/{path}", "body": {}, "query": {"schema_name": "scratch"}})
    body(recorded, "/api/2.0/preview/permissionassignments")["permission_assignments"].append(
        {"principal": {"principal_id": 5, "user_name": "x"}, "permissions": ["ADMIN"]}
    )
    folder = write(recorded, tmp_path / "r")
    found = json.loads(project.shipway("drift", "--env", "prod", "--from", str(folder), "--json", expect=2))
    by = {(one["kind"], one["object"]): one for one in found["drift"] if one["kind"] != "not-deployed"}
    assigned = next(name for _, name in by if name.startswith("workspace "))
    assert set(by) == {
        ("extra", "catalog claims_prod"),
        ("extra", assigned),
        ("extra-right", "schema claims_prod.scratch"),
        ("schedule-changed", "claims-triage-router-prod"),
        ("unmanaged", "claims_prod.scratch"),
    }
    (binding,) = by["extra", "catalog claims_prod"]["revert"]
    assert binding.startswith("databricks workspace-bindings update-bindings catalog claims_prod --json ")
    (job,) = by["schedule-changed", "claims-triage-router-prod"]["revert"]
    assert job.startswith("databricks jobs update --json ")
    assert json.loads(job.partition("--json ")[2].strip("'"))["new_settings"]["schedule"]["timezone_id"]
    (assignment,) = by["extra", assigned]["revert"]
    assert assignment == f"databricks account workspace-assignment delete {assigned.removeprefix('workspace ')} 5"


@pytest.mark.parametrize("path", ["/api/2.2/jobs/list", f"{UC}/catalogs", "/api/2.0/secrets/scopes/list"])
def test_what_is_refused_is_not_taken_for_gone(
    project: Project, recorded: list[dict[str, Any]], tmp_path: Path, path: str
) -> None:
    refused = {"error_code": "PERMISSION_DENIED", "message": "no"}
    kept = [one for one in recorded if one["path"] != path]
    folder = write([*kept, {"path": path, "status": 403, "body": refused}], tmp_path / "r")
    found = json.loads(project.shipway("drift", "--env", "prod", "--from", str(folder), "--json", expect=5))
    assert "PERMISSION_DENIED" in json.dumps(found["not_judged"])
    assert not [one for one in found["drift"] if one["kind"] == "missing"]
    asked = ("access", "who-can", "ADMIN", "workspace:prod", "--env", "prod", "--from", str(folder))
    assert "Not read" in project.shipway(*asked, expect=5)


def test_another_workspaces_recording_is_refused(
    project: Project, recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    me = {"path": "/api/2.0/preview/scim/v2/Me", "body": {}, "headers": {"X-Databricks-Org-Id": "99"}}
    folder = write([*recorded, me], tmp_path / "r")
    project.shipway("drift", "--env", "prod", "--from", str(folder), expect=1)


def test_who_can_is_the_same_from_the_sandbox_and_over_the_api(
    project: Project, recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = write(recorded, tmp_path / "r")
    for question in (
        ("MODIFY", "claims_prod.triage"),
        ("CAN_MANAGE_RUN", "claims-triage-router-prod"),
        ("READ", "claims-triage-prod"),
        ("USER", "workspace:prod"),
    ):
        asked = ("access", "who-can", *question, "--env", "prod", "--json", "--from")
        ours, theirs = (json.loads(project.shipway(*asked, source)) for source in ("sandbox", str(folder)))
        assert [(one["principal"], one["route"]) for one in ours["rights"]] == [
            # The API says who created a job, the sandbox does not know.
            (one["principal"], one["route"])
            for one in theirs["rights"]
            if one["principal"] != "dep"
        ]
