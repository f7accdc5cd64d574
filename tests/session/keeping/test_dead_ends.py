"""Laws of queries that would end again as they have ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.cli.main import main
from overproof.session.afterwards import report_on
from overproof.session.keeping import find_query
from overproof.words.errors import MergeError, OptionError, UserCodeError

BLOCK = 100


def failing_on_many(events: Any) -> dict[str, int]:
    if np.any(np.asarray(events.tag) == 7):
        raise ValueError("a tag of 7")
    return {"n": len(events)}


def never_alike(events: Any) -> dict[str, Any]:
    return {"values": np.zeros(len(events) + int(events.tag[0]))}


def ended(session: op.Session, selector: Callable[..., Any], data: str, **options: Any) -> op.Query:
    query: op.Query = session.process(selector, data, block_entries=BLOCK, wait=False, **options)
    with pytest.raises((UserCodeError, MergeError)):
        query.result(60)
    return query


def ways_on(query_id: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["queries", "show", query_id]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("selector", "options"),
    [
        (failing_on_many, {"max_excluded": 3}),
        (failing_on_many, {"on_error": "stop"}),
        (never_alike, {}),
    ],
)
def test_a_dead_end_is_not_said_to_go_on(
    session: op.Session,
    hard: str,
    capsys: pytest.CaptureFixture[str],
    selector: Callable[..., Any],
    options: dict[str, Any],
) -> None:
    """Neither the handle nor the list of queries says that such a query can be gone on with as it is."""
    query = ended(session, selector, hard, **options)
    assert not query.is_resumable
    assert not report_on(find_query(query.id)).is_resumable
    said = ways_on(query.id, capsys)
    assert "go on:" not in said
    assert ("--max-excluded" in said) is ("max_excluded" in options)


def test_more_exclusions_let_it_go_on(session: op.Session, hard: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a larger number the answer is the one that the query would have had with it from the start."""
    whole = session.process(failing_on_many, hard, block_entries=BLOCK, max_excluded=3_000)
    query = ended(session, failing_on_many, hard, max_excluded=3)
    with pytest.raises(UserCodeError):
        session.resume(query.id)
    with pytest.raises(OptionError):
        session.resume(query.id, max_excluded=-1)
    resumed = session.resume(query.id, max_excluded=3_000)
    assert resumed.account == whole.account
    assert resumed["n"] == whole["n"]
    assert [each.first for each in resumed.excluded] == [each.first for each in whole.excluded]
    again = ended(session, failing_on_many, hard, max_excluded=3)
    assert main(["resume", again.id, "--max-excluded", "3000", "--engine", "inline", "-q"]) == 3
    capsys.readouterr()


def test_what_was_stopped_goes_on(session: op.Session, hard: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A query that the user stopped is said to be resumable."""
    query = session.process(failing_on_many, hard, max_excluded=3_000, wait=False)
    query.stop()
    state = query.result(60).state.value
    assert query.is_resumable is (state == "stopped")
    assert ("go on:" in ways_on(query.id, capsys)) is (state == "stopped")
