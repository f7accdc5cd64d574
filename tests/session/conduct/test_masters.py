"""Laws of the master of a question: which mergers it calls."""

from __future__ import annotations

import pytest

from overproof.records.notices import TimePassed, WorkerJoined
from overproof.records.orders import CallMerger
from overproof.session.conduct.masters import master_of
from overproof.session.keywords import QueryKeywords
from overproof.session.question import make_question
from overproof.words.errors import OptionError


def calls(keywords: QueryKeywords, *, can_merge: bool, n_workers: int) -> int:
    """Count the mergers that are called when so many workers have joined."""
    master = master_of(make_question("process", None, keywords, number=1, cycles=1_000), can_merge=can_merge)
    for number in range(n_workers):
        master.handle(WorkerJoined(worker=f"w{number}", epoch=1), now=0.0)
    return sum(isinstance(order, CallMerger) for order in master.handle(TimePassed(), now=1.0))


def test_many_workers_have_mergers_where_a_crew_can_have_them() -> None:
    """By themselves; few have none."""
    assert calls({}, can_merge=True, n_workers=100) == 10
    assert calls({}, can_merge=False, n_workers=100) == 0
    assert calls({}, can_merge=True, n_workers=10) == 0


def test_the_user_may_say_how_many() -> None:
    """Any number, and none; where there can be no mergers it changes nothing."""
    assert calls({"mergers": 3}, can_merge=True, n_workers=2) == 3
    assert calls({"mergers": 0}, can_merge=True, n_workers=100) == 0
    assert calls({"mergers": 3}, can_merge=False, n_workers=100) == 0


@pytest.mark.parametrize("mergers", [-1, 1.5, True])
def test_numbers_that_make_no_sense_are_refused(mergers: object) -> None:
    """With the name of the keyword."""
    with pytest.raises(OptionError, match=r"mergers=.*: give a whole number, at least 0"):
        calls({"mergers": mergers}, can_merge=True, n_workers=1)  # type: ignore[typeddict-item] # that is the point
