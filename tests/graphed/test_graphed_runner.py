"""Laws of the runner of graphed's plans: over a stand-in for its contract, and over graphed where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import overproof as op
from overproof.graphed.runner import combined
from overproof.words.errors import OptionError

CONTRACT = '''
"""The part of graphed's executor contract that a runner needs."""
from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class ExecResult:
    value: Any
    n_partitions: int
    n_combines: int
    stopped: Any = None

class LocalResources:
    def __init__(self):
        self.opened = {}
    def open_once(self, uri, opener):
        return self.opened.setdefault(uri, None) or self.opened.__setitem__(uri, opener(uri)) or self.opened[uri]

class UnboundService(Exception):
    pass

def require_bound(plan):
    if plan.services:
        raise UnboundService(plan.services)
'''


@dataclass(frozen=True)
class Partition:
    uri: str
    entry_start: int
    entry_stop: int


@dataclass(frozen=True)
class Task:
    key: int
    partition: Partition


@dataclass
class Plan:
    process: Any
    combine: Any
    empty: Any = str
    tasks: Any = ()
    next_tasks: Any = None
    stop: Any = None
    services: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give a runner of two workers that find the stand-in, as this process does."""
    place = tmp_path_factory.mktemp("stand-in")
    (place / "graphed" / "core").mkdir(parents=True)
    for name in ("graphed/__init__.py", "graphed/core/__init__.py"):
        (place / name).touch()
    (place / "graphed" / "core" / "execution.py").write_text(CONTRACT)
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in sys.modules if each.partition(".")[0] == "graphed"]:
            patch.delitem(sys.modules, name)
        patch.syspath_prepend(str(place))
        with op.graphed.Runner(workers=2, progress=False) as runner:
            yield runner
        for name in [each for each in sys.modules if each.partition(".")[0] == "graphed"]:
            del sys.modules[name]


def said(partition: Partition, resources: Any) -> str:
    resources.open_once(partition.uri, lambda uri: uri.upper())
    return f"{partition.entry_start}"


def bracketed(left: str, right: str) -> str:
    return f"({left} {right})"


def tasks(n: int) -> list[Task]:
    return [Task(key, Partition(f"f{key % 3}.root", key, key + 1)) for key in range(n)]


def test_without_graphed_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner complains when it is made, before workers are started."""
    for name in ("graphed", "graphed.core", "graphed.core.execution"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("overproof.graphed.runner.Session", lambda **_: pytest.fail("workers were started"))
    with pytest.raises(OptionError, match="pip install graphed"):
        op.graphed.Runner(workers=1)


@pytest.mark.parametrize(
    ("n_tasks", "value"),
    [
        (1, "0"),
        (2, "(0 1)"),
        (3, "((0 1) 2)"),
        (5, "(((0 1) (2 3)) 4)"),
        (7, "(((0 1) (2 3)) ((4 5) 6))"),
    ],
)
def test_partials_are_combined_along_one_tree(runner: Any, n_tasks: int, value: str) -> None:
    """Neighbours in the order of keys, level by level, whatever order the tasks are written in."""
    done = runner.run(Plan(said, bracketed, tasks=tasks(n_tasks)[::-1]))
    assert (done.value, done.n_partitions, done.n_combines, done.stopped) == (value, n_tasks, n_tasks - 1, None)


def test_no_tasks_give_what_is_empty(runner: Any) -> None:
    """The plan says what that is."""
    done = runner.run(Plan(said, bracketed, empty=lambda: "nothing"))
    assert (done.value, done.n_partitions, done.n_combines) == ("nothing", 0, 0)


class StageError(Exception):
    """What graphed raises where a task fails."""


def test_what_a_task_raises_is_raised(runner: Any) -> None:
    """With its type."""

    def failing(partition: Partition, _: Any) -> str:
        if partition.entry_start == 3:
            raise StageError("at the user's line")
        return ""

    with pytest.raises(StageError, match="at the user's line"):
        runner.run(Plan(failing, bracketed, tasks=tasks(6)))


@pytest.mark.chaos
def test_killed_workers_cost_nothing(runner: Any, tmp_path: Path) -> None:
    """The value is that of a run in which nobody is killed."""

    def once(partition: Partition, resources: Any) -> str:
        mark = tmp_path / str(partition.entry_start)
        if partition.entry_start % 3 == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return said(partition, resources)

    plans = [Plan(process, bracketed, tasks=tasks(7)) for process in (said, once)]
    assert runner.run(plans[0]).value == runner.run(plans[1]).value


def test_plans_that_depend_on_time_are_refused(runner: Any) -> None:
    """Tasks that are thought of on the way, stops, and stages run on graphed's own executors."""
    with pytest.raises(OptionError, match=r"the plan has next_tasks=\.\.\., and its tasks would depend on"):
        runner.run(Plan(said, bracketed, next_tasks=lambda context: None))
    with pytest.raises(OptionError, match=r"the plan has stop=\.\.\."):
        runner.run(Plan(said, bracketed, stop=object()))
    with pytest.raises(OptionError, match="a dict has no process: plans in stages run on graphed's own executors"):
        runner.run({})
    with pytest.raises(Exception, match="model"):
        runner.run(Plan(said, bracketed, services=("model",)))


def test_the_tree_is_the_same_for_every_number_of_partials() -> None:
    """An order is kept, and each is in it once."""
    for n in range(1, 40):
        assert combined([[each] for each in range(n)], lambda left, right: left + right) == list(range(n))


@pytest.mark.nightly
@pytest.mark.skipif(importlib.util.find_spec("graphed_executors") is None, reason="graphed is not installed")
def test_values_are_those_of_graphed(tmp_path: Path) -> None:
    """Byte for byte those of its own executor."""
    import awkward as ak
    import boost_histogram as bh
    import numpy as np
    import uproot

    gh = importlib.import_module("graphed_histogram")
    gak = importlib.import_module("graphed.awkward").gak
    theirs = importlib.import_module("graphed_executors.local").ThreadExecutor(2)
    dice = np.random.default_rng(1)
    with uproot.recreate(tmp_path / "f.root") as file:
        file["Events"] = {"pt": ak.unflatten(dice.exponential(30, 3000), np.full(1000, 3)), "w": dice.normal(size=1000)}
    events = uproot.graphed({str(tmp_path / "f.root"): "Events"})
    histogram = gh.boost.Histogram(bh.axis.Regular(30, 0, 100), storage=bh.storage.Weight())
    histogram.fill(gak.flatten(events["pt"]), weight=gak.flatten(events["pt"] * events["w"]))
    plan = gh.plan({"h": histogram}, steps_per_file=7)
    with op.graphed.Runner(workers=2, progress=False) as runner:
        mine = gh.unpack(runner.run(plan).value)["h"]
    expected = gh.unpack(theirs.run(plan).value)["h"]
    assert mine.view(flow=True).tobytes() == expected.view(flow=True).tobytes()
