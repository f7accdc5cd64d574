"""Laws of the executor that plugs into coffea's own Runner."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
from coffea.processor import IterativeExecutor, Runner, accumulate
from coffea.processor.executor import ExecutorBase

import overproof as op
from overproof.words.errors import OptionError, UserCodeError

PLACES = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def executor(workers: op.Session) -> Any:
    return op.coffea.Executor(session=workers, status=False)


def filled(item: int) -> dict[str, Any]:
    """Give what rounds when it is added, and what has an order."""
    dice = np.random.default_rng(item)
    histogram = hist.Hist.new.StrCat([], growth=True, name="place").Reg(9, 0, 1, name="x").Weight()
    histogram.fill(place=PLACES[item * 7 % 4], x=dice.random(50), weight=dice.normal(size=50))
    return {"h": histogram, "sum": dice.normal(), "n": Counter({item % 3: 1}), "order": [item], "seen": {item % 5}}


def same(mine: Any, theirs: Any) -> bool:
    """Tell whether two outputs are the same to the last bit."""
    views = [np.ascontiguousarray(each["h"].view(flow=True)).tobytes() for each in (mine, theirs)]
    return views[0] == views[1] and mine["h"].axes == theirs["h"].axes and {**mine, "h": 0} == {**theirs, "h": 0}


@pytest.mark.parametrize("compression", [1, None])
def test_the_output_is_that_of_the_iterative_executor(executor: Any, compression: int | None) -> None:
    """Bit for bit, because values are added in the order of items; a generator of items will do."""
    executor = executor.copy(compression=compression)
    expected, _ = IterativeExecutor(status=False)(list(range(60)), filled, None)
    found, problem = executor((item for item in range(60)), filled, None)
    assert problem == 0
    assert same(found, expected)
    assert found["order"] == list(range(60))


def test_values_are_added_to_the_accumulator(executor: Any) -> None:
    """What is given comes first, as coffea's own executors have it."""
    assert executor([1, 2], lambda item: [item], [0]) == IterativeExecutor(status=False)([1, 2], lambda x: [x], [0])
    assert executor([], filled, {"given": 1}) == ({"given": 1}, 0)
    assert executor([1, 2], lambda item: None, None) == (accumulate([None, None]), 0)


def test_it_is_one_of_coffeas_executors(executor: Any, workers: op.Session) -> None:
    """It has their fields, and a copy of it has the same workers."""
    assert isinstance(executor, ExecutorBase)
    assert isinstance(executor, op.coffea.Executor)
    assert (executor.unit, executor.desc, executor.function_name, executor.retries) == ("items", "Processing", None, 3)
    copied = executor.copy(unit="file", desc="Preprocessing", function_name="f", compression=None)
    assert (copied.unit, copied.function_name, copied.compression) == ("file", "f", None)
    assert type(copied) is type(executor)
    assert copied.session is executor.session is workers


class OutOfRangeError(Exception):
    """Of the test's own."""


def fussy(item: int) -> dict[str, int]:
    if item in (4, 8):
        raise OutOfRangeError(f"not {item}") from OSError("gone")
    return {"n": 1}


def test_what_an_item_raises_is_raised(executor: Any) -> None:
    """With its type, its causes, and a note of where it happened."""
    with pytest.raises(OutOfRangeError, match=r"not [48]") as caught:
        executor(range(10), fussy, None)
    assert isinstance(caught.value.__cause__, OSError)
    assert "in fussy" in "".join(caught.value.__notes__)


def test_a_recoverable_executor_keeps_what_is_done(executor: Any) -> None:
    """All other items are in the accumulator; the error is that of the first item that failed."""
    found, problem = executor.copy(recoverable=True)(range(10), fussy, {"n": 100})
    assert found == {"n": 108}
    assert isinstance(problem, OutOfRangeError)
    assert str(problem) == "not 4"


def crashing(item: int) -> dict[str, int]:
    if item == 2:
        os.kill(os.getpid(), signal.SIGSEGV)
    return {"n": 1}


@pytest.mark.nightly
def test_an_item_that_ends_its_worker_fails_alone(executor: Any) -> None:
    """The others are in the accumulator, where coffea's own executors have none."""
    found, problem = executor.copy(recoverable=True)(range(6), crashing, None)
    assert found == {"n": 5}
    assert isinstance(problem, UserCodeError)
    assert "item 2: died by signal 11" in str(problem)


@pytest.mark.chaos
def test_killed_workers_cost_nothing(executor: Any, tmp_path: Path) -> None:
    """The output is that of a run in which nobody is killed."""

    def once(item: int) -> dict[str, int]:
        mark = tmp_path / str(item)
        if item % 4 == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return filled(item)

    expected, _ = IterativeExecutor(status=False)(list(range(12)), filled, None)
    found, problem = executor(range(12), once, None)
    assert problem == 0
    assert same(found, expected)


def weights(events: Any) -> dict[str, Any]:
    if events.metadata["dataset"] == "mc" and events.metadata["entrystart"] == 0 and len(events) < 40:
        raise OutOfRangeError("few events")
    return {events.metadata["dataset"]: float(np.sum(events.genWeight)), "n": len(events)}


def test_coffeas_runner_runs_on_it(workers: op.Session, fileset: Any) -> None:
    """Preprocessing and processing, skipped items and partial outputs are those of coffea's Runner."""
    executor = op.coffea.Executor(session=workers, status=False, retries=0)
    mine, theirs = executor, IterativeExecutor(status=False, retries=0)
    outputs = [Runner(each, chunksize=50, metadata_cache={})(fileset, weights) for each in (mine, theirs)]
    assert outputs[0] == outputs[1]
    assert list(outputs[0]) == list(outputs[1])
    with pytest.raises(Exception, match="Failed processing file: WorkItem"):
        Runner(mine, chunksize=30, metadata_cache={})(fileset, weights)
    with pytest.raises(Exception, match="Failed processing file: WorkItem") as caught:
        Runner(mine.copy(recoverable=True), chunksize=30, metadata_cache={})(fileset, weights)
    assert caught.value.partial_output["n"] == 245 - 27
    skipped = Runner(mine, chunksize=30, metadata_cache={}, skipbadfiles=(OutOfRangeError,))(fileset, weights)
    assert skipped["n"] == 245 - 27


def test_executors_that_want_the_same_workers_share_them() -> None:
    """One session serves executors and their copies until the last is gone."""
    first, second = op.coffea.Executor(workers=1, status=False), op.coffea.Executor(workers=1, status=False)
    assert first.session is second.session
    assert second.copy().session is first.session
    assert first([1, 2], abs, 0) == (3, 0)
    with pytest.raises(OptionError, match="0 workers can do nothing"):
        op.coffea.Executor(workers=0)
