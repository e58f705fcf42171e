"""Whatever stands in a document, reading it ends in one of two ways: it is right, or every mistake has its place.

Three generators for each kind of document: what its JSON Schema allows, with something strange here and there; the
project's own document with one or two things dropped, doubled, renamed, swapped or nested; and its text with YAML's
oddities cut in. SHIPWAY_EXAMPLES=5000 looks longer than a test run does.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shipway.errors import HIDDEN, DocumentErrors
from shipway.models.load import load
from shipway.models.resolve import resolve
from shipway.models.schemas import SCHEMAS as MODELS

ROOT = Path(__file__).parents[2]
KINDS = {
    "account": "environments/account.yaml",
    "environment": "environments/prod.yaml",
    "bundle": "bundles/claims-triage/bundle.yaml",
    "release": "releases/prod/claims-triage.yaml",
    "adopted": "adopted/dev.yaml",
}
FUNCTIONS = [path.relative_to(ROOT).as_posix() for path in (ROOT / "environments" / "functions").glob("*.sql")]
# The project itself has no adopted objects.
OWN = {kind: file for kind, file in KINDS.items() if (ROOT / file).is_file()}
PAGES = {path.stem for path in (ROOT / "docs" / "errors").glob("*.md")}
EXAMPLES = settings(
    max_examples=int(os.environ.get("SHIPWAY_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

# Written into the YAML as they are: what a reader may take for something else, or stumble over.
ODD = (
    *("~", "null", "yes", "No", "on", "true", "TRUE", "0", "-0", "010", "0x1F", "0b1", "1_000", "1e400", "-1e5", "1."),
    *(".inf", "-.inf", ".nan", "+.NaN", "1:30", "190:20:30.15", "2026-11-21", "2026-02-30", "2026-11-21T10:00:00Z"),
    *(
        "0000-00-00",
        "9999999999999999999999",
        "-9223372036854775809",
        "''",
        '""',
        "' '",
        '"\\0"',
        '"\\uD800"',
        '"\\x85"',
    ),
    *('"\\U0001F600"', '"\\u202e"', "!!str 5", "!!int x", "!!float 3", "!!binary aGk=", "!!binary ====", "!!null x"),
    *("!!bool maybe", "!!timestamp x", "!!python/object:os.system x", "!x y", "!<tag:x> y", "! x", "!!set {a, b}"),
    *("!!omap [a: 1]", "!!pairs [a: 1]", "&a x", "*a", "&a [*a]", "=", "<<", "[]", "{}", "[[]]", "[~]", "{? a}", "{a}"),
    *("{[a]: b}", "{{a: b}: c}", "{~: 1}", "{1: 2}", "{true: 1}", "{2026-11-21: 1}", "{'': 1}", "{<<: {a: 1}}"),
    *("'${x}'", "'%{x}'", "'{{x}}'", "'../../x'", '"a\\nb"', "'`x`'", '"\'"', "'| <b> |'", "'[x](y)'", "x" * 5000),
    *("[" * 45 + "]" * 45, "{a: " * 45 + "}" * 45, "'" + "\U0001d4b3" * 300 + "'", "\u00e9", "'\u0130'", "\u2028x"),
)
CUTS = (
    *(
        "\t",
        " ",
        "\n",
        "\r",
        "\x00",
        "\x07",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ud7ff",
        "---\n",
        "...\n",
        "--- x\n",
        "%YAML 9.9\n",
    ),
    *(
        "%TAG ! x\n",
        "&a ",
        "*a",
        "!!x ",
        "? ",
        "- ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        " #",
        "'",
        '"',
        "|",
        ">",
        "|9\n",
    ),
    *(
        ">-\n",
        "@",
        "`",
        "<<: *a\n",
        "? [a]\n: b\n",
        "\\",
        "x: x\n",
        "x: &x {y: *x}\n",
        "- " * 600,
        "? " * 600,
        "[" * 600,
    ),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("documents")
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, root / name)
    (root / "adopted").mkdir()
    return root


def check(root: Path, file: str, content: bytes) -> list[str]:
    """Read the project with `content` for `file`: nothing, or the codes of located mistakes."""
    original = (ROOT / file).read_bytes() if (ROOT / file).is_file() else None
    try:
        (root / file).write_bytes(content)
        documents = load(root)
        resolve(documents)
    except DocumentErrors as error:
        assert error.problems
        for problem in error.problems:
            _is_located(root, problem.at.file, problem.at.line, problem.at.column)
            assert problem.code in PAGES
            assert problem.message.strip() and len(problem.message) < 2000
            text = str(problem)
            assert not HIDDEN.search(text.replace("\n", "")), text
            assert text.splitlines()[0].startswith("Error: ")
            assert any(line.startswith(f"  in {problem.at.file}:") for line in text.splitlines())
        json.dumps(error.as_json()).encode()
        str(error).encode()
        return [problem.code for problem in error.problems]
    finally:
        if original is None:
            (root / file).unlink(missing_ok=True)
        else:
            (root / file).write_bytes(original)
    return []


def _is_located(root: Path, file: str, line: int, column: int) -> None:
    path = root / file
    assert column >= 1
    if not path.is_file():
        # A file that should be there, or a folder.
        assert (line, path.suffix == ".yaml" or path.is_dir()) == (1, True), f"{file}:{line}"
        return
    # YAML also ends lines at these.
    lines = len(re.split(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", path.read_bytes()))
    assert 1 <= line <= lines + 1, f"{file}:{line} of {lines}"


class Raw(str):
    """Text that stands in the YAML as it is."""


def written(data: Any) -> bytes:
    """`data` as YAML, with each Raw as it is."""
    raws: list[str] = []

    def mark(value: Any) -> Any:
        match value:
            case Raw():
                raws.append(str(value))
                return f"RAW{len(raws) - 1}WAR"
            case dict():
                return {mark(key): mark(one) for key, one in value.items()}
            case list():
                return [mark(one) for one in value]
        return value

    text: str = yaml.safe_dump(mark(data), sort_keys=False, allow_unicode=True, width=10_000)
    text = re.sub(r"(['\"]?)RAW(\d+)WAR\1", lambda found: raws[int(found[2])], text)
    return text.encode("utf-8", "surrogatepass")


# What is strange at any place.
STRANGE: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(ODD).map(Raw),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


# What no schema can say: without it no generated document would be right as a whole.
KNOWN = {
    "Cron": ("0 30 5 * * ?", "0 0 0 ? * MON", "0 99 5 * * ?"),
    "Timezone": ("Europe/Zurich", "UTC", "Europe/Nowhere", "localtime", "../../etc/passwd"),
    "Principal": ("halyard-internal-audit", "halyard-claims-data-stewards"),
    "Owner": ("halyard-internal-audit", "halyard-platform-admins"),
    "Storage Root": ("s3://a-bucket/x", "s3://a-bucket/y", "s3://a-bucket/x/z"),
    "Cloud": ("aws",),
}
# Text that people could type: what hides is among the strange.
TYPED = st.characters(exclude_categories=["C", "Zl", "Zp"])


class Generator:
    """Values that a JSON Schema allows; `strange`: one in so many is something else, 0 for none."""

    def __init__(self, whole: dict[str, Any], strange: int) -> None:
        self.whole, self.strange = whole, strange

    def values(self, schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
        allowed = self._allowed(schema, depth)
        if not self.strange:
            return allowed
        return st.integers(1, self.strange).flatmap(lambda dice: STRANGE if dice == self.strange else allowed)

    def _allowed(self, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            target = self.whole["$defs"][schema["$ref"].rpartition("/")[2]]
            return st.deferred(lambda: self._allowed(target, depth))
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return st.one_of([self._allowed(one, depth) for one in schema[word]])
        if "const" in schema or "enum" in schema:
            return st.sampled_from(schema.get("enum") or [schema["const"]])
        return self._typed(schema, depth)

    def _typed(self, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
        match schema.get("type"):
            case "object":
                return self._objects(schema, depth)
            case "array":
                least = schema.get("minItems", 0)
                most = max(min(schema.get("maxItems", 3), 3), least)
                return st.lists(self.values(schema.get("items", {}), depth + 1), min_size=least, max_size=most)
            case "string":
                return _strings(schema)
            case "integer":
                return st.integers(schema.get("minimum"), schema.get("maximum"))
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
        return STRANGE

    def _objects(self, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
        required = set(schema.get("required", ()))
        known = {name: self.values(one, depth + 1) for name, one in schema.get("properties", {}).items()}
        found = st.fixed_dictionaries(
            {name: one for name, one in known.items() if name in required},
            optional={name: one for name, one in known.items() if name not in required},
        )
        free, names = schema.get("additionalProperties"), schema.get("propertyNames", {})
        patterned = dict(schema.get("patternProperties", {}))
        if isinstance(free, dict):
            patterned[names.get("pattern", "^[a-z]{1,9}$")] = free
        for pattern, value in patterned.items():
            keys = st.sampled_from(names["enum"]) if "enum" in names else st.from_regex(pattern, fullmatch=True)
            more = st.dictionaries(keys, self.values(value, depth + 1), max_size=2)
            found = st.tuples(found, more).map(lambda pair: {**pair[0], **pair[1]})
        return found


def _strings(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.dates().map(str)
    known = KNOWN.get(schema.get("title", ""), ())
    if "pattern" in schema:
        made = st.from_regex(schema["pattern"], fullmatch=True)
        return st.one_of(st.sampled_from(known), made) if known else made
    if known:
        return st.sampled_from(known)
    return st.text(TYPED, min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 40))


SCHEMAS = {kind: json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text()) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_schema_allows_and_a_little_more(kind: str, project: Path) -> None:
    @EXAMPLES
    @given(st.one_of([Generator(SCHEMAS[kind], strange).values(SCHEMAS[kind]) for strange in (0, 0, 60)]))
    def generated(data: Any) -> None:
        check(project, KINDS[kind], written(data))

    generated()


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in `data`."""
    if path:
        yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from places(value, (*path, index))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _drop(data: Any, path: tuple[Any, ...], value: Any) -> None:
    del at(data, path[:-1])[path[-1]], value


def _put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    at(data, path[:-1])[path[-1]] = value


def _rename(data: Any, path: tuple[Any, ...], value: Any) -> None:
    holder = at(data, path[:-1])
    if isinstance(holder, dict):
        key = value if isinstance(value, str | int | float | bool | None) else str(value)
        holder[key] = holder.pop(path[-1])


def _wrap(data: Any, path: tuple[Any, ...], value: Any) -> None:
    _put(data, path, [at(data, path)] if isinstance(value, list) else {"x": at(data, path)})


def _unwrap(data: Any, path: tuple[Any, ...], value: Any) -> None:
    del value
    inner = at(data, path)
    if isinstance(inner, dict | list) and inner:
        _put(data, path, next(iter(inner.values() if isinstance(inner, dict) else inner)))


def _twice(data: Any, path: tuple[Any, ...], value: Any) -> None:
    del value
    holder = at(data, path[:-1])
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[path[-1]]))
    else:
        holder[Raw(path[-1])] = copy.deepcopy(holder[path[-1]])


def _swap(data: Any, path: tuple[Any, ...], value: Any) -> None:
    _put(data, path, copy.deepcopy(value))


MUTATIONS: tuple[Callable[[Any, tuple[Any, ...], Any], None], ...] = (
    _drop,
    _put,
    _rename,
    _wrap,
    _unwrap,
    _twice,
    _swap,
)


def test_every_kind_of_document_is_generated() -> None:
    assert KINDS.keys() == MODELS.keys()


@pytest.mark.parametrize("kind", OWN)
def test_the_own_document_with_things_dropped_doubled_renamed_or_swapped(kind: str, project: Path) -> None:
    original = yaml.safe_load((ROOT / KINDS[kind]).read_text())

    @EXAMPLES
    @given(st.data())
    def mutated(draw: st.DataObject) -> None:
        data = copy.deepcopy(original)
        for _ in range(draw.draw(st.integers(1, 2))):
            there = list(places(data))
            if there and isinstance(data, dict):
                path = draw.draw(st.sampled_from(there))
                mutate = draw.draw(st.sampled_from(MUTATIONS))
                elsewhere = st.sampled_from(there).map(lambda other: at(data, other))
                mutate(data, path, draw.draw(elsewhere if mutate is _swap else STRANGE))
        check(project, KINDS[kind], written(data))

    mutated()


@pytest.mark.parametrize("kind", OWN)
def test_the_own_text_with_oddities_cut_in(kind: str, project: Path) -> None:
    text = (ROOT / KINDS[kind]).read_text()

    @EXAMPLES
    @given(
        st.lists(
            st.tuples(
                st.integers(0, len(text)), st.integers(0, 40), st.one_of(st.sampled_from((*CUTS, *ODD)), st.text())
            ),
            min_size=1,
            max_size=3,
        )
    )
    @example([(0, 0, "\ufeff")])
    def cut(cuts: list[tuple[int, int, str]]) -> None:
        changed = text
        for start, length, put in cuts:
            changed = changed[:start] + put + changed[start + length :]
        check(project, KINDS[kind], changed.encode("utf-8", "surrogatepass"))

    cut()


@pytest.mark.parametrize("file", FUNCTIONS)
def test_the_own_functions_with_oddities_cut_in(file: str, project: Path) -> None:
    text = (ROOT / file).read_text()

    @EXAMPLES
    @given(st.integers(0, len(text)), st.integers(0, 60), st.one_of(st.sampled_from((*CUTS, *ODD)), st.text()))
    def cut(start: int, length: int, put: str) -> None:
        check(project, file, (text[:start] + put + text[start + length :]).encode("utf-8", "surrogatepass"))

    cut()


@EXAMPLES
@given(st.sampled_from([*KINDS.values(), *FUNCTIONS]), st.binary(max_size=300))
def test_any_bytes(project: Path, file: str, content: bytes) -> None:
    check(project, file, content)


@pytest.mark.parametrize("file", OWN.values())
def test_the_check_itself_can_fail(project: Path, file: str) -> None:
    assert check(project, file, (ROOT / file).read_bytes()) == []
    assert check(project, file, b"x: [") == ["yaml-syntax"]
