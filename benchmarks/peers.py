"""What the measured programs need and this project does not: installed into .shipway/benchmarks, never committed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["FOLDER", "ROOT", "environment", "install_typescript"]

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".shipway" / "benchmarks"

# What `cdktf init --template=typescript` installs, at the versions that the Python side has.
_PACKAGES = {
    "@cdktf/provider-databricks": "15.16.1",
    "@types/node": "24.9.1",
    "cdktf": "0.21.0",
    "constructs": "10.8.1",
    "ts-node": "10.9.2",
    "typescript": "5.9.3",
}

# The compiler options of the same template that change what is done, without those for an editor.
_TSCONFIG = {
    "compilerOptions": {
        "alwaysStrict": True,
        "declaration": True,
        "experimentalDecorators": True,
        "inlineSourceMap": True,
        "inlineSources": True,
        "lib": ["es2018"],
        "module": "CommonJS",
        "noEmitOnError": True,
        "noImplicitAny": True,
        "noImplicitReturns": True,
        "noUnusedLocals": True,
        "noUnusedParameters": True,
        "resolveJsonModule": True,
        "strict": True,
        "target": "ES2018",
        "skipLibCheck": True,
    },
    "include": ["**/*.ts"],
    "exclude": ["node_modules", "compiled"],
}


def environment(**settings: str) -> dict[str, str]:
    """What every variant runs with: this environment's tools first on PATH, one Node for all, nobody's settings."""
    ignored = ("JSII_", "NODE_", "SHIPWAY_", "CDKTF_", "DATABRICKS_", "PYTHON", "TF_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ignored)}
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    kept["NODE_EXTRA_CA_CERTS"] = os.environ.get("NODE_EXTRA_CA_CERTS", "")
    # cdktf's own report of crashes, and npm's questions, are no part of the work.
    return kept | {"CHECKPOINT_DISABLE": "1", "NO_UPDATE_NOTIFIER": "1", "CI": "1"} | settings


def install_typescript(say: Callable[[str], None]) -> Path:
    """A TypeScript project as cdktf makes it, with the workload in it, and compiled beside; returns its folder."""
    folder = FOLDER / "typescript"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = json.dumps({"name": "bench", "private": True, "dependencies": _PACKAGES}, indent=2)
    package = folder / "package.json"
    if not package.is_file() or package.read_text(encoding="utf-8") != manifest:
        say("installing cdktf for TypeScript into .shipway/benchmarks (a minute, once)")
        package.write_text(manifest, encoding="utf-8")
        (folder / "package-lock.json").unlink(missing_ok=True)
        _run(["npm", "install", "--no-audit", "--no-fund", "--cache", str(FOLDER / "npm-cache")], folder, package)
    shutil.copy(ROOT / "benchmarks" / "apps" / "main.ts", folder / "main.ts")
    (folder / "tsconfig.json").write_text(json.dumps(_TSCONFIG, indent=2), encoding="utf-8")
    _run(["npx", "tsc", "--outDir", "compiled", "--incremental", "false"], folder, folder / "compiled" / "main.js")
    return folder


def _run(command: list[str], folder: Path, broken_without: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # Not to be taken for installed by the next run.
        broken_without.unlink(missing_ok=True)
        sys.exit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")
