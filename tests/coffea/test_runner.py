"""The runner takes what coffea's takes, and answers as it would; where it cannot, it says what to do."""

from __future__ import annotations

import dataclasses
import gc
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from alike import differences
from coffea import processor
from coffea.processor.executor import Err, Ok

import overproof as op
from overproof.coffea.desks import wish_of
from overproof.session.result import IncompleteWarning
from overproof.words.errors import DatasetError, OptionError, UserCodeError

CHUNKSIZE = 40


class Counting(processor.ProcessorABC):
    """Counts entries and muons by dataset."""

    def process(self, events: Any) -> Any:
        return {events.metadata["dataset"]: {"entries": len(events), "muons": int(ak.sum(ak.num(events.Muon.pt)))}}

    def postprocess(self, accumulator: Any) -> None:
        """Leave it as it is."""


def fail_on(entry: int) -> Any:
    """Make a processor that raises on one entry."""

    def process(events: Any) -> Any:
        if entry in events.event:
            raise ValueError("this event is bad")
        return {"n": len(events)}

    return process


@pytest.fixture
def runner(workers: op.Session) -> Any:
    """Give a runner on the workers of these tests."""
    return op.coffea.Runner(session=workers, chunksize=CHUNKSIZE)


def test_every_field_of_coffeas_runner_is_taken_with_its_default() -> None:
    """A script that names a field, or gives it by position, does not fail here; coffea's new ones are noticed."""
    mine, theirs = (
        {field.name: field for field in dataclasses.fields(each)} for each in (op.coffea.Runner, processor.Runner)
    )
    by_position = [name for name, field in mine.items() if field.init and not field.kw_only]
    assert by_position == list(theirs)
    for name in theirs.keys() - {"executor", "schema"}:
        assert mine[name].default == theirs[name].default, name


def test_the_tree_is_named_as_coffea_wants_it_now_or_once_did(runner: Any, fileset: Any) -> None:
    """By keyword, in the fileset, or between fileset and processor."""
    files = list(fileset["mc"]["files"])
    expected = {"mc": {"entries": 80, "muons": runner(fileset, Counting())["mc"]["muons"]}}

    assert runner({"mc": files}, Counting(), treename="Events") == expected
    assert runner({"mc": {"files": files, "treename": "Events"}}, processor_instance=Counting()) == expected
    assert runner({"mc": files}, "Events", Counting()) == expected
    assert runner(fileset={"mc": files}, treename="Events", processor_instance=Counting()) == expected


def test_metrics_are_those_that_coffea_tells(workers: op.Session, fileset: Any, as_coffea_would: Any) -> None:
    """Entries, columns and chunks are the same; bytes and seconds are our own."""
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE, savemetrics=True)
    out, mine = runner(fileset, Counting())
    their_out, theirs = as_coffea_would(runner, fileset, Counting(), savemetrics=True)

    assert out == their_out
    assert mine.keys() == theirs.keys()
    assert {name: type(value) for name, value in mine.items()} == {name: type(value) for name, value in theirs.items()}
    for name in ("entries", "chunks"):
        assert mine[name] == theirs[name]
    assert sorted(mine["columns"]) == sorted(theirs["columns"])


def test_maxchunks_takes_the_first_blocks_of_each_dataset(workers: op.Session, fileset: Any) -> None:
    """As coffea does with its chunks: over the files of a dataset, for each dataset."""
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE)
    items = list(runner.preprocess(fileset))
    few = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE, maxchunks=2)
    chosen = [item for name in fileset for item in [each for each in items if each.dataset == name][:2]]

    assert list(few.preprocess(fileset)) == chosen
    answer = few.run(fileset, Counting())
    assert answer["processed"] == set(chosen)
    assert {name: each["entries"] for name, each in answer["out"].items()} == {"data": 80, "mc": 80}
    assert few.result.is_complete


def test_a_run_tells_what_was_processed(runner: Any, fileset: Any) -> None:
    """Every entry is in one of the work items, by the names and UUIDs that coffea's have; nothing was excepted."""
    answer = runner.run(fileset, Counting())
    theirs = processor.Runner(processor.IterativeExecutor(status=False), metadata_cache={})

    assert answer["exception"] == 0
    assert answer["processed"] == set(runner.preprocess(fileset))
    assert sum(map(len, answer["processed"])) == 245
    known = {(each.dataset, each.filename, each.treename, each.fileuuid) for each in theirs.preprocess(fileset)}
    assert {(each.dataset, each.filename, each.treename, each.fileuuid) for each in answer["processed"]} == known


def test_work_items_are_a_fileset(runner: Any, fileset: Any) -> None:
    """Those of coffea, in a list or from a generator; only their entries are processed."""
    theirs = processor.Runner(processor.IterativeExecutor(status=False), chunksize=30, maxchunks=1, metadata_cache={})
    items = list(theirs.preprocess(fileset))

    assert runner(items, Counting()) == runner((each for each in items), Counting())
    assert runner.result.account.total == sum(map(len, items))
    assert runner.run(items, Counting())["processed"] == set(items)
    with pytest.raises(DatasetError, match="overlap"):
        runner([*items, items[0]], Counting())


def test_the_empty_file_gets_its_call(runner: Any, fileset: Any, empty_file: Path, as_coffea_would: Any) -> None:
    """A processor sees a tree without entries once, with none, and makes its keys."""
    both = {"empty": {"files": {str(empty_file): "Events"}}, **fileset}
    mine = runner(both, Counting())

    assert mine["empty"] == {"entries": 0, "muons": 0}
    assert differences(mine, as_coffea_would(runner, both, Counting())) == []
    assert runner.result.is_complete


def test_metadata_are_those_of_this_call(runner: Any, fileset: Any) -> None:
    """A second runner of a process hears of metadata that changed, as it does not with coffea's cache of files."""

    def xsec(events: Any) -> Any:
        return {events.metadata["xsec"]}

    mc = {"mc": {**fileset["mc"], "metadata": {"xsec": 1.0}}}
    assert runner(mc, xsec) == {1.0}
    mc["mc"]["metadata"]["xsec"] = 2.0
    assert runner(mc, xsec) == {2.0}


def test_an_incomplete_output_warns_and_is_kept(runner: Any, fileset: Any) -> None:
    """A file that is not there costs itself; the warning names it, the result has the account."""
    files = {"files": {**fileset["mc"]["files"], "/nowhere/lost.root": "Events"}}
    with pytest.warns(IncompleteWarning, match=r"/nowhere/lost\.root.*1 files unknown.*runner\.result"):
        out = runner({"mc": files}, Counting())
    assert out["mc"]["entries"] == 80
    assert [gap.file for gap in runner.result.missing] == ["/nowhere/lost.root"]


def test_one_bad_event_costs_one_event(fileset: Any) -> None:
    """The others are in the output, and the run says which one is not; in this process, too."""
    runner = op.coffea.Runner(processor.IterativeExecutor(), chunksize=CHUNKSIZE)
    with pytest.warns(IncompleteWarning, match="this event is bad"):
        answer = runner.run({"mc": fileset["mc"]}, fail_on(57))
    assert answer["out"] == {"n": 79}
    assert isinstance(answer["exception"], UserCodeError)
    assert sorted((each.entrystart, each.entrystop) for each in answer["processed"]) == [(0, 40), (40, 57), (58, 80)]


def test_a_processor_that_fails_raises_with_what_is_done(workers: op.Session, fileset: Any) -> None:
    """As coffea's recoverable executors do: the error has the partial output."""
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE, options={"on_error": "stop"})
    with pytest.raises(UserCodeError, match="this event is bad") as caught:
        runner({"mc": fileset["mc"]}, fail_on(57))
    assert caught.value.partial_output in ({}, {"n": 40}, None)
    assert runner.result.account.processed == (caught.value.partial_output or {}).get("n", 0)


def test_results_are_ok_or_err(workers: op.Session, fileset: Any) -> None:
    """`Ok` has the output; `Err` has what is wrong, and what there is."""
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE, use_result_type=True, skipbadfiles=True)
    complete = runner({"mc": fileset["mc"]}, Counting())
    assert isinstance(complete, Ok)
    assert complete.unwrap()["mc"]["entries"] == 80

    files = {"files": {**fileset["mc"]["files"], "/nowhere/lost.root": "Events"}}
    partial = runner({"mc": files}, Counting())
    assert isinstance(partial, Err)
    assert partial.value == complete.unwrap()

    nothing = runner({"mc": {"files": {"/nowhere/lost.root": "Events"}}}, Counting())
    assert isinstance(nothing, Err)
    assert isinstance(nothing.exception, DatasetError)

    with pytest.raises(UserCodeError):
        dataclasses.replace(runner, options={"on_error": "stop"})({"mc": fileset["mc"]}, fail_on(57))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"format": "parquet"}, "executor=overproof.coffea.Executor"),
        ({"checkpointer": object()}, r"session\.resume"),
        ({"executor": processor.ParslExecutor()}, r"workers=N"),
        ({"executor": processor.DaskExecutor()}, "overproof.coffea.Executor"),
    ],
    ids=["parquet", "checkpointer", "parsl", "dask"],
)
def test_what_cannot_be_done_says_what_to_do(fields: dict[str, Any], said: str) -> None:
    """Nothing is taken and then forgotten."""
    with pytest.raises(OptionError, match=said):
        op.coffea.Runner(**fields)


def test_what_coffea_refuses_is_refused(runner: Any, fileset: Any) -> None:
    """By the same kind of error."""
    with pytest.raises(ValueError, match="Schema must be set"):
        op.coffea.Runner(schema=None)
    with pytest.raises(ValueError, match="format must be"):
        op.coffea.Runner(format="csv")
    with pytest.raises(ValueError, match="requires skipbadfiles"):
        op.coffea.Runner(use_result_type=True)
    with pytest.raises(ValueError, match="single-argument callable"):
        runner(fileset, "MyProcessor")
    with pytest.raises(OptionError, match="iteritems_options"):
        runner(fileset, Counting(), iteritems_options={"filter_name": "Muon_*"})


def test_an_executor_says_how_many_workers() -> None:
    """None in this process, so many, one a core; what is said apart wins, and a quiet executor is quiet here."""
    assert wish_of(processor.IterativeExecutor(), workers=None).address == "inline"
    assert wish_of(processor.FuturesExecutor(workers=3), workers=None).workers == 3
    assert wish_of(None, workers=None).workers is None
    assert wish_of(processor.FuturesExecutor(workers=3), workers=5).workers == 5
    assert wish_of(processor.FuturesExecutor(status=False), workers=None).progress is False
    assert wish_of(processor.FuturesExecutor(), workers=None).progress is None


def test_runners_that_want_the_same_workers_share_them_until_the_last_is_gone(fileset: Any) -> None:
    """A second runner of a notebook finds them warm; none is left when nobody uses them."""
    first = op.coffea.Runner(processor.IterativeExecutor())
    second = op.coffea.Runner(processor.IterativeExecutor(), schema="BaseSchema")
    session = first.session
    assert second.session is session
    del first
    gc.collect()
    assert second({"mc": fileset["mc"]}, lambda events: len(events.MET_pt)) == 80
    del second
    gc.collect()
    with pytest.raises(OptionError, match="closed"):
        session.count(list(fileset["mc"]["files"]))
