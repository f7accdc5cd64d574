"""Lists on pages are complete."""

from __future__ import annotations

import inspect
import re
import tomllib

import pytest
from source_tree import CHECKOUT

from overproof.words import errors

pytestmark = pytest.mark.docs


def names_in(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[; ]", line)[0] for line in requirements}


def test_every_dependency_is_explained() -> None:
    """The page on dependencies has a row for each package that pyproject.toml or the tools' pins name, and no other."""
    page = (CHECKOUT / "docs" / "developer" / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = names_in(project["project"]["dependencies"]) | names_in(project["build-system"]["requires"])
    for extra in project["project"]["optional-dependencies"].values():
        wanted |= names_in(extra)
    tools = (CHECKOUT / "requirements" / "dev.txt").read_text(encoding="utf-8").partition("# Tools:\n")[2]
    wanted |= names_in([line for line in tools.partition("\n\n")[0].splitlines() if line])
    explained = set(re.findall(r"^\| `([\w-]+)` \|", page, flags=re.M))
    assert wanted == explained - {"editables"}


def test_every_decision_is_listed() -> None:
    """The list of decisions links to each record, and to nothing else but the template."""
    place = CHECKOUT / "docs" / "adr"
    records = {path.name for path in place.glob("[0-9]*.md")}
    linked = set(re.findall(r"\]\((\d[^)]*\.md)\)", (place / "README.md").read_text(encoding="utf-8")))
    assert linked == records


def test_every_test_marker_is_explained() -> None:
    """The page for contributors names each marker that a test may carry."""
    pytest_options = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    markers = {line.partition(":")[0] for line in pytest_options["ini_options"]["markers"]}
    page = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {name for name in markers if f"`{name}`" not in page} == set()


def test_every_error_is_explained() -> None:
    """The page on failures has a row for each error of the tree, and for no other."""
    page = (CHECKOUT / "docs" / "physicist" / "when-something-fails.md").read_text(encoding="utf-8")
    classes = {
        name for name, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__
    }
    rows = set(re.findall(r"^\| `(\w+Error)` \|", page, flags=re.M))
    assert rows == classes - {"OverproofError"}
    assert "OverproofError" in page
