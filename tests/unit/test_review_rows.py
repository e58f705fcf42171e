"""What a review says of changes: access, losses, pointers, the same in several stacks, and what it cannot judge."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.plan.classes import ChangeClass
from shipway.plan.masks import merge
from shipway.plan.model import Action, Check, CheckStatus, Gap, Plan, ResourceChange
from shipway.plan.report import Direction, Effect, Place, Review, RuleRow, Scanned, class_of
from shipway.plan.review import review
from shipway.plan.taint import Taint
from shipway.plan.terminal import render_terminal
from shipway.plan.values import Record, Secret, Unknown, Value


def change(type_name: str, action: Action, before: Any = None, after: Any = None, **more: Any) -> ResourceChange:
    name = more.pop("name", "x")
    old, new = (side if isinstance(side, Record) else merge(side, None, None) for side in (before, after))
    return ResourceChange(f"{type_name}.{name}", type_name, name, action, before=old, after=new, **more)


def of(*changes: ResourceChange, stack: str = "prod-x", **more: Any) -> Review:
    return review([Plan(stack, changes=changes, **more)])


def access(found: Review) -> set[tuple[str, str, tuple[str, ...], str]]:
    return {(row.direction.value, row.principal, row.privileges, row.on) for row in found.access}


ACCESS = [
    (
        "databricks_grants",
        {"schema": "c.s", "grant": [{"principal": "a", "privileges": ["SELECT", "MODIFY"]}]},
        {("a", ("MODIFY", "SELECT"), "schema c.s")},
    ),
    (
        "databricks_grant",
        {"catalog": "c", "principal": "a", "privileges": ["USE_CATALOG"]},
        {("a", ("USE_CATALOG",), "catalog c")},
    ),
    (
        "databricks_permissions",
        {
            "job_id": "7",
            "access_control": [
                {"group_name": "g", "permission_level": "CAN_VIEW"},
                {"user_name": "u@example.com", "permission_level": "IS_OWNER"},
            ],
        },
        {("g", ("CAN_VIEW",), "job 7"), ("u@example.com", ("IS_OWNER",), "job 7")},
    ),
    (
        "databricks_secret_acl",
        {"scope": "s", "principal": "g", "permission": "READ"},
        {("g", ("READ",), "secret scope s")},
    ),
    ("databricks_group_member", {"group_id": "1", "member_id": "2"}, {("2", ("MEMBER",), "group 1")}),
    (
        "databricks_access_control_rule_set",
        {"name": "rs", "grant_rules": [{"role": "roles/x", "principals": ["groups/g"]}]},
        {("groups/g", ("roles/x",), "rule set rs")},
    ),
    (
        "databricks_mws_permission_assignment",
        {"workspace_id": 5, "principal_id": 6, "permissions": ["ADMIN"]},
        {("6", ("ADMIN",), "workspace 5")},
    ),
    (
        "databricks_entitlements",
        {"group_id": "1", "allow_cluster_create": True, "workspace_access": False},
        {("group 1", ("ALLOW_CLUSTER_CREATE",), "the workspace")},
    ),
    (
        "databricks_workspace_binding",
        {
            "securable_name": "c",
            "securable_type": "catalog",
            "workspace_id": 5,
            "binding_type": "BINDING_TYPE_READ_ONLY",
        },
        {("workspace 5", ("BINDING_TYPE_READ_ONLY",), "catalog c")},
    ),
    ("databricks_group_role", {"group_id": "1", "role": "r"}, {("1", ("r",), "the account or workspace")}),
    (
        "databricks_service_principal_federation_policy",
        {"service_principal_id": 9, "oidc_policy": {"issuer": "https://i", "subject": "repo:a"}},
        {("repo:a of https://i", ("LOGS IN AS",), "9")},
    ),
]


@pytest.mark.parametrize(
    ("type_name", "block", "facts"), ACCESS, ids=lambda item: item if isinstance(item, str) else ""
)
def test_created_gains_and_destroyed_loses(type_name: str, block: dict[str, Any], facts: set[Any]) -> None:
    gained = of(change(type_name, Action.CREATE, None, block))
    lost = of(change(type_name, Action.DELETE, block, None))
    assert access(gained) == {("gains", *fact) for fact in facts}
    assert access(lost) == {("loses", *fact) for fact in facts}
    assert not gained.changes and not lost.changes


def test_a_changed_grant_is_what_differs() -> None:
    old = {"schema": "c.s", "grant": [{"principal": "a", "privileges": ["SELECT", "USE_SCHEMA"]}]}
    new = {"schema": "c.s", "grant": [{"principal": "a", "privileges": ["USE_SCHEMA", "MODIFY"]}]}
    found = of(change("databricks_grants", Action.UPDATE, old, new))
    assert access(found) == {("gains", "a", ("MODIFY",), "schema c.s"), ("loses", "a", ("SELECT",), "schema c.s")}


@pytest.mark.parametrize(
    ("principal", "privilege", "wide"),
    [
        ("account users", "SELECT", "everybody"),
        ("Users", "SELECT", "everybody"),
        ("x@example.com", "SELECT", "a person, not a group"),
        ("g", "ALL_PRIVILEGES", "every privilege, also those that Databricks adds later"),
        ("g", "MANAGE", "may give this access to others"),
        ("admins", "SELECT", "administrators"),
        ("g", "SELECT", ""),
    ],
)
def test_what_needs_a_second_look(principal: str, privilege: str, wide: str) -> None:
    block = {"catalog": "c", "grant": [{"principal": principal, "privileges": [privilege]}]}
    (row,) = of(change("databricks_grants", Action.CREATE, None, block)).access
    assert row.wide == wide


def test_a_grant_nobody_can_know_is_a_gap() -> None:
    for principal in (Unknown(), Secret("somebody")):
        grant = Record({"principal": principal, "privileges": ("SELECT",)})
        found = of(change("databricks_grants", Action.CREATE, None, Record({"catalog": "c", "grant": (grant,)})))
        assert found.effect is Effect.CANNOT_JUDGE
        assert "databricks_grants.x" in found.gaps[0].message
    whole = of(change("databricks_grants", Action.CREATE, None, Record({"catalog": "c", "grant": Unknown()})))
    assert whole.effect is Effect.CANNOT_JUDGE


def test_ids_and_references_become_names() -> None:
    group = change("databricks_group", Action.NO_OP, *[{"id": "11", "display_name": "runners"}] * 2, name="g")
    principal = change(
        "databricks_service_principal",
        Action.CREATE,
        None,
        Record({"display_name": "sp-new", "id": Unknown(), "application_id": Unknown()}),
        name="s",
    )
    ref = Unknown(("databricks_service_principal.s.id",))
    member = change("databricks_group_member", Action.CREATE, None, Record({"group_id": "11", "member_id": ref}))
    assert ("gains", "sp-new", ("MEMBER",), "group runners") in access(of(group, principal, member))


def test_a_secret_is_called_by_its_scope_and_key() -> None:
    found = of(change("databricks_secret", Action.CREATE, None, {"scope": "desk", "key": "token", "string_value": "x"}))
    assert found.changes[0].name == "desk/token"


def test_a_tag_is_called_by_what_it_is_on() -> None:
    tag = {"entity_type": "columns", "entity_name": "c.s.t.who", "tag_key": "pii", "tag_value": "name"}
    assert of(change("databricks_entity_tag_assignment", Action.CREATE, None, tag)).changes[0].name == "c.s.t.who pii"


def test_a_name_made_of_other_names() -> None:
    catalog = change("databricks_catalog", Action.CREATE, None, {"name": "c"}, name="c")
    schema = change(
        "databricks_schema",
        Action.CREATE,
        None,
        Record({"name": "s", "catalog_name": Unknown(("databricks_catalog.c.name",)), "id": Unknown()}),
        name="s",
    )
    grants = change(
        "databricks_grants",
        Action.CREATE,
        None,
        Record(
            {
                "schema": Unknown(("databricks_schema.s.id",)),
                "grant": (Record({"principal": "a", "privileges": ("SELECT",)}),),
            }
        ),
    )
    found = of(catalog, schema, grants)
    assert access(found) == {("gains", "a", ("SELECT",), "schema c.s")}
    assert not found.cautions


def test_names_in_a_circle_end() -> None:
    ring = []
    for name, other in (("a", "b"), ("b", "a")):
        ref = Unknown((f"databricks_schema.{other}.name",))
        block = Record({"name": ref, "owner": ref})
        ring.append(change("databricks_schema", Action.CREATE, None, block, name=name))
    assert of(*ring).effect is Effect.EFFECTS


def test_an_authoritative_list_takes_over() -> None:
    block = {"schema": "c.s", "grant": [{"principal": "a", "privileges": ["SELECT"]}]}
    alone = of(change("databricks_grants", Action.CREATE, None, block))
    assert "takes over c.s" in alone.cautions[0].message
    schema = change("databricks_schema", Action.CREATE, None, {"name": "s", "catalog_name": "c"})
    assert not of(schema, change("databricks_grants", Action.CREATE, None, block)).cautions
    assert not of(change("databricks_grants", Action.CREATE, None, block, importing=True)).cautions


def test_what_goes_with_permissions() -> None:
    block = {"job_id": "7", "access_control": [{"group_name": "g", "permission_level": "CAN_VIEW"}]}
    found = of(change("databricks_permissions", Action.DELETE, block, None))
    assert "whoever created it" in found.cautions[0].message


@pytest.mark.parametrize(
    "type_name", ["databricks_share", "databricks_ip_access_list", "aws_iam_role_policy_attachment"]
)
def test_access_that_is_not_broken_down_is_said(type_name: str) -> None:
    found = of(change(type_name, Action.UPDATE, {"a": 1}, {"a": 2}))
    assert "not broken down" in found.cautions[0].message
    assert found.changes


def test_owner_and_run_as_are_access() -> None:
    old = {"name": "j", "owner": "a", "run_as": [{"service_principal_name": "one"}], "x": 1}
    new = {"name": "j", "owner": "b", "run_as": [{"service_principal_name": "two"}], "x": 2}
    found = of(change("databricks_job", Action.UPDATE, old, new))
    assert access(found) == {
        ("gains", "b", ("OWNER",), "job j"),
        ("loses", "a", ("OWNER",), "job j"),
        ("gains", "two", ("RUNS AS",), "job j"),
        ("loses", "one", ("RUNS AS",), "job j"),
    }
    assert [row.path for row in found.changes[0].attributes] == ["x"]


@pytest.mark.parametrize(
    ("type_name", "block", "lost"),
    [
        ("databricks_catalog", {"name": "c"}, "every schema"),
        ("databricks_volume", {"volume_type": "MANAGED"}, "all files"),
        ("databricks_volume", {"volume_type": "EXTERNAL"}, "external data"),
        ("databricks_sql_table", {"table_type": "MANAGED"}, "data and history"),
        ("databricks_registered_model", {}, "versions"),
        ("databricks_secret_scope", {}, "every secret"),
        ("azurerm_storage_account", {}, "every container"),
        ("some_other_thing", {}, "does not know"),
    ],
)
def test_what_is_lost(type_name: str, block: dict[str, Any], lost: str) -> None:
    for action in (Action.DELETE, Action.REPLACE, Action.REPLACE_CREATE_FIRST):
        (row,) = of(change(type_name, action, block, None if action is Action.DELETE else block)).data
        assert row.loss and lost in row.loss.what


@pytest.mark.parametrize(
    ("type_name", "block"),
    [("databricks_sql_table", {"table_type": "VIEW"}), ("databricks_job", {}), ("terraform_data", {})],
)
def test_what_configuration_brings_back_is_no_loss(type_name: str, block: dict[str, Any]) -> None:
    found = of(change(type_name, Action.DELETE, block, None))
    assert not found.data and found.changes


def test_the_forcing_attribute_is_named() -> None:
    old, new = {"name": "a", "comment": "x"}, {"name": "b", "comment": "y"}
    (row,) = of(change("databricks_schema", Action.REPLACE, old, new, replace_paths=(("name",),))).data
    assert {item.path: item.forces for item in row.attributes} == {"name": True, "comment": False}


def estate(*environments: str, privileges: Any = ("SELECT",)) -> list[Plan]:
    plans = []
    for environment in environments:
        block = {
            "schema": f"claims_{environment}.s",
            "grant": [{"principal": f"g-{environment}", "privileges": list(privileges)}],
        }
        plans.append(
            Plan(
                f"{environment}-landing-zone",
                changes=(change("databricks_grants", Action.UPDATE, {**block, "grant": []}, block),),
            )
        )
    return plans


def test_the_same_in_several_stacks_is_one_row() -> None:
    (row,) = review(estate("dev", "test", "prod")).access
    assert (row.principal, row.on) == ("g-<environment>", "schema claims_<environment>.s")
    assert [place.stack for place in row.places] == ["dev-landing-zone", "test-landing-zone", "prod-landing-zone"]


def test_the_one_that_differs_keeps_its_row() -> None:
    found = review([*estate("dev", "test"), *estate("prod", privileges=("SELECT", "MANAGE"))])
    assert {len(row.places) for row in found.access} == {1, 2}
    assert found.access[0].privileges == ("MANAGE", "SELECT")
    assert found.access[0].on == "schema claims_prod.s"


def test_the_one_that_gets_other_access_says_so() -> None:
    found = review([*estate("dev", "test"), *estate("prod", privileges=("SELECT", "MANAGE"))])
    odd, rest = found.access
    assert odd.unlike == ("dev-landing-zone", "test-landing-zone") and not rest.unlike
    assert "changes in another way in dev-landing-zone, test-landing-zone" in render_terminal(found)


def test_the_odd_one_is_of_the_highest_class_of_all() -> None:
    """Whoever approves that two schemas go looks at the third, which only gets another comment."""
    block = {"catalog_name": "c", "name": "s", "comment": "old"}
    gone = [Plan(f"{name}-x", changes=(change("databricks_schema", Action.DELETE, block),)) for name in ("dev", "test")]
    kept = change("databricks_schema", Action.UPDATE, block, {**block, "comment": "new"})
    (odd,) = review([*gone, Plan("prod-x", changes=(kept,))]).changes
    assert class_of(odd) is ChangeClass.IRREVERSIBLE
    assert odd.unlike == ("dev-x", "test-x")
    (alone,) = review([Plan("prod-x", changes=(kept,))]).changes
    assert class_of(alone) is ChangeClass.CONFIGURATION


ENVIRONMENTS = ("dev", "test", "prod", "stage", "lab", "eu")


@given(st.lists(st.sampled_from(["SELECT", "MODIFY", "MANAGE"]), min_size=2, max_size=6), st.booleans())
def test_no_stack_is_hidden_by_those_that_are_alike(privileges: list[str], named: bool) -> None:
    """Whatever is done where: from the rows alone one can tell what each stack does."""
    done = dict(zip(ENVIRONMENTS, privileges, strict=False))
    plans = []
    for environment, what in done.items():
        size = f"{what} {environment if named else ''}"
        (plan,) = estate(environment, privileges=(what,))
        job = change("databricks_job", Action.UPDATE, {"a": "old"}, {"a": size})
        plans.append(replace(plan, changes=(*plan.changes, job)))
    found = review(plans)
    access_told = [(place.stack.partition("-")[0], row.privileges) for row in found.access for place in row.places]
    assert sorted(access_told) == sorted((environment, (what,)) for environment, what in done.items())
    told = []
    for row in found.changes:
        for environment in (place.stack.partition("-")[0] for place in row.places):
            told.append((environment, row.attributes[0].new.replace("<environment>", environment)))
    assert sorted(told) == sorted((one, f'"{what} {one if named else ""}"') for one, what in done.items())


def test_the_scan_and_its_digests_stand_in_the_review() -> None:
    row = RuleRow("R12", "t", "databricks_job.x", ("medium: t",), "p", "environments/prod.yaml:1:1", "", "",
                  (Place("prod-x", "databricks_job.x"),))  # fmt: skip
    waived = replace(row, rule="R13", waived="until 2027-01-01 by g: why (a.yaml:1:1)")
    scanned = Scanned(rules="ab12", findings=(row, waived), synths=(("prod-x", "cd34"),))
    text = render_terminal(review([Plan("prod-x")], scanned=scanned))
    assert "Found by the scan\n  ! R12 databricks_job.x: medium: t (prod-x)" in text
    assert "Waived\n  ! R13 databricks_job.x" in text and "until 2027-01-01 by g" in text
    assert "Rules ab12." in text and "Synthesized prod-x: cd34." in text
    assert "Rules" not in render_terminal(review([Plan("prod-x")]))


def test_the_odd_one_out_says_so() -> None:
    def plan(stack: str, size: int) -> Plan:
        return Plan(stack, changes=(change("databricks_job", Action.UPDATE, {"size": 1}, {"size": size}),))

    found = review([plan("dev-x", 2), plan("test-x", 2), plan("prod-x", 9)])
    odd, rest = found.changes
    assert (odd.places[0].stack, odd.unlike) == ("prod-x", ("dev-x", "test-x"))
    assert not rest.unlike


def test_words_that_look_like_placeholders_do_not_merge() -> None:
    def plan(stack: str, name: str) -> Plan:
        return Plan(
            stack, changes=(change("databricks_job", Action.UPDATE, {"name": name, "x": 1}, {"name": name, "x": 2}),)
        )

    found = review([plan("dev-x", "dev"), plan("test-x", "\0e"), plan("prod-x", "<environment>")])
    assert [row.name for row in found.changes] == ["\0e", "<environment>", "dev"]


def test_state_only_changes_are_no_silence() -> None:
    moved = change(
        "databricks_schema", Action.NO_OP, {"name": "s"}, {"name": "s"}, previous_address="databricks_schema.y"
    )
    forgotten = change("databricks_volume", Action.FORGET, {"name": "v"}, None, name="v")
    found = of(moved, forgotten)
    assert found.effect is Effect.EFFECTS
    assert {row.what: bool(row.loss) for row in found.state_only} == {"moved": False, "forgotten": True}
    assert (found.counts.moves, found.counts.forgets) == (1, 1)
    assert (found.counts.add, found.counts.change, found.counts.destroy) == (0, 0, 0)


def test_unrecognized_is_first_and_cannot_be_judged() -> None:
    odd = change("terraform_data", Action.UNRECOGNIZED, {"a": 1}, {"a": 2}, words=("explode",))
    found = of(odd, gaps=(Gap("prod-x", "unknown action"),))
    assert found.effect is Effect.CANNOT_JUDGE
    assert found.changes[0].why == "the plan says: explode"


def test_nothing_given_cannot_be_judged() -> None:
    assert review([]).effect is Effect.CANNOT_JUDGE
    assert review([Plan("prod-x")], [Gap("prod-y", "unreadable")]).effect is Effect.CANNOT_JUDGE
    assert review([Plan("prod-x")]).effect is Effect.NONE
    assert review([Plan("prod-x", applyable=True)]).effect is Effect.EFFECTS


def test_two_plans_of_one_stack_cannot_be_judged() -> None:
    found = review([Plan("prod-x"), Plan("prod-x"), Plan("prod-y")])
    assert found.effect is Effect.CANNOT_JUDGE
    assert [gap.stack for gap in found.gaps] == ["prod-x"]


def test_failing_checks_are_effects_and_passing_ones_are_not() -> None:
    fail, passed = Check("check.a", CheckStatus.FAIL), Check("check.b", CheckStatus.PASS)
    assert of(checks=(passed,)).effect is Effect.NONE
    assert of(checks=(fail, passed)).checks == (fail,)
    assert of(checks=(fail,)).effect is Effect.EFFECTS


def test_drift_that_matters() -> None:
    drifted = tuple(
        change("databricks_job", Action.UPDATE, {"name": name, "x": 1}, {"name": name, "x": 2}, name=name)
        for name in ("touched", "relevant", "elsewhere")
    )
    touched = change("databricks_job", Action.UPDATE, {"x": 2}, {"x": 1}, name="touched")
    found = of(touched, drift=drifted, relevant=frozenset({("databricks_job.relevant", "x")}))
    assert {row.name for row in found.drift} == {"touched", "relevant"}
    assert found.drift_elsewhere == 1
    gone = change("databricks_schema", Action.DELETE, {"name": "s"}, None)
    back = change("databricks_schema", Action.CREATE, None, {"name": "s"})
    text = render_terminal(of(back, drift=(gone,)))
    assert "deleted: databricks_schema s" in text and "lost:" not in text
    assert "only the state" in render_terminal(of(applyable=True))


def test_computed_noise_is_named_and_not_shown() -> None:
    old = Record({"a": "1", "etag": "x", "size": 0})
    new = Record({"a": "2", "etag": Unknown(), "size": None})
    (row,) = of(change("databricks_x", Action.UPDATE, old, new, configured=frozenset({"a", "size"}))).changes
    assert [item.path for item in row.attributes] == ["a"]
    assert (row.computed, row.emptied) == (("etag",), ("size",))
    (careful,) = of(change("databricks_x", Action.UPDATE, old, new)).changes
    assert [item.path for item in careful.attributes] == ["a", "etag"]


def test_secrets_of_one_stack_are_taken_out_of_all() -> None:
    one = Plan("a", taint=Taint.of(["hunter2-hunter2"]))
    leak = change(
        "terraform_data", Action.CREATE, None, {"hunter2-hunter2": "xhunter2-hunter2x"}, name="hunter2-hunter2"
    )
    two = Plan("b", changes=(leak,), notes=("hunter2-hunter2",), gaps=(Gap("b", "hunter2-hunter2"),))
    assert "hunter2" not in repr(review([one, two]))


@pytest.mark.parametrize("side", [Secret(Record({"a": 1})), Unknown(), "text", (1, 2)])
def test_an_object_that_is_no_record(side: Value) -> None:
    for type_name in ("databricks_grants", "databricks_job", "terraform_data"):
        whole = replace(change(type_name, Action.UPDATE), before=side, after=Record({"a": 2}))
        assert of(whole).effect is not Effect.NONE


def test_gains_come_before_losses() -> None:
    block = {"catalog": "c", "grant": [{"principal": "a", "privileges": ["SELECT"]}]}
    gone = change("databricks_grants", Action.DELETE, {**block, "catalog": "d"}, None, name="y")
    rows = of(gone, change("databricks_grants", Action.CREATE, None, block)).access
    assert [row.direction for row in rows] == [Direction.GAINS, Direction.LOSES]


def schema(action: Action, name: str, *, row: str, **more: Any) -> ResourceChange:
    block = {"catalog_name": "c", "name": name, "comment": "Claims", "owner": "o", **more}
    sides = {"before": {**block, "id": f"c.{name}", "schema_id": "7"}} if action is Action.DELETE else {"after": block}
    return change("databricks_schema", action, name=row, **sides)


def test_what_looks_like_a_renaming_is_none() -> None:
    gone = schema(Action.DELETE, "intake", row="a")
    why = of(gone, schema(Action.CREATE, "arrivals", row="b")).data[0].why
    assert why == "c.arrivals is created, equal but for its name, and nothing is moved there"
    others = (
        schema(Action.CREATE, "arrivals", row="b", comment="Other"),
        schema(Action.CREATE, "arrivals", row="b", storage_root="s3://x"),
        change("databricks_volume", Action.CREATE, after={"catalog_name": "c", "comment": "Claims"}, name="b"),
        change("databricks_schema", Action.CREATE, after={"name": "arrivals"}, name="b"),
    )
    for other in others:
        assert of(gone, other).data[0].why == ""
    both = (schema(Action.CREATE, "arrivals", row="b"), schema(Action.CREATE, "others", row="c"))
    assert of(gone, *both).data[0].why == "", "which of the two would be a guess"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audiences", ["other"]),
        ("subject_claim", "job_workflow_ref"),
        ("jwks_uri", "https://example.com/keys"),
        ("jwks_json", '{"keys": []}'),
    ],
)
def test_whatever_decides_who_may_log_in_is_approved_with_it(name: str, value: Any) -> None:
    kind = "databricks_service_principal_federation_policy"
    policy = {"issuer": "https://i", "subject": "repo:o/r", "audiences": ["a"]}
    block = {"service_principal_id": 7, "oidc_policy": policy}
    plain = of(change(kind, Action.CREATE, None, block))
    wider = of(change(kind, Action.CREATE, None, {**block, "oidc_policy": {**policy, name: value}}))
    assert plain.fingerprints != wider.fingerprints
    assert plain.access[0].principal == "repo:o/r of https://i for a"


def test_how_long_a_credential_lasts_is_approved_with_it() -> None:
    kind = "databricks_service_principal_secret"
    (row,) = of(change(kind, Action.CREATE, None, {"service_principal_id": "7", "lifetime": "3600s"})).access
    assert row.on == "the account or workspace for 3600 seconds"


def test_a_secret_inside_an_encoded_file_is_not_shown() -> None:
    old, new = (base64.b64encode(f"k = 'correct-horse-{n}'; n = {n}".encode()).decode() for n in (1, 2))
    job = change("databricks_notebook", Action.UPDATE, {"content_base64": old}, {"content_base64": new})
    (row,) = of(job, taint=Taint.of(["correct-horse-1", "correct-horse-2"])).changes[0].attributes
    assert row.path == "content_base64{text}"
    assert "correct" not in row.old + row.new and row.seal
    assert row.new == "\"k = '(redacted)'; n = 2\""
