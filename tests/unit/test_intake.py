"""What a pull request may hand to a job that holds an identity: a table of attacks, each refused for its reason."""

from __future__ import annotations

import copy as copying
import itertools
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from shipway.cli.check_synthesized import command
from shipway.cli.plan import command as plan
from shipway.errors import MissingTool
from shipway.intake.expected import PROVIDERS, Expected, Ground, backend_of, ground_of
from shipway.intake.expressions import bad_templates
from shipway.intake.folder import Refused, Synthesized, copy, examine
from shipway.intake.judge import DATA_KINDS, judge
from shipway.intake.model import Reason
from shipway.intake.strict_json import LARGEST, NotStrict, parse
from shipway.models.deployment.base import StackBase
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.outside.terraform import find_terraform
from shipway.sandbox.pack import PROVIDER_VERSION

ROOT = Path(__file__).parents[2]
STACK, HOST = "dev-landing-zone", "https://halyard-dev.cloud.databricks.com"
Stack = dict[str, Any]


@pytest.fixture(scope="module")
def ground() -> Ground:
    return ground_of(resolve(load(ROOT)))


def expected(ground: Ground, stack: str = STACK) -> Expected:
    found = ground.expected(stack)
    assert found is not None
    return found


def sound(ground: Ground, stack: str = STACK) -> Stack:
    """A small stack as Shipway synthesizes it."""
    declared = expected(ground, stack)
    return {
        "//": {"metadata": {"stackName": stack, "version": "0.21.0"}},
        "data": {"databricks_group": {"authors": {"display_name": "authors"}}},
        "provider": {"databricks": [{"host": min(declared.hosts), "rate_limit": 30}]},
        "resource": {
            "databricks_catalog": {
                "main": {"//": {"metadata": {"path": f"{stack}/main"}}, "name": "main", "comment": "costs $${x} 5 %"}
            },
            "databricks_schema": {
                "raw": {
                    "//": {"metadata": {"path": f"{stack}/raw"}},
                    "catalog_name": "${databricks_catalog.main.name}",
                    "name": "raw",
                    "properties": {"a": "${data.databricks_group.authors.id}-${databricks_catalog.main.tags[0].x}"},
                }
            },
        },
        "terraform": {"backend": declared.backend, "required_providers": PROVIDERS},
    }


def put(*keys: str | int, value: object) -> Callable[[Stack], None]:
    """An attack that sets what stands at these keys."""

    def change(stack: Stack) -> None:
        place: Any = stack
        for key in keys[:-1]:
            place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
        place[keys[-1]] = value

    return change


CATALOG = ("resource", "databricks_catalog", "main")
PROVIDER = ("provider", "databricks", 0)
BACKEND = ("terraform", "backend", "s3")

ATTACKS = {
    "another provider": (Reason.PROVIDER, put("terraform", "required_providers", "evil", value={"source": "e/evil"})),
    "the provider of somebody else": (
        Reason.PROVIDER,
        put("terraform", "required_providers", "databricks", "source", value="evil.example/databricks/databricks"),
    ),
    "another version": (Reason.PROVIDER, put("terraform", "required_providers", "databricks", "version", value=">= 1")),
    "no version": (Reason.PROVIDER, put("terraform", "required_providers", value={"databricks": {"source": "x"}})),
    "a block of another provider": (Reason.PROVIDER, put("provider", "aws", value=[{"region": "eu-central-1"}])),
    "a provider that is no list": (Reason.PROVIDER, put("provider", "databricks", value={"host": HOST})),
    "a program for credentials": (Reason.PROVIDER, put(*PROVIDER, "databricks_cli_path", value="/tmp/evil")),  # noqa: S108
    "a file of credentials": (Reason.PROVIDER, put(*PROVIDER, "config_file", value="/proc/self/environ")),
    "certificates unread": (Reason.PROVIDER, put(*PROVIDER, "skip_verify", value=True)),
    "the token to somebody else": (Reason.HOST, put(*PROVIDER, "host", value="https://evil.example")),
    "a host that looks like it": (Reason.HOST, put(*PROVIDER, "host", value=f"{HOST}.evil.example")),
    "a host of another environment": (
        Reason.HOST,
        put(*PROVIDER, "host", value="https://halyard-prod.cloud.databricks.com"),
    ),
    "a host that is computed": (Reason.HOST, put(*PROVIDER, "host", value="${databricks_catalog.main.name}")),
    "another account": (Reason.HOST, put(*PROVIDER, "account_id", value="11111111-1111-1111-1111-111111111111")),
    "another bucket": (Reason.BACKEND, put(*BACKEND, "bucket", value="evil")),
    "the state of another stack": (Reason.BACKEND, put(*BACKEND, "key", value="shipway/prod-landing-zone.tfstate")),
    "a backend's endpoint": (Reason.BACKEND, put(*BACKEND, "endpoints", value={"s3": "https://evil.example"})),
    "state in the clear": (Reason.BACKEND, put(*BACKEND, "encrypt", value=False)),
    "a backend of http": (Reason.BACKEND, put("terraform", "backend", value={"http": {"address": "https://e"}})),
    "no backend": (Reason.BACKEND, lambda stack: stack["terraform"].pop("backend")),
    "the cloud block": (Reason.BLOCK, put("terraform", "cloud", value={"organization": "evil"})),
    "no terraform block": (Reason.BLOCK, lambda stack: stack.pop("terraform")),
    "a list of terraform blocks": (Reason.BLOCK, lambda stack: stack.update(terraform=[stack["terraform"]])),
    "a remote module": (Reason.BLOCK, put("module", "evil", value={"source": "git::https://evil.example/m.git"})),
    "a module of this machine": (Reason.BLOCK, put("module", "evil", value={"source": "../../.."})),
    "a variable": (Reason.BLOCK, put("variable", "x", value={"default": 1})),
    "locals": (Reason.BLOCK, put("locals", "x", value="1")),
    "a check with a data source": (
        Reason.BLOCK,
        put("check", "c", value={"data": {"http": {"x": {"url": "https://e"}}}}),
    ),
    "an ephemeral resource": (Reason.BLOCK, put("ephemeral", "x", value={})),
    "removed, with a provisioner": (Reason.BLOCK, put("removed", value=[{"from": "a.b", "provisioner": {}}])),
    "an import of many": (Reason.BLOCK, put("import", value=[{"to": "a.b", "id": "x", "for_each": ["a"]}])),
    "external": (Reason.KIND, put("data", "external", "x", value={"program": ["sh", "-c", "env"]})),
    "http": (Reason.KIND, put("data", "http", "x", value={"url": "https://evil.example"})),
    "the state of others": (Reason.KIND, put("data", "terraform_remote_state", "x", value={"backend": "local"})),
    "a look-up that reads content": (Reason.KIND, put("data", "databricks_notebook", "x", value={"path": "/secret"})),
    "data in a list": (Reason.KIND, put("data", value=[{"external": {"x": {"program": ["sh"]}}}])),
    "a resource of another provider": (Reason.KIND, put("resource", "null_resource", "x", value={})),
    "a resource of Terraform": (Reason.KIND, put("resource", "terraform_data", "x", value={"input": 1})),
    "resources in a list": (Reason.KIND, put("resource", value=[{"null_resource": {"x": {}}}])),
    "a kind in a list": (Reason.KIND, put("resource", "databricks_job", value=[{"x": {"provisioner": {}}}])),
    "a resource in a list": (Reason.KIND, put("resource", "databricks_job", "x", value=[{"provisioner": {}}])),
    "a provisioner": (Reason.PROVISIONER, put(*CATALOG, "provisioner", value=[{"local-exec": {"command": "env"}}])),
    "a connection": (Reason.PROVISIONER, put(*CATALOG, "connection", value={"host": "evil.example"})),
    "a file of the job": (
        Reason.LOCAL_FILE,
        put("resource", "databricks_notebook", "x", value={"path": "/x", "source": "/proc/self/environ"}),
    ),
    "a dashboard of the job": (
        Reason.LOCAL_FILE,
        put("resource", "databricks_dashboard", "x", value={"file_path": "../../../.git/config"}),
    ),
    "file()": (Reason.EXPRESSION, put(*CATALOG, "comment", value='${file("/proc/self/environ")}')),
    "templatefile()": (Reason.EXPRESSION, put(*CATALOG, "comment", value='${templatefile("/etc/passwd", {})}')),
    "file() in an index": (Reason.EXPRESSION, put(*CATALOG, "comment", value='${databricks_job.x[file("/e")]}')),
    "file() after a reference": (
        Reason.EXPRESSION,
        put(*CATALOG, "comment", value='${databricks_job.x.id}${file("/e")}'),
    ),
    "file() after text": (Reason.EXPRESSION, put(*CATALOG, "comment", value='$$$%${file("/etc/passwd")}')),
    "file() in a key": (Reason.EXPRESSION, put(*CATALOG, "properties", value={'${file("/etc/passwd")}': "x"})),
    "file() in an output": (Reason.EXPRESSION, put("output", "x", "value", value='${file("/etc/passwd")}')),
    "a directive": (Reason.EXPRESSION, put(*CATALOG, "comment", value='%{ if file("/e") == "" }x%{ endif }')),
    "the path of the job": (Reason.EXPRESSION, put(*CATALOG, "comment", value="${path.cwd}")),
    "a template that does not end": (Reason.EXPRESSION, put(*CATALOG, "comment", value="${databricks_job.x.id")),
    "for_each": (Reason.EXPRESSION, put(*CATALOG, "for_each", value="${databricks_job.x.tags}")),
    "a dynamic block": (
        Reason.EXPRESSION,
        put(*CATALOG, "effective", value=[{"dynamic": {"grant": {"for_each": [1], "content": {}}}}]),
    ),
    "the path of another stack": (Reason.PATH, put(*CATALOG, "//", "metadata", "path", value="prod-landing-zone/main")),
    "the path of another resource": (Reason.PATH, put(*CATALOG, "//", "metadata", "path", value=f"{STACK}/raw")),
    "no path": (Reason.PATH, put(*CATALOG, "//", value={})),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_for_its_reason_and_where_it_stands(attack: str, ground: Ground) -> None:
    reason, change = ATTACKS[attack]
    stack = copying.deepcopy(sound(ground))
    change(stack)
    found = judge(STACK, stack, expected(ground))
    assert reason in {one.reason for one in found}
    for one in found:
        assert one.where.startswith(f"stacks/{STACK}/cdk.tf.json: ")
        assert one.message
        assert one.hint


@pytest.mark.parametrize("stack", [STACK, "account", "prod-claims-triage", "test-a-new-use-case"])
def test_nothing_is_against_what_shipway_writes(stack: str, ground: Ground) -> None:
    assert judge(stack, sound(ground, stack), expected(ground, stack)) == []


def test_a_new_stack_has_a_state_of_its_own_where_its_environment_has_them(ground: Ground) -> None:
    backend = expected(ground, "dev-new").backend["s3"]
    assert backend["key"] == "shipway/dev-new.tfstate"
    assert backend["bucket"] == expected(ground, STACK).backend["s3"]["bucket"]


@pytest.mark.parametrize("stack", ["qa-landing-zone", "dev", "account-x", "staging", "-x"])
def test_a_stack_of_no_declared_environment_is_none(stack: str, ground: Ground) -> None:
    assert ground.expected(stack) is None


@pytest.mark.parametrize("kind", ["s3", "azurerm", "gcs"])
def test_a_backend_is_as_the_stacks_base_makes_it(kind: str) -> None:
    from binding import App, Testing
    from stacks.base import ShipwayStack

    state = {
        "s3": {"bucket": "b", "region": "r"},
        "azurerm": {"resource_group": "g", "storage_account": "a", "container": "c"},
        "gcs": {"bucket": "b"},
    }[kind]
    key = {"key": "shipway/x-y.tfstate"}
    spec = StackBase(name="x-y", host=HOST, state_backend=kind, state={**state, **key}, protected=False, lifted=())
    written = json.loads(Testing.synth(ShipwayStack(App(), spec)))
    assert written["terraform"] == {"backend": backend_of(spec, "x-y"), "required_providers": PROVIDERS}


def test_the_allowed_look_ups_are_those_that_the_constructs_use() -> None:
    text = (ROOT / "constructs" / "binding" / "databricks.py").read_text()
    assert {f"databricks_{name}" for name in re.findall(r"\.data_databricks_(\w+) import", text)} == DATA_KINDS
    assert PROVIDERS["databricks"]["version"] == PROVIDER_VERSION


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "wanted an object"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": {"resource": 1, "resource": 2}}', "stands twice"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"a": -Infinity}', "is no JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": 1} {"b": 2}', "Extra data"),
        (b'{"a": 1, // x\n "b": 2}', "not JSON"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "levels deep"),
        (b"[" * 1_000_000, "levels deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b" " * (LARGEST + 1), "bytes"),
    ],
    ids=lambda value: value[:20] if isinstance(value, (bytes, str)) else None,
)
def test_json_with_two_meanings_or_no_end_is_none(raw: bytes, said: str) -> None:
    with pytest.raises(NotStrict, match=said):
        parse(raw)


def test_brackets_in_text_are_no_levels() -> None:
    assert parse(b'{"a": "' + b"[{" * 500 + b'\\"[["}') == {"a": "[{" * 500 + '"[['}


@given(st.text(alphabet='$%{}"a.[]0x\\', max_size=30))
def test_what_is_let_through_opens_no_template_but_references(text: str) -> None:
    if not list(bad_templates(text)):
        rest = re.sub(r"\$\$\{|%%\{", "", re.sub(r"\$\{(data\.)?databricks_[\w.\[\]-]+\}", "", text))
        assert "${" not in rest.replace("$${", "")
        assert "%{" not in rest.replace("%%{", "")


@pytest.mark.terraform
def test_what_is_let_through_as_text_is_text_to_terraform(tmp_path: Path) -> None:
    texts = ["".join(some) + "{path.root}" for count in range(5) for some in itertools.product("$%x", repeat=count)]
    passed = [text for text in texts if not list(bad_templates(text))]
    assert 20 < len(passed) < len(texts)
    outputs = {f"o{number}": {"value": text} for number, text in enumerate(passed)}
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": outputs}))
    terraform = find_terraform(os.environ)
    for arguments in (["init"], ["apply", "-auto-approve"]):
        subprocess.run([terraform, *arguments], cwd=tmp_path, check=True, capture_output=True)
    state = json.loads((tmp_path / "terraform.tfstate").read_bytes())
    assert all("{path.root}" in found["value"] for found in state["outputs"].values())


@pytest.fixture
def folder(tmp_path: Path, ground: Ground) -> Path:
    """A synthesized folder with two sound stacks."""
    place = tmp_path / "out"
    names = (STACK, "prod-claims-triage")
    for name in names:
        (place / "stacks" / name).mkdir(parents=True)
        (place / "stacks" / name / "cdk.tf.json").write_text(json.dumps(sound(ground, name)))
    entries = {name: {"name": name, "synthesizedStackPath": f"stacks/{name}/cdk.tf.json"} for name in names}
    (place / "manifest.json").write_text(json.dumps({"stacks": entries}))
    return place


def file_of(folder: Path) -> Path:
    return folder / "stacks" / STACK / "cdk.tf.json"


def link_file(folder: Path) -> None:
    real = file_of(folder).rename(folder / "elsewhere")
    file_of(folder).symlink_to(real)


def link_folder(folder: Path) -> None:
    real = (folder / "stacks").rename(folder / "others")
    (folder / "stacks").symlink_to(real)


def pipe(folder: Path) -> None:
    file_of(folder).unlink()
    os.mkfifo(file_of(folder))


def folder_for_file(folder: Path) -> None:
    file_of(folder).unlink()
    file_of(folder).mkdir()


def manifest(change: Callable[[Stack], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        file = folder / "manifest.json"
        content = json.loads(file.read_bytes())
        change(content)
        file.write_text(json.dumps(content))

    return write


FOLDERS: dict[str, Callable[[Path], object]] = {
    "more configuration": lambda folder: (folder / "stacks" / STACK / "z.tf").write_text("data {}"),
    "an override": lambda folder: (folder / "stacks" / STACK / "z_override.tf.json").write_text("{}"),
    "values of variables": lambda folder: (folder / "stacks" / STACK / "z.auto.tfvars").write_text(""),
    "a module": lambda folder: (folder / "stacks" / STACK / "modules").mkdir(),
    "a name of half a character": lambda folder: (folder / "stacks" / STACK / os.fsdecode(b"\xff\n.tf")).write_text(""),
    "a stack that is a link": link_file,
    "stacks that are a link": link_folder,
    "a pipe": pipe,
    "no stack": lambda folder: file_of(folder).unlink(),
    "a folder for a stack": folder_for_file,
    "no JSON": lambda folder: file_of(folder).write_text("{"),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "no stacks": manifest(lambda content: content.update(stacks={})),
    "a name that is a path": manifest(lambda content: content["stacks"].update({"../../etc": {}})),
    "a stack that is elsewhere": manifest(
        lambda content: content["stacks"][STACK].update(synthesizedStackPath="clean/cdk.tf.json")
    ),
    "a stack without a place": manifest(lambda content: content["stacks"].update({STACK: "x"})),
}


@pytest.mark.parametrize("attack", FOLDERS)
def test_a_folder_that_is_more_than_it_says_is_refused(attack: str, folder: Path, ground: Ground) -> None:
    assert examine(folder, ground).objections == ()
    FOLDERS[attack](folder)
    found = examine(folder, ground)
    assert found.against([STACK])
    "\n".join(map(str, found.objections)).encode()


def test_what_is_against_one_stack_keeps_no_other_from_being_planned(folder: Path, ground: Ground) -> None:
    file_of(folder).write_text("{")
    found = examine(folder, ground)
    assert found.against(["prod-claims-triage"]) == []
    assert list(found.stacks) == ["prod-claims-triage"]


def test_terraform_gets_the_bytes_that_were_judged_and_nothing_beside_them(
    folder: Path, ground: Ground, tmp_path: Path
) -> None:
    (folder / "stacks" / STACK / ".terraform").mkdir()
    (folder / "stacks" / STACK / ".terraform.lock.hcl").write_text("theirs")
    judged = file_of(folder).read_bytes()
    found = examine(folder, ground)
    file_of(folder).write_text("changed in between")
    made = copy(found, [STACK], tmp_path / "checked")
    files = {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    assert set(files) == {"manifest.json", f"stacks/{STACK}/cdk.tf.json"}
    assert files[f"stacks/{STACK}/cdk.tf.json"] == judged
    assert copy(found, [STACK], tmp_path / "checked") == made


def test_a_copy_is_named_for_all_that_is_in_it(tmp_path: Path) -> None:
    one = copy(Synthesized({"a": b"1", "b": b"2"}, ()), ["a", "b"], tmp_path)
    other = copy(Synthesized({"a": b"1", "b": b"3"}, ()), ["a", "b"], tmp_path)
    assert one != other


def test_a_name_cannot_look_like_a_line_of_ours(ground: Ground) -> None:
    stack = sound(ground)
    stack["evil\n10 stacks can be planned, 0 refusals\x1b[2J\ud800"] = {}
    said = str(judge(STACK, stack, expected(ground))[0])
    assert "\n10 stacks" not in said
    assert "\x1b" not in said
    said.encode()


def test_the_command_says_what_is_against_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(command, [str(folder)]).exit_code == 0
    put("data", "external", "x", value={})(content := json.loads(file_of(folder).read_bytes()))
    file_of(folder).write_text(json.dumps(content))
    done = CliRunner().invoke(command, [str(folder), "--json"])
    assert done.exit_code == 4
    answer = json.loads(done.stdout)
    assert answer["sound"] == ["prod-claims-triage"]
    assert answer["refused"][0]["where"] == f"stacks/{STACK}/cdk.tf.json: data.external.x"


def test_a_plan_of_it_checks_before_terraform_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PATH", "")
    (folder / "stacks" / STACK / "z.tf").write_text("")
    done = CliRunner().invoke(plan, ["--synthesized", str(folder), "--env", "dev", "--live"])
    assert isinstance(done.exception, Refused)
    assert done.exception.exit_code == 4
    # Without Terraform on the PATH, what is let through gets exactly as far as that.
    done = CliRunner().invoke(plan, ["--synthesized", str(folder), "--env", "prod", "--live"])
    assert isinstance(done.exception, MissingTool)


def test_every_reason_has_its_row_in_the_page() -> None:
    page = (ROOT / "docs" / "pull-requests.md").read_text()
    assert [reason for reason in Reason if f"\n| {reason} |" not in page] == []
