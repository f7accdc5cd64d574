"""The processors of coffea's own solutions of the ADL benchmarks, as they stand, through our runner.

They come from a checkout of `CoffeaTeam/coffea-benchmarks`, which the environment variable
`OVERPROOF_TEST_COFFEA_BENCHMARKS` names. Of its script only the processors are run, which ask eight questions.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from alike import differences
from coffea import nanoevents, processor

import overproof as op
from conftest import write_events
from overproof.words.errors import UserCodeError

SCRIPT = Path(os.environ.get("OVERPROOF_TEST_COFFEA_BENCHMARKS", "/nowhere")) / "coffea-adl-benchmarks.py"
NAMES = ["Q1", "Q2", "Q2Kin2D", "Q2Kin3D", "Q3", "Q4", "Q6", "Q7"]

OUTGROWN = ["Q5", "Q8"]
"""Those that coffea cannot run either since awkward names no `slot0` and asks more of unions of records."""


@pytest.fixture(scope="module")
def theirs() -> Any:
    """Load the script, which was written for a coffea whose processors had the schemas too."""
    if not SCRIPT.exists():
        pytest.skip("OVERPROOF_TEST_COFFEA_BENCHMARKS names no checkout of coffea-benchmarks")
    spec = importlib.util.spec_from_file_location("adl_benchmarks", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "NanoAODSchema", nanoevents.NanoAODSchema, raising=False)
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def fileset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give a dataset of two files of several blocks."""
    place = tmp_path_factory.mktemp("adl")
    paths = [write_events(place / f"{at}.root", n_entries=3_000, seed=at, n_clusters=3) for at in range(2)]
    return {"SingleMu": [str(path) for path in paths]}


@pytest.fixture(scope="module")
def runner(workers: op.Session) -> Any:
    """Give a runner that cuts each file into three blocks."""
    return op.coffea.Runner(session=workers, chunksize=1_000)


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_answers_are_those_of_coffea(name: str, theirs: Any, runner: Any, fileset: Any, as_coffea_would: Any) -> None:
    """As its IterativeExecutor gives them over the same ranges; and nothing is an empty picture."""
    query = getattr(theirs, f"{name}Processor")
    mine = runner(fileset=fileset, treename="Events", processor_instance=query())

    assert differences(mine, as_coffea_would(runner, named(fileset), query())) == []
    assert runner.result.account.processed == 6_000
    assert all(each.sum() > 0 for each in (mine.values() if isinstance(mine, dict) else [mine]))


@pytest.mark.nightly
@pytest.mark.parametrize("name", OUTGROWN)
def test_what_coffea_cannot_run_fails_by_the_same_error(
    name: str, theirs: Any, runner: Any, fileset: Any, as_coffea_would: Any
) -> None:
    """Two of the scripts are older than the awkward of today."""
    query = getattr(theirs, f"{name}Processor")
    with pytest.raises(Exception, match="Failed processing file") as caught:
        as_coffea_would(runner, named(fileset), query())
    with pytest.raises(UserCodeError, match=type(caught.value.__cause__).__name__):
        runner(fileset=fileset, treename="Events", processor_instance=query())


def named(fileset: dict[str, list[str]]) -> dict[str, Any]:
    """Write a fileset in the way in which each file has its tree."""
    return {name: {"files": dict.fromkeys(files, "Events")} for name, files in fileset.items()}
