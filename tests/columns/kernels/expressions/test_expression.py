"""Expressions for selectors; everything by either path, since files as small as these would not be worth compiling."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.columns.events import Events
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

N_ENTRIES = 300


def columns() -> dict[str, Any]:
    """Give the columns of a small tree."""
    rng = np.random.default_rng(11)
    counts = rng.integers(0, 5, N_ENTRIES)
    n_elements = int(counts.sum())
    return {
        "met": rng.exponential(30, N_ENTRIES).astype(np.float32),
        "pt": ak.unflatten(rng.exponential(30, n_elements).astype(np.float32), counts),
        "eta": ak.unflatten(rng.normal(size=n_elements), counts),
        "three": rng.normal(size=(N_ENTRIES, 3)),
        "good": rng.random(N_ENTRIES) < 0.7,
    }


@pytest.fixture(autouse=True, params=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path that serves all expressions of a test."""
    monkeypatch.setenv("OVERPROOF_PATH", request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tree."""
    path = tmp_path_factory.mktemp("expressions") / "small.root"
    with uproot.recreate(path) as file:
        file.mktree(
            "t", {"met": "f4", "pt": "var * float32", "eta": "var * float64", "three": ("f8", (3,)), "good": "bool"}
        )
        file["t"].extend(columns())
    return path


@pytest.fixture
def events(path: Path) -> Events:
    """All entries of the tree, as a selector has them."""
    return Events(open_reader(FileSpec(path=str(path), tree="t")), 0, N_ENTRIES)


def doubles(name: str) -> Any:
    """Give a column as the draw language takes it."""
    return ak.values_astype(ak.Array(columns()[name]), np.float64)


# -- as what values come out -------------------------------------------------------------------------------------------


def test_one_value_an_entry_is_a_plain_array(events: Events) -> None:
    """Where every entry has one value, they come as a numpy array of doubles in the order of the entries."""
    found = op.compile("2*met + three[1]")(events)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float64
    assert np.array_equal(found, 2 * columns()["met"].astype(np.float64) + columns()["three"][:, 1])


def test_an_entry_without_the_element_has_none(events: Events) -> None:
    """Where an entry may lack its value, it has None in its place, so that nothing moves."""
    found = op.compile("pt[1]")(events)
    assert str(found.type) == f"{N_ENTRIES} * ?float64"
    assert found.to_list() == [each[1] if len(each) > 1 else None for each in doubles("pt").to_list()]


def test_what_loops_gives_lists(events: Events) -> None:
    """An expression that loops gives every entry the list of its values, empty ones too."""
    found = op.compile("pt*eta")(events)
    assert str(found.type) == f"{N_ENTRIES} * var * float64"
    assert found.to_list() == (doubles("pt") * doubles("eta")).to_list()


def test_comparisons_are_flags(events: Events) -> None:
    """What is compared can be used as a mask at once: of entries, of elements."""
    is_high, is_central = op.compile("met > 30"), op.compile("pt > 20 && abs(eta) < 1")
    assert np.array_equal(events[is_high(events)].entry_numbers, np.flatnonzero(columns()["met"] > 30))
    expected = doubles("pt")[(doubles("pt") > 20) & (abs(doubles("eta")) < 1)]
    assert ak.Array(doubles("pt"))[is_central(events)].to_list() == expected.to_list()


@pytest.mark.parametrize("text", ["met + 1", "met ? 1 : 0", "(met > 3) + 1", "(met > 3)*2"])
def test_all_else_is_a_number(text: str, events: Events) -> None:
    """Arithmetic gives doubles, also where it begins or ends with comparisons."""
    assert op.compile(text)(events).dtype == np.float64


@pytest.mark.parametrize(
    ("text", "cut", "form"),
    [
        ("met", None, "float64"),
        ("Sum$(pt)", None, "float64"),
        ("Sum$(pt) > 3", None, "bool"),
        ("three[0]", None, "float64"),
        ("good", None, "bool"),
        ("!good || met > 3", None, "bool"),
        ("good + 1", None, "float64"),
        ("Alt$(pt[2], met)", None, "float64"),
        ("Length$(pt)", None, "float64"),
        ("pt[Length$(pt) - 1]", None, "?float64"),
        ("pt[0]", None, "?float64"),
        ("met", "met > 10", "?float64"),
        ("met", "pt > 10", "var * float64"),
        ("pt", None, "var * float64"),
        ("three", None, "var * float64"),
    ],
)
def test_the_form_is_known_beforehand(text: str, cut: str | None, form: str, events: Events) -> None:
    """What comes out depends on the expression and the types of the branches: never on which entries there are."""
    expression = op.compile(text, cut=cut)
    for some in (events, events[:0], events[ak.num(events.pt) > 1]):
        assert str(ak.Array(expression(some)).type) == f"{len(some)} * {form}"


# -- cuts, several expressions -----------------------------------------------------------------------------------------


def test_a_cut_leaves_out_and_does_not_weigh(events: Events) -> None:
    """Elements where the cut is 0 are left out of their lists; what it is elsewhere does not matter."""
    found = op.compile("pt", cut="3*(pt > 20)")(events)
    assert found.to_list() == doubles("pt")[doubles("pt") > 20].to_list()


def test_flat_values_are_what_a_draw_fills(events: Events, path: Path) -> None:
    """The values alone make the histogram that the same texts make in a draw."""
    values = op.compile("pt*cosh(eta)", cut="met > 20").flat(events)
    with op.Session("inline") as session:
        drawn = session.draw(f"{path}:t", "pt*cosh(eta)", cut="met > 20", bins="40, 0, 200")
    assert np.array_equal(np.histogram(values, bins=40, range=(0, 200))[0], drawn.values())
    assert len(values) == drawn.sum(flow=True).value


def test_expressions_share_their_loop(events: Events) -> None:
    """With colons between them, all values of a row are there or none: a weight of the entry stands beside each."""
    pt, met = op.compile("pt:met", cut="pt > 20").flat(events)
    beside = ak.broadcast_arrays(doubles("pt"), doubles("met"))[1]
    chosen = doubles("pt") > 20
    assert np.array_equal(pt, ak.to_numpy(ak.flatten(doubles("pt")[chosen])))
    assert np.array_equal(met, ak.to_numpy(ak.flatten(beside[chosen])))


def test_aliases_are_names_for_expressions(events: Events) -> None:
    """An alias of the user stands for its expression."""
    assert np.array_equal(op.compile("twice", aliases={"twice": "2*met"})(events), op.compile("2*met")(events))


# -- Python ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut", "form"),
    [
        ("met + 1", None, "float64"),
        ("met > 10", None, "bool"),
        ("ak.sum(pt[pt > 20], axis=1)", None, "float64"),
        ("ak.max(pt, axis=1)", None, "?float64"),
        ("met[met > 30]", None, "?float64"),
        ("ak.where(met > 30, met, 0)", None, "float64"),
        ("pt[:, 0]", "ak.num(pt) > 0", "?float64"),
        ("pt[abs(eta) < 1]", None, "var * float64"),
        ("pt > 20", None, "var * bool"),
    ],
)
def test_the_python_dialect_has_the_same_forms(text: str, cut: str | None, form: str, events: Events) -> None:
    """In Python too, what comes out is known beforehand; its values are those of awkward."""
    found = op.compile(text, cut=cut, dialect="python")(events)
    assert str(ak.Array(found).type) == f"{N_ENTRIES} * {form}"
    names: dict[str, Any] = {"ak": ak, "abs": abs} | {name: doubles(name) for name in columns()}
    if cut is not None:
        names["pt"] = ak.mask(names["pt"], eval(cut, names))
    expected = ak.Array(eval(text, names))
    if len(expected) < N_ENTRIES:
        expected = ak.mask(names["met"], names["met"] > 30)
    assert ak.Array(found).to_list() == expected.to_list()


# -- events ------------------------------------------------------------------------------------------------------------


def test_fewer_events_give_fewer_values(events: Events) -> None:
    """A view of some events is computed as these events are."""
    some = events[columns()["met"] > 30]
    assert np.array_equal(op.compile("2*met")(some), op.compile("2*met")(events)[columns()["met"] > 30])
    assert np.array_equal(op.compile("LocalEntry$")(some), np.flatnonzero(columns()["met"] > 30))


def test_added_columns_can_be_named(events: Events) -> None:
    """A column that the selector has added is known, before one of the file with its name, in views made later too."""
    events["sums"] = ak.sum(events.pt, axis=1)
    events["met"] = np.arange(N_ENTRIES)
    assert np.array_equal(op.compile("met + sums*0")(events), np.arange(N_ENTRIES))
    assert np.array_equal(op.compile("met")(events[::2]), np.arange(N_ENTRIES)[::2])


def test_columns_may_be_added_here_and_not_there(events: Events) -> None:
    """One expression serves events with an added column and without it, in turn."""
    expression, plain = op.compile("2*met"), columns()["met"].astype(np.float64)
    for _ in range(2):
        assert np.array_equal(expression(events), 2 * plain)
        more = events[:]
        more["met"] = ak.singletons(ak.Array(plain))
        assert expression(more).to_list() == [[2 * each] for each in plain.tolist()]


def test_an_array_without_elements_has_no_values() -> None:
    """Lists that are all empty, of which nobody knows what they might hold, are taken for lists of numbers."""
    record = ak.Array({"x": [[], []], "n": [1, 2]})
    assert op.compile("x + n")(record).to_list() == [[], []]
    assert op.compile("Sum$(x) + n")(record).tolist() == [1, 2]


@pytest.mark.parametrize("dialect", ["root", "python"])
def test_defaults_of_a_selector_can_be_named(dialect: str, path: Path) -> None:
    """A branch that the file lacks and the selector has a default of is that default; one that it has is its own."""

    class WithDefaults(op.Selector):
        optional: ClassVar[dict[str, Any]] = {"met": -1.0, "flag": True, "factor": 2.5, "three_more": [1, 2], "no": []}
        scaled, flag, more, none = (
            op.compile(text, dialect=dialect) for text in ("factor*met", "flag", "three_more*met", "no + met")
        )

        def process(self, events: Any) -> dict[str, Any]:
            some = events[::2]
            return {
                "scaled": ak.Array(self.scaled(events)),
                "flags": self.flag(some).sum(),
                "more": self.more(some),
                "none": self.none(some),
            }

    with op.Session("inline", cache=False) as session:
        result = session.process(WithDefaults, f"{path}:t")
    met = columns()["met"].astype(np.float64)
    assert np.array_equal(result["scaled"], 2.5 * met)
    assert result["flags"] == N_ENTRIES // 2
    assert result["more"].to_list() == [[each, 2 * each] for each in met[::2].tolist()]
    assert result["none"].to_list() == [[]] * (N_ENTRIES // 2)


def test_awkward_arrays_are_events_too(events: Events) -> None:
    """A record array of awkward gives what the events give that it was made of."""
    expression = op.compile("pt*met + three[2]")
    assert expression(events.array).to_list() == expression(events).to_list()


@pytest.mark.parametrize("given", [None, {"met": 1}, np.zeros(3)], ids=["none", "dict", "numbers"])
def test_all_else_is_refused(given: object) -> None:
    """What are no events is told from what are."""
    with pytest.raises(op.InputError, match="events of a block or a record array of awkward"):
        op.compile("met")(given)


# -- what cannot be ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "problem", "column"),
    [
        (lambda: op.compile("met +"), "ends", 5),
        (lambda: op.compile("met", cut="pt >> 3 > 1"), "two things", 8),
        (lambda: op.compile("met[", dialect="python"), "never closed", 3),
    ],
    ids=["expression", "cut", "python"],
)
def test_texts_are_read_when_they_are_written(make: Callable[[], object], problem: str, column: int) -> None:
    """A text that cannot be understood is refused where it is written, with the caret under the place."""
    with pytest.raises(op.InputError, match=problem) as caught:
        make()
    assert caught.value.position == column  # type: ignore[attr-defined]  # of every ExpressionError


LONG = "met" + " + 1" * 200


@pytest.mark.parametrize(
    ("text", "keywords", "problem", "column"),
    [
        ("1 + Entry$", {}, "write `LocalEntry", 4),
        ("met", {"cut": "Sum$(pt[Entries$]) > 3"}, "write `LocalEntry", 8),
        ("met*rndm", {}, "`rndm` is refused", 4),
        ("2*TMath::Erf(met)", {}, "write `erf`", 2),
        ("met + foor(met)", {}, "no function `foor`; nearest: `floor`", 6),
        ("np.foo(met)", {}, "`np.foo` is not known", 0),
        ("sin(met, 2)", {}, "takes 1 argument, not 2", 0),
        (LONG, {}, "more than 200 operations", 0),
        ("2*a", {"aliases": {"a": "b", "b": "a"}}, "`a` -> `b` -> `a`", 2),
        ("2*a", {"aliases": {"a": "Entry$"}}, "write `LocalEntry", 2),
        ("2*len(pt)", {"dialect": "python"}, "`len` is refused", 2),
        ("pt[np.foo(pt)]", {"dialect": "python"}, "no function `np.foo`", 3),
        ("2*a", {"dialect": "python", "aliases": {"a": "b", "b": "a"}}, "`a` -> `b` -> `a`", 2),
        ("2*a", {"dialect": "python", "aliases": {"a": "b", "b": "len(pt)"}}, "`len` is refused", 2),
        ("a" + "*2"*60, {"dialect": "python", "aliases": {"a": "met" + "*2"*60}}, "more than 100 operations", 0),
    ],
    ids=[
        "chain", "cut", "name", "function", "unknown", "library", "arguments", "long", "circle", "alias", "python",
        "in python", "circle in python", "alias in python", "long in python",
    ],
)  # fmt: skip
def test_what_no_file_makes_right_is_refused_when_it_is_written(
    text: str, keywords: dict[str, Any], problem: str, column: int
) -> None:
    """What is wrong whatever the branches are needs no file to be found."""
    with pytest.raises(op.InputError, match=re.escape(problem)) as caught:
        op.compile(text, **keywords)
    assert caught.value.position == column  # type: ignore[attr-defined]  # of every ExpressionError


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("met" + " + 1" * 199, {}),
        ("Alt$(pt, 0) + MaxIf$(pt, eta) + TMath::Pi() + Length$(pt) + TMath::Gaus(met)", {}),
        ("a[0] + v.Pt() + @v.size() + v[1].Pt() + name.Length() + strstr(name, 'x')", {"aliases": {"a": "pt"}}),
        ("met" + " + 1" * 98, {"dialect": "python"}),
        ("ak.concatenate([pt, a], axis=1)[:, None, ...]", {"dialect": "python", "aliases": {"a": "pt[pt > 1]"}}),
        ("ak.flatten(pt)", {"dialect": "python", "cut": "np.sqrt(met) > 3 if good else met > 2"}),
    ],
    ids=["long", "functions", "methods", "long in python", "lists in python", "flat in python"],
)
def test_what_a_file_may_make_right_is_not_refused(text: str, keywords: dict[str, Any]) -> None:
    """Names are of branches, until a file tells that they are not."""
    op.compile(text, **keywords)


def test_an_expression_must_be_there() -> None:
    """Blanks are no expression."""
    with pytest.raises(op.InputError, match="the expression is missing"):
        op.compile("  ")


def test_a_branch_that_is_not_there_is_named(events: Events) -> None:
    """A name that the file has not is refused with the caret under it, and the nearest ones."""
    with pytest.raises(op.InputError, match=r"no branch `mett`.*nearest: `met`\n +1 \+ mett\n +\^"):
        op.compile("1 + mett")(events)


def test_an_array_has_no_numbers_of_entries(events: Events) -> None:
    """What is no part of a file has no places in it."""
    with pytest.raises(op.InputError, match="an array has no numbers of entries"):
        op.compile("LocalEntry$")(events.array)


def test_texts_are_refused() -> None:
    """A column of texts gives no numbers, wherever it stands."""
    record = ak.Array([{"name": "one", "x": 1}, {"name": "two", "x": 2}])
    assert op.compile('name == "two"')(record).tolist() == [False, True]
    with pytest.raises(op.InputError, match=r"this is a text.*\n +x:name\n +\^"):
        op.compile("x:name")(record)


NO_NUMBERS = {
    "complex": (np.arange(3) * 1j, "complex128 (complex: give the real part"),
    "moments": (np.zeros(3, dtype="M8[s]"), "datetime64[s] (give a number"),
    "durations": (np.zeros(3, dtype="m8[s]"), "timedelta64[s] (give a number"),
    "none": ([1, None, 3], "?int64 (some may be None: put numbers there with ak.fill_none"),
    "none in lists": ([[1.5, None], [], [2]], "var * ?float64 (some may be None"),
}


@pytest.mark.parametrize("dialect", ["root", "python"])
@pytest.mark.parametrize("name", NO_NUMBERS)
def test_columns_without_doubles_are_refused(name: str, dialect: str, events: Events) -> None:
    """What is no real number does not become one by losing what it is; the error says what it is, and what to do."""
    values, said = NO_NUMBERS[name]
    with pytest.raises(op.InputError, match=re.escape(f"`x` is of type {said}")):
        op.compile("x + 1", dialect=dialect)(ak.Array({"x": values}))
    some = events[:3]
    some["x"] = values
    with pytest.raises(op.InputError, match=re.escape(f"`x` is of type {said}")):
        op.compile("x + 1", dialect=dialect)(some)


# -- in selectors ------------------------------------------------------------------------------------------------------


def test_an_expression_travels_as_its_texts(events: Events) -> None:
    """Pickled, it is small, also after it was used, and computes the same."""
    used = op.compile("pt*cosh(eta)", cut="met > 20", aliases={"a": "met"}, dialect="root")
    expected = used(events).to_list()
    travelled = pickle.loads(pickle.dumps(used))
    assert len(pickle.dumps(used)) < 400
    assert travelled(events).to_list() == expected
    assert repr(travelled) == repr(used) == "op.compile('pt*cosh(eta)', cut='met > 20')"


def test_the_path_is_that_of_the_environment(way: str, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says serves; where it says nothing, the entries of the file are too few to compile."""
    expression = op.compile("2*met")
    expression(events)
    assert [each.path for each in expression.meanings] == [way]
    monkeypatch.delenv("OVERPROOF_PATH")
    fresh = op.compile("2*met")
    fresh(events)
    assert [each.path for each in fresh.meanings] == ["interpreted"]


@pytest.mark.parametrize("way", ["compiled"], indirect=True)
def test_many_small_files_are_a_large_dataset(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is said, the path follows from the dataset, as if all files were as long as the one at hand."""
    monkeypatch.delenv("OVERPROOF_PATH")
    expression = op.compile("2*met")
    for n_files, expected in ((1, "interpreted"), (1_000_000, "compiled"), (1, "interpreted")):
        reader = open_reader(FileSpec(path=str(path), tree="t"))
        expression(Events(reader, 0, 10, n_files=n_files))
        assert [each.path for each in expression.meanings] == [expected]


def test_files_of_one_kind_share_what_was_compiled(events: Events, path: Path) -> None:
    """A further file of the same types means the same: nothing is made anew for it."""
    expression = op.compile("2*met")
    expression(events)
    (first,) = expression.meanings
    expression(Events(open_reader(FileSpec(path=str(path), tree="t")), 0, 10))
    (second,) = expression.meanings
    assert second is first


class Sums(op.Selector):
    """Adds up an expression."""

    total = op.compile("Sum$(pt*cosh(eta))")

    def process(self, events: Any) -> dict[str, Any]:
        return {"total": float(self.total(events).sum()), "n": len(events)}


@pytest.mark.parametrize("way", ["compiled"], indirect=True)
def test_a_selector_has_expressions(path: Path) -> None:
    """An expression of a selector's class is computed by its workers."""
    with op.Session("local:1") as session:
        result = session.process(Sums, f"{path}:t")
    expected = np.sum(ak.to_numpy(ak.sum(doubles("pt") * np.cosh(doubles("eta")), axis=1)))
    assert result["n"] == N_ENTRIES
    assert result["total"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("way", ["compiled"], indirect=True)
def test_files_may_differ_in_their_types(path: Path, tmp_path: Path) -> None:
    """The names are looked up in every file: what is a list in one may be a number in another."""
    other = tmp_path / "other.root"
    with uproot.recreate(other) as file:
        file.mktree("t", {"pt": "f8", "eta": "i4"})
        file["t"].extend({"pt": np.array([1.0, 2.0]), "eta": np.array([0, 0], dtype=np.int32)})
    with op.Session("inline") as session:
        result = session.process(Sums, [f"{path}:t", f"{other}:t"])
        alone = session.process(Sums, f"{path}:t")
    assert result["total"] - alone["total"] == pytest.approx(3.0)


@pytest.mark.parametrize("engine", ["inline", "local:1"])
@pytest.mark.parametrize("way", ["interpreted"], indirect=True)
def test_what_is_no_events_ends_the_query_at_once(engine: str, path: Path) -> None:
    """Cycles have no columns, whichever they are: nothing is tried again. Arrays made of them are events."""
    expression = op.compile("2*x")

    def ask(cycles: Any) -> dict[str, Any]:
        return {"n": len(expression(cycles))}

    def ask_number(events: Any) -> dict[str, Any]:
        return {"n": len(expression(len(events)))}

    def toys(cycles: Any) -> dict[str, Any]:
        return {"sum": float(expression(ak.Array({"x": np.ones(len(cycles))})).sum())}

    with op.Session(engine, cache=False) as session:
        with pytest.raises(op.InputError, match=r"the selector cannot work: OptionError: .*not from .*Cycles"):
            session.process(ask, cycles=1000)
        with pytest.raises(op.InputError, match=r"the selector cannot work: OptionError: .*not from .*int"):
            session.process(ask_number, f"{path}:t", block_entries=10)
        assert session.process(toys, cycles=1000)["sum"] == 2000
