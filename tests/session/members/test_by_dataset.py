"""Answers by dataset are those of each dataset alone, bit for bit; weights scale them before they are added."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.records.account import Account
from overproof.session.result import IncompleteWarning
from overproof.words.errors import InputError, OptionError

Filesets = Callable[..., dict[str, Any]]

DRAWS: dict[str, dict[str, Any]] = {
    "plain": {"expression": "x", "bins": "10, 0, 100"},
    "weighted": {"expression": "x", "bins": "10, 0, 100", "cut": "x > 20", "weight": "1 / (1 + x)"},
    "two": {"expression": "event:x", "bins": "5, 0, 100, 4, 0, 800"},
    "profile": {"expression": "event:x", "bins": "10, 0, 100", "profile": True},
    "several": {"expression": {"a": "x", "b": {"expression": "2 * x", "cut": "x > 50"}}, "bins": "10, 0, 200"},
    "python": {"expression": "x + 1", "bins": "10, 0, 100", "dialect": "python"},
}


def same(one: Any, two: Any) -> bool:
    """Tell whether two histograms, or dicts of them, are equal to the last bit."""
    if isinstance(one, dict):
        return list(one) == list(two) and all(same(one[name], two[name]) for name in one)
    return bool(one.axes == two.axes and one.view(flow=True).tobytes() == two.view(flow=True).tobytes())


class Filled(op.Selector):
    """Outputs of every sort, and a `terminate` that needs those of just one dataset."""

    def begin(self) -> None:
        self.offset = 100

    def process(self, events: Any) -> dict[str, Any]:
        x = np.asarray(events.x)
        kinds = ["low" if each < 50 else "high" for each in x[:3]]
        return {
            "h": hist.Hist.new.Reg(7, 0, 100).Weight().fill(x, weight=np.cos(x) * 1e3 ** (x % 5)),
            "texts": hist.Hist.new.StrCat([], growth=True).Int64().fill(kinds),
            "sum": float(np.sum(np.sin(x) / (1 + x))),
            "firsts": [int(events.event[0])],
            "n": len(x),
        }

    def terminate(self, outputs: dict[str, Any]) -> None:
        outputs["mean"] = outputs["sum"] / outputs["n"] + self.offset


def alike(one: Any, two: Any) -> bool:
    """Tell whether the outputs of two datasets are the same."""
    numbers = all(one[name] == two[name] for name in ("sum", "firsts", "n", "mean"))
    return numbers and same(one["h"], two["h"]) and one["texts"] == two["texts"]


def test_a_selector_by_dataset(fileset_of: Filesets) -> None:
    """Each dataset has the outputs, and the `terminate`, of a query of its own; those without entries have none."""
    fileset = fileset_of(a="small large", b="middle", c="empty")
    with op.Session("inline", progress=False) as session:
        result = session.process(Filled(), fileset, by_dataset=True, block_entries=100)
        alone = {name: session.process(Filled(), {name: fileset[name]}, block_entries=100) for name in "ab"}
    assert list(result) == ["a", "b"]
    assert all(alike(result[name], alone[name]) for name in alone)
    assert (result.account.total, result.accounts["a"].total) == (800, 500)


@pytest.mark.parametrize("asked", list(DRAWS))
def test_draws_by_dataset(fileset_of: Filesets, asked: str) -> None:
    """Each dataset has its own histogram and its own account; one without entries has an empty one."""
    fileset, keywords = fileset_of(a="small large", b="middle", c="empty"), DRAWS[asked]
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(fileset, **keywords, by_dataset=True)
        alone = {name: session.draw({name: fileset[name]}, **keywords) for name in "ab"}
    assert list(drawn) == ["a", "b", "c"]
    assert all(same(drawn[name], alone[name]) for name in alone)
    assert drawn.account == Account(processed=800, total=800)
    one = drawn["a"]["a"] if asked == "several" else drawn["a"]
    assert one.account == drawn.accounts["a"] == Account(processed=500, total=500)


def test_counts_tables_and_lists_by_dataset(fileset_of: Filesets) -> None:
    """They are those of each dataset; the entries of a table are counted in its dataset."""
    fileset = fileset_of(a="small", b="middle empty")
    with op.Session("inline", progress=False) as session:
        counts = session.count(fileset, "x > 50", by_dataset=True)
        tables = session.scan(fileset, "x:event", rows=5, by_dataset=True)
        lists = session.draw(fileset, ">>good", cut="x > 90", by_dataset=True)
        again = session.count(lists["b"])
        alone = [session.count({name: fileset[name]}, "x > 50") for name in fileset]
    assert [int(counts[name]) for name in fileset] == [int(each) for each in alone]
    assert tables["b"]["event"].tolist() == [100.0, 101.0, 102.0, 103.0, 104.0]
    assert tables["b"]["entry"].tolist() == [0, 1, 2, 3, 4]
    assert tables["a"].n_rows == 100
    assert len(lists["b"]) == int(again) == sum(n % 97 > 90 for n in range(100, 400))


@pytest.mark.parametrize("asked", [name for name in DRAWS if name != "profile"])
def test_weighted_datasets_are_scaled_and_added(fileset_of: Filesets, asked: str) -> None:
    """The sum is that of the histograms of each dataset times its weight, added in their order, to the last bit."""
    fileset, keywords = fileset_of(a="small large", b="middle", c="empty"), DRAWS[asked]
    weights = {"b": -2.5, "a": 0.3, "c": 7}
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(fileset, **keywords, weights=weights)
        parted = session.draw(fileset, **keywords, weights=weights, by_dataset=True)
        alone = {name: session.draw({name: fileset[name]}, **keywords) for name in "ab"}
    names = ["a", "b"] if asked == "several" else [None]
    for name in names:
        one, two = (alone[each] if name is None else alone[each][name] for each in "ab")
        total = drawn if name is None else drawn[name]
        assert np.array_equal(total.values(flow=True), 0.3 * one.values(flow=True) + -2.5 * two.values(flow=True))
        assert np.array_equal(
            total.variances(flow=True), 0.3 * 0.3 * one.variances(flow=True) + 6.25 * two.variances(flow=True)
        )
        part = parted["b"] if name is None else parted["b"][name]
        assert np.array_equal(part.values(flow=True), -2.5 * two.values(flow=True))


def test_a_weighted_profile_is_that_of_weighted_entries(fileset_of: Filesets) -> None:
    """Means and errors are those of one draw in which each entry has the weight of its dataset."""
    fileset, keywords = fileset_of(a="small", b="middle"), DRAWS["profile"]
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(fileset, **keywords, weights={"a": 3, "b": 0.5})
        oracle = session.draw(fileset, **keywords, weight="event < 100 ? 3 : 0.5")
    for field in drawn.view().dtype.names:
        assert np.allclose(drawn.view()[field], oracle.view()[field], rtol=1e-12)


@pytest.mark.parametrize("dialect", ["root", "python"])
def test_weights_where_axes_grow(fileset_of: Filesets, monkeypatch: pytest.MonkeyPatch, dialect: str) -> None:
    """Axes grow with the rows of all datasets, in their order, as in one draw of weighted entries."""
    from overproof.session.drawing import estimate

    monkeypatch.setattr(estimate, "N_FIRST", 50)
    monkeypatch.setattr("overproof.analysis.draw.axes.kept.N_KEPT", 20)
    fileset = fileset_of(a="small", b="middle large")
    weight = "event < 100 ? 2 : 0.25" if dialect == "root" else "np.where(event < 100, 2, 0.25)"
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(fileset, "event", weights={"a": 2, "b": 0.25}, dialect=dialect)
        oracle = session.draw(fileset, "event", weight=weight, dialect=dialect)
    assert drawn.axes[0].edges[-1] > 400
    assert drawn.axes == oracle.axes
    assert np.array_equal(drawn.view(flow=True), oracle.view(flow=True))


def test_weights_of_texts(tmp_path: Path) -> None:
    """Texts stand in the order in which they first appear, over all datasets; rows of other axes may be set apart."""
    fileset = {}
    for name, kinds in (("a", ["mu", "e", "mu"]), ("b", ["tau", "e"])):
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("t", {"kind": "string", "n": "int32"})
            file["t"].extend({"kind": ak.Array(kinds), "n": np.arange(len(kinds), dtype=np.int32)})
        fileset[name] = {"files": {str(tmp_path / f"{name}.root"): "t"}}
    with op.Session("inline", progress=False) as session:
        drawn = session.draw(fileset, "kind", weights={"a": 2, "b": 10})
        plain = session.draw(fileset, "n:kind")
        both = session.draw(fileset, "n:kind", weights={"a": 2, "b": 10})
    assert list(drawn.axes[0]) == list(both.axes[0]) == ["mu", "e", "tau"]
    assert both.axes == plain.axes
    assert drawn.values().tolist() == [4.0, 12.0, 10.0]
    assert drawn.variances().tolist() == [8.0, 104.0, 100.0]
    assert both.values()[0].tolist() == (2 * plain.values()[0]).tolist()
    assert both.values()[2].tolist() == (10 * plain.values()[2]).tolist()


def test_weights_by_metadata(fileset_of: Filesets) -> None:
    """A text names the metadata that has the weight."""
    fileset = fileset_of(a="small", b="middle")  # xsec 1 and 2
    with op.Session("inline", progress=False) as session:
        assert session.draw(fileset, "x", bins="1, 0, 100", weights="xsec").values().tolist() == [700.0]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": 1}, "nothing is said of b: give each dataset a weight"),
        ({"a": 1, "b": 1, "bb": 1}, "there is no dataset 'bb': did you mean 'b'"),
        ({"a": 1, "b": float("nan")}, "that of b is nan: give a finite number"),
        ({"a": 1, "b": "3"}, "that of b is '3': give a finite number"),
        ("sigma", "dataset a has no such metadata .it has: xsec."),
        (3, "give a number for each dataset by its name"),
    ],
)
def test_weights_that_make_no_sense(fileset_of: Filesets, weights: Any, message: str) -> None:
    """They are refused before any work."""
    with op.Session("inline", progress=False) as session, pytest.raises(OptionError, match=message):
        session.draw(fileset_of(a="small", b="middle"), "x", weights=weights)


def test_what_cannot_be_divided(fileset_of: Filesets) -> None:
    """Entry lists have no weights, cycles no datasets, and what was drawn earlier belongs to all of them."""
    fileset = fileset_of(a="small", b="middle")
    with op.Session("inline", progress=False) as session:
        session.draw(fileset, "x>>h", bins="1, 0, 100")
        for refused, keywords in (
            ({"expression": ">>good", "weights": "xsec"}, "entry list"),
            ({"expression": "x>>+h", "by_dataset": True}, "every dataset"),
            ({"expression": "x", "by_dataset": 1}, "give True or False"),
        ):
            with pytest.raises(OptionError, match=keywords):
                session.draw(fileset, **refused)
        with pytest.raises(OptionError, match="belong to no dataset"):
            session.process(Filled(), cycles=3, by_dataset=True)
        added = session.draw(fileset, "x>>+h", weights="xsec")
    assert added.values().tolist() == [400.0 + 700.0]


def test_what_lacks_is_told_by_dataset(fileset_of: Filesets, samples: Path) -> None:
    """Each histogram has the gaps of its dataset; the warning speaks of all."""
    fileset = fileset_of(a="small", b="middle")
    fileset["b"]["files"][str(samples / "gone.root")] = "Events"
    with op.Session("inline", progress=False) as session, pytest.warns(IncompleteWarning) as warned:
        drawn = session.draw(fileset, "x", bins="1, 0, 100", by_dataset=True)
    assert len(warned) == 1
    assert (len(drawn["a"].missing), len(drawn["b"].missing), len(drawn.missing)) == (0, 1, 1)
    assert list(drawn["b"].missing.as_fileset()) == ["b"]


def test_results_by_dataset_are_merged_and_resumed(fileset_of: Filesets, tmp_path: Path) -> None:
    """What lacked and came is added where it belongs; a result of the other sort is refused."""
    fileset = fileset_of(a="small", b="large middle")
    (lost,) = [path for path in fileset["b"]["files"] if path.endswith("middle.root")]
    copy = tmp_path / "middle.root"
    with op.Session("inline", progress=False) as session:
        whole = session.process(Filled(), fileset, by_dataset=True, block_entries=100)
        fileset["b"]["files"] = {str(copy) if path == lost else path: "Events" for path in fileset["b"]["files"]}
        first = session.process(Filled(), fileset, by_dataset=True, block_entries=100)
        copy.write_bytes(Path(lost).read_bytes())
        second = session.process(Filled(), first.missing, by_dataset=True, block_entries=100)
        other = session.process(Filled(), first.missing, block_entries=100)
        recalled = session.resume(whole.query_id, selector=Filled())
    merged = first.merge(second)
    assert all(alike(merged[name], whole[name]) and alike(recalled[name], whole[name]) for name in "ab")
    with pytest.raises(InputError, match="has its outputs by dataset"):
        first.merge(other)


class Interrupted(Filled):
    """It ends its process once, in the middle."""

    def process(self, events: Any) -> dict[str, Any]:
        marker = Path(self.params["marker"])
        if events.event[0] == 500 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().process(events)


@pytest.mark.chaos
def test_a_worker_that_dies_changes_nothing(fileset_of: Filesets, tmp_path: Path) -> None:
    """Each dataset has the same outputs, to the last bit, as without the loss."""
    fileset = fileset_of(a="small large", b="middle")
    with op.Session("local:2", progress=False) as session:
        params = {"marker": str(tmp_path / "died")}
        result = session.process(Interrupted(), fileset, params=params, by_dataset=True, block_entries=100)
    with op.Session("inline", progress=False) as session:
        whole = session.process(Filled(), fileset, by_dataset=True, block_entries=100)
    assert (tmp_path / "died").exists()
    assert all(alike(result[name], whole[name]) for name in "ab")


def test_a_terminate_that_gives_no_outputs(fileset_of: Filesets) -> None:
    """It is told as it is without datasets."""

    class Wrong(Filled):
        def terminate(self, outputs: dict[str, Any]) -> Any:
            return 7

    with op.Session("inline", progress=False) as session, pytest.raises(op.UserCodeError, match="terminate returned"):
        session.process(Wrong(), fileset_of(a="small", b="middle"), by_dataset=True)


@pytest.mark.parametrize("by_dataset", [False, True])
def test_feedback_of_weighted_datasets(fileset_of: Filesets, by_dataset: bool) -> None:
    """What is looked at is scaled as the result will be: added, or by dataset."""
    fileset = fileset_of(a="small", b="middle")
    keywords: dict[str, Any] = {"weights": {"a": 2, "b": 3}, "by_dataset": by_dataset, "wait": False}
    with op.Session("inline", progress=False) as session:
        query = session.draw(fileset, {"one": "x", "two": "2 * x"}, bins="1, 0, 200", **keywords)
        query.result()
        names = (
            ["one", "two"] if not by_dataset else [f"{dataset}/{name}" for dataset in "ab" for name in ("one", "two")]
        )
        assert list(query.outline()) == names
        assert query._conduct is not None
        part = query._conduct.feedback(names[-1:])
    if by_dataset:
        assert {name: list(each) for name, each in part.items()} == {"b": ["two"]}
        assert part["b"]["two"].values().tolist() == [900.0]
    else:
        assert list(part) == ["two"]
        assert part["two"].values().tolist() == [1100.0]


@pytest.mark.usefixtures("compiled_in_haste")
@pytest.mark.parametrize(
    "keywords", [{"by_dataset": True}, {"weights": "xsec"}, {"by_dataset": True, "weights": "xsec"}]
)
def test_compiled_draws_are_those_of_the_interpreter(
    fileset_of: Filesets, monkeypatch: pytest.MonkeyPatch, keywords: dict[str, Any]
) -> None:
    """The path changes nothing, and the statistics tell it."""
    fileset = fileset_of(a="small large", b="middle", c="empty")
    drawn = {}
    with op.Session("inline", progress=False) as session:
        for path in ("compiled", "interpreted"):
            monkeypatch.setenv("OVERPROOF_PATH", path)
            drawn[path] = session.draw(fileset, "x", cut="x > 10", bins="10, 0, 100", **keywords)
            assert drawn[path].statistics.path == path
    assert same(drawn["compiled"], drawn["interpreted"])


def test_partial_results_are_by_dataset_too(fileset_of: Filesets) -> None:
    """`terminate` runs on a copy of what there is of each dataset."""
    with op.Session("inline", progress=False) as session:
        query = session.process(Filled(), fileset_of(a="small", b="middle"), by_dataset=True, wait=False)
        result = query.result()
        assert query._conduct is not None
        part = query._conduct.partial()
    assert all(alike(part[name], result[name]) for name in "ab")
    assert part.accounts == result.accounts


class Fails(op.Selector):
    """It fails once, in the middle; it sees empty trees."""

    takes_empty = True

    def process(self, events: Any) -> dict[str, Any]:
        numbers = np.asarray(events.event).tolist()
        marker = Path(self.params["marker"])
        if 200 in numbers and not marker.exists():
            marker.touch()
            raise ValueError("this once")
        return {"calls": [(Path(events.file).stem, len(numbers))]}

    def terminate(self, outputs: dict[str, Any]) -> None:
        outputs["n"] = sum(n for _, n in outputs["calls"])


def test_a_query_that_stopped_goes_on_by_dataset(fileset_of: Filesets, tmp_path: Path) -> None:
    """What was merged before, empty trees among it, is not computed again; the whole is that of one run."""
    fileset = fileset_of(a="empty small", b="middle empty")
    params = {"marker": str(tmp_path / "failed")}
    with op.Session("inline", progress=False) as session:
        with pytest.raises(op.UserCodeError) as caught:
            session.process(Fails(), fileset, params=params, on_error="stop", by_dataset=True, block_entries=100)
        stopped = caught.value.result
        assert stopped is not None
        result = session.resume(stopped.query_id, selector=Fails())
    assert stopped["a"]["calls"] == [("empty", 0), ("small", 100)]
    assert result["a"] == {"calls": [("empty", 0), ("small", 100)], "n": 100}
    assert result["b"] == {"calls": [*[("middle", 100)] * 3, ("empty", 0)], "n": 300}
    assert result.is_complete
