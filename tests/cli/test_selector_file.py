"""Selectors out of Python files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from overproof.analysis.selector import Selector
from overproof.cli.written.selector_file import load_selector, parse_params, split_reference
from overproof.words.errors import SelectorError

BASE = "import overproof as op\nclass Base(op.Selector):\n    pass\n"
ONE = BASE + "class One(Base):\n    def process(self, events):\n        return {}\n"


@pytest.fixture(autouse=True)
def _clean_imports() -> Iterator[None]:
    """Forget what a test imported."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(folder: Path, text: str, name: str = "my_selectors.py") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_the_only_selector_is_found(tmp_path: Path) -> None:
    """A base without `process`, and selectors imported from elsewhere, are no candidates."""
    text = ONE + "from overproof.analysis.selector import FunctionSelector\n"
    assert load_selector(write(tmp_path, text)).__name__ == "One"


def test_several_selectors_are_listed(tmp_path: Path) -> None:
    """With two candidates the error names both, and how to name one."""
    path = write(tmp_path, ONE + "class Two(One):\n    pass\n")
    with pytest.raises(SelectorError, match=r"2 selectors: One, Two; name one, as in .*my_selectors.py:One"):
        load_selector(path)
    assert type(load_selector(f"{path}:Two")).__name__ == "Two"


def test_functions_and_instances_can_be_named(tmp_path: Path) -> None:
    """A name may be that of a function or of an instance; without a name functions are offered."""
    path = write(tmp_path, "def fill(events):\n    return {}\n")
    assert load_selector(f"{path}:fill").__name__ == "fill"
    with pytest.raises(SelectorError, match=r"to run one of fill, name it as in .*:fill"):
        load_selector(path)
    ready = write(tmp_path, ONE + "ready = One(cut=3)\n", "my_ready_selectors.py")
    assert load_selector(f"{ready}:ready").params == {"cut": 3}


def test_a_name_of_the_library_is_not_hidden(tmp_path: Path) -> None:
    """A file called like a module of Python or of an installed package does not take its place."""
    import select as before

    assert load_selector(write(tmp_path, ONE, "select.py")).__name__ == "One"
    assert sys.modules["select"] is before
    assert load_selector(write(tmp_path, ONE, "uproot.py")).__name__ == "One"


def test_a_constructor_that_needs_arguments(tmp_path: Path) -> None:
    """A selector that cannot be made without arguments says so."""
    path = write(tmp_path, ONE + "    def __init__(self, cut):\n        super().__init__(cut=cut)\n")
    with pytest.raises(SelectorError, match=r"One\(\) cannot be made without arguments: TypeError"):
        load_selector(f"{path}:One")
    with pytest.raises(SelectorError, match=r"my_selectors.py: .*give them defaults, .* --param NAME=VALUE"):
        load_selector(f"{path}:One")


def test_only_what_can_be_run_is_offered(tmp_path: Path) -> None:
    """Neither modules nor classes that a file imports are offered for a wrong name."""
    path = write(tmp_path, ONE + "import os\nfrom pathlib import Path\nclass Opp:\n    pass\n")
    with pytest.raises(SelectorError, match=r"defines no op_; to run one of Base, One, name it") as caught:
        load_selector(f"{path}:op_")
    assert "mean" not in str(caught.value)


def test_a_syntax_error_has_its_caret(tmp_path: Path) -> None:
    """A syntax error is shown with file, line and caret."""
    with pytest.raises(SelectorError, match=r"line 2\)\n    def f\(:\n +\^"):
        load_selector(write(tmp_path, "x = 1\ndef f(:\n"))


def test_an_error_in_a_neighbour_is_placed_there(tmp_path: Path) -> None:
    """An exception while a neighbour is imported is placed in the neighbour."""
    write(tmp_path, "value = 1 / 0\n", "my_neighbour.py")
    with pytest.raises(SelectorError, match=r"ZeroDivisionError.*my_neighbour.py, line 1: value = 1 / 0"):
        load_selector(write(tmp_path, "import my_neighbour\n"))


def test_a_file_that_exits_is_an_error(tmp_path: Path) -> None:
    """`sys.exit` in the user's file ends the import, not the program."""
    with pytest.raises(SelectorError, match="SystemExit"):
        load_selector(write(tmp_path, "import sys\nsys.exit(3)\n"))


def test_references_split_at_the_right_colon() -> None:
    """Only a colon behind `.py` names a selector."""
    assert split_reference("a/b.py") == ("a/b.py", "")
    assert split_reference("a/b.py:Name") == ("a/b.py", "Name")
    assert split_reference("odd:name") == ("odd:name", "")


def test_parameters_are_literals_or_text() -> None:
    """Values that are Python literals become these; everything else stays text, `=` included."""
    texts = ("a=1", "b=2.5", "c=[1, 2]", "d=None", "e=data/x.root", "f='1'", "g=x=y", "h=")
    assert parse_params(texts) == {
        "a": 1, "b": 2.5, "c": [1, 2], "d": None, "e": "data/x.root", "f": "1", "g": "x=y", "h": "",
    }  # fmt: skip
    for bad in ("a", "=1", "a b=1"):
        with pytest.raises(SelectorError, match="name=value"):
            parse_params((bad,))


def test_a_made_selector_is_a_selector(tmp_path: Path) -> None:
    """Naming a class gives an instance, ready for the session."""
    assert isinstance(load_selector(f"{write(tmp_path, ONE)}:One"), Selector)


PROCESSOR = (
    "class Mass:\n    def __init__(self, n=1):\n        self.n = n\n"
    "    def process(self, events):\n        return {'n': self.n}\n"
    "    def postprocess(self, accumulator):\n        return accumulator\n"
)


def test_a_processor_of_coffea_is_one_too(tmp_path: Path) -> None:
    """By name, as an instance, and without a name where there is no selector beside it."""
    alone = write(tmp_path, PROCESSOR + "two = Mass(2)\n", "alone.py")
    assert load_selector(alone).n == load_selector(f"{alone}:Mass").n == 1
    assert load_selector(f"{alone}:two").n == 2
    beside = write(tmp_path, ONE + PROCESSOR, "beside.py")
    assert load_selector(beside).__name__ == "One"
    with pytest.raises(SelectorError, match="did you mean Mass"):
        load_selector(f"{beside}:Mas")


def test_a_processor_that_needs_arguments(tmp_path: Path) -> None:
    """It is to be made in the file, because nobody fills its arguments."""
    place = write(tmp_path, PROCESSOR.replace("n=1", "n"))
    with pytest.raises(SelectorError, match=r"Mass\(\) cannot be made without arguments.*make one in the file"):
        load_selector(place)


def package(folder: Path, text: str) -> Path:
    """Write `analysis_pkg/inner/proc.py`, with a helper in each of the packages."""
    inner = folder / "analysis_pkg" / "inner"
    inner.mkdir(parents=True)
    for directory, cut in ((inner, 1), (inner.parent, 2)):
        (directory / "__init__.py").touch()
        (directory / "cuts.py").write_text(f"CUT = {cut}\n")
    (inner / "proc.py").write_text(text)
    return inner / "proc.py"


RELATIVE = "from . import cuts\nfrom ..cuts import CUT\nimport overproof as op\n" + (
    "class Both(op.Selector):\n    def process(self, events):\n        return {'both': [(cuts.CUT, CUT)]}\n"
)


def test_a_file_of_a_package_is_imported_as_its_module(tmp_path: Path) -> None:
    """Relative imports work at any depth, and so do absolute ones of the package."""
    path = package(tmp_path, RELATIVE + "from analysis_pkg.cuts import CUT as same\nassert same == CUT\n")
    found = load_selector(str(path))
    assert (found.__module__, found().process(None)) == ("analysis_pkg.inner.proc", {"both": [(1, 2)]})
    assert load_selector(f"{path}:Both").process(None) == {"both": [(1, 2)]}


def test_a_selector_of_a_package_travels_to_workers(tmp_path: Path) -> None:
    """With the modules of all packages around it: a process that cannot find them computes the same."""
    import overproof as op

    selector = load_selector(str(package(tmp_path, RELATIVE)))
    with op.Session("local:1", progress=False) as session:
        assert session.process(selector, cycles=1)["both"] == [(1, 2)]


def test_a_package_whose_name_is_taken_is_left_aside(tmp_path: Path) -> None:
    """A folder called like a module of Python or of an installed package does not take its place."""
    folder = tmp_path / "json"
    folder.mkdir()
    (folder / "__init__.py").touch()
    assert load_selector(write(folder, ONE)).__name__ == "One"
    import json

    assert json.loads("1") == 1


def test_a_relative_import_without_a_package_says_how_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does a module in the place of a file."""
    with pytest.raises(SelectorError, match=r"relative imports need a package: put an empty `__init__\.py` beside"):
        load_selector(write(tmp_path, "from . import cuts\n"))
    package(tmp_path, RELATIVE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        SelectorError, match=r"no such file; give the Python file, as in analysis_pkg/inner/proc\.py:Both"
    ):
        load_selector("analysis_pkg.inner.proc:Both")
