"""Laws of telling whether a selector and a machine are still the same."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.session.code import make_selector
from overproof.session.keeping.identity.code_identity import changes, changes_on_disk, identify
from overproof.session.keeping.identity.definitions import definitions_digest
from overproof.session.keeping.identity.fingerprint import LIBRARIES, Fingerprint, fingerprint_here

SCRIPT = """
import numpy as np
from tables import LOW
FACTOR = 3
def scaled(x):
    return FACTOR * x
def plot(result):
    print(result)
class Mine:
    def process(self, events):
        return scaled(events) + LOW
if __name__ == "__main__":
    plot(Mine())
"""


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("FACTOR = 3", "FACTOR = 4", False),
        ("FACTOR * x", "x * FACTOR", False),
        ("+ LOW", "- LOW", False),
        ("import LOW", "import HIGH as LOW", False),
        ("print(result)", "print('it is', result)", True),
        ("plot(Mine())", "plot(Mine()); plot(1)", True),
        ("FACTOR = 3", "FACTOR   =   3  # the charge", True),
        ("import numpy as np", "import numpy as np, sys", True),
    ],
)
def test_a_definition_is_what_it_depends_on(old: str, new: str, is_same: bool) -> None:
    """Whatever a class names, and what that names in turn, counts; the rest of the file and its looks do not."""
    assert old in SCRIPT
    before = definitions_digest(SCRIPT, "Mine")
    after = definitions_digest(SCRIPT.replace(old, new), "Mine")
    assert before is not None
    assert after is not None
    assert (before[0] == after[0]) is is_same
    assert "scaled" in before[1]


def test_local_and_absent_definitions() -> None:
    """A class in a function is found by its qualified name; what is not there has no digest."""
    text = "def main():\n    class Inner:\n        n = 1\n"
    assert definitions_digest(text, "main.<locals>.Inner") is not None
    assert definitions_digest(text, "main.<locals>.Other") is None
    assert definitions_digest("this is not Python", "Mine") is None


def imported(path: Path) -> ModuleType:
    sys.modules.pop(path.stem, None)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def analysis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A selector in a file, that uses one of the two other files beside it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "used_tables.py").write_text("LOW = 20\n")
    (tmp_path / "unused_plots.py").write_text("COLOUR = 'red'\n")
    path = tmp_path / "my_analysis.py"
    path.write_text(
        "import overproof as op\nimport used_tables\n"
        "class Mine(op.Selector):\n    def process(self, events):\n        return {'n': used_tables.LOW}\n"
    )
    imported(tmp_path / "used_tables.py")
    imported(tmp_path / "unused_plots.py")
    imported(path)
    yield path
    for name in ("used_tables", "unused_plots", "my_analysis"):
        sys.modules.pop(name, None)


def test_files_that_a_selector_uses_count(analysis: Path) -> None:
    """A change in the file of the selector or in one that it imports is told by name; in another one it is none."""
    modules = ("my_analysis", "used_tables", "unused_plots")
    then = identify(sys.modules["my_analysis"].Mine(), modules)
    assert {Path(path).name for path in then.sources} == {"my_analysis.py", "used_tables.py"}
    assert changes_on_disk(then) == []
    analysis.with_name("unused_plots.py").write_text("COLOUR = 'blue'\n")
    assert changes_on_disk(then) == []
    analysis.with_name("used_tables.py").write_text("LOW = 25\n")
    assert [Path(path).name for path in changes_on_disk(then)] == ["used_tables.py"]
    analysis.with_name("used_tables.py").unlink()
    assert changes_on_disk(then) == []


@pytest.mark.parametrize(
    ("mine", "its", "is_same"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1.0}, False),
        ({"a": {3, 1, 2}}, {"a": {2, 3, 1}}, True),
        ({"a": [1, (2, "x")]}, {"a": [1, (2, "y")]}, False),
        ({"a": np.arange(3)}, {"a": np.arange(3)}, True),
        ({"a": np.arange(3)}, {"a": np.arange(3.0)}, False),
        ({"a": np.nan}, {"a": np.nan}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_parameters_count_by_value(mine: dict[str, Any], its: dict[str, Any], is_same: bool) -> None:
    """Equal parameters are equal, and others are not."""

    class Mine(op.Selector):
        pass

    first, second = (identify(Mine(**params), ()) for params in (mine, its))
    assert (changes(first, second) == []) is is_same
    assert (first.digest == second.digest) is is_same


def test_identities_are_the_same_in_every_process(tmp_path: Path) -> None:
    """What a selector is does not depend on the process that looks at it."""
    code = (
        "import overproof as op\n"
        "from overproof.session.keeping.identity.code_identity import identify\n"
        "class Mine(op.Selector):\n"
        "    def process(self, events):\n"
        "        return {'n': sum(each > 2 for each in {1, 2, 'x'})}\n"
        "print(identify(Mine(cuts={'a', 'b', 'c'}, low=1.5), ()).digest)\n"
    )
    path = tmp_path / "script.py"
    path.write_text(code)
    for arguments in ([str(path)], ["-c", code]):
        runs = {
            subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout
            for _ in range(2)
        }
        assert len(runs) == 1, arguments


def test_functions_are_told_apart() -> None:
    """A function is a selector too; another one is another one."""

    def one(events: Any) -> dict[str, int]:
        return {"n": 1}

    def two(events: Any) -> dict[str, int]:
        return {"n": 2}

    first, second = (identify(make_selector(each, None), ()) for each in (one, two))
    assert changes(first, first) == []
    assert changes(first, second) != []
    assert changes(first, replace(second, name=first.name)) != []


def test_versions_are_those_that_python_tells() -> None:
    """Oracle: the versions in a fingerprint are those of `importlib.metadata`; what is not installed has none."""
    told = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            told[name] = importlib.metadata.version(name)
    assert fingerprint_here().libraries == told


def test_a_fingerprint_says_what_differs() -> None:
    """Two runs on one machine have one fingerprint; other versions are named, another host is none of them."""
    here = fingerprint_here()
    assert here.differences(fingerprint_here()) == []
    assert here.libraries["numpy"] == np.__version__
    there = replace(here, host="elsewhere", libraries={**here.libraries, "numpy": "1.0"})
    assert here.differences(there) == [f"numpy {np.__version__} became 1.0"]
    assert Fingerprint(python="3.11").differences(Fingerprint(python="3.12")) == ["python 3.11 became 3.12"]
