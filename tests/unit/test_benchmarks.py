"""The benchmarks measure what they say: everything a command starts, the same bytes, each variant in turn."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import projects, report
from benchmarks.measure import CommandFailed, measure
from benchmarks.suite import OutputDiffers, Suite, Variant, run
from shipway.models.source import MAX_BYTES

WRITE = "import pathlib, sys; p = pathlib.Path('{out}'); p.mkdir(); (p / 'a.json').write_text('{text}')"


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def writer(name: str, folder: Path, text: str) -> Variant:
    out = folder / name
    return Variant(name, python(WRITE.format(out=out, text=text)), folder, dict(os.environ), out)


def nothing(_: str) -> None:
    """Say nothing."""


class TestMeasure:
    def test_a_childs_processor_time_counts(self, tmp_path: Path) -> None:
        busy = "sum(i * i for i in range(3_000_000))"
        alone = measure(python(busy), cwd=tmp_path, env=os.environ)
        idle = measure(python("pass"), cwd=tmp_path, env=os.environ)
        child = measure(
            python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"),
            cwd=tmp_path,
            env=os.environ,
        )
        assert child.cpu - idle.cpu > (alone.cpu - idle.cpu) / 2

    @pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="sums a tree's memory through /proc")
    def test_memory_is_the_sum_of_the_tree(self, tmp_path: Path) -> None:
        hold = "x = bytearray(80_000_000); import time; time.sleep(0.5)"
        two = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}; p.wait()"
        assert 80_000_000 < measure(python(hold), cwd=tmp_path, env=os.environ).peak < 150_000_000
        assert measure(python(two), cwd=tmp_path, env=os.environ).peak > 160_000_000

    def test_a_failure_is_no_measurement(self, tmp_path: Path) -> None:
        with pytest.raises(CommandFailed, match="what went wrong"):
            measure(python("import sys; sys.exit('what went wrong')"), cwd=tmp_path, env=os.environ)

    def test_an_exit_code_that_is_expected_counts(self, tmp_path: Path) -> None:
        assert measure(python("raise SystemExit(2)"), cwd=tmp_path, env=os.environ, succeeds=(0, 2)).wall > 0


class TestSuite:
    def test_equal_output_is_said_to_be(self, tmp_path: Path) -> None:
        result = run(Suite("k", "t", (writer("a", tmp_path, "1"), writer("b", tmp_path, "1")), 2), nothing)
        assert result.compared == 2
        assert [row.name for row in result.rows] == ["a", "b"]
        assert result.rows[0].times_faster == 1

    def test_one_other_byte_ends_the_run(self, tmp_path: Path) -> None:
        with pytest.raises(OutputDiffers, match="b wrote other bytes than a"):
            run(Suite("k", "t", (writer("a", tmp_path, "1"), writer("b", tmp_path, "2")), 1), nothing)

    def test_each_round_begins_with_another_variant(self, tmp_path: Path) -> None:
        order: list[str] = []

        def variant(name: str) -> Variant:
            return Variant(name, python("pass"), tmp_path, dict(os.environ), prepare=lambda: order.append(name))

        run(Suite("k", "t", tuple(map(variant, "abc")), 3), nothing)
        assert "".join(order) == "abcbcacab"


class TestReport:
    def test_says_what_was_compared_and_the_ratio(self, tmp_path: Path) -> None:
        result = run(
            Suite("k", "The title", (writer("a", tmp_path, "1"), writer("b", tmp_path, "1")), 1, "A note."), nothing
        )
        text = report.as_markdown([result], "## Notes\n\nBy hand.\n")
        assert "## The title" in text
        assert "1 round; output of 2 variants equal to the byte. A note." in text
        assert text.endswith("By hand.\n")
        assert str(tmp_path) not in text
        assert report.from_json(report.as_json([result])) == [result]


class TestProjects:
    def test_a_thousand_schemas_with_twenty_grants_are_a_document(self, tmp_path: Path, root: Path) -> None:
        (tmp_path / "environments").mkdir()
        for name in ("account.yaml", "dev.yaml"):
            shutil.copy(root / "environments" / name, tmp_path / "environments" / name)
        projects.add_schemas(projects.Project(tmp_path, tmp_path / "none"), 1000, 20)
        text = (tmp_path / "environments" / "dev.yaml").read_text(encoding="utf-8")
        assert text.count("{principal: ") == 20_000
        assert len(text) < MAX_BYTES
