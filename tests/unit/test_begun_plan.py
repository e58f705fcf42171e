"""A plan that was begun early: given once, to who wants that very stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shipway.deploy.begun import Begun
from shipway.deploy.runner import SavedPlan
from shipway.errors import ToolFailed
from shipway.outside.terraform import FakeTerraform


@dataclass
class Counting(FakeTerraform):
    """Counts what it plans and shows, and says what stack it was."""

    planned: list[bytes] = field(default_factory=list)
    shown: int = 0

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        self.planned.append((folder / "cdk.tf.json").read_bytes())
        return super().plan(folder, file, refresh=refresh, ready=ready)

    def show(self, folder: Path, file: Path) -> bytes:
        self.shown += 1
        return super().show(folder, file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stack = tmp_path / "dev-x"
    stack.mkdir()
    (stack / "cdk.tf.json").write_bytes(b"the way back")
    return stack


def test_who_wants_that_stack_gets_the_plan_that_was_begun(folder: Path, tmp_path: Path) -> None:
    terraform, file = Counting({"dev-x": b"plan"}), tmp_path / "x.tfplan"
    begun = Begun(terraform, folder, file)
    assert begun.plan(folder, file).changes
    assert begun.show(folder, file) == b"plan"
    assert (terraform.planned, terraform.shown) == ([b"the way back"], 1)


def test_it_is_given_once(folder: Path, tmp_path: Path) -> None:
    terraform, file = Counting({"dev-x": b"plan"}), tmp_path / "x.tfplan"
    begun = Begun(terraform, folder, file)
    begun.plan(folder, file)
    terraform.plans = {"dev-x": b"what is left after the apply"}
    begun.plan(folder, file)
    assert begun.show(folder, file) == b"what is left after the apply"
    assert len(terraform.planned) == 2


def test_another_stack_is_planned_anew(folder: Path, tmp_path: Path) -> None:
    terraform, file = Counting({"dev-x": b"plan"}), tmp_path / "x.tfplan"
    begun = Begun(terraform, folder, file)
    begun.state(folder)  # it has ended
    (folder / "cdk.tf.json").write_bytes(b"another")
    begun.plan(folder, file)
    assert terraform.planned == [b"the way back", b"another"]


def test_one_that_failed_is_planned_anew_and_then_says_why(folder: Path, tmp_path: Path) -> None:
    terraform, file = Counting({}, failing={"dev-x": "no such principal"}), tmp_path / "x.tfplan"
    with pytest.raises(ToolFailed, match="no such principal"):
        Begun(terraform, folder, file).plan(folder, file)
    assert len(terraform.planned) == 2


def test_without_a_stack_nothing_is_begun(tmp_path: Path) -> None:
    terraform, file = Counting({}), tmp_path / "x.tfplan"
    begun = Begun(terraform, tmp_path / "none", file)
    begun.state(tmp_path)
    assert terraform.planned == []
