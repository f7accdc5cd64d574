"""Where a kernel is, and what it is told."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import overproof as op
from overproof.session.show.notebook.kernel import Shown, is_in_kernel
from overproof.session.show.view import choose_view


def pretend(monkeypatch: pytest.MonkeyPatch, shell: Any) -> list[dict[str, Any]]:
    """Put a module in the place of IPython; return what is published."""
    published: list[dict[str, Any]] = []
    module, display = ModuleType("IPython"), ModuleType("IPython.display")
    module.get_ipython = lambda: shell  # type: ignore[attr-defined]
    display.publish_display_data = lambda data, **keywords: published.append({"data": data, **keywords})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return published


@pytest.mark.parametrize(
    ("shell", "is_one"),
    [
        (None, False),
        (SimpleNamespace(), False),
        (SimpleNamespace(kernel=None), False),
        (SimpleNamespace(kernel=3), True),
    ],
    ids=["script", "terminal", "no kernel", "kernel"],
)
def test_a_kernel_is_told_from_everything_else(shell: Any, is_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that has imported IPython, and the IPython of a terminal, are no notebook; a kernel is one."""
    from tests.session.show.pretended import FakeQuery

    from overproof.session.show.looking import PLAIN_LOOK

    pretend(monkeypatch, shell)
    assert is_in_kernel() is is_one
    assert type(choose_view(FakeQuery([]), look=PLAIN_LOOK)).__name__ == ("NotebookView" if is_one else "TerminalView")


def test_where_ipython_is_not_imported_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without IPython there is no kernel, and nothing is imported to find that out."""
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not is_in_kernel()
    assert "IPython" not in sys.modules


def test_a_place_is_made_once_and_then_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first content makes a display, later ones replace it by its id; what is the same is not sent again."""
    published = pretend(monkeypatch, SimpleNamespace(kernel=3))
    place, other = Shown(), Shown()
    for html in ("one", "one", "two"):
        place.show(html, "plain")
    other.show("three", "plain")
    assert [(each["data"]["text/html"], each["update"]) for each in published] == [
        ("one", False), ("two", True), ("three", False),
    ]  # fmt: skip
    ids = [each["transient"]["display_id"] for each in published]
    assert ids[0] == ids[1] != ids[2]
    assert published[0]["data"]["text/plain"] == "plain"


def test_outside_of_notebooks_a_query_is_its_repr() -> None:
    """IPython in a terminal shows a query, and a result, as text: nothing takes its place."""
    formatters = pytest.importorskip("IPython.core.formatters")
    with op.Session("inline") as session:
        query = session.process(lambda cycles: {"n": len(cycles)}, cycles=3, wait=False)
        result = query.result()
        for shown in (query, result):
            formatter = formatters.DisplayFormatter()
            formatter.active_types = ["text/plain"]
            assert formatter.format(shown) == ({"text/plain": repr(shown)}, {})
