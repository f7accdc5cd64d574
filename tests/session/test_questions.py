"""Laws of tables, counts, entry lists and several draws in one pass."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.answers import Count, Table
from overproof.session.entries import EntryList, load_entry_list
from overproof.session.entries.choosing import EntryListWarning
from overproof.session.result import IncompleteWarning
from overproof.words.errors import DatasetError, ExpressionError, OptionError, OutputError


@pytest.fixture(scope="module")
def session() -> Iterator[op.Session]:
    """A session whose blocks are computed in any order."""
    with op.Session("local:2", progress=False) as session:
        yield session


@pytest.fixture(scope="module")
def alone() -> Iterator[op.Session]:
    """A session in this process, where it does not matter who computes."""
    with op.Session("inline", progress=False) as session:
        yield session


@pytest.fixture
def muons(shared_file: Callable[[str], Path]) -> tuple[str, ak.Array]:
    """A real file with jagged muons, and its content as uproot reads it."""
    path = shared_file("uproot-HZZ.root")
    return f"{path}:events", uproot.open(path)["events"].arrays(["NMuon", "Muon_Px", "MET_px"])


def chosen(entries: EntryList) -> list[int]:
    """List the entries of a list, file after file."""
    return [entry for file in entries.files for first, stop in file.ranges for entry in range(first, stop)]


# -- tables


def test_a_table_has_a_row_for_each_pass_that_is_chosen(session: op.Session, muons: tuple[str, ak.Array]) -> None:
    """Rows, entries and instances are those of uproot's arrays; integers stay integers."""
    data, arrays = muons
    table = session.scan(data, "NMuon:Muon_Px", cut="Muon_Px > 30", block_entries=500)
    mask = arrays.Muon_Px > 30
    entries = ak.flatten(ak.broadcast_arrays(np.arange(len(arrays)), arrays.Muon_Px)[0][mask])
    assert isinstance(table, Table)
    assert table["entry"].tolist() == entries.to_list()
    assert table["instance"].tolist() == ak.flatten(ak.local_index(arrays.Muon_Px)[mask]).to_list()
    assert table["Muon_Px"].tolist() == ak.flatten(arrays.Muon_Px[mask]).to_numpy().astype(float).tolist()
    assert table["NMuon"].dtype == np.int64
    assert table.n_rows == table.n_kept == len(entries)
    assert table.account.is_complete


def test_entries_of_a_table_are_counted_over_all_files(session: op.Session, numbers: str) -> None:
    """The entry of the second file's first row follows the last of the first file."""
    table = session.scan(numbers, "n", cut="n % 2500 == 0", block_entries=700)
    assert table["entry"].tolist() == table["n"].tolist() == [0, 2_500, 5_000, 7_500]


def test_only_so_many_rows_are_kept(session: op.Session, numbers: str) -> None:
    """The first rows in the order of entries, wherever they were computed; all are counted."""
    table = session.scan(numbers, ["n", "n * 2"], cut="n >= 40", rows=3, block_entries=300)
    with pytest.raises(KeyError, match="no column 'm': there are entry, instance, n, n"):
        table["m"]
    assert [tuple(row) for row in table.rows()] == [(n, 0, n, 2.0 * n) for n in (40, 41, 42)]
    assert (table.n_rows, table.n_kept) == (9_960, 3)
    assert repr(table).splitlines()[-1] == "3 of 9,960 rows"


def test_a_table_without_rows_has_columns(alone: op.Session, numbers: str) -> None:
    """A cut that chooses nothing leaves empty columns of the right names."""
    table = alone.scan(numbers, "n:n", cut="n < 0")
    assert list(table) == ["entry", "instance", "n", "n_2"]
    assert [len(column) for column in table.values()] == [0, 0, 0, 0]


def test_texts_are_listed_as_texts(alone: op.Session, shared_file: Callable[[str], Path]) -> None:
    """A branch of texts is a column of texts."""
    table = alone.scan(shared_file("uproot-small-evnt-tree-fullsplit.root"), "evt.Str", rows=2)
    assert table["evt.Str"].tolist() == ["evt-000", "evt-001"]


def test_a_table_saves_as_what_its_name_says(alone: op.Session, numbers: str, tmp_path: Path) -> None:
    """CSV, JSON and ROOT give the numbers back."""
    table = alone.scan(numbers, "n:n / 3", cut="n < 4")
    for suffix in ("csv", "json", "root", "pkl"):
        table.save(tmp_path / f"table.{suffix}")
    rows = list(csv.reader((tmp_path / "table.csv").read_text().splitlines()))
    assert rows[0] == ["entry", "instance", "n", "n / 3"]
    assert [float(row[3]) for row in rows[1:]] == table["n / 3"].tolist() == [0.0, 1 / 3, 2 / 3, 1.0]
    document = json.loads((tmp_path / "table.json").read_text())
    assert document["outputs"]["columns"]["n / 3"] == table["n / 3"].tolist()
    with uproot.open(tmp_path / "table.root") as file:
        assert file["table"]["n_3"].array().to_list() == table["n / 3"].tolist()
    with pytest.raises(OutputError, match=r"end it in \.csv, \.parquet"):
        table.save(tmp_path / "table.txt")


def test_every_column_has_a_place_of_its_own_in_a_file(alone: op.Session, numbers: str, tmp_path: Path) -> None:
    """In ROOT no made-up name takes that of another column; JSON has the columns in their order."""
    table = alone.scan(numbers, "n_2:n:-n:n_4:+n", aliases={"n_2": "n + 7", "n_4": "n + 9"}, rows=2)
    table.save(tmp_path / "table.root")
    with uproot.open(tmp_path / "table.root") as file:
        values = [branch.array().to_list() for branch in file["table"].branches]
    assert values == [column.tolist() for column in table.values()]
    table.save(tmp_path / "table.json")
    columns = json.loads((tmp_path / "table.json").read_text())["outputs"]["columns"]
    assert list(columns) == list(table) == ["entry", "instance", "n_2", "n", "-n", "n_4", "+n"]


@pytest.mark.parametrize(
    ("columns", "keywords", "said"),
    [
        ([], {}, "nothing is to be listed"),
        ("n:", {}, r"\^"),
        ("n", {"rows": 0}, "rows=0: give a whole number, at least 1"),
        ("n", {"dialect": "latin"}, "dialect='latin'"),
        ("n", {"aliases": {"a b": "n"}}, "alias 'a b'"),
        ("n", {"cut": "n >"}, r"n >\n +\^"),
        ("n", {"cut": 3}, "cut=3: give a text"),
    ],
)
def test_tables_that_make_no_sense_are_refused(
    alone: op.Session, numbers: str, columns: object, keywords: dict[str, object], said: str
) -> None:
    """Before any work, and with what would make sense."""
    with pytest.raises((OptionError, ExpressionError), match=said):
        alone.scan(numbers, columns, **keywords)  # type: ignore[arg-type]


# -- counts


def test_a_count_counts_an_entry_once(session: op.Session, muons: tuple[str, ak.Array]) -> None:
    """Entries with a chosen muon, and chosen muons."""
    data, arrays = muons
    counted = session.count(data, "Muon_Px > 30", block_entries=500)
    assert isinstance(counted, Count)
    assert counted.entries == int(counted) == ak.sum(ak.any(arrays.Muon_Px > 30, axis=1))
    assert counted.passes == ak.sum(arrays.Muon_Px > 30)
    assert session.count(data).entries == counted.account.total == len(arrays)


def test_a_count_that_lacks_entries_warns(alone: op.Session, numbers: str) -> None:
    """A number that lacks a file is never handed over in silence."""
    folder = Path(numbers).parent
    data = [f"{folder}/f0.root:Events", f"{folder}/gone.root:Events"]
    with pytest.warns(IncompleteWarning, match="the count lacks entries"):
        assert alone.count(data).entries == 5_000
    with pytest.warns(IncompleteWarning, match="the entry list lacks entries"):
        assert len(alone.draw(data, ">>list")) == 5_000


# -- entry lists


def test_a_list_holds_the_entries_that_the_cut_chooses(session: op.Session, muons: tuple[str, ak.Array]) -> None:
    """Each once, also where several of its elements are chosen; the account is that of the whole data."""
    data, arrays = muons
    good = session.draw(data, ">>good", cut="Muon_Px > 30", block_entries=500)
    assert isinstance(good, EntryList)
    assert chosen(good) == np.flatnonzero(ak.any(arrays.Muon_Px > 30, axis=1)).tolist()
    assert good.name == "good"
    assert good.account.processed == good.account.total == len(arrays)


def test_a_list_chooses_what_later_questions_process(session: op.Session, numbers: str, tmp_path: Path) -> None:
    """The answer is that of the cut, the total is the length of the list, from memory, from disk and as data."""
    good = session.draw(numbers, ">>good", cut="n % 7 == 0 && n < 6000", block_entries=900)
    expected = session.draw(numbers, "n", cut="n % 7 == 0 && n < 6000", bins="10, 0, 10000")
    good.save(tmp_path / "good.json")
    for asked in ({"entry_list": good}, {"entry_list": tmp_path / "good.json"}):
        drawn = session.draw(numbers, "n", bins="10, 0, 10000", **asked)
        assert drawn.values().tolist() == expected.values().tolist()
        assert drawn.account.processed == drawn.account.total == len(good) == 858
    assert session.count(EntryList.load(tmp_path / "good.json")).entries == 858
    assert load_entry_list(f"{tmp_path}/good.json:good") == good


def test_scattered_entries_keep_their_numbers(session: op.Session, numbers: str) -> None:
    """Entries of a list are read together, and each is still the entry that it was."""
    good = session.draw(numbers, ">>good", cut="n % 11 == 3")
    table = session.scan(numbers, "n:Entry$", entry_list=good, block_entries=700)
    assert table["entry"].tolist() == table["n"].tolist() == table["Entry$"].tolist() == list(range(3, 10_000, 11))


def test_selectors_process_lists_too(session: op.Session, numbers: str) -> None:
    """A user's function gets the chosen entries of a block in one go."""
    good = session.draw(numbers, ">>good", cut="n % 100 == 5")

    def summed(events: object) -> dict[str, object]:
        return {"sum": int(np.sum(events.n)), "calls": 1}  # type: ignore[attr-defined]

    result = session.process(summed, numbers, entry_list=good)
    assert result["sum"] == sum(range(5, 10_000, 100))
    assert result["calls"] == 2
    assert result.account.total == 100


def test_files_without_entries_are_not_opened(alone: op.Session, numbers: str) -> None:
    """A list of entries of one file asks nothing of the others, which may be gone."""
    folder = Path(numbers).parent
    good = alone.draw(numbers, ">>good", cut="n == 7")
    data = [f"{folder}/f0.root:Events", f"{folder}/gone.root:Events"]
    assert alone.count(data, entry_list=good).account.is_complete


def test_lists_are_added(alone: op.Session, numbers: str) -> None:
    """`>>+name` adds to the list of that name, in one pass and in a later question; an entry is in it once."""
    lists = alone.draw(numbers, [">>few", {"expression": ">>+few", "cut": "n == 9999"}], cut="n < 3")
    assert [chosen(each) for each in lists.values()] == [[0, 1, 2, 4_999]]
    more = alone.draw(numbers, ">>+few", cut="n < 5")
    assert chosen(more) == [0, 1, 2, 3, 4, 4_999]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "holds 0 entry lists"),
        ("no json", "is no entry list, which is JSON .*: record one with '>>name'"),
        ('{"outputs": {"a": {"entry_list": [], "name": "a"}, "b": {"entry_list": []}}}', "name one of .*:a, .*:b"),
        ('{"outputs": {"a": {"entry_list": [{"file": "f", "tree": "t", "entries": [3, 2]}], "name": "a"}}}', "damaged"),
        (
            '{"outputs": {"a": {"entry_list": [{"file": "/f", "tree": "t", "entries": [3]}], "name": "a"}}}',
            "none of the files of the entry list a is among the data: it was made from /f:t",
        ),
    ],
)
def test_files_that_are_no_lists_are_refused(
    alone: op.Session, numbers: str, tmp_path: Path, content: str, said: str
) -> None:
    """What is wrong with a list is said with its place, before any work."""
    place = tmp_path / "list.json"
    place.write_text(content)
    with pytest.raises(DatasetError, match=said):
        alone.count(numbers, entry_list=place)


def test_a_list_of_more_files_than_the_data_says_so(alone: op.Session, numbers: str) -> None:
    """Entries of files that are not asked about are not processed, and that is said."""
    good = alone.draw(numbers, ">>good", cut="n % 1000 == 0")
    with pytest.warns(EntryListWarning, match="1 of the 2 files of the entry list good"):
        assert alone.count(numbers, files=1, entry_list=good).entries == 5


def test_a_list_is_saved_as_json_only(alone: op.Session, numbers: str, tmp_path: Path) -> None:
    """Another suffix is an error with the right one."""
    with pytest.raises(OutputError, match=r"end the name in \.json"):
        alone.draw(numbers, ">>good").save(tmp_path / "good.root")


# -- several draws


def test_several_draws_are_those_of_each_alone(session: op.Session, muons: tuple[str, ak.Array]) -> None:
    """Histograms, profiles, planes and lists in one pass are bit for bit what each question gives."""
    data, _ = muons
    asked = {
        "px": {"expression": "Muon_Px", "bins": "30, -60, 60"},
        "plane": {"expression": "Muon_Py:Muon_Px", "bins": "10, -60, 60, 10, -60, 60"},
        "mean": {"expression": "MET_px:NMuon", "bins": "5, 0, 5", "profile": True},
        "few": {"expression": ">>few", "cut": "NMuon > 2"},
    }
    drawn = session.draw(data, asked, cut="NMuon > 1", block_entries=500)
    assert list(drawn) == list(asked)
    for name, keywords in asked.items():
        alone = session.draw(data, **{"cut": "NMuon > 1", "block_entries": 500, **keywords})
        if name == "few":
            assert alone == drawn[name]
        else:
            assert alone.view(flow=True).tolist() == drawn[name].view(flow=True).tolist()
        assert drawn[name].account.total == alone.account.total


def test_a_later_draw_adds_to_an_earlier_one(session: op.Session, numbers: str) -> None:
    """`>>+name` gives the sum with the axes of the first, and leaves that as it was."""
    first = session.draw(numbers, "n>>sum(4, 0, 10000)", cut="n < 2500")
    both = session.draw(numbers, "n * 2>>+sum", cut="n < 2500")
    assert first.values().tolist() == [2_500.0, 0.0, 0.0, 0.0]
    assert both.values().tolist() == [3_750.0, 1_250.0, 0.0, 0.0]
    assert both.account.total == 10_000
    third = session.draw(numbers, ["n>>+sum", "n>>other(1, 0, 10000)"])
    assert third["sum"].values().sum() == 15_000.0


@pytest.mark.parametrize(
    ("expression", "keywords", "said"),
    [
        (["n>>a", "2 * n>>a"], {}, "two are called `a`.*>>\\+a"),
        (["n>>a(5, 0, 1)", "n:n>>+a"], {}, "differ in their dimensions"),
        (["n>>a(5, 0, 1)", ">>+a"], {}, "`>>\\+a` cannot be added to `a`: one is an entry list"),
        (["n", "n * 2>>b(0)"], {}, "^n \\* 2>>b\\(0\\): 0 bins make no axis"),
        (["n", "n * 2"], {"name": "one"}, "one for several"),
        ([], {}, "nothing is to be drawn"),
        ({"a": {"expresion": "n"}}, {}, "no `expression`"),
        ({"a": {"expression": "n", "bin": "1, 0, 1"}}, {}, "unknown 'bin'"),
        (">>good(5)", {}, "records entries"),
        ("n>>h(1, 0)", {}, "one end of an axis without the other"),
        ("n>>h(1, x)", {}, r"1, x\n +\^"),
        ("n>>h(1, 0, 1, 2)", {}, "3 numbers are enough"),
        ("n>>h(0)", {}, "0 bins make no axis"),
        ("n>>h(5, 0, 1)", {"bins": "1, 0, 1"}, "the binning is given twice"),
        (["n", {"expression": "n>>h(5, 0, 1)", "bins": "1, 0, 1"}], {}, "the binning is given twice"),
        (5, {}, "5 cannot be drawn: give an expression, a list"),
        (None, {}, "None cannot be drawn"),
        (b"n", {}, "b'n' cannot be drawn"),
        (["n", 5], {}, "5: no `expression`"),
        ({"a": 5}, {}, "5: no `expression`"),
        ({5: "n"}, {}, "name=5: give a text"),
        ({"a": {"expression": 5}}, {}, "expression=5: give a text"),
        ("n", {"cut": True}, "cut=True: give a text"),
        ("n", {"weight": 2}, "weight=2: give a text"),
        ("n", {"profile": "yes"}, "profile='yes': give True or False"),
        ("n:n", {"profile": 1}, "profile=1: give True or False"),
    ],
)
def test_draws_that_make_no_sense_are_refused(
    alone: op.Session, numbers: str, expression: object, keywords: dict[str, object], said: str
) -> None:
    """Before any work, and with what would make sense."""
    with pytest.raises((OptionError, ExpressionError), match=said):
        alone.draw(numbers, expression, **{"bins": None, **keywords})  # type: ignore[arg-type]


def test_keywords_for_all_hold_where_nothing_else_is_said(alone: op.Session, numbers: str) -> None:
    """Bins for all leave lists alone, and what has bins of its own; a name that was written stays."""
    drawn = alone.draw(numbers, ["n>>draw", "2*n", "n>>own(3, 0, 9)", ">>list"], cut="n < 5", bins="5, 0, 10")
    sizes = [each.axes[0].size for name, each in drawn.items() if name != "list"]
    assert dict(zip(drawn, sizes, strict=False)) == {"draw": 5, "2*n": 5, "own": 3}
    assert chosen(drawn["list"]) == [0, 1, 2, 3, 4]


def test_nothing_is_added_to_what_lacks_entries(alone: op.Session, numbers: str) -> None:
    """The sum would hide what lacks."""
    folder = Path(numbers).parent
    with pytest.warns(IncompleteWarning):
        alone.draw([f"{folder}/f0.root:Events", f"{folder}/gone.root:Events"], "n>>part(1, 0, 10000)")
    with pytest.raises(OptionError, match="`part` lacks entries"):
        alone.draw(numbers, "n>>+part")


def test_only_the_number_of_bins_may_be_said(alone: op.Session, numbers: str) -> None:
    """The limits then follow from the data, and hold all of it."""
    for keywords in ({"expression": "n / 1.0>>h(20)"}, {"expression": "n / 1.0", "bins": 20}):
        drawn = alone.draw(numbers, **keywords)
        assert drawn.axes[0].size == 20
        assert drawn.values().sum() == 10_000


def test_a_keyword_that_there_is_not_is_refused_as_python_does(alone: op.Session, numbers: str) -> None:
    """With the nearest that there is."""
    for ask in (alone.draw, alone.scan, alone.count, alone.process):
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'entrys'\. Did you mean 'entries'"):
            ask(numbers, "n", entrys=5)  # type: ignore[operator]


def test_one_bad_entry_of_a_list_costs_one_entry(alone: op.Session, numbers: str) -> None:
    """Scattered entries are computed in one go, and still the one on which a selector fails is found."""
    good = alone.draw(numbers, ">>good", cut="n % 50 == 0")

    def summed(events: object) -> dict[str, object]:
        numbers_here = np.asarray(events.n)  # type: ignore[attr-defined]
        if (numbers_here == 4_150).any():
            raise ValueError("this one")
        return {"sum": int(numbers_here.sum()), "entries": len(numbers_here)}

    result = alone.process(summed, numbers, entry_list=good, block_entries=2_000)
    assert [(gap.first, gap.stop) for gap in result.excluded] == [(4_150, 4_151)]
    assert (result.account.processed, result.account.excluded, result.account.total) == (199, 1, 200)
    assert result["sum"] == sum(range(0, 10_000, 50)) - 4_150


def test_parquet_needs_pyarrow(
    alone: op.Session, numbers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not installed the error says so; where it is, the rows come back."""
    table = alone.scan(numbers, "n", rows=3)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(OutputError, match="Parquet needs pyarrow: pip install pyarrow"):
            table.save(tmp_path / "rows.parquet")
    assert list(tmp_path.iterdir()) == []
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    table.save(tmp_path / "rows.parquet")
    assert parquet.read_table(tmp_path / "rows.parquet").to_pydict()["n"] == [0, 1, 2]


def test_every_answer_comes_again_in_its_form(alone: op.Session, numbers: str) -> None:
    """What finished is shown again from disk as what it was: one or several drawn, a list, a table, a count, a sum."""
    drawn = alone.draw(numbers, ["n>>again(4, 0, 10000)", ">>some"], cut="n < 3000")
    again = alone.resume(drawn["some"].query_id)
    assert list(again) == ["again", "some"]
    assert again["some"] == drawn["some"]
    assert again["again"].values().tolist() == drawn["again"].values().tolist() == [2_500.0, 500.0, 0.0, 0.0]
    summed = alone.draw(numbers, "n>>+again", cut="n < 3000")
    assert alone.resume(summed.query_id).values().tolist() == summed.values().tolist() == [5_000.0, 1_000.0, 0.0, 0.0]
    table = alone.scan(numbers, "n", rows=2)
    assert alone.resume(table.query_id)["n"].tolist() == [0, 1]
    assert int(alone.resume(alone.count(numbers, "n > 9989").query_id)) == 10


def test_a_change_of_directory_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: a relative path is that of the user's directory when the question is asked, wherever workers started."""
    for name, n_entries in (("here", 3), ("there", 5)):
        (tmp_path / name).mkdir()
        with uproot.recreate(tmp_path / name / "data.root") as file:
            file.mktree("t", {"x": "int32"})
            file["t"].extend({"x": np.arange(n_entries, dtype=np.int32)})
    counts = []
    monkeypatch.chdir(tmp_path / "here")
    with op.Session("local:1") as session:
        counts.append(int(session.count("data.root:t")))
        monkeypatch.chdir(tmp_path / "there")
        counts.append(int(session.count("data.root:t")))
    assert counts == [3, 5]
