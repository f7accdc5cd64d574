"""Laws of independent work on items."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.cli.main import main
from overproof.columns.cycles import ITEM_BLOCKS
from overproof.records.query import QueryOptions
from overproof.session.mapping import Mapped
from overproof.session.result import IncompleteWarning
from overproof.words.errors import OptionError, QueryError, SelectorError, UserCodeError
from overproof.words.states import QueryState


@pytest.fixture(scope="module")
def local() -> Iterator[op.Session]:
    with op.Session("local:2", progress=False) as session:
        yield session


@pytest.fixture(params=["inline", "local:2"])
def session(request: pytest.FixtureRequest, local: op.Session) -> Iterator[op.Session]:
    if request.param == "local:2":
        yield local
        return
    with op.Session("inline", progress=False) as session:
        yield session


@pytest.fixture
def quiet() -> Iterator[None]:
    """Say nothing of items that are meant to fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IncompleteWarning)
        yield


@dataclass
class Point:
    x: float
    y: float


class Peculiar(Exception):
    """Cannot be made anew of what it keeps."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(f"{text} {number}")


def square(x: int) -> int:
    return x * x


def fussy(x: int) -> int:
    if x == 2:
        raise ValueError("two is bad") from KeyError("the cause")
    if x == 4:
        raise Peculiar(4, "no")
    return x * x


def test_values_come_in_the_order_of_items(session: op.Session) -> None:
    """`mapped[i]` is `function(items[i])`, whoever computed it when; items may come from a generator."""
    mapped = session.map(square, (x for x in range(50)))
    assert isinstance(mapped, Mapped)
    assert list(mapped) == [x * x for x in range(50)]
    assert (len(mapped), mapped[7], mapped[-1], mapped[3:6]) == (50, 49, 49 * 49, [9, 16, 25])
    assert mapped.is_complete
    assert mapped.account.processed == mapped.account.total == 50
    assert mapped.done == tuple(range(50))
    with pytest.raises(IndexError):
        mapped[50]


def test_every_item_is_computed_once(local: op.Session, tmp_path: Path) -> None:
    """Of more items than there are blocks, each is given out once, and none anew because it is late."""
    n_items = ITEM_BLOCKS + 10
    log = tmp_path / "log"

    def note(item: int) -> int:
        with open(log, "a") as file:
            file.write(f"{item}\n")
        return item

    assert list(local.map(note, range(n_items))) == list(range(n_items))
    assert sorted(map(int, log.read_text().split())) == list(range(n_items))


def test_no_item_waits_behind_another_while_somebody_rests(local: op.Session, tmp_path: Path) -> None:
    """Two items that wait for each other end: each worker has one of them."""
    local.map(square, range(4))  # both workers are there

    def meet(item: int) -> bool:
        (tmp_path / str(item)).touch()
        end_s = time.monotonic() + 30.0
        while not (tmp_path / str(1 - item)).exists() and time.monotonic() < end_s:
            time.sleep(0.01)
        return (tmp_path / str(1 - item)).exists()

    assert list(local.map(meet, range(2))) == [True, True]


def test_no_items_are_an_answer(session: op.Session) -> None:
    """A function of nothing gives nothing, completely."""
    mapped = session.map(square, [])
    assert (list(mapped), mapped.is_complete, mapped.state) == ([], True, QueryState.FINISHED)


def test_functions_items_and_values_are_of_any_type(session: op.Session) -> None:
    """Closures, classes of the user's and arrays travel both ways; what comes back is of the user's own class."""
    shift = 1.5

    def move(point: Point) -> tuple[Point, Callable[[], float]]:
        moved = Point(point.x + shift, point.y)
        return moved, lambda: moved.x

    mapped = session.map(move, [Point(1.0, 2.0), Point(3.0, 4.0)])
    assert [type(point) for point, _ in mapped] == [Point, Point]
    assert mapped[0][0] == Point(2.5, 2.0)
    assert mapped[1][1]() == 4.5
    assert mapped[0] is mapped[0]
    large = session.map(np.cumsum, [np.ones(300_000), np.arange(300_000)])
    assert np.array_equal(large[1], np.cumsum(np.arange(300_000)))


def test_an_item_that_raises_costs_that_item(session: op.Session) -> None:
    """It is named with its traceback, and asking for it raises; what the function raised is the cause, with its own."""
    with pytest.warns(IncompleteWarning, match=r"2 of 6 items have no value: 2 failed.*item 2: ValueError: two is bad"):
        mapped = session.map(fussy, range(6))
    assert mapped.filled("-") == [0, 1, "-", 9, "-", 25]
    assert list(mapped.failed) == [2, 4]
    assert (mapped.account.processed, mapped.account.excluded, mapped.account.total) == (4, 2, 6)
    assert [(each.first, each.stop, each.kind) for each in mapped.excluded] == [
        (2, 3, "exception"),
        (4, 5, "exception"),
    ]
    with pytest.raises(UserCodeError, match=r"^item 2: ValueError: two is bad \(test_map.py, line \d+, in fussy\)$"):
        mapped[2]
    raised = mapped.failed[2].__cause__
    assert isinstance(raised, ValueError)
    assert isinstance(raised.__cause__, KeyError)
    assert 'raise ValueError("two is bad") from KeyError' in mapped.failed[2].traceback
    assert "overproof" not in mapped.failed[2].traceback
    with pytest.raises(UserCodeError, match="item 2"):
        list(mapped)


def test_an_exception_that_cannot_travel_goes_as_text(session: op.Session, quiet: None) -> None:
    """What it said is told; there is no cause."""
    error = session.map(fussy, [4]).failed[0]
    assert str(error).startswith("item 0: Peculiar: no 4 (test_map.py")
    assert error.__cause__ is None


def test_all_items_may_fail(session: op.Session, quiet: None) -> None:
    """However many fail, the query goes to its end."""
    mapped = session.map(fussy, [2] * 30)
    assert len(mapped.failed) == mapped.account.excluded == 30


def test_an_item_that_raises_is_tried_again_when_that_is_asked(session: op.Session, tmp_path: Path) -> None:
    """With `retries=2` it may raise twice."""

    def moody(item: int) -> int:
        tries = tmp_path / f"{item}"
        tries.write_text(tries.read_text() + "." if tries.exists() else ".")
        if len(tries.read_text()) <= item:
            raise OSError("not now")
        return item

    with pytest.warns(IncompleteWarning):
        mapped = session.map(moody, range(4), retries=2)
    assert mapped.filled() == [0, 1, 2, None]
    assert isinstance(mapped.failed[3].__cause__, OSError)


def test_values_that_cannot_travel_cost_their_items(session: op.Session, quiet: None) -> None:
    """A generator cannot be pickled: only its item fails, and says so."""
    mapped = session.map(lambda x: iter(x) if x == "ab" else (each for each in x), ["ab", "cd"])
    assert list(mapped.done) == [0]
    assert "item 1: TypeError: its value, a generator, cannot be sent back" in str(mapped.failed[1])


def test_items_and_functions_that_cannot_travel_are_refused(session: op.Session) -> None:
    """Nothing is computed, and it is said which item it is."""
    with pytest.raises(SelectorError, match="item 1, a generator, cannot be sent to workers"):
        session.map(square, [1, (x for x in "ab")])
    lock = threading.Lock()
    with pytest.raises(SelectorError, match=r"the function .* cannot be sent to workers"):
        session.map(lambda _: lock, [1])


def deadly(item: str) -> str:
    match item:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(7)
        case "hang":
            signal.pause()
        case "burst":
            kept = []
            while True:
                kept.append(b"x" * 10_000_000)
    return item.upper()


def test_an_item_that_ends_its_worker_is_isolated(local: op.Session, quiet: None) -> None:
    """A crash costs its item alone, and says what it was."""
    mapped = local.map(deadly, ["a", "segfault", "b"])
    assert mapped.filled() == ["A", None, "B"]
    assert [(each.first, each.kind) for each in mapped.excluded] == [(1, "signal")]
    assert str(mapped.failed[1]).startswith("item 1: died by signal 11")
    assert mapped.account.processed + mapped.account.excluded == mapped.account.total == 3


@pytest.mark.nightly
def test_all_ways_to_end_a_worker_are_told_apart(local: op.Session, quiet: None) -> None:
    """A crash, an exit, a hang and a burst of memory cost their items alone."""
    items = ["a", "segfault", "b", "exit", "c", "hang", "d", "burst"]
    mapped = local.map(deadly, items, timeout_s=5.0, memory_limit_bytes=400_000_000)
    assert mapped.filled() == ["A", None, "B", None, "C", None, "D", None]
    kinds = [(1, "signal"), (3, "exit"), (5, "timeout"), (7, "memory")]
    assert [(each.first, each.kind) for each in mapped.excluded] == kinds


@pytest.mark.chaos
def test_killed_workers_cost_nothing(local: op.Session, tmp_path: Path) -> None:
    """A worker that somebody kills with -9 is no fault of its item."""

    def once(item: int) -> int:
        if item % 10 == 3:
            try:
                (tmp_path / str(item)).touch(exist_ok=False)
            except FileExistsError:
                return item
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(local.map(once, range(40))) == list(range(40))


def test_a_running_map_can_be_looked_at_and_stopped(local: op.Session, tmp_path: Path, quiet: None) -> None:
    """What is done is kept; asking for an item that was not computed says so, and the query can be resumed."""
    gate = tmp_path / "gate"

    def wait(item: int) -> int:
        if item == 2:
            raise ValueError("two is bad")
        while item > 3 and not gate.exists():
            time.sleep(0.01)
        return item

    query = local.map(wait, range(12), wait=False)
    while (so_far := query.partial()) is None or len(so_far.done) + len(so_far.failed) < 4:
        query.wait(0.05)
    assert [(each.first, each.reason[:10]) for each in query.failures()] == [(2, "ValueError")]
    assert so_far.state is QueryState.RUNNING
    assert so_far.filled()[:5] == [0, 1, None, 3, None]
    progress = query.progress()
    assert (progress.unit, progress.account.excluded, progress.account.processed) == ("items", 1, len(so_far.done))
    assert progress.first_failure == query.failures()[0]
    query.stop()
    gate.touch()
    stopped = query.result()
    assert stopped.state is QueryState.STOPPED
    assert stopped.account.unread > 0
    with pytest.raises(QueryError, match=r"item 11 was not computed; .*resume"):
        stopped[11]
    resumed = local.resume(stopped.query_id)
    assert resumed.filled() == [0, 1, None, *range(3, 12)]


def test_what_is_told_of_a_map_is_what_it_gives(session: op.Session) -> None:
    """Figures and failures of the query are those of its values, at no warning; parts of a map have no names."""
    query = session.map(fussy, range(6), wait=False)
    query.wait(60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        progress = query.progress()
        assert (progress.account.processed, progress.account.excluded) == (4, 2)
        assert not progress.account.is_complete
        assert [each.first for each in query.failures()] == [2, 4]
        assert [each.first for each in query.failures(1)] == [4]
        assert repr(query).endswith("finished: 4 of 6 items>")
        assert query.outline() == {}
        for name in ("values", "raised"):
            with pytest.raises(OptionError, match="a map has no outputs by name"):
                query.partial(name)
    with pytest.warns(IncompleteWarning, match="2 of 6 items"):
        assert query.result().account == progress.account


def test_a_part_of_a_map_is_no_cause_for_warnings(local: op.Session, tmp_path: Path) -> None:
    """A map that is shown while it stops warns nobody; its result does."""
    gate = tmp_path / "gate"

    def wait(item: int) -> int:
        while item > 3 and not gate.exists():
            time.sleep(0.01)
        return item

    query = local.map(wait, range(12), wait=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        while (so_far := query.partial()) is None or len(so_far.done) < 4:
            query.wait(0.05)
        query.stop()
        assert not query.partial().is_complete
        query.failures()
    gate.touch()
    with pytest.warns(IncompleteWarning, match="0 failed, .* were not computed"):
        query.result()


def test_a_map_that_is_shown_again_tells_the_same(local: op.Session, quiet: None) -> None:
    """A finished map that is taken up again has the figures that it had."""
    mapped = local.map(fussy, range(6))
    again = local.resume(mapped.query_id, wait=False)
    again.wait(60)
    assert again.progress().account == mapped.account
    assert [each.first for each in again.failures()] == [2, 4]


def test_a_mapped_tells_what_it_is(session: op.Session, quiet: None) -> None:
    """Its text has the numbers and the first failures; it survives a pickle."""
    mapped = session.map(fussy, [1, *[2] * 7])
    lines = repr(mapped).splitlines()
    assert lines[0] == f"<Mapped {mapped.query_id} finished: 1 of 8 items>"
    assert lines[1].startswith("  item 1: ValueError: two is bad")
    assert lines[-1] == "  and 2 more failed"
    assert "1 of 8 items" in mapped._repr_html_()
    assert "7 items excluded" in mapped._repr_html_()
    assert "entries" not in mapped._repr_html_()
    assert "two is bad" in mapped._repr_html_()
    again = pickle.loads(pickle.dumps(mapped))
    assert again[0] == 1
    assert again.failed.keys() == mapped.failed.keys()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"retries": -1}, "retries=-1"),
        ({"timeout_s": 0}, "timeout_s=0: give a number of seconds above 0"),
        ({"memory_limit_bytes": 5}, "memory_limit_bytes=5"),
        ({"journal": 1}, "journal=1"),
    ],
    ids=["retries", "timeout", "memory", "journal"],
)
def test_what_makes_no_sense_is_refused(session: op.Session, said: dict[str, Any], complaint: str) -> None:
    """An option is complained about by its name."""
    with pytest.raises(OptionError, match=complaint):
        session.map(square, [1], **said)


@pytest.mark.parametrize(
    ("function", "items", "complaint"),
    [
        (3, [1], r"int cannot be called; write map\(function, items\)"),
        ([1], len, r"list cannot be called; write map\(function, items\)"),
        (len, None, r"NoneType holds no items; write map\(function, items\)$"),
        (len, 3, r"int holds no items; write map\(function, items\), a single item as a list of one"),
    ],
    ids=["number", "turned", "none", "single"],
)
def test_what_is_no_function_or_no_items_is_refused(
    session: op.Session, function: Any, items: Any, complaint: str
) -> None:
    """Nothing is computed where the two were forgotten or turned round."""
    with pytest.raises(OptionError, match=complaint):
        session.map(function, items)


def test_speculation_is_off_and_failures_are_free(local: op.Session) -> None:
    """No item is computed twice because it is late, and any number of them may fail."""
    query = local.map(square, range(3), wait=False)
    options: QueryOptions = query._question.options
    query.result()
    assert (options.packetizer, options.speculates, options.max_excluded) == ("single", False, 3)


def test_the_command_line_shows_an_earlier_map(
    local: op.Session, quiet: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its values, with nothing in the places of those that failed, and what failed; it is not complete."""
    mapped = local.map(fussy, range(4))
    assert main(["queries", "fetch", mapped.query_id, "--json", "-"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["outputs"]["values"] == [0, 1, None, 9]
    assert [(each["file"], each["entry"]) for each in document["excluded"]] == [("items", 2)]
    assert document["account"]["complete"] is False
