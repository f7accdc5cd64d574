"""What is kept apart by dataset is as it is for each alone: numbers of entries, and what is said of wrong outputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

import overproof as op
from overproof.words.errors import UserCodeError

Filesets = Callable[..., dict[str, Any]]


@pytest.mark.usefixtures("compiled_in_haste")
@pytest.mark.parametrize("path", ["compiled", "interpreted"])
def test_entries_are_counted_in_their_dataset(fileset_of: Filesets, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """`Entry$`, `Entries$` and the numbers of rows are those of a query over the dataset alone, in cuts too."""
    monkeypatch.setenv("OVERPROOF_PATH", path)
    fileset = fileset_of(a="small large", b="middle small", c="empty")
    draw = {"expression": "Entry$", "cut": "Entry$ > Entries$ / 4", "bins": "100, 0, 1000"}
    scan = {"columns": ["event", "Entry$", "Entries$"], "cut": "Entry$ < 150 && x < 5", "rows": 20}
    with op.Session("inline", progress=False) as session:
        drawn, together = session.draw(fileset, **draw, by_dataset=True), session.draw(fileset, **draw)
        scaled = session.draw(fileset, **draw, by_dataset=True, weights={"a": 2, "b": 1, "c": 1})
        tables, counts = (ask(fileset, by_dataset=True) for ask in asking(session, scan))
        for name in "ab":
            alone = {name: fileset[name]}
            assert drawn[name].view(flow=True).tobytes() == session.draw(alone, **draw).view(flow=True).tobytes()
            table, count = (ask(alone) for ask in asking(session, scan))
            assert [tables[name][column].tolist() for column in ("entry", "event", "Entry$", "Entries$")] == [
                table[column].tolist() for column in ("entry", "event", "Entry$", "Entries$")
            ]
            assert int(counts[name]) == int(count) > 0
    assert drawn.statistics.path == path
    assert scaled["a"].sum().value == 2 * drawn["a"].sum().value
    assert together.sum().value == 900 * 3 // 4 - 1  # over all files where nothing is kept apart


def asking(session: op.Session, scan: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return what lists and what counts the rows of one cut."""
    return functools.partial(session.scan, **scan), functools.partial(session.count, cut=scan["cut"])


@pytest.mark.parametrize("by_dataset", [False, True])
def test_outputs_without_names_are_refused(fileset_of: Filesets, by_dataset: bool) -> None:
    """What is no dict is a failure of the selector, whether it is kept apart or not."""
    fileset = fileset_of(a="small", b="middle")
    with op.Session("inline", progress=False) as session:
        with pytest.raises(UserCodeError, match="must return its outputs by name, not int"):
            session.process(lambda events: 5, fileset, by_dataset=by_dataset)
        assert session.process(lambda events: None, fileset, by_dataset=by_dataset).is_complete
