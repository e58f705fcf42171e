"""Manifests of a pull request are data: whatever else they try to be is refused before anything reads them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipway.intake.manifests import BadManifest, copy_manifests

LINES = [("prod", "triage"), ("prod", "letters"), ("test", "triage")]
GOOD = b"active: blue\nslots: {blue: {version: 1.0.0}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for environment in ("prod", "test"):
        (tmp_path / "theirs" / environment).mkdir(parents=True)
    return tmp_path / "theirs"


def taken(folder: Path) -> dict[str, bytes]:
    target = copy_manifests(folder, LINES, folder.parent / "taken")
    return {str(path.relative_to(target)): path.read_bytes() for path in sorted(target.rglob("*")) if path.is_file()}


def test_what_is_declared_is_copied_and_nothing_else(folder: Path) -> None:
    (folder / "prod" / "triage.yaml").write_bytes(GOOD)
    (folder / "prod" / "other.yaml").write_bytes(GOOD)
    (folder / "prod" / "triage.py").write_bytes(b"raise SystemExit")
    (folder / "sitecustomize.py").write_bytes(b"raise SystemExit")
    assert taken(folder) == {"prod/triage.yaml": GOOD}
    # What an earlier run took is gone.
    (folder / "prod" / "triage.yaml").unlink()
    assert taken(folder) == {}


BAD = {
    "an alias": (b"a: &a [x]\nb: [*a, *a]\n", "an anchor or an alias"),
    "a tag": (b"active: !!python/object/apply:os.system [true]\n", "a tag"),
    "no YAML": (b"active: [blue", "while parsing"),
    "no text": (b"\xff\xfe\x00\x01\x02", ""),
    "very long": (b"# " + b"x" * 20_000, "20002 bytes"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_manifest_is_refused(folder: Path, what: str) -> None:
    content, said = BAD[what]
    (folder / "prod" / "triage.yaml").write_bytes(content)
    (folder / "prod" / "letters.yaml").write_bytes(GOOD)
    with pytest.raises(BadManifest) as refused:
        taken(folder)
    assert f"releases/prod/triage.yaml: {said}" in refused.value.message
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("where", ["file", "folder", "nowhere"])
def test_no_link_is_followed(folder: Path, where: str) -> None:
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "triage.yaml").write_bytes(GOOD)
    if where == "folder":
        (folder / "prod").rmdir()
        (folder / "prod").symlink_to(secret)
    else:
        target = secret / "triage.yaml" if where == "file" else secret / "gone"
        (folder / "prod" / "triage.yaml").symlink_to(target)
    with pytest.raises(BadManifest, match="a link leads to it"):
        taken(folder)


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "prod" / "triage.yaml")
    with pytest.raises(BadManifest, match="no regular file"):
        taken(folder)
