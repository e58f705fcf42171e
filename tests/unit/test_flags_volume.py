"""A flags file in a workspace: two writers who cannot see each other, and what the API answers."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from databricks.sdk.errors.platform import AlreadyExists, NotFound, PermissionDenied
from databricks.sdk.service.files import DownloadResponse

from shipway.errors import ShipwayError, ToolFailed
from shipway.flags.change import begin, kill, look, set_feature
from shipway.flags.file import LARGEST, Line, parse
from shipway.flags.store import FakeStore, Unreachable
from shipway.outside.flags import FakeFiles, VolumeStore, _WorkspaceFiles

PATH = "/Volumes/claims_prod/triage/claims_triage_releases/flags.json"
LINE = Line("prod", "claims-triage")
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def store(files: FakeFiles) -> VolumeStore:
    return VolumeStore(PATH, files, sleep=lambda seconds: None, clock=lambda: 0.0)


def test_a_kill_in_a_workspace() -> None:
    files = FakeFiles()
    assert begin(store(files), LINE, "ana", NOW)
    assert not begin(store(files), LINE, "ana", NOW)
    kill(store(files), LINE, "route", "wrong desk", "ben", NOW)
    assert set(parse(files.contents[PATH]).killed) == {"route"}
    files.assert_written(2)


def _other(files: FakeFiles, seen: bytes) -> bytes:
    """What another writer writes who looked when `seen` was there."""
    there = FakeStore(seen)
    set_feature(there, LINE, "short-prompt", 25, "trial", "cleo", NOW)
    return there.content or b""


def test_what_another_writer_wrote_before_us_is_not_lost_twice() -> None:
    """Between our look and our write: ours is in force, and they see theirs written over and write again."""
    files = FakeFiles()
    begin(store(files), LINE, "ana", NOW)
    seen = files.contents[PATH]
    files.meanwhile = [lambda there: there.contents.update({PATH: _other(there, seen)})]
    kill(store(files), LINE, "route", "wrong desk", "ben", NOW)
    assert set(parse(files.contents[PATH]).killed) == {"route"}
    # The other one, after its own wait, finds something else and does it again on top.
    set_feature(store(files), LINE, "short-prompt", 25, "trial", "cleo", NOW)
    file = parse(files.contents[PATH])
    assert (set(file.killed), set(file.features)) == ({"route"}, {"short-prompt"})


def test_a_kill_that_is_written_over_while_it_settles_is_written_again() -> None:
    files = FakeFiles()
    begin(store(files), LINE, "ana", NOW)
    seen = files.contents[PATH]
    over = [_other(files, seen)]

    def settle(seconds: float) -> None:
        assert seconds > 20, "until a writer that looked before us is through"
        if over:
            files.contents[PATH] = over.pop()

    slow = VolumeStore(PATH, files, sleep=settle, clock=lambda: 0.0)
    kill(slow, LINE, "route", "wrong desk", "ben", NOW)
    file = look(slow, LINE)
    assert file is not None
    assert (set(file.killed), set(file.features)) == ({"route"}, {"short-prompt"})


def test_a_writer_that_was_slow_to_write_looks_again() -> None:
    files, times = FakeFiles(), iter([0.0, 11.0, 0.0, 1.0])
    late = VolumeStore(PATH, files, sleep=lambda seconds: None, clock=lambda: next(times))
    assert not late.replace(b"x", None)
    files.assert_written(0)
    assert late.replace(b"x", None)


def test_two_who_begin_at_once_begin_one_file() -> None:
    files = FakeFiles()
    files.meanwhile = [lambda there: there.contents.update({PATH: _begun()})]
    assert not begin(store(files), LINE, "ana", NOW)
    assert parse(files.contents[PATH]).changes[0].who == "cleo"


def _begun() -> bytes:
    there = FakeStore()
    begin(there, LINE, "cleo", NOW)
    return there.content or b""


def test_a_workspace_that_does_not_answer_changes_nothing() -> None:
    with pytest.raises(Unreachable):
        kill(store(FakeFiles(failing=True)), LINE, "route", "x", "ben", NOW)


def test_what_was_written_and_cannot_be_seen_is_said() -> None:
    files = FakeFiles()

    def settle(seconds: float) -> None:
        files.failing = True

    with pytest.raises(ShipwayError, match="was written, and cannot be read any more"):
        VolumeStore(PATH, files, sleep=settle, clock=lambda: 0.0).replace(b"x", None)


@dataclass
class Api:
    """The SDK's two calls."""

    content: bytes | None = None
    error: Exception | None = None
    uploads: list[tuple[bytes, bool | None]] = field(default_factory=list)

    def download(self, file_path: str) -> DownloadResponse:
        if self.error:
            raise self.error
        if self.content is None:
            raise NotFound("no such file")
        return DownloadResponse(contents=io.BytesIO(self.content))

    def upload(self, file_path: str, contents: io.BytesIO, *, overwrite: bool | None = None) -> None:
        if self.error:
            raise self.error
        self.uploads.append((contents.read(), overwrite))


def test_what_the_sdk_is_asked() -> None:
    api = Api()
    files = _WorkspaceFiles(api)
    assert files.read(PATH) is None
    assert files.write(PATH, b"x", new=True)
    assert files.write(PATH, b"y", new=False)
    assert api.uploads == [(b"x", False), (b"y", True)]
    assert _WorkspaceFiles(Api(b"z" * (LARGEST + 10))).read(PATH) == b"z" * (LARGEST + 1)


def test_what_the_sdk_answers() -> None:
    assert not _WorkspaceFiles(Api(error=AlreadyExists("there"))).write(PATH, b"x", new=True)
    for error in (PermissionDenied("no"), TimeoutError("slow"), ConnectionError("gone")):
        with pytest.raises(Unreachable):
            _WorkspaceFiles(Api(error=error)).read(PATH)
        with pytest.raises(ToolFailed, match="cannot be written"):
            _WorkspaceFiles(Api(error=error)).write(PATH, b"x", new=False)
