"""`shipway rules` as people meet it, and the pages that say the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.catalogue import Catalogue, read_catalogue
from shipway.scan.reference import pages
from shipway.scan.rules import Severity
from shipway.scan.scanner import ScanError

ROOT = Path(__file__).parents[2]
PATH = "prod-landing-zone/catalogs/claims/catalog"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The project's own."""
    return read_catalogue(ROOT / "policies")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project with one synthesized catalog, which is open."""
    copy = tmp_path / "project"
    for name in ("environments", "bundles", "releases", "policies"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cdktf.json", copy)
    folder = copy / "cdktf.out" / "stacks" / "prod-landing-zone"
    folder.mkdir(parents=True)
    catalog = {"name": "claims_prod", "isolation_mode": "OPEN\x1b[2J", "//": {"metadata": {"path": PATH}}}
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": {"databricks_catalog": {"claims": catalog}}}))
    entry = {"prod-landing-zone": {"synthesizedStackPath": "stacks/prod-landing-zone/cdk.tf.json"}}
    (copy / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": entry}))
    return copy


def _rules(place: Path, *args: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "shipway", "rules", *args]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def test_pages_are_current(catalogue: Catalogue) -> None:
    folder = ROOT / "docs" / "rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == pages(catalogue), "run `python -m shipway.scan.reference`"


def test_every_link_of_the_pages_leads_somewhere(catalogue: Catalogue) -> None:
    import re

    found = pages(catalogue)
    for name, text in found.items():
        for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", text):
            assert (ROOT / "docs" / "rules" / target).resolve().exists(), (name, target)
            assert not anchor or f'<a id="{anchor}">' in found[target], (name, anchor)


def test_the_list_has_every_rule_of_both_kinds(catalogue: Catalogue) -> None:
    files = {path.name[:4].rstrip("_").upper() for path in ROOT.glob("policies/**/r*.py")}
    assert {entry.id for entry in catalogue.entries} == files
    assert catalogue.get("r40").judges == ("plan",)
    assert set(catalogue.get("SHIPWAY_R02").judges) == {"resource", "plan"}


def test_types_are_those_that_checkov_asks_the_rules_about(catalogue: Catalogue) -> None:
    # Every type that a rule judges in its anti-pattern is one that the list finds it by.
    from shipway.scan.receipt import CANARY, canaries
    from shipway.scan.rules import read_rules

    rules = read_rules(ROOT / "policies")
    asked = canaries(rules)
    scan = Checkov().scan(asked.stacks, ROOT / "policies", asked.projects)
    said = {stack.name: stack.results for stack in scan.stacks}
    said |= {name: tuple(r for found in stacks.values() for r in found) for name, stacks in scan.projects.items()}
    for rule in rules.rules:
        judged = {r.address.partition(".")[0] for r in said[f"{CANARY}{rule.id}"] if r.rule == rule.id}
        assert judged and judged <= set(catalogue.get(rule.id).kinds), rule.id


def test_filters(catalogue: Catalogue) -> None:
    assert {entry.severity for entry in catalogue.chosen(Severity.CRITICAL)} == {Severity.CRITICAL}
    assert "R39" in {entry.id for entry in catalogue.chosen(kind="databricks_catalog")}
    assert "R39" not in {entry.id for entry in catalogue.chosen(kind="databricks_secret_scope")}
    assert {entry.id for entry in catalogue.chosen(framework="cis-azure")} >= {"R09", "R10"}
    assert [entry.id for entry in catalogue.chosen(kind="provider")] == ["R66"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("list", "--framework", "soc3"), "did you mean 'soc2'"),
        (("list", "--type", "databricks_catalg"), "did you mean 'databricks_catalog'"),
        (("show", "R99"), "there is no rule 'R99'"),
        (("coverage", "cis"), "there is no framework 'cis'"),
        (("list", "--severity", "bad"), "is not one of"),
        (("explain", "../etc"), "there is nothing called '../etc'"),
        (("explain", "R39", "--out", "elsewhere"), "run `shipway synth` first"),
    ],
)
def test_what_cannot_be_done_exits_1(place: Path, args: tuple[str, ...], says: str) -> None:
    done = _rules(place, *args)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("list",), "R44   HIGH"),
        (("list", "--framework", "soc2"), "[CC6.1*]"),
        (("show", "r44"), "Anti-pattern"),
        (("coverage", "cis-azure"), "8 of 11 controls"),
    ],
)
def test_reading_rules_does_not_import_checkov(place: Path, args: tuple[str, ...], says: str) -> None:
    done = _rules(place, *args, options=("-X", "importtime"))
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
    assert "checkov" not in done.stderr


def test_json(place: Path) -> None:
    listed = json.loads(_rules(place, "list", "--json", "--type", "databricks_secret").stdout)
    assert [rule["id"] for rule in listed] == ["R53"]
    assert (ROOT / listed[0]["page"]).is_file()
    assert {control["claim"] for control in listed[0]["controls"]} <= {"source", "reading"}
    (framework,) = json.loads(_rules(place, "coverage", "cis-azure", "--json").stdout)
    assert framework["controls"]["2.1.9"]["uncovered"]


@pytest.mark.parametrize(
    "target",
    [
        "R39",
        "shipway_r39",
        "databricks_catalog.claims",
        PATH,
        "prod-landing-zone/catalogs",
        "prod-landing-zone",
        "environments/prod.yaml",
    ],
)
def test_explain_shows_the_line_the_reason_and_what_to_write(place: Path, target: str) -> None:
    done = _rules(place, "explain", target)
    lines = (place / "environments" / "prod.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("  claims:", lines.index("catalogs:")) + 1
    assert done.returncode == 2, done.stderr
    assert f"environments/prod.yaml:{line}:3" in done.stdout
    assert f"> {line:>4} |   claims:" in done.stdout
    assert "isolation_mode: got 'OPEN" in done.stdout
    assert "isolation_mode: ISOLATED" in done.stdout
    assert "- {rule: R39, owner: <group>" in done.stdout
    assert "\x1b" not in done.stdout


def test_explain_of_a_line_and_of_what_is_good(place: Path) -> None:
    lines = (place / "environments" / "prod.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("  claims:", lines.index("catalogs:")) + 1
    assert _rules(place, "explain", f"environments/prod.yaml:{line}").returncode == 2
    done = _rules(place, "explain", "R06")
    assert (done.returncode, done.stdout) == (0, "No rule has anything against R06.\n")


@pytest.mark.parametrize(
    ("rule", "refuses"), [("R02", "status: DISABLED"), ("R40", "[forget]"), ("R68", "after_unknown")]
)
def test_explain_says_what_a_rule_on_plans_refuses(place: Path, rule: str, refuses: str) -> None:
    done = _rules(place, "explain", rule)
    # The stacks of this place may break a rule that judges both.
    assert done.returncode in (0, 2), done.stderr
    assert f"{rule} on plans: " in done.stdout
    assert refuses in done.stdout.partition("as fragments of a plan")[2]
    assert "`shipway plan` says" in done.stdout
    assert f"{{rule: {rule}, owner: <group>" in done.stdout
    assert "on plans" not in _rules(place, "explain", "R06").stdout


def _with_controls(tmp_path: Path, text: str) -> Path:
    policies = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", policies, ignore=shutil.ignore_patterns("__pycache__"))
    (policies / "controls" / "mine.yaml").write_text(text, encoding="utf-8")
    return policies


HEAD = "title: Mine\nversion: '1'\nsource: Mine\nlimits: None at all\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "is not YAML"),
        ("", "mine.yaml"),
        (HEAD, "controls: Field required"),
        (HEAD + "controls: {}", "at least 1"),
        (HEAD + "controls: {A: {title: Abc, reading: [R99]}}", "names the rule R99"),
        (HEAD + "controls: {A: {title: Abc, reading: [x]}}", "pattern"),
        (HEAD + "controls: {A: {title: Abc}}", "wanted rules"),
        (HEAD + "controls: {A: {title: Abc, reading: [R01], uncovered: no}}", "A"),
        (HEAD + "controls: {A: {title: Abc, reading: [R01], uncovered: why}}", "not both"),
        (HEAD + "controls: {A: {title: Abc, reading: [R01], source: [R01]}}", "twice"),
        (HEAD + "controls: {A: {title: Abc, readings: [R01]}}", "Extra inputs"),
        (HEAD + "controls: {1.1: {title: Abc, reading: [R01]}}", "string"),
    ],
)
def test_a_mapping_that_is_not_right_is_an_error(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ScanError) as error:
        read_catalogue(_with_controls(tmp_path, text))
    assert says in str(error.value)


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    text = HEAD + "controls: {A.1: {title: Abc, reading: [R01]}, A.2: {title: Def, uncovered: by hand}}"
    found = read_catalogue(_with_controls(tmp_path, text))
    assert list(found.framework("mine").uncovered) == ["A.2"]
    assert any(control.framework == "mine" for control in found.get("R01").controls)


def test_every_rule_speaks_to_a_control(catalogue: Catalogue) -> None:
    silent = [entry.id for entry in catalogue.entries if not entry.controls]
    assert silent == [], "say in policies/controls/*.yaml what they speak to"


def test_what_is_only_our_reading_says_so(catalogue: Catalogue) -> None:
    # None of these names a setting of Databricks.
    for name in ("soc2", "iso27001", "nist-ai-rmf", "sr-26-2"):
        framework = catalogue.framework(name)
        assert "our own reading" in framework.limits
        claimed: list[Any] = [control for control in framework.controls.values() if control.source]
        assert claimed == []
