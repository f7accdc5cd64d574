"""Laws of questions that are stopped before their first entry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import overproof as op
from overproof.words.errors import AbortedError
from overproof.words.states import QueryState


def test_one_stop_ends_the_search_for_limits(numbers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was computed, so nothing is kept: the query is aborted, not resumable, and says why."""
    searching, stopped = threading.Event(), threading.Event()

    def search(*_: object, is_cancelled: Callable[[], bool], **__: Any) -> None:
        searching.set()
        assert stopped.wait(10)
        assert is_cancelled()
        raise AbortedError("the search was aborted")

    monkeypatch.setattr("overproof.session.drawing.drawing.settle_axes", search)
    with op.Session("inline", progress=False) as session:
        query = session.draw(numbers, "n", wait=False)
        assert searching.wait(10)
        query.stop()
        stopped.set()
        with pytest.raises(AbortedError, match="stopped before its first entry was computed: nothing is kept"):
            query.result(10)
    assert query.state is QueryState.ABORTED
    assert not query.is_resumable
