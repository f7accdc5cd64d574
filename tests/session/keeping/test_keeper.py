"""Laws of keeping: a disk that fails costs what was to be kept, and nothing else."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.engines import driver
from overproof.outputs.state import OutputState
from overproof.records.account import Account
from overproof.records.block import Block
from overproof.records.facts import Fact
from overproof.records.notices import DeltaMerged, FileOpened, QueryStarted, WorkerLost
from overproof.records.orders import CloseQuery, SendPacket
from overproof.records.outcome.standing import Standing
from overproof.session.conduct.recalled import recalled_result
from overproof.session.keeping import find_query, keeper, list_queries
from overproof.session.keeping.beginning import wall_time
from overproof.session.keeping.checkpoint import Head
from overproof.session.keeping.folder import QueryFolder
from overproof.session.keeping.keeper import Keeper, KeepingWarning
from overproof.store import Draft, Folders, RecordFile
from overproof.testing import ManualClock
from overproof.words.errors import MergeError
from overproof.words.states import QueryState

BLOCK = 50


def summing(events: Any) -> dict[str, Any]:
    return {"sum": float(np.sum(events.x)), "n": len(events)}


@pytest.fixture
def folder(tmp_path: Path) -> QueryFolder:
    """The folder of a query, held."""
    return QueryFolder(Folders(tmp_path / "queries").make("q", {}))


def head(state: QueryState = QueryState.RUNNING) -> Head:
    return Head(state=state, at=wall_time(), account=Account(processed=1, total=1))


def writing(n: int, *, clock: ManualClock | None = None, cost_s: float = 0.0) -> Callable[..., None]:
    """Return what a driver offers: outputs of a block whose value is `n`, which take some time to be written."""
    outputs = OutputState()
    outputs.add_block(Block(file=0, index=n, first=n, stop=n + 1), {"n": n})

    def write_down(write: Callable[[OutputState, Standing], None]) -> None:
        write(outputs, Standing(merged={0: 1 << n}))
        if clock is not None:
            clock.advance(cost_s)

    return write_down


def saved(folder: QueryFolder) -> int | None:
    checkpoint = folder.checkpoint()
    return checkpoint.outputs.value()["n"] if checkpoint is not None else None


def test_checkpoints_come_as_often_as_they_are_cheap(folder: QueryFolder) -> None:
    """A small state is kept every few seconds; one that takes long to write, so seldom that it costs under 1 %."""
    clock = ManualClock()
    kept = Keeper(folder, clock=clock)
    for cost_s, most_s, least_s in ((0.0, 5.0, 0.5), (1.0, 500.0, 100.0)):
        taken = []
        for n in range(600):
            clock.advance(0.5)
            before = clock.now()
            kept.rest(clock.now(), head, writing(n, clock=clock, cost_s=cost_s))
            kept._wait()  # what waits for the disk is no part of the manual time
            if saved(folder) == n:
                taken.append(before)
        intervals = np.diff(taken)
        assert len(intervals)
        assert (intervals[1:] <= most_s).all()
        assert (intervals >= least_s).all()
    kept.close()


def test_the_journal_is_written_each_second_and_at_failures(folder: QueryFolder) -> None:
    """A fact is on disk about a second after it happened; a failure almost at once; all of them at the end."""
    kept = Keeper(folder, clock=ManualClock())
    started = Fact(at_s=0.0, what=QueryStarted())
    kept.record(started)
    assert list(folder.facts()) == []
    lost = Fact(at_s=0.2, what=WorkerLost(worker="w1", reason="killed"))
    kept.record(lost)
    assert list(folder.facts()) == [started, lost]
    closed = Fact(at_s=0.3, what=CloseQuery(state=QueryState.FINISHED))
    kept.record(closed)
    kept.rest(1.0, head, writing(0))
    assert list(folder.facts()) == [started, lost]
    kept.rest(1.3, head, writing(0))
    assert list(folder.facts()) == [started, lost, closed]
    kept.record(started)
    kept.close()
    assert list(folder.facts()) == [started, lost, closed, started]


def full(*_: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("place", [(Draft, "__init__"), (os, "fsync"), (os, "replace"), (RecordFile, "append")])
def test_a_full_disk_is_said_once_and_harms_nothing(
    session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    """The disk full after the first time: the answer comes all the same, with one warning; what was kept is whole."""
    whole = session.process(summing, hard, block_entries=BLOCK, journal=False)
    monkeypatch.setattr(driver, "POLL_S", 0.0)
    for name in ("FIRST_CHECKPOINT_S", "MIN_INTERVAL_S", "COST_FACTOR", "FLUSH_S", "RETRY_S"):
        monkeypatch.setattr(keeper, name, 0.0)
    original, calls = getattr(*place), iter(range(10**9))

    def sometimes_full(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs) if next(calls) < 1 else full()

    with monkeypatch.context() as patch, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        patch.setattr(*place, sometimes_full)
        result = session.process(summing, hard, block_entries=BLOCK, delta_interval_s=0.0)
    assert dict(result) == dict(whole)
    assert result.is_complete
    (said,) = [each for each in caught if issubclass(each.category, KeepingWarning)]
    assert f"query {result.query_id} goes on" in str(said.message)
    assert "No space left on device" in str(said.message)
    kept = find_query(result.query_id)
    list(kept.facts())
    assert dict(session.resume(result.query_id)) == dict(whole)


def test_a_home_that_cannot_be_written_is_said_once(
    session: op.Session, hard: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept the query runs all the same, and says so."""
    home.write_text("this is no directory")
    with pytest.warns(KeepingWarning, match="may not be resumable") as caught:
        result = session.process(summing, hard)
    assert len([each for each in caught if each.category is KeepingWarning]) == 1
    assert result.is_complete
    assert list_queries() == []


def test_a_home_of_somebody_else_is_not_used(session: op.Session, hard: str, home: Path) -> None:
    """A directory that others may write into is refused, as anything in it would be loaded as code."""
    (home / "queries").mkdir(parents=True)
    (home / "queries").chmod(0o777)
    with pytest.warns(KeepingWarning, match="does not belong to you alone"):
        session.process(summing, hard)
    assert list((home / "queries").iterdir()) == []


def test_without_any_home_a_query_runs(session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home directory keeps nothing, and hears of it once."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("OVERPROOF_HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.warns(KeepingWarning, match="Could not determine home directory"):
        assert session.process(summing, hard).is_complete
    assert list_queries() == []


def test_warnings_that_are_errors_do_not_end_a_query(session: op.Session, hard: str, home: Path) -> None:
    """`-W error` changes what is heard of the disk, not what is computed."""
    home.write_text("this is no directory")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert session.process(summing, hard).is_complete


def test_the_journal_tells_the_whole_story(session: op.Session, hard: str) -> None:
    """Every block of the answer was sent, handed over and merged, and the last word is the end."""
    result = session.process(summing, hard, block_entries=BLOCK)
    facts = [fact.what for fact in find_query(result.query_id).facts()]
    assert isinstance(facts[0], QueryStarted)
    assert facts[-1] == CloseQuery(state=QueryState.FINISHED)
    merged = [block for fact in facts if isinstance(fact, DeltaMerged) for block in fact.delta.blocks]
    sent = {block for fact in facts if isinstance(fact, SendPacket) for block in fact.packet.blocks}
    assert sum(block.n_entries for block in merged) == result.account.processed
    assert len(set(merged)) == len(merged)
    assert set(merged) <= sent
    assert len([fact for fact in facts if isinstance(fact, FileOpened)]) == 2


def test_outputs_that_cannot_be_written_cost_the_checkpoint_alone(
    session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs that a file cannot hold are said once; the query gives them all the same."""

    def stubborn(self: OutputState, file: Any, **_: Any) -> None:
        raise MergeError("output 'sum' does not travel")

    monkeypatch.setattr(OutputState, "write_to", stubborn)
    with pytest.warns(KeepingWarning, match="output 'sum' does not travel"):
        assert session.process(summing, hard).is_complete
    (kept,) = list_queries()
    assert kept.state == "interrupted"
    assert not list(kept.path.glob(".new-*"))


def test_what_is_on_disk_is_private(session: op.Session, hard: str) -> None:
    """Folders are for their owner only."""
    result = session.process(summing, hard)
    folder = find_query(result.query_id).path
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert recalled_result(find_query(result.query_id))["n"] == result["n"]
