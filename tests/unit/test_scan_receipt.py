"""A scan whose rules do not load, raise or catch nothing is an error, never a pass."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.report import ScanReport
from shipway.scan.rules import read_rules
from shipway.scan.run import scan
from shipway.scan.scanner import ScanError

STACKS = {"s": b'{"resource": {"databricks_catalog": {"c": {"name": "c"}}}}'}
RULE = "r44_no_all_privileges.py"


@pytest.fixture
def policies(tmp_path: Path, root: Path) -> Path:
    """A copy of the rules to break."""
    copy = tmp_path / "policies"
    shutil.copytree(root / "policies", copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def _scan(policies: Path) -> ScanReport:
    return scan(STACKS, read_rules(policies), Checkov(), today=date(2026, 11, 21), find=lambda path: None)


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_receipt_names_every_rule_with_its_digest(policies: Path) -> None:
    receipt = _scan(policies).receipt
    files = sorted(path.name for path in policies.glob("r*.py"))
    assert [rule.file for rule in receipt.rules] == files
    assert all(rule.caught and len(rule.sha256) == 64 for rule in receipt.rules)


def test_digest_moves_with_any_file(policies: Path) -> None:
    digests = {read_rules(policies).digest}
    for name in (RULE, "_grants.py", "__init__.py"):
        (policies / name).write_bytes((policies / name).read_bytes() + b"\n")
        digests.add(read_rules(policies).digest)
    (policies / "thresholds.yaml").write_text("days: 90\n")
    digests.add(read_rules(policies).digest)
    assert len(digests) == 5


def _no_init(policies: Path) -> None:
    (policies / "__init__.py").unlink()


def _no_rules(policies: Path) -> None:
    for path in policies.glob("r*.py"):
        path.unlink()


def _raises_on_import(policies: Path) -> None:
    _edit(policies / RULE, "RULE = NoAllPrivileges()", "raise RuntimeError('broken on import')")


def _raises_in_check(policies: Path) -> None:
    _edit(policies / RULE, "for grant in grants_of(block):", "for grant in [][0]:")


def _not_python(policies: Path) -> None:
    _edit(policies / RULE, "class NoAllPrivileges(Rule):", "class NoAllPrivileges(Rule:")


def _not_registered(policies: Path) -> None:
    _edit(policies / RULE, "RULE = NoAllPrivileges()", "")


def _registered_twice(policies: Path) -> None:
    _edit(policies / RULE, "RULE = NoAllPrivileges()", "RULE = NoAllPrivileges(), NoAllPrivileges()")


def _two_with_one_id(policies: Path) -> None:
    shutil.copy(policies / RULE, policies / "r44_a_second_one.py")


def _id_of_another(policies: Path) -> None:
    _edit(policies / RULE, '"""R44:', '"""R45:')


def _takes_another_id_at_run_time(policies: Path) -> None:
    _edit(policies / RULE, "RULE = NoAllPrivileges()", "RULE = NoAllPrivileges()\nRULE.id = 'SHIPWAY_R99'")


def _always_passes(policies: Path) -> None:
    _edit(policies / RULE, 'spelled(name) != "ALL_PRIVILEGES"', "True")


def _answers_nonsense(policies: Path) -> None:
    code = "def scan_entity_conf(self, conf, entity_type):\n        return True\n\n    resources = GRANTS"
    _edit(policies / RULE, "resources = GRANTS", code)


def _looks_elsewhere(policies: Path) -> None:
    _edit(policies / RULE, "resources = GRANTS", 'resources = ("databricks_other",)')


def _no_anti_pattern(policies: Path) -> None:
    _edit(policies / RULE, "Anti-pattern\n", "Sources\n")


def _example_is_not_yaml(policies: Path) -> None:
    _edit(policies / RULE, "privileges: [ALL_PRIVILEGES]", "privileges: [ALL_PRIVILEGES")


def _example_is_empty(policies: Path) -> None:
    text = (policies / RULE).read_text(encoding="utf-8")
    start, end = text.index("        triage:"), text.index("Best practice")
    (policies / RULE).write_text(f"{text[:start]}        {{}}\n\n{text[end:]}", encoding="utf-8")


def _a_helper_without_underscore(policies: Path) -> None:
    (policies / "shared.py").write_text('"""Not a rule."""\n')


def _example_is_of_another_type(policies: Path) -> None:
    _edit(policies / RULE, "      databricks_grants:", "      databricks_catalog:")


def _exits_on_import(policies: Path) -> None:
    _edit(policies / RULE, "RULE = NoAllPrivileges()", "raise SystemExit(0)")


def _exits(policies: Path) -> None:
    _edit(policies / RULE, "for grant in grants_of(block):", "raise SystemExit(0)\n        for grant in ():")


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (_no_init, "__init__.py is missing"),
        (_no_rules, "there are no rules"),
        (_raises_on_import, "broken on import"),
        (_raises_in_check, "R44 raised IndexError"),
        (_not_python, "is not Python"),
        (_not_registered, "not loaded: r44_no_all_privileges.py"),
        (_registered_twice, "not expected: r44_no_all_privileges.py"),
        (_two_with_one_id, "two rules have the id R44"),
        (_id_of_another, "wanted R44: <title>"),
        (_takes_another_id_at_run_time, "not expected: r44_no_all_privileges.py (R99)"),
        (_always_passes, "R44 did not fail its own anti-pattern"),
        (_answers_nonsense, "R44 answered True"),
        (_looks_elsewhere, "R44 did not fail its own anti-pattern"),
        (_no_anti_pattern, "lacks Anti-pattern"),
        (_example_is_not_yaml, "an example is not YAML"),
        (_example_is_empty, "an example is no stack"),
        (_example_is_of_another_type, "R44 did not fail its own anti-pattern"),
        (_a_helper_without_underscore, "shared.py is no rule"),
        (_exits, "R44 raised SystemExit"),
        (_exits_on_import, "ended the program"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_broken_rules_are_an_error(policies: Path, break_it: Callable[[Path], None], says: str) -> None:
    break_it(policies)
    with pytest.raises(ScanError) as raised:
        _scan(policies)
    assert says in str(raised.value)
    assert raised.value.exit_code == 1


def test_good_rules_still_work_after_broken_ones(policies: Path, root: Path) -> None:
    # checkov keeps rules in globals; what one scan left there must not help or harm the next.
    _raises_on_import(policies)
    with pytest.raises(ScanError):
        _scan(policies)
    assert len(_scan(root / "policies").receipt.rules) == len(read_rules(root / "policies").rules)


def test_compiled_copies_have_no_say(policies: Path) -> None:
    import py_compile

    _always_passes(policies)
    cached = Path(
        py_compile.compile(
            str(policies / RULE), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )
        or ""
    )
    assert cached.is_file()
    _edit(policies / RULE, "lambda name: True", 'lambda name: spelled(name) != "ALL_PRIVILEGES"')
    _scan(policies)


def test_nothing_to_scan_is_an_error(root: Path) -> None:
    with pytest.raises(ScanError, match="no stack"):
        scan({}, read_rules(root / "policies"), Checkov(), today=date(2026, 1, 1), find=lambda path: None)
