"""Acceleration changes nothing but time: the same bytes, the same errors, the same words on the terminal."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from binding._start import kernel_program

# Every way a value reaches jsii: structs, dicts in their place, None, tokens, functions, overrides, Python called back.
WIDE_APP = """
import jsii
from binding import App, Aspects, Construct, Fn, IAspect, TerraformOutput, TerraformStack, TerraformVariable, Token
from binding import TerraformResourceLifecycle, databricks

@jsii.implements(IAspect)
class Tag:
    def visit(self, node):
        if isinstance(node, databricks.Job):
            node.add_override("tags.seen_by", "aspect äöü €")

class Team(Construct):
    def __init__(self, scope, id_, *, name):
        super().__init__(scope, id_)
        self.group = databricks.Group(self, "group", display_name=name, allow_cluster_create=False, external_id=None)
        self.schema = databricks.Schema(
            self, "schema", catalog_name="main", name=Fn.lower(name), comment="", properties={"a.b": "c", "": "empty"},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["comment"]),
        )
        databricks.Grants(self, "grants", schema=self.schema.id, grant=[
            databricks.GrantsGrant(principal=self.group.display_name, privileges=["USE_SCHEMA", "SELECT"]),
            {"principal": "browsers", "privileges": []},
        ])

app = App()
for name in ("alpha", "beta"):
    stack = TerraformStack(app, name)
    databricks.DatabricksProvider(stack, "databricks", host="https://example.cloud.databricks.com", rate_limit=500)
    team = Team(stack, "team", name=name.title())
    count = TerraformVariable(stack, "count", type="number", default=3)
    job = databricks.Job(
        stack, "job", name=f"{name}-ünïcode-\\u2028-\\"quoted\\"",
        max_concurrent_runs=Token.as_number(count.number_value),
        task=[
            databricks.JobTask(task_key="first", notebook_task=databricks.JobTaskNotebookTask(notebook_path="/a")),
            databricks.JobTask(task_key="then", depends_on=[{"taskKey": "first"}], timeout_seconds=0, max_retries=None,
                               spark_python_task={"python_file": "x.py", "parameters": ["--n", "1"]}),
        ],
        parameter=[databricks.JobParameter(name="empty", default="")], tags={}, timeout_seconds=0, depends_on=[team],
    )
    job.add_override("continuous.pause_status", "PAUSED")
    databricks.Permissions(stack, "permissions", job_id=job.id, access_control=[
        databricks.PermissionsAccessControl(permission_level="CAN_VIEW", group_name=team.group.display_name)])
    TerraformOutput(stack, "first", value=job.task.get(0).task_key, sensitive=True)
    TerraformOutput(stack, "list", value=[job.id, Fn.join("-", ["a", job.name])])
    Aspects.of(stack).add(Tag())
app.synth()
"""

FAST = ("-O",)


def run_app(
    folder: Path, app: str, *flags: str, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run an app in that folder, whatever this process's environment says of jsii."""
    (folder / "app.py").write_text(app, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JSII_", "NODE_"))}
    return subprocess.run(
        [sys.executable, *flags, "app.py"],
        cwd=folder,
        env=inherited | (environ or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def synthesized(
    folder: Path, app: str, *flags: str, environ: dict[str, str] | None = None
) -> tuple[dict[str, bytes], str]:
    """What an app wrote, by path, and what it printed."""
    shutil.rmtree(folder / "cdktf.out", ignore_errors=True)
    done = run_app(folder, app, *flags, environ=environ)
    assert done.returncode == 0, done.stderr
    out = folder / "cdktf.out"
    written = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.json"))}
    assert written
    return written, done.stdout + done.stderr


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a plain run: jsii as it comes, but with its cache in a folder of ours and not in the user's."""
    return {"SHIPWAY_PLAIN": "1", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path_factory.mktemp("jsii-cache"))}


@pytest.mark.slow
class TestSameOutput:
    def test_of_a_wide_app(self, tmp_path: Path, plain: dict[str, str]) -> None:
        expected, _ = synthesized(tmp_path, WIDE_APP, environ=plain)
        assert sorted(expected) == ["manifest.json", "stacks/alpha/cdk.tf.json", "stacks/beta/cdk.tf.json"]
        assert "aspect äöü €".encode() in expected["stacks/alpha/cdk.tf.json"]
        assert synthesized(tmp_path, WIDE_APP, *FAST) == (expected, "")
        assert synthesized(tmp_path, WIDE_APP) == (expected, "")

    def test_of_a_wide_app_on_jsiis_own_two_processes(self, tmp_path: Path, plain: dict[str, str]) -> None:
        """What runs on Windows, and after an upgrade of jsii that kernel.cjs does not know."""
        program = kernel_program()
        assert program is not None
        for name in ("bin__jsii-runtime.js", "lib__program.js", "lib__runtime-index-worker.js"):
            to = tmp_path / name.replace("__", "/")
            to.parent.mkdir(exist_ok=True)
            shutil.copy(program.parent / name, to)
        own_runtime = {"JSII_RUNTIME": str(tmp_path / "bin" / "jsii-runtime.js")}
        expected, _ = synthesized(tmp_path, WIDE_APP, environ=plain)
        assert synthesized(tmp_path, WIDE_APP, *FAST, environ=own_runtime)[0] == expected

    def test_of_this_project(self, project: Path, plain: dict[str, str]) -> None:
        main = (project / "main.py").read_text(encoding="utf-8")
        expected, _ = synthesized(project, main, environ=plain)
        assert len(expected) > 3
        assert synthesized(project, main, *FAST)[0] == expected

    def test_through_the_maintained_fork(self, tmp_path: Path) -> None:
        """docs/adr/0002: the same stacks, but for the versions that each names."""
        if importlib.util.find_spec("cdktn_provider_databricks") is None:
            pytest.skip("cdktn is not installed: it wants an older `constructs` than the lock has (docs/adr/0002)")
        expected, _ = synthesized(tmp_path, WIDE_APP, *FAST)
        fork, _ = synthesized(tmp_path, WIDE_APP, *FAST, environ={"SHIPWAY_BINDING": "cdktn"})
        for name in expected.keys() - {"manifest.json"}:
            ours, theirs = json.loads(expected[name]), json.loads(fork[name])
            for stack in (ours, theirs):
                del stack["//"]["metadata"]["version"]
                del stack["terraform"]["required_providers"]["databricks"]["version"]
            assert ours == theirs


@pytest.mark.slow
class TestSameErrors:
    @pytest.mark.parametrize(
        ("mistake", "said"),
        [
            ("TerraformStack(app, 'a b')", "whitespace"),
            ("stack = TerraformStack(app, 'a'); Construct(stack, 'x'); Construct(stack, 'x')", "name 'x'"),
            ("databricks.Schema(TerraformStack(app, 'a'), 's', catalog_name=None, name='n')", "catalogName"),
            ("databricks.Job(TerraformStack(app, 'a'), 'j', task=[databricks.JobTask(task_key=None)])", "taskKey"),
        ],
    )
    def test_said_by_javascript(self, tmp_path: Path, plain: dict[str, str], mistake: str, said: str) -> None:
        app = f"from binding import App, Construct, TerraformStack, databricks\napp = App()\n{mistake}\napp.synth()\n"
        # -O in both: without it the generated checks answer before JavaScript does.
        for done in (run_app(tmp_path, app, "-O", environ=plain), run_app(tmp_path, app, "-O")):
            assert done.returncode == 1
            assert "RuntimeError" in done.stderr
            assert said in done.stderr


@pytest.mark.slow
class TestKernelProcess:
    def test_what_javascript_prints_is_seen(self, tmp_path: Path) -> None:
        """Also more of it than a pipe holds, and never in the channel to Python."""
        talker = tmp_path / "talker.cjs"
        talker.write_text(
            "setImmediate(() => { console.log('said out'); console.error('said aside'); });"
            "process.on('exit', () => console.log('x'.repeat(300000)));",
            encoding="utf-8",
        )
        done = run_app(tmp_path, WIDE_APP, *FAST, environ={"NODE_OPTIONS": f"--require {talker}"})
        assert done.returncode == 0
        assert done.stdout.split() == ["said", "out", "x" * 300000]
        assert done.stderr == "said aside\n"

    def test_a_broken_code_cache_is_written_anew(self, tmp_path: Path) -> None:
        cache = tmp_path / "code"
        environ = {"SHIPWAY_CODE_CACHE": str(cache)}
        expected, _ = synthesized(tmp_path, WIDE_APP, *FAST, environ=environ)
        [blob] = cache.iterdir()
        whole = blob.read_bytes()
        middle = len(whole) // 2
        for broken in (b"", whole[:1000], whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]):
            blob.write_bytes(broken)
            assert synthesized(tmp_path, WIDE_APP, *FAST, environ=environ)[0] == expected
            assert blob.stat().st_size > len(whole) // 2
        assert list(cache.iterdir()) == [blob]

    def test_a_whole_code_cache_is_not_written_again(self, tmp_path: Path) -> None:
        environ = {"SHIPWAY_CODE_CACHE": str(tmp_path / "code")}
        synthesized(tmp_path, WIDE_APP, *FAST, environ=environ)
        [blob] = (tmp_path / "code").iterdir()
        before = blob.stat().st_ino
        synthesized(tmp_path, WIDE_APP, *FAST, environ=environ)
        assert blob.stat().st_ino == before

    def test_a_code_cache_that_cannot_be_written_is_done_without(self, tmp_path: Path) -> None:
        (tmp_path / "code").write_text("a file where the folder should be", encoding="utf-8")
        synthesized(tmp_path, WIDE_APP, *FAST, environ={"SHIPWAY_CODE_CACHE": str(tmp_path / "code")})

    @pytest.mark.skipif(sys.platform != "linux", reason="finds the child through /proc")
    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_node_ends_with_its_python(self, tmp_path: Path, how: signal.Signals) -> None:
        app = (
            # Whoever runs the tests in the background has SIGINT ignored, and children inherit that.
            "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from binding import App\nApp(); print('ready', flush=True); time.sleep(60)\n"
        )
        (tmp_path / "app.py").write_text(app, encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, "-O", "app.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as python:
            assert python.stdout is not None
            assert python.stdout.readline() == "ready\n"
            [node] = children(python.pid)
            python.send_signal(how)
            python.wait(timeout=30)
        assert ends(node)

    @pytest.mark.skipif(sys.platform != "linux", reason="finds the child through /proc")
    def test_a_killed_node_is_an_error_and_not_a_hang(self, tmp_path: Path) -> None:
        app = (
            "import os, signal\nfrom binding import App, TerraformStack\napp = App()\n"
            "[node] = open(f'/proc/self/task/{os.getpid()}/children').read().split()\n"
            "os.kill(int(node), signal.SIGKILL)\nTerraformStack(app, 'a')\n"
        )
        assert run_app(tmp_path, app, *FAST).returncode != 0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def ends(pid: int) -> bool:
    """Whether that process is gone, or only waits to be collected, within half a minute."""
    for _ in range(300):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
