"""The house stays small enough to be held in the head."""

from __future__ import annotations

import ast

from source_tree import PACKAGE, modules, parsed, rooms, shown

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_ROOM_FILES = 10
DRAWERS = {"base", "common", "helpers", "manager", "utils"}


def test_no_file_is_longer_than_400_lines() -> None:
    """No file of the package has more than 400 lines."""
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    """No function has more than 50 lines, its docstring left aside."""
    too_long = {
        f"{shown(path)}:{node.name}": _length(node)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MAX_FUNCTION_LINES
    }
    assert too_long == {}


def test_a_room_has_at_most_ten_files() -> None:
    """A room has at most ten files, its door plate not counted."""
    counts = {shown(room): sum(1 for path in room.glob("*.py") if path.name != "__init__.py") for room in rooms()}
    assert {name: n for name, n in counts.items() if n > MAX_ROOM_FILES} == {}


def test_no_file_is_a_drawer() -> None:
    """No file or room is named after nothing in particular: utils, common, helpers, manager, base."""
    names = [shown(path) for path in modules() if path.stem in DRAWERS or path.parent.name in DRAWERS]
    assert names == []


def test_the_package_is_where_the_tests_look() -> None:
    """There are files to be judged: without them every law above would hold for nothing."""
    assert PACKAGE.is_dir()
    assert len(modules()) > 20


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    docstring = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (node.end_lineno or 0) - node.lineno + 1 - docstring
