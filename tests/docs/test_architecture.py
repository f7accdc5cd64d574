"""The architecture page is the architecture."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from source_tree import CHECKOUT, PACKAGE

pytestmark = pytest.mark.docs


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script that makes the page."""
    spec = importlib.util.spec_from_file_location("make_architecture", CHECKOUT / "docs" / "make_architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh(maker: ModuleType) -> None:
    """The page says what the code says; `make docs` makes it anew."""
    page = (CHECKOUT / "docs" / "developer" / "architecture.md").read_text(encoding="utf-8")
    assert page == maker.render(), "docs/developer/architecture.md is stale: run `make docs` and commit it"


def test_every_room_is_on_the_page(maker: ModuleType) -> None:
    """No room of the package is forgotten in the floors of pyproject.toml, and none is drawn that is not there."""
    drawn = {room for floor in maker.read_floors() for room in floor}
    assert drawn == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_arrows_go_down(maker: ModuleType) -> None:
    """Each arrow that the page draws leads from a higher floor to a lower one."""
    floors = maker.read_floors()
    height = {room: -place for place, floor in enumerate(floors) for room in floor}
    for room, level in height.items():
        assert all(height[other] < level for other in maker.imported_rooms(room, list(height)))
