"""Draws without bins, from the files to the histogram."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.drawing import estimate
from overproof.words.errors import AbortedError

HERE = Path(__file__).parent


def _script() -> Any:
    """Load the script that has asked ROOT: it knows the tree and the questions."""
    spec = importlib.util.spec_from_file_location("make_root_automatic", HERE / "make_root_automatic.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


SCRIPT = _script()
ANSWERS = json.loads((HERE / "root_automatic.json").read_text(encoding="utf-8"))
CASES = list(zip(SCRIPT.QUESTIONS, ANSWERS, strict=True))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tree that ROOT was asked about, cut into two files and many clusters."""
    folder = tmp_path_factory.mktemp("automatic")
    columns = SCRIPT.columns()
    for part, (first, stop) in enumerate(((0, 2600), (2600, SCRIPT.N_ENTRIES))):
        with uproot.recreate(folder / f"part{part}.root") as file:
            tree = file.mktree("t", {name: column.dtype for name, column in columns.items()})
            for start in range(first, stop, 200):
                tree.extend({name: column[start : min(start + 200, stop)] for name, column in columns.items()})
    return f"{folder}/part*.root:t"


@pytest.fixture(autouse=True)
def few_first_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are taken from as many rows as in the script."""
    monkeypatch.setattr(estimate, "N_FIRST", SCRIPT.N_FIRST)


@pytest.fixture(scope="module", params=["inline", "local:2"])
def session(request: pytest.FixtureRequest) -> Iterator[op.Session]:
    with op.Session(request.param, progress=False) as opened:
        yield opened


def _axes(histogram: Any) -> list[list[float]]:
    return [[axis.size, axis.edges[0], axis.edges[-1]] for axis in histogram.axes]


def _contents(histogram: Any) -> dict[str, float]:
    view = histogram.view(flow=True)
    cells = (view["sum_of_weights"] if "sum_of_weights" in view.dtype.names else view["value"]).T.ravel()
    return {str(cell): cells[cell] for cell in cells.nonzero()[0]}


def test_all_questions_in_one_pass(session: op.Session, data: str) -> None:
    """Axes and contents are ROOT's, for all draws of one query, whoever computes them in whatever blocks.

    Some draws find enough rows at once, some have to look farther, and some never find enough.
    """
    draws = {
        f"h{number}": {"expression": expression, "cut": cut, "profile": is_profile}
        for number, ((expression, cut, is_profile), _) in enumerate(CASES)
    }
    histograms = session.draw(data, draws, block_entries=700)
    for number, (question, answer) in enumerate(CASES):
        drawn = histograms[f"h{number}"]
        assert (question, _axes(drawn)) == (question, answer["axes"])
        assert (question, _contents(drawn)) == (question, answer["contents"])


@pytest.mark.parametrize("number", [4, 7, 8])
@pytest.mark.parametrize("block_entries", [200, 5000])
def test_one_question(data: str, number: int, block_entries: int) -> None:
    """A draw alone gives the same as among others, in small blocks and in large ones."""
    (expression, cut, is_profile), answer = CASES[number]
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(data, expression, cut=cut, profile=is_profile, block_entries=block_entries)
    assert _axes(drawn) == answer["axes"]
    assert _contents(drawn) == answer["contents"]


def test_nothing_selected_gives_an_axis_from_0_to_1(session: op.Session, data: str) -> None:
    """ROOT's axis has no length then; ours can be shown."""
    drawn = session.draw(data, "x", cut="x > 1e6")
    assert _axes(drawn) == [[100, 0.0, 1.0]]
    assert drawn.account.processed == SCRIPT.N_ENTRIES


def test_what_is_added_takes_the_axes_of_the_first(session: op.Session, data: str) -> None:
    """`>>+name` fills into limits that are there already, as in ROOT: what lies beyond them is overflow."""
    first, added = (session.draw(data, draws, entries=1500) for draws in ("y>>h", ["y>>h", "y * 4>>+h"]))
    assert _axes(added["h"] if isinstance(added, dict) else added) == _axes(first)
    there = SCRIPT.columns()["y"][:1500] * 4
    beyond = (added["h"] if isinstance(added, dict) else added).view(flow=True)["value"][-1]
    assert beyond == np.count_nonzero(there >= first.axes[0].edges[-1]) > 0


def test_ranges_and_limits_count_among_what_is_asked_for(session: op.Session, data: str) -> None:
    """First rows are the first of those asked for, by `first` and `entries` or by steps of a fileset."""
    by_limits = session.draw(data, "y", first=1000, entries=2400)
    asked = {"part0": [[1000, 1100], [1100, 2600]], "part1": [[0, 800]]}
    files = {data.removesuffix(":t").replace("part*", part): {"object_path": "t", "steps": steps}
             for part, steps in asked.items()}  # fmt: skip
    by_steps = session.draw({"some": {"files": files}}, "y")
    assert _axes(by_limits) == _axes(by_steps)
    assert _contents(by_limits) == _contents(by_steps)
    assert by_limits.sum(flow=True).value == 2400
    assert by_limits.axes[0].edges[0] > 0  # from the values asked for, not from the start of the tree


def test_resuming_needs_no_second_look(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are kept with the query: resumed, it is the same histogram."""
    with op.Session("inline", progress=False) as session:
        whole = session.draw(data, "x")

        def never(*_: Any, **__: Any) -> Any:
            raise AssertionError("the first rows were looked at again")

        monkeypatch.setattr(estimate, "_look", never)
        again = session.resume(whole.query_id)
    assert _axes(again) == _axes(whole)
    np.testing.assert_array_equal(again.view(flow=True), whole.view(flow=True))


def test_an_estimate_ends_when_the_user_has_had_enough(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while the first rows are looked for, a query ends without a result."""
    with op.Session("inline", progress=False) as session:
        queries: list[Any] = []
        plain = estimate._part

        def stopping(*arguments: Any) -> Any:
            queries[0].stop()
            return plain(*arguments)

        monkeypatch.setattr(estimate, "_part", stopping)
        monkeypatch.setattr(estimate, "POLL_S", 0.0)
        with session._lock:  # until it is known which query to stop
            queries.append(session.draw(data, "x", wait=False, block_entries=1))
        with pytest.raises(AbortedError):
            queries[0].result(timeout_s=30)
