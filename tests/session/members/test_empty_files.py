"""A processor sees empty files too: it makes its keys there; other selectors do unless they ask for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import awkward as ak
import hist
import pytest
import uproot

import overproof as op
from overproof.records.account import Account
from overproof.session.afterwards.replay import replay
from overproof.words.errors import DatasetError, UserCodeError

pytest.importorskip("coffea")

Filesets = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.filterwarnings("ignore:Missing cross-reference")


class Keys:
    """A processor that makes a key for each dataset, also where there is nothing in it."""

    def process(self, events: Any) -> dict[str, Any]:
        name = events.metadata["dataset"]
        mass = hist.Hist.new.Reg(5, 0, 100, name="x").Weight().fill(events.x)
        return {name: {"mass": mass, "calls": [(Path(events.metadata["filename"]).stem, len(events))]}}

    def postprocess(self, accumulator: Any) -> Any:
        return accumulator


class Afraid(Keys):
    """It fails on no entries, as many do that ask for the largest."""

    def process(self, events: Any) -> dict[str, Any]:
        if ak.max(events.x) is None:
            raise ValueError("nothing here")
        return super().process(events)


def test_a_processor_is_called_once_for_each_empty_file(fileset_of: Filesets) -> None:
    """The calls, in order, and the histograms are those of coffea's own executor over the same files."""
    from coffea.nanoevents import NanoAODSchema
    from coffea.processor import IterativeExecutor, ProcessorABC, Runner

    processor = type("Derived", (Keys, ProcessorABC), {})()
    fileset = fileset_of(a="small empty", b="empty", c="empty large")
    runner = Runner(executor=IterativeExecutor(status=False), schema=NanoAODSchema, chunksize=1_000_000)
    theirs = runner(fileset, processor_instance=processor)
    with op.Session("inline", progress=False) as session:
        result = session.process(processor, fileset)
    assert list(result) == list(theirs)
    assert {name: result[name]["calls"] for name in result} == {name: theirs[name]["calls"] for name in theirs}
    assert all(result[name]["mass"] == theirs[name]["mass"] for name in theirs)
    assert result.account == Account(processed=500, total=500)
    assert result.is_complete


def test_nothing_but_empty_files_is_an_answer(fileset_of: Filesets) -> None:
    """The keys are there, with nothing in them."""
    with op.Session("inline", progress=False) as session:
        result = session.process(Keys(), fileset_of(a="empty"))
    assert result["a"]["calls"] == [("empty", 0)]
    assert result.is_complete


class Asking(op.Selector):
    """A selector that wants to see empty trees."""

    takes_empty = True
    branches: ClassVar = ["x"]

    def process(self, events: Any) -> dict[str, Any]:
        return {"calls": [len(events)], "x": ak.Array(events.x)}


def test_other_selectors_see_empty_trees_if_they_ask(fileset_of: Filesets) -> None:
    """Without the wish nothing is computed for them, and nothing but them is no question."""
    with op.Session("inline", progress=False) as session:
        asked = session.process(Asking(), fileset_of(a="empty small"))
        plain = session.process(lambda events: {"calls": [len(events)]}, fileset_of(a="empty small"))
        with pytest.raises(DatasetError, match="there are no entries to process"):
            session.process(lambda events: {"n": len(events)}, fileset_of(a="empty"))
    assert (asked["calls"], plain["calls"]) == ([0, 100], [100])
    assert len(asked["x"]) == 100


class Types(Keys):
    """It tells the types of all that it sees."""

    def process(self, events: Any) -> dict[str, Any]:
        return {
            "types": {name: str(ak.materialize(events[name]).type) for name in events.fields},
            "calls": [len(events)],
        }


@pytest.mark.parametrize("form", ["ttree", "rntuple"])
def test_empty_arrays_are_those_of_coffea(tmp_path: Path, form: str) -> None:
    """Collections of nothing have the types that coffea gives them, in both formats."""
    from coffea.nanoevents import NanoAODSchema, NanoEventsFactory

    path = tmp_path / "nothing.root"
    momenta = {name: ak.Array([[1.0, 2.0]]) for name in ("pt", "eta", "phi", "mass")}
    muons = ak.zip({**momenta, "charge": ak.Array([[1, -1]]), "jetIdx": ak.Array([[0, 0]])})
    jets = ak.zip(momenta)
    names = {"Muon": muons, "Jet": jets, "weight": ak.Array([1.0])}
    names |= {name: ak.Array([1]) for name in ("run", "luminosityBlock", "event")}
    with uproot.recreate(path) as file:
        if form == "ttree":
            file.mktree("Events", {name: each.type.content for name, each in names.items()})
        else:
            counts = {"nMuon": ak.num(muons), "nJet": ak.num(jets)}
            flat = {f"{name}_{field}": each[field] for name, each in names.items() for field in each.fields}
            flat |= {name: each for name, each in names.items() if not each.fields}
            file.mkrntuple("Events", {name: each[:0] for name, each in (counts | flat).items()})
    theirs = NanoEventsFactory.from_root({str(path): "Events"}, schemaclass=NanoAODSchema, mode="virtual").events()
    with op.Session("inline", progress=False) as session:
        result = session.process(Types(), {"a": {"files": {str(path): "Events"}}})
    assert result["calls"] == [0]
    assert result["types"] == {name: str(ak.materialize(theirs[name]).type) for name in theirs.fields}
    assert "Muon" in result["types"]


def test_a_processor_that_fails_on_no_entries(fileset_of: Filesets) -> None:
    """The rest is kept, the empty file is named, and is a fileset; replay raises what it raised."""
    with op.Session("inline", progress=False) as session:
        result = session.process(Afraid(), fileset_of(a="small empty"))
        again = session.process(Keys(), result.excluded)
        with pytest.raises(UserCodeError, match="nothing here"):
            session.process(Afraid(), fileset_of(a="empty"))
    assert result.account == Account(processed=100, total=100)
    assert not result.is_complete
    (failed,) = result.excluded
    assert (Path(failed.file).name, failed.first, failed.stop) == ("empty.root", 0, 0)
    assert result.excluded.as_fileset()["a"]["files"][failed.file]["steps"] == [[0, 0]]
    assert again["a"]["calls"] == [("empty", 0)]
    with pytest.raises(ValueError, match="nothing here"):
        replay(result.query_id)


def test_what_stopped_may_lack_empty_trees(fileset_of: Filesets) -> None:
    """They have no entries, so that the account is complete before they are read; the result is so when all is done."""
    with op.Session("inline", progress=False) as session:
        result = session.process(Keys(), fileset_of(a="small empty"))
        with pytest.raises(UserCodeError) as caught:
            session.process(Afraid(), fileset_of(a="small empty"), on_error="stop")
    stopped = caught.value.result
    assert stopped is not None
    assert stopped.account == result.account == Account(processed=100, total=100)
    assert [each.is_complete for each in (result, stopped, replace(stopped, excluded=result.excluded))] == [
        True,
        False,
        False,
    ]


def test_what_lacked_and_came_is_the_whole(fileset_of: Filesets, tmp_path: Path) -> None:
    """An empty file that was not there is processed later, once, and merged in its place."""
    fileset = fileset_of(a="small empty middle")
    with op.Session("inline", progress=False) as session:
        whole = session.process(Keys(), fileset)
        (there,) = [path for path in fileset["a"]["files"] if path.endswith("empty.root")]
        away = tmp_path / "empty.root"
        fileset["a"]["files"] = {str(away) if path == there else path: "Events" for path in fileset["a"]["files"]}
        first = session.process(Keys(), fileset)
        away.write_bytes(Path(there).read_bytes())
        second = session.process(Keys(), first.missing)
        merged = first.merge(second)
        assert not merged.missing
        with pytest.raises(op.InputError, match="no entries, the tree is empty"):
            merged.merge(second)
    assert merged["a"]["calls"] == whole["a"]["calls"] == [("small", 100), ("empty", 0), ("middle", 300)]
    assert merged.is_complete


class Deadly(Keys):
    """It ends the worker the first time that it sees no entries."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def process(self, events: Any) -> dict[str, Any]:
        if not len(events) and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().process(events)


@pytest.mark.chaos
def test_a_worker_that_dies_over_no_entries(fileset_of: Filesets, tmp_path: Path) -> None:
    """The block without entries waits again, and is computed once."""
    with op.Session("local:2", progress=False) as session:
        result = session.process(Deadly(tmp_path / "seen"), fileset_of(a="empty small", b="empty"))
    assert result["a"]["calls"] == [("empty", 0), ("small", 100)]
    assert result["b"]["calls"] == [("empty", 0)]
    assert result.is_complete
