"""Modules beside tests are imported by their bare names: each name means one file."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

from source_tree import CHECKOUT

PATH_IS_LONGER = "sys.path.insert(0, str(Path(__file__).parent))"


def importable_folders() -> set[Path]:
    """List the folders whose modules tests import: those of pyproject.toml, and those that a conftest.py adds."""
    options = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    added = {
        path.parent
        for path in (CHECKOUT / "tests").rglob("conftest.py")
        if PATH_IS_LONGER in path.read_text(encoding="utf-8")
    }
    return {CHECKOUT / name for name in options["pythonpath"]} | added


def importable_modules() -> dict[str, list[str]]:
    """List where each name is found; conftest.py is nobody's to import."""
    found = defaultdict(list)
    for folder in sorted(importable_folders()):
        for path in sorted(folder.iterdir()):
            if (path.suffix == ".py" and path.name != "conftest.py") or (path / "__init__.py").is_file():
                found[path.stem].append(path.relative_to(CHECKOUT).as_posix())
    return dict(found)


def test_folders_that_are_imported_from_are_there() -> None:
    """A folder that has moved is not looked for in vain."""
    assert [folder for folder in sorted(importable_folders()) if not folder.is_dir()] == []


def test_a_conftest_adds_its_own_folder_only() -> None:
    """Whatever else it added to the path would not be looked through here."""
    texts = {path: path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("conftest.py")}
    assert [path for path, text in texts.items() if "sys.path" in text.replace(PATH_IS_LONGER, "")] == []


def test_no_two_modules_beside_tests_share_a_name() -> None:
    """Whichever test is collected first would decide what the others import."""
    assert {name: paths for name, paths in importable_modules().items() if len(paths) > 1} == {}


def test_no_module_beside_tests_hides_one_of_python_or_of_the_package() -> None:
    """The library of Python and the package itself are imported as what they are."""
    assert sorted(importable_modules().keys() & {*sys.stdlib_module_names, "overproof"}) == []
