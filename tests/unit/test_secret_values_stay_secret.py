"""No byte of a secret's value is anywhere it can be read: output, files, arguments, exceptions, logs."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.errors import ShipwayError, ToolFailed
from shipway.outside.hooks import ProgramHooks, from_program, generated
from shipway.outside.secrets import connect
from shipway.rotation.declared import DeclaredSecret
from shipway.rotation.record import FileRecord
from shipway.rotation.runbook import Rotation
from shipway.rotation.seams import Occasion, SecretValue
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.store import Maker, Store
from shipway.sandbox.secrets import SandboxSecrets

OCCASION = Occasion("r0", "dev", "scope", "key")
SECRET = DeclaredSecret("dev", "claims-triage", "key", "scope", "Claims", 90)
HOST = "https://example.cloud.databricks.com"
# Long enough that it is not somewhere by chance.
TEXTS = st.text(min_size=12, max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
VALUES = st.one_of(st.binary(min_size=12, max_size=200), TEXTS).filter(lambda value: len(set(value)) > 4)


def forms(value: bytes) -> set[bytes]:
    """The value as it would look if somebody wrote it down in one of the usual ways."""
    plain = {
        value,
        repr(value).encode()[2:-1],
        base64.b64encode(value).rstrip(b"="),
        base64.urlsafe_b64encode(value).rstrip(b"="),
        value.hex().encode(),
        value.hex().upper().encode(),
        urllib.parse.quote_from_bytes(value).encode(),
    }
    with contextlib.suppress(UnicodeDecodeError):
        text = value.decode()
        plain |= {json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode(), text.encode("utf-16-le")}
        plain |= {json.dumps(text, ensure_ascii=False)[1:-1].encode()}
    # Also a part of it is too much.
    return plain | {form[:12] for form in plain} | {form[-12:] for form in plain}


def assert_nowhere(value: bytes, *places: bytes) -> None:
    for place in places:
        for form in forms(value):
            assert form not in place, f"{form!r} is in {place[:2000]!r}"


def files(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        yield str(path).encode()
        if path.is_file():
            yield path.read_bytes()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES, failing=st.sampled_from(["", "try", "verify", "revoke", "write"]))
def test_no_value_is_in_the_record_the_store_or_what_is_told(
    value: bytes, failing: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("project")
    store = SandboxSecrets(Home(folder), HOST)
    Store(store.home.workspaces).create(
        "example.cloud.databricks.com", "databricks_secret_scope", "scope", {"name": "scope"}, Maker("x", "x")
    )
    if failing == "write":
        (store.home.workspaces / "example.cloud.databricks.com" / "databricks_secret").write_text("no folder")
    # Each program says all that it knows on its way down.
    loud = "sh -c 'cat; cat >&2; env >&2; exit 1'"
    commands = {step: loud if step == failing else "cat" for step in ("try", "verify", "revoke")}
    hooks = ProgramHooks(lambda occasion: SecretValue(value), commands)
    told: list[str] = []
    record = FileRecord(folder / "record.jsonl")
    rotation = Rotation(store, record, hooks, lambda: "now", lambda: "r0", "me", told.append)
    said = ""
    try:
        rotation.carry_out([SECRET])
    except ShipwayError as error:
        said = f"{error} {error!r} {error.as_json()} " + "".join(traceback.format_exception(error))
    assert bool(said) is bool(failing)
    if not failing:
        assert store.holds("scope", "key", value)
        assert not store.holds("scope", "key", value + b"x")
    assert_nowhere(value, "\n".join(told).encode(), said.encode("utf-8", "replace"), *files(folder))


@given(VALUES)
def test_a_value_does_not_show_itself(value: bytes) -> None:
    secret = SecretValue(value)
    assert_nowhere(
        value, repr(secret).encode(), str(secret).encode(), f"{secret} {secret!r}".encode(), b"%r" % [secret]
    )
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_a_program_that_fails_takes_what_it_printed_with_it(capfd: pytest.CaptureFixture[str]) -> None:
    for command in ("sh -c 'echo hunter2-hunter2; echo hunter2-hunter2 >&2; exit 3'", "/no/such/program"):
        with pytest.raises(ToolFailed) as caught:
            from_program(command)(OCCASION)
        assert caught.value.__cause__ is None and caught.value.__context__ is None
        assert_nowhere(b"hunter2-hunter2", "".join(traceback.format_exception(caught.value)).encode())
    assert_nowhere(b"hunter2-hunter2", "".join(capfd.readouterr()).encode())


def test_generated_values_are_long_and_never_the_same() -> None:
    made = {generated(48)(OCCASION).reveal() for _ in range(50)}
    assert len(made) == 50 and {len(value) for value in made} == {48}


@pytest.mark.parametrize("command", ["", "   ", "'unclosed", "a\0b"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(ShipwayError, match="is no command"):
        from_program(command)


class Workspace(BaseHTTPRequestHandler):
    """Databricks' secrets API, as far as a rotation meets it; it quotes what it was sent, which is the worst case."""

    put: ClassVar[list[dict[str, str]]] = []
    refuse: ClassVar[bool] = False

    def do_GET(self) -> None:
        if "scope=gone" in self.path:
            self._answer(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such scope"})
        else:
            self._answer(200, {"secrets": [{"key": "key", "last_updated_timestamp": 1000 + len(self.put)}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.refuse:
            self._answer(403, {"error_code": "PERMISSION_DENIED", "message": f"you may not write {body}"})
            return
        self.put.append(body)
        self._answer(200, {})

    def _answer(self, code: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Workspace.put.clear()
    Workspace.refuse = False
    server = HTTPServer(("127.0.0.1", 0), Workspace)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("DATABRICKS_TOKEN", "not-a-token")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", os.devnull)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("value", ["grüße-hunter2-hunter2".encode(), b"\xff\xfe-hunter2-hunter2"])
def test_the_real_client_writes_it_and_even_its_debug_log_has_none(
    host: str, value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = connect(host)
    before = store.updated("scope")
    store.put("scope", "key", SecretValue(value))
    assert before != store.updated("scope")
    assert store.updated("gone") is None
    sent = Workspace.put[0]
    given = sent["string_value"].encode() if "string_value" in sent else base64.b64decode(sent["bytes_value"])
    assert (sent["scope"], sent["key"], given) == ("scope", "key", value)
    Workspace.refuse = True
    with pytest.raises(ToolFailed, match="PermissionDenied") as caught:
        store.put("scope", "key", SecretValue(value))
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert_nowhere(value, caplog.text.encode(), "".join(traceback.format_exception(caught.value)).encode())


def run(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "shipway", "secrets", *arguments]
    return subprocess.run(command, cwd=root, input=given, capture_output=True)


@pytest.fixture
def deployed(project: Path) -> Path:
    """A project whose dev workspace has the scope."""
    Store(Home(project).workspaces).create(
        "halyard-dev.cloud.databricks.com",
        "databricks_secret_scope",
        "claims-triage-dev",
        {"name": "claims-triage-dev"},
        Maker("dev-landing-zone", "x"),
    )
    return project


ROTATE = ("rotate", "claims-triage", "--env", "dev")
VALUE = b"s3cr\xc3\xa9t-%s-'quoted'-\"and\"-more"


def test_no_process_has_it_in_its_arguments_or_environment(deployed: Path, tmp_path: Path) -> None:
    spy = tmp_path / "spy.py"
    seen = tmp_path / "seen"
    # Runs as a step of the rotation, while the value is in memory and on its standard input.
    spy.write_text(
        "import os, pathlib\n"
        "found = b''\n"
        "for process in os.listdir('/proc') if os.path.isdir('/proc') else ():\n"
        "    for name in ('cmdline', 'environ', 'comm'):\n"
        "        try: found += pathlib.Path('/proc', process, name).read_bytes()\n"
        "        except OSError: pass\n"
        f"pathlib.Path({str(seen)!r}).write_bytes(found)\n"
    )
    spying = f"{sys.executable} {spy}"
    done = run(deployed, *ROTATE, "claims-desk-token", "--stdin", "--try", spying, given=VALUE + b"\n")
    assert done.returncode == 0, done.stderr
    if sys.platform == "linux":
        assert b"claims-desk-token" in seen.read_bytes()
        assert_nowhere(VALUE, seen.read_bytes())
    assert SandboxSecrets(Home(deployed), "https://halyard-dev.cloud.databricks.com").holds(
        "claims-triage-dev", "claims-desk-token", VALUE
    )
    assert_nowhere(VALUE, done.stdout, done.stderr, *files(deployed / ".shipway"))


@pytest.mark.parametrize("step", ["command", "try", "verify", "revoke"])
def test_killed_in_a_step_the_same_command_goes_on(deployed: Path, step: str) -> None:
    steps = {"command": f"printf {'v' * 20}", "try": "true", "verify": "true", "revoke": "true"}
    options = [part for name, command in steps.items() for part in (f"--{name}", command)]
    kill = [
        part
        for name, command in steps.items()
        for part in (f"--{name}", "sh -c 'kill -9 $PPID'" if name == step else command)
    ]
    assert run(deployed, *ROTATE, *kill).returncode == -9
    assert b"rotation not through" in run(deployed, "status", "--env", "dev").stdout
    done = run(deployed, *ROTATE, *options)
    assert (done.returncode, b"going on with rotation" in done.stdout) == (0, True), done.stderr
    assert run(deployed, "status", "--env", "dev").returncode == 0


def test_of_two_at_once_one_wins_and_the_other_is_told(deployed: Path, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    # The first waits in its step until the second was told.
    first = subprocess.Popen(
        [sys.executable, "-m", "shipway", "secrets", *ROTATE, "--generate", "--try", f"cat {go}"],
        cwd=deployed,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    for line in first.stdout:
        if "try" in line:
            break
    second = run(deployed, *ROTATE, "--generate")
    go.write_text("")
    assert first.wait() == 0
    first.stdout.close()
    assert second.returncode == 1
    assert b"being rotated by another process" in second.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((*ROTATE,), "say where the new value comes from"),
        ((*ROTATE, "--generate", "--stdin"), "one of --command, --generate and --stdin"),
        (("rotate", "claims-traige", "--env", "dev", "--generate"), "did you mean 'claims-triage'?"),
        ((*ROTATE, "claims-desk-tokn", "--generate"), "did you mean 'claims-desk-token'?"),
        (("rotate", "claims-triage", "--env", "dve", "--generate"), "did you mean 'dev'?"),
        ((*ROTATE, "claims-desk-token", "--stdin"), "the new value is empty"),
        (("rotate", "claims-triage", "--env", "prod", "--generate"), "has no secret scope"),
        (("status", "--env", "nope"), "no environment"),
    ],
)
def test_what_cannot_be_done_is_said(deployed: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(deployed, *arguments)
    assert done.returncode == 1
    assert says in done.stderr.decode()


def test_explaining_does_nothing(deployed: Path) -> None:
    done = run(deployed, *ROTATE, "--generate", "--revoke", "false", "--explain")
    assert b"3. revoke: take the old value out of service" in done.stdout
    assert not (deployed / ".shipway" / "sandbox" / "records").exists()
    assert b"no rotation to give up" in run(deployed, *ROTATE, "--abandon").stdout
