"""Every room has a door plate, and nothing but a door plate, in its `__init__`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import PACKAGE, all_of, parsed, rooms, shown

MIN_LINES, MAX_LINES = 5, 15


def plates() -> list[Path]:
    return [room / "__init__.py" for room in rooms()]


def test_every_room_has_a_door_plate() -> None:
    """Every room and sub-room has an `__init__.py`."""
    assert [shown(path.parent) for path in plates() if not path.exists()] == []


@pytest.mark.parametrize("plate", [path for path in plates() if path.exists()], ids=shown)
def test_a_door_plate_says_what_the_room_is_for(plate: Path) -> None:
    """The docstring of a room has 5 to 15 lines: what lives here, what comes in, what goes out, where to start."""
    docstring = ast.get_docstring(parsed(plate))
    assert docstring, f"{shown(plate)} has no docstring"
    lines = docstring.splitlines()
    # A sub-room may be shorter: the plate of the room it is in says the rest.
    least = MIN_LINES if plate.parent.parent == PACKAGE else 3
    assert least <= len(lines) <= MAX_LINES, f"{shown(plate)}: {len(lines)} lines"


@pytest.mark.parametrize("plate", [path for path in plates() if path.exists()], ids=shown)
def test_a_door_plate_holds_no_code(plate: Path) -> None:
    """An `__init__` of a room has a docstring, imports and `__all__`; a lazy `__getattr__` only in `engines`."""
    body = parsed(plate).body[1:]
    strangers = [
        node
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_all(node) and not _is_lazy(plate, node)
    ]
    assert [ast.unparse(node) for node in strangers] == []


@pytest.mark.parametrize("plate", [path for path in plates() if path.exists()], ids=shown)
def test_all_is_the_sorted_truth(plate: Path) -> None:
    """`__all__` is sorted and names exactly what the door plate imports from the room."""
    tree = parsed(plate)
    imported = [
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    ]
    names = all_of(tree)
    assert (names or []) == sorted(names or [])
    if "__getattr__" not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
        assert sorted(names or []) == sorted(imported)


def test_the_front_door_keeps_its_promises() -> None:
    """`overproof.__all__` is sorted, and each name in it can be had."""
    import overproof

    assert overproof.__all__ == sorted(overproof.__all__)
    for name in overproof.__all__:
        assert getattr(overproof, name) is not None or name in {"rank", "size"}


def _is_all(node: ast.stmt) -> bool:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target) == "__all__"
    return isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]


def _is_lazy(plate: Path, node: ast.stmt) -> bool:
    """The design allows one lazy `__getattr__` in `engines`."""
    return plate.parent == PACKAGE / "engines" and isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
