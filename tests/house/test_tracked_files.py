"""Nothing in the repository belongs to one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache

import pytest
from source_tree import CHECKOUT

INDEX_WORDS = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")
INDEX_HOSTS = re.compile(r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|conda\.anaconda\.org)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.<}/])/(?:home|root|Users|work|scratch)/[\w.-]+")
BINARY = {".png", ".root", ".pdf", ".ico"}


@cache
def tracked_texts() -> dict[str, str]:
    """Read every tracked text file, by its path in the checkout."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: nobody can tell which files are tracked")
    paths = [CHECKOUT / name for name in listed.stdout.split("\0") if name]
    return {
        path.relative_to(CHECKOUT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file() and path.suffix not in BINARY
    }


def test_no_file_names_a_package_index() -> None:
    """No tracked file names the host of a package index, or an option that points to one."""
    found = {
        name
        for name, text in tracked_texts().items()
        if INDEX_HOSTS.search(text) or any(word in text for word in INDEX_WORDS)
    }
    assert found - {"tests/house/test_tracked_files.py"} == set()


def test_no_file_names_a_path_of_one_machine() -> None:
    """No tracked file has an absolute path into somebody's home or work directory."""
    found = {name: match[0] for name, text in tracked_texts().items() if (match := MACHINE_PATHS.search(text))}
    assert found == {}


def test_requirements_are_pinned_exactly() -> None:
    """Every line of the requirements is `name==version`, with at most an environment marker."""
    pinned = re.compile(r"^[A-Za-z0-9._-]+==[\w.]+(; python_version < \"3\.\d+\")?$")
    for name, text in tracked_texts().items():
        if name.startswith("requirements/") and name.endswith(".txt"):
            lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]
            assert lines
            assert [line for line in lines if not pinned.match(line)] == []


def test_every_dependency_is_pinned() -> None:
    """Whatever pyproject.toml asks for, extras too, stands in requirements/run.txt."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["plot"]]
    names = {re.split(r"[<>=\[; ]", line)[0] for line in wanted}
    pinned = {line.partition("==")[0] for line in tracked_texts()["requirements/run.txt"].splitlines() if "==" in line}
    assert names <= pinned


def test_the_lowest_versions_are_those_that_pyproject_promises() -> None:
    """requirements/lowest.txt pins each lower bound of pyproject.toml, so that it can be installed and tried."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = dict(line.split(">=") for line in [*project["dependencies"], *project["optional-dependencies"]["plot"]])
    text = (CHECKOUT / "requirements" / "lowest.txt").read_text(encoding="utf-8")
    lowest = dict(line.split("==") for line in text.splitlines() if "==" in line)
    assert {name: _release(version) for name, version in lowest.items()} == {
        name: _release(bound) for name, bound in promised.items()
    }


def _release(version: str) -> list[int]:
    """Read a version as numbers; `2.8` and `2.8.0` are the same."""
    numbers = [int(part) for part in version.split(".")]
    return [*numbers, 0, 0][:3]
