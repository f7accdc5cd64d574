"""Environments of their own for the peers, made when they are first needed."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "root": ("--pre", "ROOT"),
    "coffea": ("coffea",),
    "graphed": ("graphed[awkward]", "graphed-executors", "graphed-histogram", "uproot"),
    "overproof": (),
}
"""What is installed in each; the last is the environment that runs the benchmarks."""
SHOWN = (
    "overproof", "ROOT", "coffea", "graphed", "graphed-executors", "uproot", "awkward", "numpy", "boost-histogram",
    "zstandard", "deflate", "cramjam",
)  # fmt: skip
"""Packages whose versions stand in the report."""


class NoEnvironmentError(Exception):
    """An environment could not be made, or does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A Python with packages.

    Attributes:
        name: a key of `PACKAGES`.
        python: its interpreter.
        versions: of what is installed, by name.
    """

    name: str
    python: Path
    versions: dict[str, str]


def environment(name: str, *, below: Path, given: dict[str, Path]) -> Environment:
    """Return an environment, made now when there is none.

    Args:
        name: a key of `PACKAGES`.
        below: directory of all that benchmarks keep.
        given: interpreters that are there already, by name of the environment.

    Raises:
        NoEnvironmentError: it cannot be made, or has not what it should have.
    """
    python = Path(sys.executable) if name == "overproof" else given.get(name) or _made(name, below)
    return Environment(name=name, python=python, versions=_versions(python, name))


def _made(name: str, below: Path) -> Path:
    where = below / "environments" / name
    python, mark = where / "bin" / "python", where / "installed"
    if mark.exists():
        return python
    try:
        venv.create(where, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoEnvironmentError(f"the environment of {name} cannot be made: {error}") from error
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *PACKAGES[name]], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoEnvironmentError(f"{' '.join(PACKAGES[name])} cannot be installed: {_last_line(done.stderr)}")
    mark.touch()
    return python


def _versions(python: Path, name: str) -> dict[str, str]:
    """Ask an interpreter for its packages; ROOT's package has a number of its own, which is not ROOT's."""
    ask = [
        "import json, platform",
        "from importlib.metadata import distributions",
        "found = {each.metadata['Name'].lower(): each.version for each in distributions()}",
        f"shown = {{name: found[name.lower()] for name in {SHOWN!r} if name.lower() in found}}",
        *(["import ROOT", "shown['ROOT'] = ROOT.__version__"] if name == "root" else []),
        "print(json.dumps({'Python': platform.python_version()} | shown))",
    ]
    try:
        done = subprocess.run([python, "-c", "\n".join(ask)], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoEnvironmentError(f"the Python of {name} does not run: {python}: {error}") from error
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was said"
