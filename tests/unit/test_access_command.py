"""`shipway access` as somebody types it, and the sandbox's objects read as a landscape."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shipway.access.declared import declared
from shipway.access.effective import Access, Standing
from shipway.access.find import find_privilege, find_securable
from shipway.access.landscape import Landscape
from shipway.access.observed import observed
from shipway.errors import ShipwayError
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.sandbox.observe import observe_sandbox

PROD = "halyard-prod.cloud.databricks.com"


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    documents = load(Path(__file__).parents[2])
    return declared(documents, resolve(documents))


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shipway", "access", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("who-can", "select", "claims_prod.triage", "--env", "prod"), 0, "sp-claims-triage-run-prod"),
        (("who-can", "SELECT", "table:claims_prod.triage.t", "--env", "prod"), 0, "inherited: granted on schema:"),
        (("who-can", "REFRESH", "claims_prod", "--env", "prod"), 2, "nobody can"),
        (("who-can", "SELEKT", "claims_prod", "--env", "prod"), 1, "did you mean 'SELECT'?"),
        (("who-can", "SELECT", "claims_prd", "--env", "prod"), 1, "did you mean 'claims_prod'?"),
        (("who-can", "SELECT", "claims_test", "--env", "prod"), 1, "--env test"),
        (("who-can", "SELECT", "claims_prod", "--env", "prd"), 1, "did you mean 'prod'?"),
        (("who-can", "SELECT", "table:claims_prod.nope.t", "--env", "prod"), 1, "no securable"),
        (("what-can", "halyard-internal-audit"), 0, "BROWSE"),
        (("what-can", "sp-claims-triage-run-test", "--env", "prod"), 2, "nothing"),
        (("what-can", "halyard-internal-audits"), 1, "did you mean 'halyard-internal-audit'?"),
        (("what-can", "halyard-internal-audit", "--from", "live"), 1, "say which"),
        (("what-can", "halyard-internal-audit", "--from", "nowhere", "--env", "prod"), 1, "no folder"),
        (("who-can", "CAN_USE", "warehouse:x", "--env", "prod"), 1, "no securable"),
        (("who-can", "WORKSPACE_ACCESS", "workspace:prod", "--env", "prod"), 0, "granted here by ADMIN"),
        (("review", "--env", "prod"), 0, "rights of"),
    ],
)
def test_it_answers_and_its_exit_code_says_how(root: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run(root, *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stdout + done.stderr


def test_json_says_its_schema_and_each_route(root: Path) -> None:
    answer = json.loads(run(root, "who-can", "SELECT", "claims_prod.intake", "--env", "prod", "--json").stdout)
    assert answer["schema"] == "shipway/access-who-can/v1"
    assert answer["anybody"] is True
    route = {right["principal"]: right["route"]["at"] for right in answer["rights"] if right["standing"] == "can"}
    assert route == {"halyard-claims-data-stewards": "catalog:claims_prod"}


def test_admins_of_the_workspace_can_read_its_secrets_and_not_its_data(landscape: Landscape) -> None:
    access = Access(landscape)
    for privilege, name, able in (("READ", "claims-triage-prod", True), ("SELECT", "claims_prod.triage", False)):
        rights = access.who_can(privilege, find_securable(landscape, name, "prod"))
        can = {right.principal for right in rights if right.standing is Standing.CAN}
        assert ("halyard-platform-admins" in can) is able


def test_authors_cannot_write_in_production(landscape: Landscape) -> None:
    rights = Access(landscape).what_can("halyard-claims-triage-authors", "prod")
    # USER is what lets them sign in at all, the entitlement what they find there.
    assert {right.privilege for right in rights} - {"WORKSPACE_ACCESS", "DATABRICKS_SQL_ACCESS"} == {
        *("USE_CATALOG", "BROWSE", "CAN_VIEW", "USER")
    }


def test_a_privilege_can_be_spelled_as_in_sql(landscape: Landscape) -> None:
    assert find_privilege("use catalog", find_securable(landscape, "claims_prod", "prod")) == "USE_CATALOG"


def store(root: Path) -> Path:
    return root / ".shipway" / "sandbox" / "workspaces"


def put(folder: Path, kind: str, key: str, workspace: str = PROD, **attributes: Any) -> None:
    path = store(folder) / workspace / kind / f"{key}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    made_by = {"stack": "s", "run": "r"}
    path.write_text(json.dumps({"type": kind, "key": key, "made_by": made_by, "attributes": {"id": key, **attributes}}))


def read(folder: Path) -> Landscape:
    workspace = observe_sandbox(folder, f"https://{PROD}", "1042000000000033")
    return observed({"prod": workspace})


def able(landscape: Landscape, privilege: str, name: str) -> set[str]:
    rights = Access(landscape).who_can(privilege, find_securable(landscape, name, "prod"))
    return {right.principal for right in rights if right.standing is Standing.CAN}


def test_what_somebody_granted_by_hand_in_the_sandbox_is_seen(tmp_path: Path) -> None:
    account = "accounts.example"
    put(tmp_path, "databricks_group", "1", account, display_name="team")
    put(tmp_path, "databricks_service_principal", "2", account, display_name="bot", application_id="a-b")
    put(tmp_path, "databricks_group_member", "1|2", account, group_id="1", member_id="2")
    put(tmp_path, "databricks_catalog", "c", name="c", owner="team")
    put(tmp_path, "databricks_schema", "c.s", name="s", catalog_name="c", owner="a-b")
    put(tmp_path, "databricks_job", "7", name="nightly")
    entry = {"group_name": "", "service_principal_name": "a-b", "user_name": "", "permission_level": "CAN_MANAGE"}
    put(tmp_path, "databricks_permissions", "x", access_control=[entry], id="/jobs/7")
    grants = [{"principal": "account users", "privileges": ["USE CATALOG", "ALL_PRIVILEGES"]}]
    put(tmp_path, "databricks_grants", "y", id="catalog/c", grant=grants)
    found = read(tmp_path)
    assert able(found, "SELECT", "c.s") == {"account users", "bot", "team"}
    assert able(found, "MANAGE", "c.s") == {"team", "bot"}
    assert able(found, "CAN_VIEW", "nightly") == {"bot"}


def test_what_is_unknown_in_the_sandbox_is_said(tmp_path: Path) -> None:
    put(tmp_path, "databricks_catalog", "c", name="c", owner="x")
    grants = [{"principal": "x", "privileges": ["FLY"]}]
    put(tmp_path, "databricks_grants", "y", id="catalog/c", grant=grants)
    put(tmp_path, "databricks_grants", "z", id="schema/c.gone", grant=[{"principal": "x", "privileges": ["SELECT"]}])
    unknown = "\n".join(read(tmp_path).unknown)
    assert "FLY" in unknown
    assert "schema:c.gone" in unknown


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"attributes": []}', "[" * 100_000, "\ud800"])
def test_a_broken_object_is_a_gap_never_left_out(tmp_path: Path, content: str) -> None:
    put(tmp_path, "databricks_catalog", "c", name="c")
    broken = store(tmp_path) / PROD / "databricks_grants" / "b.json"
    broken.parent.mkdir()
    broken.write_text(content, errors="surrogatepass")
    (gap,) = read(tmp_path).gaps
    assert "b.json" in gap


def test_an_empty_sandbox_is_not_an_answer(tmp_path: Path) -> None:
    with pytest.raises(ShipwayError, match="nothing was deployed"):
        read(tmp_path)


def test_help_imports_nothing_heavy(root: Path) -> None:
    heavy = ("pydantic", "yaml", "cdktf", "checkov")
    code = f"import sys, shipway.cli.access; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_only_in_a_workspace_is_read(tmp_path: Path) -> None:
    account, rules = "accounts.example", "accounts/x/servicePrincipals/a-b/ruleSets/default"
    put(tmp_path, "databricks_group", "1", account, display_name="team")
    put(tmp_path, "databricks_service_principal", "2", account, display_name="bot-prod", application_id="a-b")
    role = {"principals": ["groups/team"], "role": "roles/servicePrincipal.user"}
    put(tmp_path, "databricks_access_control_rule_set", "3", account, name=rules, grant_rules=[role])
    put(
        tmp_path,
        "databricks_mws_permission_assignment",
        "4",
        account,
        workspace_id=1042000000000033,
        principal_id=1,
        permissions=["USER"],
    )
    put(tmp_path, "databricks_entitlements", "5", group_id="1", databricks_sql_access=True, workspace_access=False)
    put(tmp_path, "databricks_sql_endpoint", "6", name="bi")
    entry = {"group_name": "team", "permission_level": "CAN_USE"}
    put(tmp_path, "databricks_permissions", "x", access_control=[entry], id="/sql/warehouses/6")
    put(tmp_path, "databricks_external_location", "landing", name="landing", owner="team")
    put(tmp_path, "databricks_storage_credential", "cred", name="cred", owner="x")
    grants = [{"principal": "team", "privileges": ["READ_FILES"]}]
    put(tmp_path, "databricks_grants", "y", id="storage_credential/cred", grant=grants)
    put(tmp_path, "databricks_catalog", "c", name="c", owner="x")
    put(tmp_path, "databricks_schema", "c.s", name="s", catalog_name="c", owner="team")
    execute = [{"principal": "team", "privileges": ["EXECUTE"]}]
    put(tmp_path, "databricks_grants", "z", id="function/c.s.mask", grant=execute)
    found = read(tmp_path)
    assert able(found, "SERVICE_PRINCIPAL_USER", "service-principal:bot-prod") == {"team"}
    assert able(found, "DATABRICKS_SQL_ACCESS", "workspace:prod") == {"team"}
    assert able(found, "WORKSPACE_ACCESS", "workspace:prod") == set()
    assert able(found, "CAN_USE", "bi") == {"team"}
    assert able(found, "CAN_VIEW", "bi") == set()
    assert able(found, "CREATE_EXTERNAL_TABLE", "landing") == {"team"}
    assert able(found, "READ_FILES", "cred") == {"team", "x"}
    rights = Access(found).who_can("EXECUTE", find_securable(found, "function:c.s.mask", "prod"))
    assert [(one.principal, one.missing) for one in rights if one.standing is Standing.NOT_USABLE] == [
        ("team", ("USE_CATALOG on catalog:c",))
    ]


def test_an_entitlement_without_being_let_in_is_worth_nothing(tmp_path: Path) -> None:
    put(tmp_path, "databricks_group", "1", "accounts.example", display_name="team")
    put(tmp_path, "databricks_entitlements", "5", group_id="1", workspace_access=True)
    found = read(tmp_path)
    (right,) = Access(found).who_can("WORKSPACE_ACCESS", find_securable(found, "workspace:prod", "prod"))
    assert (right.standing, right.missing) == (Standing.NOT_USABLE, ("USER on workspace:prod",))
