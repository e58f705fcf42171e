"""The job that watches releases, and who it is."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from binding import TerraformStack, databricks
from landing_zone import AccountGroup, Watcher, WatchPrincipal
from shipway.models.deployment import WatcherSpec, WatchPrincipalSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

DEPLOYERS, ADMINISTRATORS = "halyard-platform-deployers", "halyard-platform-admins"
SPEC = WatcherSpec(
    job_name="landing-zone-watch-prod",
    principal="sp-landing-zone-watch-prod",
    managers=DEPLOYERS,
    folder="/shipway-watch",
    wheel="/shipway-watch/prod-0123456789abcdef/shipway_watch-1.0.0-py3-none-any.whl",
    library="/Workspace/shipway-watch/prod-0123456789abcdef/shipway_watch-1.0.0-py3-none-any.whl",
    content=base64.b64encode(b"a wheel").decode(),
    package="shipway_watch",
    entry_point="watch",
    cron="0 5/15 * * * ?",
    timezone="Europe/Zurich",
    paused=False,
    notify=("claims-on-call@halyard.example",),
)
PAUSED = SPEC.model_copy(update={"paused": True, "notify": ("a@halyard.example", "b@halyard.example")})


@pytest.mark.parametrize(("spec", "status"), [(SPEC, "UNPAUSED"), (PAUSED, "PAUSED")])
def test_the_job_runs_its_wheel_as_its_own_principal(build: Build, spec: WatcherSpec, status: str) -> None:
    built = build("prod-landing-zone", lambda stack: Watcher(stack, "watcher", spec=spec))
    job = built.at("watcher/job")
    assert job["schedule"]["pause_status"] == status
    assert job["email_notifications"] == {"on_failure": list(spec.notify)}
    assert job["run_as"] == {
        "service_principal_name": "${data.databricks_service_principal.watcher_principal_D20A4AF3.application_id}"
    }
    assert job["environment"][0]["spec"]["dependencies"] == [spec.library]
    assert job["max_concurrent_runs"] == 1
    # Without it the job could be there before its wheel, and every round would fail.
    assert built.addresses["watcher/wheel"] in job["depends_on"]
    assert base64.b64decode(built.at("watcher/wheel")["content_base64"]) == b"a wheel"
    # What lies in the folder runs as the watcher: who watches may read it, and nobody but deployers change it.
    levels = [one["permission_level"] for one in built.at("watcher/permissions")["access_control"]]
    assert sorted(levels) == ["CAN_MANAGE", "CAN_READ"]
    built.passes_every_rule()


@pytest.mark.parametrize("environment", ["prod", "test"])
def test_its_principal_is_alone_in_a_group_and_deploys_nothing(build: Build, environment: str) -> None:
    spec = WatchPrincipalSpec(
        environment=environment,
        principal=f"sp-landing-zone-watch-{environment}",
        group=f"halyard-landing-zone-watchers-{environment}",
    )

    def put(stack: TerraformStack) -> None:
        groups: dict[str, AccountGroup] = {
            name: databricks.Group(stack, name, display_name=name) for name in (DEPLOYERS, ADMINISTRATORS)
        }
        WatchPrincipal(
            stack,
            environment,
            spec=spec,
            account_id="0d4f6bb0-1b1e-4d3c-9e5a-000000000000",
            deployers=DEPLOYERS,
            managers=ADMINISTRATORS,
            groups=groups,
        )

    built = build("account", put)
    assert built.at(f"{environment}/group")["display_name"] == spec.group
    member = built.at(f"{environment}/member")
    assert built.addresses[f"{environment}/group"] in member["group_id"]
    assert built.addresses[f"{environment}/principal"] in member["member_id"]
    assert len([path for path in built.resources if path.endswith("member")]) == 1
    built.passes_every_rule()
