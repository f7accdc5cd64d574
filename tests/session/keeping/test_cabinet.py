"""Laws of finding, removing and pruning earlier queries."""

from __future__ import annotations

from typing import Any

import pytest

import overproof as op
from overproof.session.keeping import QueryFolder, cabinet, find_query, list_queries, remove_query
from overproof.words.errors import QueryError


def counting(cycles: Any) -> dict[str, int]:
    return {"n": len(cycles)}


@pytest.fixture
def three(session: op.Session, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of three finished queries, the oldest first."""
    ids = iter(f"20300101-00000{index}-aaa{letter}" for index, letter in enumerate("xyzuvw"))
    monkeypatch.setattr("overproof.session.question.new_query_id", lambda: next(ids))
    return [session.process(counting, cycles=4).query_id for _ in range(3)]


def test_queries_are_listed_the_newest_first(three: list[str]) -> None:
    """All queries on disk are there, with what was asked and how it stands."""
    found = list_queries()
    assert [query.id for query in found] == three[::-1]
    assert {query.state for query in found} == {"finished"}
    assert found[0].description.selector == "counting"
    assert found[0].description.cycles == 4
    account = found[0].account
    assert account is not None
    assert account.processed == 4


def test_a_query_is_found_by_a_part_of_its_id(three: list[str]) -> None:
    """The beginning or the end of an id is enough when no other has it."""
    assert find_query(three[1]).id == three[1]
    assert find_query("aaay").id == three[1]
    with pytest.raises(QueryError, match=r"3 queries 2030.*give more of the id"):
        find_query("2030")
    with pytest.raises(QueryError, match="empty"):
        find_query("")
    for nonsense in ("..", "../queries", "zzz"):
        with pytest.raises(QueryError):
            find_query(nonsense)


def test_the_newest_query_is_the_last(session: op.Session, three: list[str]) -> None:
    """`last` is the newest query everywhere, in Python too; without any query that is said."""
    assert find_query("last").id == three[2]
    assert session.resume("last").query_id == three[2]
    for name in three:
        remove_query(name)
    with pytest.raises(QueryError, match="no query on disk yet"):
        session.resume("last")
    with pytest.raises(QueryError, match="empty"):
        session.resume("")


def test_a_removed_query_is_gone_and_a_running_one_stays(three: list[str]) -> None:
    """What runs, here or elsewhere, is not removed."""
    assert remove_query("aaax") == three[0]
    held = find_query(three[1])
    assert held.hold()
    with pytest.raises(QueryError, match="runs: stop it first"):
        remove_query(three[1])
    held.release()
    assert [query.id for query in list_queries()] == [three[2], three[1]]


def test_old_queries_are_pruned(session: op.Session, three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number that is kept, the oldest finished ones go when a new one begins; one that runs never does."""
    monkeypatch.setattr(cabinet, "MAX_QUERIES", 1)
    held = find_query(three[0])
    assert held.hold()
    newest = session.process(counting, cycles=4).query_id
    assert {query.id for query in list_queries()} == {three[0], three[2], newest}
    held.release()


def test_what_can_go_on_is_pruned_last(session: op.Session, three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that was interrupted is kept longer than finished ones that are younger."""
    monkeypatch.setattr(cabinet, "MAX_QUERIES", 2)
    monkeypatch.setattr(QueryFolder, "state", property(lambda query: "stopped" if query.id == three[0] else "finished"))
    assert cabinet.prune_queries() == [three[1]]
    monkeypatch.setattr(cabinet, "MAX_BYTES", 0)
    assert cabinet.prune_queries() == [three[2], three[0]]
