"""Every construct has a default case, a full case, and passes every rule in both; a new one without them is named here.

Read from the tests' own text: which construct a test builds, itself or by way of a function of its module, and whether
it ends in `passes_every_rule`. A parametrized test is as many cases as it has values.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent

# The same whatever is asked of it: a second case would be the first again.
ONE_CASE_SAYS_ALL = {"SetupPrincipal", "TagOnData", "FunctionGrants"}
# No rule is about any type that it makes, which its own test says.
NOT_JUDGED = {"PointerFile", "PrivateConnectivity"}
# Built as a part of another construct, in that one's cases.
PART_OF = {
    "BatchOutput": "add_jobs",
    "DataSchema": "DataCatalog",
    "ReleaseVolume": "DataCatalog",
    "RouterJob": "add_jobs",
    "RuleSet": "UseCaseIdentity",
    "SlotJob": "add_jobs",
    "WorkspaceAccess": "WorkspaceAws",
}


def constructs() -> set[str]:
    """Every public class in constructs/ that is a Construct."""
    files = [*ROOT.glob("constructs/landing_zone/*.py"), *ROOT.glob("constructs/workloads/*.py")]
    return {
        node.name
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(isinstance(base, ast.Name) and base.id == "Construct" for base in node.bases)
        # What was found is declared as it is and may break any rule; test_construct_adopted.py is about it.
        and not path.name.startswith("adopted")
    }


def names_in(node: ast.AST) -> set[str]:
    """Every name and every attribute that is spoken of."""
    found = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return found | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def reached(name: str, known: dict[str, set[str]], seen: set[str]) -> set[str]:
    """What a function or constant of a module speaks of, itself or by way of others of the module."""
    if name in seen or name not in known:
        return {name}
    seen.add(name)
    return {name}.union(*(reached(inner, known, seen) for inner in known[name]))


def runs(function: ast.FunctionDef, sizes: dict[str, int]) -> int:
    """How many cases a test is."""
    number = 1
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            values = decorator.args[1]
            number *= (
                len(values.elts) if isinstance(values, ast.List | ast.Tuple) else sizes.get(ast.unparse(values), 2)
            )
    return number


def cases() -> Iterator[tuple[str, int]]:
    """Each name that a test which passes every rule speaks of, with the number of its cases."""
    for path in sorted(HERE.glob("test_construct_*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        known: dict[str, set[str]] = {}
        sizes: dict[str, int] = {}
        for node in body:
            if isinstance(node, ast.FunctionDef):
                known[node.name] = names_in(node)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    known[ast.unparse(target)] = names_in(node.value)
                    if isinstance(node.value, ast.List | ast.Tuple | ast.Dict):
                        values = node.value.keys if isinstance(node.value, ast.Dict) else node.value.elts
                        sizes[ast.unparse(target)] = len(values)
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                spoken = reached(node.name, known, set())
                if "passes_every_rule" in spoken:
                    yield from ((name, runs(node, sizes)) for name in spoken)


def test_every_construct_has_two_cases_that_pass_every_rule() -> None:
    counted: Counter[str] = Counter()
    for name, number in cases():
        counted[name] += number
    few = {name: counted[PART_OF.get(name, name)] for name in constructs() - NOT_JUDGED}
    assert {name: number for name, number in few.items() if number < (1 if name in ONE_CASE_SAYS_ALL else 2)} == {}


def test_what_is_said_of_a_construct_here_is_of_one_that_there_is() -> None:
    assert constructs() >= ONE_CASE_SAYS_ALL | NOT_JUDGED | PART_OF.keys()
