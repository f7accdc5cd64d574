"""Laws of the names of events: run, luminosity block and event number, as the file has them."""

from __future__ import annotations

from typing import Any

import pytest
import uproot

from overproof.columns.events import name_of_event
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec
from overproof.records.outcome.failure import EventName

FILES = {
    "nano_dy.root": ("Events", ("run", "luminosityBlock", "event")),
    "nano_dy_rntuple.root": ("Events", ("run", "luminosityBlock", "event")),
    "treemaker.root": (None, ("RunNum", "LumiBlockNum", "EvtNum")),
    "PHYSLITE_example.root": (
        "CollectionTree",
        ("EventInfoAuxDyn.runNumber", "EventInfoAuxDyn.lumiBlock", "EventInfoAuxDyn.eventNumber"),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_an_event_has_the_numbers_that_uproot_reads(name: str, shared_file: Any) -> None:
    """NanoAOD, TreeMaker and PHYSLITE: each spelling gives the numbers of just that entry."""
    path, (tree, branches) = shared_file(name), FILES[name]
    reader = ReaderCache().get(FileSpec(path=str(path), tree=tree))
    with uproot.open(path) as file:
        expected = [[int(each) for each in file[reader.tree][branch].array()[:5]] for branch in branches]
    names = [name_of_event(reader, entry) for entry in range(5)]
    assert [[each.run, each.luminosity_block, each.event] for each in names if each] == [
        list(numbers) for numbers in zip(*expected, strict=True)
    ]


def test_a_file_without_such_numbers_has_no_names(shared_file: Any) -> None:
    """Nothing is guessed: a tree without them gives none."""
    reader = ReaderCache().get(FileSpec(path=str(shared_file("uproot-HZZ.root")), tree="events"))
    assert name_of_event(reader, 0) is None


def test_what_is_no_plain_integer_is_no_number(tmp_path: Any) -> None:
    """A branch of the right name and another type is passed over; upper and lower case do not matter."""
    import awkward as ak
    import numpy as np

    path = tmp_path / "odd.root"
    with uproot.recreate(path) as file:
        file.mktree("t", {"run": "float64", "lumi": "var * int32", "Event": "int64"})
        file["t"].extend({"run": np.ones(2), "lumi": ak.Array([[1], [2]]), "Event": np.array([5, 6])})
    reader = ReaderCache().get(FileSpec(path=str(path), tree="t"))
    assert name_of_event(reader, 1) == EventName(run=None, luminosity_block=None, event=6)
