"""Terraform's state in the sandbox: the lock, the service, and what the shim makes of a command line and a folder."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import resource
import stat
from pathlib import Path

import pytest

from shipway.sandbox.layout import Home, stack_name
from shipway.sandbox.provider.store import Maker, Store
from shipway.sandbox.recover import recover
from shipway.sandbox.shim.arguments import parse
from shipway.sandbox.shim.folder import OVERRIDE, mirror
from shipway.sandbox.shim.program import find_real
from shipway.sandbox.state import Held, Holder, Lock, read_state, write_state
from shipway.sandbox.state_service import USER, StateService
from shipway.sandbox.transport.http import Request, Response

ME, OTHER = Holder("my-run", '{"ID": "mine"}'), Holder("other-run", '{"ID": "others"}')


def test_a_lock_excludes_and_says_whom(tmp_path: Path) -> None:
    mine, theirs = Lock(tmp_path / "a.tfstate"), Lock(tmp_path / "a.tfstate")
    assert mine.take(ME) is None
    with pytest.raises(Held) as held:
        theirs.take(OTHER)
    assert held.value.holder == ME
    mine.release()
    assert theirs.take(OTHER) is None
    assert mine.left_by() == OTHER


def test_a_killed_holder_is_remembered_until_it_is_put_right(tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=lambda: (Lock(tmp_path / "a.tfstate").take(OTHER), os._exit(9))
    )
    process.start()
    process.join(60)
    lock = Lock(tmp_path / "a.tfstate")
    assert lock.take(ME) == OTHER
    lock.let_go()
    assert lock.take(ME) == OTHER
    lock.sign(ME)
    lock.release()
    assert lock.take(ME) is None


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"run": 1}', b"\xff"])
def test_a_cut_off_lock_file_is_nobodys(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.lock").write_bytes(content)
    assert Lock(tmp_path / "a.tfstate").take(ME) is None


def service(tmp_path: Path, run: str = "my-run") -> StateService:
    return StateService(Home(tmp_path), "dev", run, TOKEN)


TOKEN = "a-token"


def ask(to: StateService, method: str, body: bytes = b"", token: str = TOKEN) -> Response:
    authorization = "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()
    return to.answer(Request(method, "/state", {"authorization": authorization}, body))


def test_a_state_comes_back(tmp_path: Path) -> None:
    states = service(tmp_path)
    assert ask(states, "GET").status == 404
    assert ask(states, "POST", b'{"serial": 1}').status == 200
    assert ask(states, "GET") == Response(200, b'{"serial": 1}')
    assert stat.S_IMODE(Home(tmp_path).state_file("dev").stat().st_mode) == 0o600
    assert ask(states, "DELETE").status == 200
    assert ask(states, "GET").status == 404
    assert ask(states, "PATCH").status == 405


@pytest.mark.parametrize("token", ["", "b-token", "ä"])
def test_nobody_without_the_token(tmp_path: Path, token: str) -> None:
    states = service(tmp_path)
    for method in ("GET", "POST", "DELETE", "LOCK", "UNLOCK"):
        assert ask(states, method, b"{}", token).status == 401
    assert states.answer(Request("GET", "/state", {}, b"")).status == 401
    assert read_state(Home(tmp_path).state_file("dev")) is None


def test_one_terraform_at_a_time(tmp_path: Path) -> None:
    first, second = service(tmp_path, "one"), service(tmp_path, "two")
    assert ask(first, "LOCK", b'{"ID": "first"}').status == 200
    refused = ask(second, "LOCK", b'{"ID": "second"}')
    assert (refused.status, json.loads(refused.body)) == (423, {"ID": "first"})
    assert ask(second, "UNLOCK").status == 423
    assert ask(first, "UNLOCK").status == 200
    assert ask(second, "LOCK", b'{"ID": "second"}').status == 200


def test_a_full_disk_keeps_the_last_state(tmp_path: Path) -> None:
    states = service(tmp_path)
    ask(states, "POST", b"old")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        assert ask(states, "POST", b"x" * 5000).status == 507

    process = multiprocessing.get_context("fork").Process(target=limited)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert ask(states, "GET").body == b"old"
    assert [path.name for path in Home(tmp_path).states.iterdir()] == ["dev.tfstate"]


def test_only_what_a_killed_run_made_and_no_state_knows_is_removed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home.workspaces)
    killed, earlier = Maker("dev", "killed-run"), Maker("dev", "earlier-run")
    for key, maker in (("known", killed), ("unknown", killed), ("older", earlier)):
        store.create("w", "databricks_catalog", key, {"id": key, "name": key}, maker)
    store.create("w", "databricks_job", "1", {"id": "1", "name": "killed-run"}, earlier)
    broken = store.path("w", "databricks_catalog", "broken")
    broken.write_text("killed-run {")
    instance = {"attributes": {"id": "known"}}
    state = {"resources": [{"mode": "managed", "type": "databricks_catalog", "instances": [instance]}]}
    write_state(home.state_file("dev"), json.dumps(state).encode())
    assert [path.stem for path in recover(home, "dev", "killed-run")] == ["unknown"]
    assert {path.stem for path in home.workspaces.rglob("*.json")} == {"known", "older", "1", "broken"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["plan"], ["plan"]),
        (["plan", "-out", "p", "-no-color"], ["plan", "-out", "/here/p", "-no-color"]),
        (["plan", "-out=p"], ["plan", "-out=/here/p"]),
        (["plan", "--out=/abs/p"], ["plan", "--out=/abs/p"]),
        (["plan", "-var-file=a.tfvars", "-var", "x=y"], ["plan", "-var-file=/here/a.tfvars", "-var", "x=y"]),
        (["init", "-backend-config=bucket=b", "-backend-config", "k=v", "-upgrade"], ["init", "-upgrade"]),
        (["import", "databricks_job.a", "7"], ["import", "databricks_job.a", "7"]),
        (["apply", "-auto-approve"], ["apply", "-auto-approve"]),
        (["plan", "-out"], ["plan", "-out"]),
    ],
)
def test_what_terraform_is_asked(given: list[str], expected: list[str]) -> None:
    assert parse(given, Path("/here")).arguments(Path("/work")) == ["-chdir=/work", *expected]


def test_files_are_those_of_the_stacks_folder(tmp_path: Path) -> None:
    stack = tmp_path / "stack"
    stack.mkdir()
    (stack / "p").write_text("")
    for command in (["apply", "p"], ["show", "-json", "p"], ["state", "push", "p"]):
        call = parse([f"-chdir={stack.name}", *command], tmp_path)
        assert call.folder == stack
        assert call.arguments(Path("/work"))[-1] == str(stack / "p")
    assert parse(["state", "show", "p"], stack).arguments(Path("/work"))[-1] == "p"


@pytest.mark.parametrize(
    "given", [["version"], ["fmt"], ["-version"], [], ["-help"], ["plan", "-help"], ["plan", "-h"]]
)
def test_what_is_not_the_sandboxs_business(given: list[str]) -> None:
    assert parse(given, Path("/here")).outside


def test_a_folder_is_shown_as_it_is_now(tmp_path: Path) -> None:
    source, work = tmp_path / "source", tmp_path / "work"
    (source / "assets").mkdir(parents=True)
    for name in ("cdk.tf.json", ".terraform.lock.hcl", "terraform.tfstate.backup", "gone.tf"):
        (source / name).write_text(name)
    mirror(source, work)
    (work / ".terraform").mkdir()
    (source / "gone.tf").unlink()
    (source / "new.tf").write_text("new")
    mirror(source, work)
    assert {path.name for path in work.iterdir()} == {"cdk.tf.json", "assets", "new.tf", ".terraform", OVERRIDE}
    assert (work / "cdk.tf.json").read_text() == "cdk.tf.json"
    assert json.loads((work / OVERRIDE).read_text()) == {"terraform": {"backend": {"http": {}}}}


def test_stacks_have_the_names_that_cdktf_gave_them(tmp_path: Path) -> None:
    plain, synthesized = tmp_path / "a" / "dev", tmp_path / "b" / "dev"
    for folder in (plain, synthesized):
        folder.mkdir(parents=True)
    (synthesized / "cdk.tf.json").write_text("{}")
    assert stack_name(synthesized) == "dev"
    assert stack_name(plain) != stack_name(tmp_path / "c" / "dev")


def test_the_real_terraform_is_never_the_sandboxs_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    real = tmp_path / "real bin"
    other = Home(tmp_path / "other project").shim.parent
    for folder in (home.shim.parent, other, real):
        folder.mkdir(parents=True)
        (folder / "terraform").write_text("")
        (folder / "terraform").chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(home.shim.parent)
    path = os.pathsep.join(map(str, (home.shim.parent, link, other, "", real)))
    assert find_real(home, path) == str(real / "terraform")
    (real / "terraform").rename(real / "tofu")
    assert find_real(home, path) == str(real / "tofu")
    (real / "tofu").chmod(0o644)
    assert find_real(home, path) is None
