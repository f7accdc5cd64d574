"""The lazy record of a block."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.columns.events import ColumnMemory, Events
from overproof.columns.formats import Reader
from overproof.columns.formats.source import LocalSource
from overproof.columns.layouts import NativeColumn
from overproof.columns.opening import open_reader
from overproof.columns.views import materialized
from overproof.records.dataset import FileGrid, FileSpec
from overproof.records.schema import Schema
from overproof.words.errors import BranchError, ReadError


class Watched:
    """A reader that notes what is asked of it, and fails where it is told to."""

    def __init__(self, reader: Reader, *, fails: Sequence[str] = ()) -> None:
        self._reader = reader
        self._fails = fails
        self.requests: list[list[str]] = []
        self.path = reader.path
        self.tree = reader.tree
        self.uuid = reader.uuid
        self.n_entries = reader.n_entries
        self.size_bytes = reader.size_bytes
        self.names = reader.names

    @property
    def read_bytes(self) -> int:
        return self._reader.read_bytes

    def find(self, name: str) -> str | None:
        return self._reader.find(name)

    def resolve(self, name: str) -> str:
        return self._reader.resolve(name)

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        return {}

    def schema(self) -> Schema:
        return self._reader.schema()

    def grid(self, block_entries: int) -> FileGrid:
        return self._reader.grid(block_entries)

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        if stop > first:
            self.requests.append(list(names))
        for name in names:
            if name in self._fails:
                raise ReadError("the disk is gone", file=self.path, phase="read")
        return self._reader.read(names, first, stop)

    def close(self) -> None:
        self._reader.close()


@pytest.fixture
def watched(reader: Reader) -> Watched:
    return Watched(reader)


@pytest.fixture
def split(shared_file: Callable[[str], Path]) -> Events:
    """A hundred events of a split object."""
    return Events(open_reader(FileSpec(path=str(shared_file("uproot-small-evnt-tree-fullsplit.root")))), 0, 100)


class Phase:
    """Knows whether it is entered, and how often it was."""

    def __init__(self) -> None:
        self.is_on = False
        self.n_times = 0

    def __enter__(self) -> None:
        assert not self.is_on
        self.is_on = True
        self.n_times += 1

    def __exit__(self, *_: object) -> None:
        self.is_on = False


def test_who_asks_is_told_while_the_file_is_read(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first byte to the last, also when reading fails; never while user code has the turn."""
    phase, memory = Phase(), ColumnMemory()
    watched = Watched(reader, fails=["x"])
    seen: list[bool] = []
    read = watched.read
    monkeypatch.setattr(watched, "read", lambda *request: (seen.append(phase.is_on), read(*request))[1])
    events = Events(watched, 0, 50, memory=memory, around_reads=phase)
    with pytest.raises(ReadError):
        _ = events.x
    assert len(events.number) == 50
    assert (seen, phase.is_on, phase.n_times) == ([True, True], False, 2)
    assert len(events.number) == 50
    assert phase.n_times == 2


def test_nothing_is_read_before_it_is_touched(watched: Watched) -> None:
    """Length, fields, views and names cost no read; a column costs one, once, however many views look at it."""
    events = Events(watched, 100, 300)
    assert len(events) == 200
    assert {"number", "x", "three", "jagged"} <= set(events.fields)
    view = events[events.fields[:3]][10:20]
    assert (len(view), watched.requests, events.touched) == (10, [], ())
    assert events.number.tolist() == list(range(100, 300))
    assert events["number"] is events.number
    assert events[5:7].number.tolist() == [105, 106]
    assert watched.requests == [["number"]]
    assert events.touched == ("number",)


@pytest.mark.parametrize(
    "where",
    [
        slice(3, 50, 7),
        slice(None, None, -1),
        np.arange(200) % 3 == 0,
        [True, False] * 100,
        [5, 3, 3, 199],
        [],
        np.array([], dtype=np.int64),
        ak.Array([7, -1]),
        ak.Array([True, None] * 100),
    ],
)
def test_slices_are_those_of_the_array(watched: Watched, expected: Any, where: Any) -> None:
    """Whatever picks entries, length and columns are those of the sliced record array, and so are slices of slices."""
    events = Events(watched, 100, 300)
    oracle = expected[100:300][ak.Array(where) if isinstance(where, list) and where else where]
    view = events[where]
    assert len(view) == len(oracle)
    for name in ("number", "three", "jagged"):
        assert ak.to_list(view[name]) == ak.to_list(oracle[name])
        assert ak.to_list(view[1:][name]) == ak.to_list(oracle[1:][name])
        assert ak.to_list(view.array[name]) == ak.to_list(oracle[name])


def test_one_entry_and_iteration(watched: Watched, expected: Any) -> None:
    """An integer gives one record, iteration all of them; of a record only what is looked at is read."""
    events = Events(watched, 0, 50)
    assert events[3].number == 3
    assert events[-1]["number"] == 49
    assert [each.number for each in events[10:13]] == [10, 11, 12]
    assert events.touched == ("number",)
    with pytest.raises(IndexError):
        _ = events[50].number


def test_wrong_slices_are_errors_at_once(watched: Watched) -> None:
    """A mask of the wrong length, or an entry beyond the end, fails where it is written."""
    events = Events(watched, 0, 50)
    for where in (np.ones(49, bool), [50]):
        with pytest.raises((IndexError, ValueError)):
            events[where]


def test_awkward_functions_take_events(watched: Watched, expected: Any) -> None:
    """Functions of awkward see the record array, and read only the columns that they need."""
    events = Events(watched, 0, 200)
    assert ak.num(events, axis=0) == 200
    assert set(ak.fields(events)) == set(events.fields)
    assert watched.requests == []
    some = events[["number", "jagged"]]
    assert ak.to_list(some) == ak.to_list(expected[["number", "jagged"]][:200])
    assert ak.to_list(ak.concatenate([some[:2], some[2:3]])) == ak.to_list(expected[["number", "jagged"]][:3])
    assert ak.to_list(ak.with_field(some[:1], [7], "seven")) == [
        {**ak.to_list(expected[["number", "jagged"]][:1])[0], "seven": 7}
    ]
    assert ak.zip({"n": events.number, "x": events.x}).fields == ["n", "x"]
    assert set(events.touched) == {"number", "jagged", "x"}


def test_array_is_typed_before_it_is_read(watched: Watched, expected: Any) -> None:
    """The record array tells its full type without a read."""
    array = Events(watched, 0, 200)[["number", "x", "three", "jagged"]].array
    assert array.type.content == expected[["number", "x", "three", "jagged"]].type.content or (
        str(array.type.content) == "{number: int64, x: float32, three: 3 * float64, jagged: var * float32}"
    )
    assert watched.requests == []


def test_split_objects_by_attribute(split: Events) -> None:
    """What is inside of a split object is had step by step or by its full name; a step alone is a view."""
    assert split.evt.P3.Px.tolist() == split["evt.P3.Px"].tolist() == list(range(-1, 99))
    assert split.evt.P3.fields == ["Px", "Py", "Pz"]
    assert ak.to_list(split.evt.P3[:1]) == [{"Px": -1, "Py": 0.0, "Pz": -1}]
    assert set(split.touched) == {"evt.P3.Px", "evt.P3.Py", "evt.P3.Pz"}
    assert split[split.evt.I32 > 90].evt.Beg.tolist() == [f"beg-{number:03}" for number in range(91, 100)]


def test_columns_can_be_added(watched: Watched) -> None:
    """A new column lives in the view it was added to and in the views made of it, not in the others."""
    events = Events(watched, 0, 50)
    chosen = events[events.number % 2 == 0]
    chosen["half"] = chosen.number / 2
    chosen["one"] = 1
    assert chosen.half.tolist() == list(range(25))
    assert chosen[chosen.half > 22].half.tolist() == [23, 24]
    assert chosen[["half", "number"]].array.tolist()[1] == {"half": 1.0, "number": 2}
    assert chosen.one.tolist() == [1] * 25
    assert "half" in chosen
    assert "half" not in events
    chosen["number"] = chosen.half
    assert chosen.number.tolist() == list(range(25))
    assert chosen.fields.count("number") == 1
    with pytest.raises(ValueError, match="column 'bad' has 3 entries and the events are 25"):
        chosen["bad"] = [1, 2, 3]


def test_next_block_fetches_what_the_last_one_touched(watched: Watched) -> None:
    """With a memory, the first column touched brings along the others that the block before has touched."""
    memory = ColumnMemory()
    first = Events(watched, 0, 200, memory=memory)
    _ = first.x, first.number
    second = Events(watched, 200, 400, memory=memory)
    assert second.number[0] == 200
    _ = second.x
    assert watched.requests == [["x"], ["number"], ["number", "x"]]
    assert second.touched == ("number", "x")


def test_names_not_touched_lately_are_dropped(watched: Watched) -> None:
    """A column touched in one block and never again is fetched ahead for four blocks."""
    memory = ColumnMemory()
    assert len(Events(watched, 0, 10, memory=memory).x) == 10
    ahead = []
    for first in range(10, 70, 10):
        assert len(Events(watched, first, first + 10, memory=memory).number) == 10
        ahead.append("x" in watched.requests[-1])
    assert ahead == [True, True, True, True, False, False]


def test_read_errors_are_kept_though_swallowed(reader: Reader) -> None:
    """A read error is raised, and stays in `failure` also when the selector catches everything."""
    events = Events(Watched(reader, fails=["x"]), 0, 50)
    assert events.failure is None
    # What careless selectors do.
    with contextlib.suppress(Exception):
        _ = events[5:10].x
    assert isinstance(events.failure, ReadError)
    assert events.failure.reason == "the disk is gone"
    assert events[0:2].failure is events.failure
    assert events.number.tolist() == list(range(50))


def test_read_errors_inside_of_awkward_are_kept(reader: Reader) -> None:
    """A read error behind a virtual column, which awkward wraps as it likes, stays in `failure` too."""
    events = Events(Watched(reader, fails=["x"]), 0, 50)
    with pytest.raises(Exception, match="disk is gone"):
        ak.to_list(events)
    assert isinstance(events.failure, ReadError)


def test_column_fetched_ahead_cannot_spoil_a_block(reader: Reader) -> None:
    """A damaged column that this block does not touch is no failure of the block."""
    memory = ColumnMemory()
    good = Events(reader, 0, 10, memory=memory)
    _ = good.x, good.number
    events = Events(Watched(reader, fails=["x"]), 10, 20, memory=memory)
    assert events.number.tolist() == list(range(10, 20))
    assert events.failure is None


def test_unknown_branch_names_the_nearest(watched: Watched) -> None:
    """An unknown name is a BranchError with the nearest names, in every way of asking; `hasattr` and `in` answer."""
    events = Events(watched, 0, 50)
    for ask in (
        lambda: events.numbr,
        lambda: events["numbr"],
        lambda: events[5:].numbr,
        lambda: events[["x", "numbr"]],
    ):
        with pytest.raises(BranchError, match=r"no branch 'numbr' in tree 't' of .*; did you mean 'number'"):
            ask()
    assert not hasattr(events, "numbr")
    assert "numbr" not in events
    assert "x" in events
    assert events.failure is None


def test_list_of_branches_is_kept(watched: Watched) -> None:
    """With a list of names and patterns, others cannot be touched and do not appear."""
    events = Events(watched, 0, 50, branches=["num*", "x"])
    assert events.fields == ["number", "x"]
    assert events.x is not None
    with pytest.raises(BranchError, match="branch 'jagged' is not in the list of this selector: add it to `branches`"):
        _ = events.jagged
    assert watched.requests == [["x"]]


def test_optional_branches_have_defaults(watched: Watched) -> None:
    """A branch that the file lacks gives its default in every entry; one that it has gives its values."""
    events = Events(watched, 0, 50, optional={"x": -1, "weight": 1.5, "tags": [], "name": "none"})
    assert events.weight.tolist() == [1.5] * 50
    assert events[:2].tags.tolist() == [[], []]
    assert events.name[7] == "none"
    assert events.x[0] != -1
    assert "weight" in events
    assert ak.to_list(events[["weight", "number"]][:1]) == [{"weight": 1.5, "number": 0}]
    assert watched.requests == [["x"], ["number"]]


def test_dice_belong_to_the_block(reader: Reader) -> None:
    """Seed and numbers are a function of query, file and first entry; views share the dice of their block."""
    events = Events(reader, 100, 300, seed=(1, 2, 100))
    assert events.rng is events[:10].rng
    drawn = events.rng.random(3).tolist()
    assert drawn == np.random.default_rng(np.random.SeedSequence([1, 2, 100])).random(3).tolist()
    assert Events(reader, 100, 200, seed=(1, 2, 100)).seed == events.seed
    others = [
        Events(reader, 100, 300, seed=each).seed for each in [(2, 2, 100), (1, 3, 100), (1, 2, 101), (-1, 2, 100)]
    ]
    assert len({events.seed, *others}) == 5


def test_where_the_block_comes_from(reader: Reader) -> None:
    """Every view tells file, tree, range and metadata of its block."""
    view = Events(reader, 100, 300, metadata={"dataset": "Z"})[:5]
    assert (view.file, view.tree, view.first, view.stop) == (reader.path, "t", 100, 300)
    assert view.metadata == {"dataset": "Z"}
    assert repr(view) == f"<Events 5 of {reader.path}:t [100:300]>"


def test_four_of_2656_branches(shared_file: Callable[[str], Path]) -> None:
    """A selector over the widest NanoAOD that touches four branches reads four, in two blocks by three requests."""
    watched = Watched(open_reader(FileSpec(path=str(shared_file("nano_tt_v15.root")), tree="Events")))
    memory = ColumnMemory()
    for first in (0, 100):
        events = Events(watched, first, first + 100, memory=memory)
        dimuons = events[events.nMuon == 2]
        assert len(dimuons.Muon_pt) == len(dimuons.Muon_eta) == len(dimuons.Muon_phi)
    names = ["nMuon", "Muon_pt", "Muon_eta", "Muon_phi"]
    assert watched.requests == [*([name] for name in names), names]


def test_columns_are_not_set_as_attributes(watched: Watched) -> None:
    """A column set as an attribute, which slices would not know of, is refused with what to write; nothing changes."""
    events = Events(watched, 0, 50)
    for view in (events, events[:5], events[["x"]]):
        with pytest.raises(AttributeError, match=r'write events\["x"\] = \.\.\.'):
            view.x = [0.0] * len(view)
        with pytest.raises(AttributeError, match=r'write events\["file"\] = \.\.\.'):
            view.file = "elsewhere"
    assert watched.requests == []


JAGGED = ak.Array([[1.0, 2.0], [], [3.0]])
COLUMNS = [
    JAGGED,
    ak.values_astype(JAGGED, np.int16),
    ak.Array(ak.contents.ListOffsetArray(ak.index.Index32(np.array([0, 2, 2, 3])), JAGGED.layout.content)),
    ak.Array([[[1], []], [], [[2, 3]]]),
    ak.Array(["one", "", "three"]),
    ak.Array([["a"], [], ["b", "c"]]),
    ak.Array([1, None, 3]),
    ak.mask(np.arange(3), [True, False, True]),
    ak.Array([[1.5], None, []]),
    ak.Array([{"pt": 1.0, "hits": [1]}, {"pt": 2.0, "hits": []}, {"pt": 3.0, "hits": [4, 5]}]),
    ak.Array([1, "two", [3]]),
    np.array([1, 2, 3], dtype=np.int8),
    np.array(["a", "bc", ""]),
    np.arange(6).reshape(3, 2),
    [[1], [], [2, 3]],
    ["a", "b", "c"],
    (1.5, 2.5, 3.5),
    range(3),
]


@pytest.mark.parametrize("values", COLUMNS, ids=lambda values: str(getattr(values, "type", type(values).__name__)))
def test_any_column_can_be_added(watched: Watched, values: Any) -> None:
    """Whatever has a value for each entry is a column, had back by name, sliced, and in record arrays."""
    events = Events(watched, 0, 3)
    events["new"] = values
    oracle = ak.to_list(ak.Array(list(values) if isinstance(values, tuple) else values))
    assert ak.to_list(events.new) == ak.to_list(events["new"]) == oracle
    assert ak.to_list(events.array.new) == oracle
    mask = np.array([True, False, True])
    assert ak.to_list(events[mask].new) == ak.to_list(events[mask].array.new) == [oracle[0], oracle[2]]
    assert ak.to_list(events[["new"]][1:].array) == [{"new": value} for value in oracle[1:]]
    assert watched.requests == []


@pytest.mark.parametrize("value", [7, 1.5, True, "text", None, np.float32(2), ak.Record({"a": 1}), {"a": [1, 2]}])
def test_one_value_is_a_column(watched: Watched, value: Any) -> None:
    """One value is given to each entry."""
    events = Events(watched, 0, 3)
    events["one"] = value
    plain = value.to_list() if isinstance(value, ak.Record) else value
    assert ak.to_list(events.one) == ak.to_list(events.array.one) == [plain] * 3


def test_jagged_columns_from_columns(watched: Watched, expected: Any) -> None:
    """A column made of a jagged column, and one that is a view, are added."""
    events = Events(watched, 100, 300)
    events["twice"] = events.jagged * 2
    events["both"] = events[["number", "jagged"]]
    assert ak.to_list(events[5:9].twice) == ak.to_list(expected.jagged[105:109] * 2)
    assert events[:1].both.to_list() == expected[["number", "jagged"]][100:101].to_list()


def test_views_do_what_arrays_do(watched: Watched, expected: Any) -> None:
    """The attributes promised in the docstring are those of the record array; other unknown names stay errors."""
    view = Events(watched, 0, 200)[["number", "x"]][:4]
    oracle = expected[["number", "x"]][:4]
    assert (view.ndim, str(view.type), view.typestr) == (1, str(oracle.type), str(oracle.type))
    assert watched.requests == []
    assert view.tolist() == view.to_list() == oracle.to_list()
    assert view.to_numpy().tolist() == oracle.to_numpy().tolist()
    assert view.mask[view.number > 1].to_list() == [None, None, *oracle.to_list()[2:]]
    shown = io.StringIO()
    view[:1].show(stream=shown)
    # Awkward reads nothing in order to show it.
    assert shown.getvalue() == "[{number: ??, x: ??}]\n"
    assert not hasattr(view, "sum")


def test_branches_come_before_what_arrays_do(watched: Watched) -> None:
    """A branch named like an attribute of arrays is that branch; one that may not be touched is refused, not hidden."""
    events = Events(watched, 0, 3, optional={"type": 7, "mask.bits": 1})
    assert events.type.tolist() == events.array["type"].tolist() == [7, 7, 7]
    assert events.mask.bits.tolist() == [1, 1, 1]
    events["show"] = [1, 2, 3]
    assert events[1:].show.tolist() == [2, 3]
    for hidden in (Events(watched, 0, 3, optional={"type": 7}, branches=["x"]), events[["x"]]):
        with pytest.raises(BranchError):
            _ = hidden.type


def test_views_are_put_out_as_arrays(watched: Watched, expected: Any) -> None:
    """Views and records in outputs, at any depth, become arrays that are read; everything else is left as it is."""
    events = Events(watched, 0, 200)
    some, numbers = events[["number", "jagged"]][:3], [1, 2]
    output = {"t": some, "in": {"deep": [some[:1], events[["x"]][5]]}, "array": some.array, "numbers": numbers}
    plain = materialized(output)
    requests = list(watched.requests)
    oracle = expected[["number", "jagged"]][:3].to_list()
    assert type(plain["t"]) is ak.Array
    assert plain["t"].to_list() == plain["array"].to_list() == oracle
    assert plain["in"]["deep"][0].to_list() == oracle[:1]
    assert plain["in"]["deep"][1].to_list() == {"x": expected.x[5]}
    assert plain["numbers"] is numbers
    assert output["t"] is some
    assert ak.to_list(pickle.loads(pickle.dumps(plain))["t"]) == oracle
    assert watched.requests == requests


def test_source_closed_by_others_is_closed(ttree_path: Path) -> None:
    """Closing twice, or after somebody has closed the descriptor, is no error."""
    source = LocalSource(str(ttree_path))
    os.close(source.file._handle)
    source.__exit__(None, None, None)
    source.__exit__(None, None, None)
    assert source.closed


def test_a_view_tells_the_numbers_of_its_entries(watched: Watched) -> None:
    """A slice of a slice still knows which entries of the tree it holds."""
    events = Events(watched, 10, 20)
    assert events.entry_numbers.tolist() == list(range(10, 20))
    assert events[[1, 3, 5]][1:].entry_numbers.tolist() == [13, 15]
    assert events[events.fields[:1]][::4].entry_numbers.tolist() == [10, 14, 18]
