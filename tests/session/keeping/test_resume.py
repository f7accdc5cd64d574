"""Laws of going on with an earlier query."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.conduct.recalled import recalled_result
from overproof.session.conduct.resumption import FingerprintWarning
from overproof.session.keeping import find_query, list_queries
from overproof.session.keeping.identity import fingerprint
from overproof.session.result import IncompleteWarning, Result
from overproof.words.errors import AbortedError, QueryError, UserCodeError
from overproof.words.states import QueryState

BLOCK = 50


STAGE = "stage_of_these_tests"
"""Where the selectors, which travel by value, find what they share with the tests."""


class Stage(ModuleType):
    """What selectors in this process wait for, and whom they stop."""

    def __init__(self) -> None:
        super().__init__(STAGE)
        self.gate = threading.Event()
        self.query: op.Query | None = None
        self.stop_after: int | None = None
        self.n_seen = 0


def stage() -> Any:
    return sys.modules[STAGE]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, STAGE, Stage())


def enter() -> None:
    """Be called for each block: wait for the gate, and stop the query when enough blocks were seen."""
    now = stage()
    assert now.gate.wait(30)
    now.n_seen += 1
    if now.stop_after is not None and now.n_seen >= now.stop_after:
        now.query.stop()


class Summing(op.Selector):
    """Sums `x`, and keeps what depends on the order and on seeds."""

    def process(self, events: Any) -> dict[str, Any]:
        enter()
        return {"sum": float(np.sum(events.x)), "firsts": [float(events.w[0])], "seed": float(events.rng.random())}


def stopped(session: op.Session, start: Callable[[], op.Query], *, after: int) -> Any:
    """Start a query in this process and let it stop itself after some blocks."""
    stage().stop_after = after
    stage().query = start()
    stage().gate.set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IncompleteWarning)
        result = stage().query.result(60)
    stage().stop_after = None
    assert result.state is QueryState.STOPPED
    return result


def same(first: Result, second: Result) -> bool:
    return (dict(first), first.account, first.excluded, first.missing) == (
        dict(second), second.account, second.excluded, second.missing
    )  # fmt: skip


def test_a_stopped_query_goes_on(session: op.Session, hard: str) -> None:
    """Stopped twice and resumed twice: only what was left is computed, and the answer is that of one run."""
    stage().gate.set()
    whole = session.process(Summing(), hard, block_entries=BLOCK, journal=False)
    n_blocks, stage().n_seen = stage().n_seen, 0
    stage().gate.clear()
    first = stopped(session, lambda: session.process(Summing(), hard, block_entries=BLOCK, wait=False), after=7)
    assert 0 < first.account.processed < whole.account.processed
    second = stopped(session, lambda: session.resume(first.query_id, wait=False), after=20)
    assert first.account.processed < second.account.processed < whole.account.processed
    done = session.resume(first.query_id)
    assert done.state is QueryState.FINISHED
    assert done.query_id == first.query_id
    assert same(done, whole)
    assert stage().n_seen == n_blocks


def test_a_finished_query_is_shown_again(session: op.Session, hard: str) -> None:
    """Nothing is computed again, whatever has become of the files; also without a session, and by a part of the id."""
    stage().gate.set()
    whole = session.process(Summing(), hard, block_entries=BLOCK)
    n_blocks = stage().n_seen
    for again in (session.resume(whole.query_id), recalled_result(find_query(whole.query_id[-4:]))):
        assert again.state is QueryState.FINISHED
        assert same(again, whole)
        assert again.statistics.entries == whole.statistics.entries
    assert stage().n_seen == n_blocks


def test_a_finished_query_is_shown_again_after_its_selector_has_changed(
    session: op.Session, hard: str, cutting: Path
) -> None:
    """Nothing of the new selector can get into the old answer; only a selector that is given must be the old one."""
    whole = session.process(imported(cutting).Cutting, hard, block_entries=BLOCK, params={"cut": 0.5})
    cutting.write_text(SOURCE.replace(">", "<"))
    assert same(session.resume(whole.query_id), whole)
    with pytest.raises(QueryError, match="has changed"):
        session.resume(whole.query_id, selector=imported(cutting).Cutting)


def test_what_is_left_of_a_stopped_query_can_be_had_without_going_on(session: op.Session, hard: str) -> None:
    """The result of a stopped query is on disk, as it was given."""
    first = stopped(session, lambda: session.process(Summing(), hard, block_entries=BLOCK, wait=False), after=7)
    again = recalled_result(find_query(first.query_id))
    assert again.state is QueryState.STOPPED
    assert same(again, first)


@pytest.mark.parametrize("after", [10, 25, 60])
def test_what_lacks_lacks_after_resuming_too(session: op.Session, hard: str, after: int) -> None:
    """Entries excluded, files missing, and how blocks were cut around them are the same as in one run."""

    class Picky(Summing):
        def process(self, events: Any) -> dict[str, Any]:
            output = super().process(events)
            if np.any(np.asarray(events.x) > 1.09):
                raise ValueError("too far out")
            return output

    folder = Path(hard).parent
    data = [f"{folder}/f0.root:Events", f"{folder}/absent.root:Events", f"{folder}/f1.root:Events"]
    stage().gate.set()
    whole = session.process(Picky(), data, block_entries=BLOCK, max_excluded=500)
    n_seen, stage().n_seen = stage().n_seen, 0
    assert len(whole.excluded) > 5
    assert len(whole.missing) == 1
    stage().gate.clear()
    start = partial(session.process, Picky(), data, block_entries=BLOCK, max_excluded=500, wait=False)
    first = stopped(session, start, after=after)
    assert first.account.unread
    done = session.resume(first.query_id)
    assert same(done, whole)
    assert done.unrounded is not None
    assert after < stage().n_seen <= n_seen + after


def test_a_resumed_result_can_be_merged(session: op.Session, hard: str) -> None:
    """What was resumed has its un-rounded outputs, as any other result."""
    first = stopped(session, lambda: session.process(Summing(), hard, block_entries=BLOCK, wait=False), after=7)
    assert first.unrounded is not None
    done = session.resume(first.query_id)
    assert done.unrounded is not None
    assert done.unrounded.value() == dict(done)


def test_cycles_go_on(session: op.Session) -> None:
    """A query without files is resumed as any other, with the same seeds."""

    class Cycling(op.Selector):
        def process(self, cycles: Any) -> dict[str, Any]:
            enter()
            return {"values": [float(cycles.rng.random())], "n": len(cycles)}

    stage().gate.set()
    whole = session.process(Cycling(), cycles=64, seed=3)
    stage().gate.clear()
    stage().n_seen = 0
    first = stopped(session, lambda: session.process(Cycling(), cycles=64, seed=3, wait=False), after=9)
    assert same(session.resume(first.query_id), whole)


def test_a_draw_goes_on_as_a_draw(session: op.Session, hard: str) -> None:
    """A draw that was stopped is resumed as the histogram that it would have been."""

    def draw(**options: Any) -> Any:
        return session.draw(hard, "x", bins="20, 0, 1", block_entries=BLOCK, **options)

    whole = draw(journal=False)
    query = draw(wait=False)
    query.stop()
    assert query.wait(30)
    done = session.resume(query.id)
    assert np.array_equal(done.values(flow=True), whole.values(flow=True))
    assert (done.name, done.axes[0].label, done.account) == (whole.name, whole.axes[0].label, whole.account)
    with pytest.raises(QueryError, match="no selector"):
        session.resume(query.id, selector=Summing())


def test_a_failed_query_goes_on_where_the_cause_is_gone(session: op.Session, hard: str, tmp_path: Path) -> None:
    """What was merged before the selector failed is kept; with the cause away, the rest is added to it."""
    obstacle = tmp_path / "obstacle"
    obstacle.touch()

    def careful(events: Any) -> dict[str, float]:
        stage().n_seen += 1
        if obstacle.exists() and stage().n_seen > 5:
            raise RuntimeError("the table is not there")
        return {"sum": float(np.sum(events.x)), "n": len(events)}

    with pytest.raises(UserCodeError) as failed:
        session.process(careful, hard, block_entries=BLOCK, on_error="stop")
    assert failed.value.result.account.processed > 0
    query_id = failed.value.result.query_id
    assert find_query(query_id).state == "failed"
    again = recalled_result(find_query(query_id))
    assert again.state is QueryState.FAILED
    assert same(again, failed.value.result)
    assert len(again.excluded) == 1
    obstacle.unlink()
    assert session.resume(query_id)["n"] == 2_963


def test_an_aborted_query_keeps_what_was_merged(session: op.Session, hard: str) -> None:
    """Thrown away in haste, it can still be resumed."""
    stage().gate.set()
    whole = session.process(Summing(), hard, block_entries=BLOCK)

    class Aborting(Summing):
        def process(self, events: Any) -> dict[str, Any]:
            output = super().process(events)
            if stage().query is not None and stage().n_seen == 9:
                stage().query.abort()
            return output

    stage().gate.clear()
    stage().n_seen = 0
    stage().query = session.process(Aborting(), hard, block_entries=BLOCK, delta_interval_s=0.0, wait=False)
    stage().gate.set()
    with pytest.raises(AbortedError):
        stage().query.result(60)
    assert find_query(stage().query.id).state == "aborted"
    assert same(session.resume(stage().query.id), whole)


def test_a_query_that_could_not_begin_leaves_nothing(session: op.Session, hard: str) -> None:
    """What never computed anything is not worth a folder."""
    with pytest.raises(op.InputError):
        session.process(lambda events: {"n": len(events.nonsense)}, hard)
    assert list_queries() == []


def test_without_a_journal_there_is_no_folder(session: op.Session, hard: str, home: Path) -> None:
    """`journal=False` keeps nothing of the query on disk."""
    session.process(lambda events: {"n": len(events)}, hard, journal=False)
    assert not (home / "queries").exists()


def test_a_running_query_is_refused(session: op.Session, hard: str) -> None:
    """Nobody goes on with what goes on already; nor with what another one has just taken up."""
    query = session.process(Summing(), hard, block_entries=BLOCK, delta_interval_s=0.0, wait=False)
    with op.Session("inline", progress=False) as other:
        while not list_queries():
            query.wait(0.01)
        with pytest.raises(QueryError, match="runs already"):
            other.resume(query.id)
        assert find_query(query.id).state == "running"
        query.stop()
        stage().gate.set()
        assert query.wait(60)
        stage().gate.clear()
        again = other.resume(query.id, wait=False)
        with pytest.raises(QueryError, match="runs already"):
            session.resume(query.id)
        stage().gate.set()
        assert again.result(60).is_complete


def test_unknown_queries_are_refused(session: op.Session, hard: str) -> None:
    """An id that is none says so, with those that look like it."""
    with pytest.raises(QueryError, match="no query nonsense; `overproof queries` lists"):
        session.resume("nonsense")
    done = session.process(lambda events: {"n": len(events)}, hard)
    with pytest.raises(QueryError, match=f"did you mean {done.query_id}"):
        session.resume(done.query_id.replace("2", "3", 1))


def imported(path: Path) -> ModuleType:
    """Import a file as the module of its name, anew."""
    sys.modules.pop(path.stem, None)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


SOURCE = """
import overproof as op

class Cutting(op.Selector):
    def process(self, events):
        return {"n": sum(x > self.params["cut"] for x in events.x.tolist())}
"""


@pytest.fixture
def cutting(tmp_path: Path) -> Path:
    path = tmp_path / "cutting_selector.py"
    path.write_text(SOURCE)
    return path


def stopped_before_anything(session: op.Session, selector: Any, data: str) -> str:
    query = session.process(selector, data, block_entries=BLOCK, params={"cut": 0.5}, wait=False)
    query.stop()
    assert query.wait(60)
    return str(query.id)


def test_a_changed_selector_is_refused(session: op.Session, hard: str, cutting: Path) -> None:
    """Changed on disk, it is refused by the name of its file; put back, it goes on."""
    whole = session.process(imported(cutting).Cutting, hard, block_entries=BLOCK, params={"cut": 0.5})
    query_id = stopped_before_anything(session, imported(cutting).Cutting, hard)
    cutting.write_text(SOURCE.replace(">", ">="))
    with pytest.raises(QueryError, match=r"cutting_selector\.py.*Put it back as it was, or run the query anew"):
        session.resume(query_id)
    cutting.write_text(SOURCE)
    assert same(session.resume(query_id), whole)


def test_a_selector_that_is_given_must_be_the_one_of_then(session: op.Session, hard: str, cutting: Path) -> None:
    """Another class, another code, or other parameters are refused; the same is taken, with or without parameters."""
    query_id = stopped_before_anything(session, imported(cutting).Cutting, hard)
    with pytest.raises(QueryError, match="it was Cutting and is Summing"):
        session.resume(query_id, selector=Summing())
    with pytest.raises(QueryError, match="its parameters"):
        session.resume(query_id, selector=imported(cutting).Cutting(cut=0.25))
    for selector in (imported(cutting).Cutting, imported(cutting).Cutting(cut=0.5)):
        assert session.resume(query_id, selector=selector).is_complete


def test_a_changed_file_is_refused(session: op.Session, tmp_path: Path) -> None:
    """A file that was replaced, or has gone with entries unread, is named; the old one put back, it goes on."""
    paths = [tmp_path / "a.root", tmp_path / "b.root"]
    for path in paths:
        with uproot.recreate(path) as file:
            file["Events"] = {"x": np.arange(500.0), "w": np.arange(500.0)}
    data = [f"{path}:Events" for path in paths]
    first = stopped(session, lambda: session.process(Summing(), data, block_entries=BLOCK, wait=False), after=1)
    kept = paths[1].with_suffix(".kept")
    os.rename(paths[1], kept)
    with pytest.raises(QueryError, match=r"b\.root cannot be opened any more .*Put the old file back") as gone:
        session.resume(first.query_id)
    assert "mix" not in str(gone.value)
    with uproot.recreate(paths[1]) as file:
        file["Events"] = {"x": np.arange(400.0), "w": np.arange(400.0)}
    with pytest.raises(QueryError, match=r"b\.root has changed since .* would mix two answers"):
        session.resume(first.query_id)
    os.rename(kept, paths[1])
    assert session.resume(first.query_id)["sum"] == 2 * sum(range(500))


def test_a_file_of_which_nothing_is_left_may_be_gone(session: op.Session, tmp_path: Path) -> None:
    """What was asked for of it is merged or excluded: the rest goes on without it."""
    for name in "ab":
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("Events", {"x": "float64"})
            for first in range(0, 500, 50):
                file["Events"].extend({"x": np.arange(first, first + 50.0)})

    def picky(events: Any) -> dict[str, Any]:
        enter()
        if np.any(np.asarray(events.x) == 20):
            raise ValueError("20")
        return {"n": len(events)}

    a, b = (str(tmp_path / f"{name}.root") for name in "ab")
    fileset = {"d": {"files": {a: {"object_path": "Events", "steps": [[10, 100]]}, b: "Events"}}}
    start = partial(session.process, picky, fileset, block_entries=50, on_error="skip", wait=False)
    first = stopped(session, start, after=4)
    assert first.account.excluded > 0
    os.unlink(a)
    resumed = session.resume(first.query_id)
    assert (resumed.account.unread, resumed.account.missing) == (0, 0)
    assert resumed.account.total == 590


def test_other_libraries_are_said(session: op.Session, hard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another kind of machine or with other libraries the query goes on, with a warning about the last bits."""
    first = stopped(session, lambda: session.process(Summing(), hard, block_entries=BLOCK, wait=False), after=3)
    monkeypatch.setattr(fingerprint, "_installed", lambda: {"numpy": "0.0"})
    with pytest.warns(FingerprintWarning, match=r"numpy .* became 0\.0.*last bits"):
        assert session.resume(first.query_id).is_complete


def test_relative_paths_lead_to_the_same_files_from_elsewhere(
    session: op.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query on `a.root` is resumed from another directory."""
    with uproot.recreate(tmp_path / "a.root") as file:
        file["Events"] = {"x": np.arange(500.0), "w": np.arange(500.0)}
    monkeypatch.chdir(tmp_path)
    query_id = stopped_before_anything(session, lambda events: {"sum": float(np.sum(events.x))}, "a.root")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert session.resume(query_id)["sum"] == sum(range(500))


def test_the_stop_says_how_to_go_on(session: op.Session, hard: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Who waited for a query that was stopped reads the command that goes on with it."""
    stage().stop_after = 5
    stage().gate.set()
    stage().sessions = [session]

    class Stopping(Summing):
        def process(self, events: Any) -> dict[str, Any]:
            (stage().query,) = stage().sessions[0]._queries
            return super().process(events)

    result = session.process(Stopping(), hard, block_entries=BLOCK)
    assert result.state is QueryState.STOPPED
    assert f"`overproof resume {result.query_id}` goes on" in capsys.readouterr().err


def test_two_processes_do_not_resume_one_query(session: op.Session, hard: str) -> None:
    """While one process goes on with a query, another one is refused."""
    query_id = stopped_before_anything(session, lambda events: {"n": len(events)}, hard)
    query = find_query(query_id)
    assert query.hold()
    code = (
        "import overproof as op\n"
        "with op.Session('inline', progress=False) as session:\n"
        f"    session.resume({query_id!r})\n"
    )
    refused = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert f"QueryError: query {query_id} runs already" in refused.stderr.replace("overproof.words.errors.", "")
    query.release()
    assert session.resume(query_id).is_complete
