"""Files that are only added to: killed, full, torn, replaced, and by several processes at once."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shipway.errors import ShipwayError
from shipway.journal import alone, append_line, opened, read_lines


def test_what_is_added_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "j.jsonl"
    assert read_lines(file) == ()
    append_line(file, b"one")
    append_line(file, b"")
    append_line(file, b"three\r\x0b")
    assert [(line.number, line.data, line.ended) for line in read_lines(file)] == [
        (1, b"one", True),
        (2, b"", True),
        (3, b"three\r\x0b", True),
    ]


def test_after_a_torn_line_the_next_starts_afresh(tmp_path: Path) -> None:
    file = tmp_path / "j"
    file.write_bytes(b"one\ntw")
    assert [(line.data, line.ended) for line in read_lines(file)] == [(b"one", True), (b"tw", False)]
    append_line(file, b"three")
    assert file.read_bytes() == b"one\ntw\nthree\n"


def test_private_is_private(tmp_path: Path) -> None:
    append_line(tmp_path / "home" / "j", b"x", private=True)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home" / "j").stat().st_mode & 0o777 == 0o600


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Stands for a disk with that much room: the system writes what fits and refuses the rest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 3])
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, room: int) -> None:
    file = tmp_path / "j"
    append_line(file, b"x" * 100)
    before = file.read_bytes()
    with largest_file(len(before) + room), pytest.raises(ShipwayError, match=r"disk is full|cannot be written"):
        append_line(file, b"y" * 100)
    assert file.read_bytes() == before
    append_line(file, b"z")
    assert file.read_bytes() == before + b"z\n"


def test_where_no_file_can_be_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ShipwayError, match="cannot be written"):
        append_line(tmp_path / "file" / "j", b"x")
    with pytest.raises(ShipwayError, match="cannot be written: Is a directory"):
        append_line(tmp_path, b"x")


def test_a_file_that_was_replaced_meanwhile_is_opened_anew(tmp_path: Path) -> None:
    """`git checkout` puts a new file in the old one's place; who waited for the old one's lock must not add to it."""
    file = tmp_path / "j"
    append_line(file, b"old")
    code = "import sys; from pathlib import Path; from shipway.journal import append_line\n"
    code += "print(1, flush=True); append_line(Path(sys.argv[1]), b'new')"
    with opened(file):
        child = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE)
        assert child.stdout and child.stdout.readline()
        (tmp_path / "other").write_bytes(b"replaced\n")
        (tmp_path / "other").rename(file)
    assert child.wait() == 0
    assert file.read_bytes() == b"replaced\nnew\n"


def test_one_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "locks" / "it"
    with alone(lock, "it is busy", "wait"):
        with pytest.raises(ShipwayError, match="it is busy") as refused, alone(lock, "it is busy", "wait", wait=0.05):
            pass
        assert refused.value.hint == "wait"
    with alone(lock, "it is busy", "wait"):
        pass


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "it"
    code = "import sys, time; from pathlib import Path; from shipway.journal import alone\n"
    code += "with alone(Path(sys.argv[1]), 'busy', ''): print(1, flush=True); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline()
    with pytest.raises(ShipwayError, match="busy"), alone(lock, "busy", ""):
        pass
    child.kill()
    child.wait()
    with alone(lock, "busy", ""):
        pass
