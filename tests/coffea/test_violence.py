"""Files cut short, events that crash, workers that are killed: the same output, minus what is named."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import pytest
from alike import differences
from coffea import processor

import overproof as op
from conftest import write_events
from overproof.session.result import IncompleteWarning

CHUNKSIZE = 40


class Fragile(processor.ProcessorABC):
    """Fills a histogram; crashes, raises or is killed on events that are named in the metadata."""

    def process(self, events: Any) -> Any:
        said, numbers = events.metadata, events.event
        if said.get("crashes") in numbers:
            import ctypes

            ctypes.string_at(0)
        if said.get("raises") in numbers:
            raise ValueError("this event is bad")
        if said.get("kills") in numbers and not os.path.exists(said["mark"]):
            Path(said["mark"]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        filled = hist.Hist.new.StrCat([], growth=True, name="dataset").Reg(20, 0, 100, name="pt").Weight()
        filled.fill(said["dataset"], ak.flatten(events.Muon.pt), weight=ak.flatten(events.Muon.mass))
        return {"pt": filled, "entries": len(events), said["dataset"]: [int(number) for number in numbers]}

    def postprocess(self, accumulator: Any) -> None:
        """Leave it as it is."""


@pytest.fixture
def violent(tmp_path: Path) -> dict[str, Any]:
    """Give four datasets: one that crashes, one that raises, one that kills its worker, one of which a file is cut."""
    paths = {
        name: write_events(tmp_path / f"{name}.root", n_entries=120, seed=seed, n_clusters=3)
        for seed, name in enumerate(("crashes", "raises", "kills", "cut", "whole"))
    }
    with open(paths["cut"], "r+b") as file:
        file.truncate(paths["cut"].stat().st_size // 2)
    metadata = {
        "crashes": {"crashes": 17},
        "raises": {"raises": 65},
        "kills": {"kills": 90, "mark": str(tmp_path / "killed once")},
        "cut": {},
    }
    fileset = {name: {"files": {str(paths[name]): "Events"}, "metadata": said} for name, said in metadata.items()}
    fileset["cut"]["files"][str(paths["whole"])] = "Events"
    return fileset


@pytest.mark.chaos
@pytest.mark.parametrize("crashes", [pytest.param(True, marks=pytest.mark.nightly), False], ids=["crash", "no crash"])
def test_what_is_not_named_is_what_coffea_gives(
    violent: Any, as_coffea_would: Any, workers: op.Session, *, crashes: bool
) -> None:
    """One event that crashes, one that raises, a file that was cut short: all else is there, whoever is killed."""
    if not crashes:
        del violent["crashes"]
    named = {"crashes": (17, "signal")} if crashes else {}
    named["raises"] = (65, "exception")
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE)
    with pytest.warns(IncompleteWarning):
        mine = runner(violent, Fragile())

    result = runner.result
    assert {Path(gap.file).stem: (gap.first, gap.kind) for gap in result.excluded} == named
    assert all(gap.stop == gap.first + 1 for gap in result.excluded)
    assert {Path(gap.file).stem for gap in result.missing} == {"cut"}
    assert result.account.processed == mine["entries"] == 120 * len(violent) - len(named)

    spared = {name: {**each, "metadata": {}} for name, each in violent.items()}
    spared["cut"]["files"] = dict(list(violent["cut"]["files"].items())[1:])
    theirs = as_coffea_would(runner, _without(spared, {name: entry for name, (entry, _) in named.items()}), Fragile())
    assert differences(mine, theirs) == []


def _without(fileset: Any, entries: dict[str, int]) -> Any:
    """Leave single entries out of a fileset, by its steps."""
    for name, entry in entries.items():
        files = fileset[name]["files"]
        steps = [[0, entry], [entry + 1, 120]]
        fileset[name]["files"] = {path: {"object_path": tree, "steps": steps} for path, tree in files.items()}
    return fileset


@pytest.mark.chaos
def test_what_lacks_can_be_made_good(tmp_path: Path, workers: op.Session) -> None:
    """A file that was away is processed later by the same runner, and the two results are one."""
    paths = [write_events(tmp_path / f"{at}.root", n_entries=80, seed=at, n_clusters=2) for at in range(2)]
    fileset = {"d": {"files": {str(path): "Events" for path in paths}}}
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE)
    whole = runner(fileset, Fragile())

    shutil.move(paths[1], tmp_path / "away")
    with pytest.warns(IncompleteWarning):
        runner(fileset, Fragile())
    first = runner.result
    shutil.move(tmp_path / "away", paths[1])
    runner(first.missing, Fragile())
    assert differences(dict((first + runner.result).outputs), whole) == []
