"""Which path serves a query follows from the query and its size, and from nothing else."""

from __future__ import annotations

import pytest

from overproof.analysis.draw.dialects import rows_in
from overproof.analysis.draw.path import MAX_PASSES, NODE_NS, VALUE_NS, choose_path, saved_ns_of
from overproof.analysis.path import said_path
from overproof.records.schema import Branch, Schema
from overproof.words.errors import OptionError

MILLION = 1_000_000


def number(name: str, *, n_jagged: int = 0, fixed_shape: tuple[int, ...] = ()) -> Branch:
    return Branch(
        name=name, typename="float", kind="number", dtype="float32", n_jagged=n_jagged, fixed_shape=fixed_shape
    )


SCHEMA = Schema(
    tree="Events",
    format="TTree",
    branches=(
        number("MET_pt"),
        number("Jet_pt", n_jagged=1),
        number("Jet_eta", n_jagged=1),
        number("huge", fixed_shape=(1000, 1000)),
    ),
)


def saved(text: str, cut: str | None = None, *, dialect: str = "root") -> float:
    return saved_ns_of(rows_in(dialect, text, cut=cut, schema=SCHEMA))


def test_a_small_query_is_interpreted_and_a_large_one_compiled() -> None:
    """One that loads no compiler is the faster one as long as there is little to save."""
    rows = [rows_in("root", "MET_pt", schema=SCHEMA)]
    assert choose_path(rows, n_entries=0) == "interpreted"
    assert choose_path(rows, n_entries=4 * MILLION) == "interpreted"
    assert choose_path(rows, n_entries=40 * MILLION) == "compiled"


def test_more_work_is_compiled_earlier() -> None:
    """What takes longer an entry, and several draws in one pass, are compiled from fewer entries on."""
    cheap = rows_in("root", "MET_pt", schema=SCHEMA)
    dear = rows_in("root", "Jet_pt", cut="abs(Jet_eta) < 1", schema=SCHEMA)
    assert choose_path([dear], n_entries=4 * MILLION) == "compiled"
    assert choose_path([cheap] * 10, n_entries=4 * MILLION) == "compiled"


@pytest.mark.parametrize("dialect", ["root", "python"])
def test_every_part_of_a_query_counts(dialect: str) -> None:
    """A loop, a cut, and what is inside of both add to what is saved."""
    assert saved("MET_pt", dialect=dialect) == NODE_NS + VALUE_NS
    assert saved("Jet_pt", dialect=dialect) == 3 * saved("MET_pt", dialect=dialect)
    assert saved("Jet_pt", "Jet_eta > 1", dialect=dialect) > saved("Jet_pt", dialect=dialect)
    assert saved("1", dialect=dialect) < saved("MET_pt", dialect=dialect)


def test_what_has_a_loop_of_its_own_counts_by_its_passes() -> None:
    """Aggregates, alternatives and indices are computed as often as they loop themselves."""
    assert saved("Sum$(Jet_pt)") == VALUE_NS + NODE_NS + 3 * NODE_NS
    assert saved("Alt$(Jet_pt[0], MET_pt)") > saved("MET_pt")
    assert saved("Jet_pt[MET_pt]") > saved("Jet_pt[0]")
    assert saved("MaxIf$(Jet_pt, Jet_eta > 0)") > saved("Max$(Jet_pt)")


def test_long_arrays_do_not_run_away() -> None:
    """A huge array counts as a thousand passes."""
    assert saved("huge") == (NODE_NS + VALUE_NS) * MAX_PASSES


@pytest.mark.parametrize(
    ("said", "path"),
    [("", None), ("auto", None), (" AUTO ", None), ("compiled", "compiled"), ("Interpreted", "interpreted")],
)
def test_the_user_has_the_last_word(said: str, path: str | None) -> None:
    """What the environment says goes before the rule."""
    assert said_path(said) == path


def test_a_path_that_is_none_is_an_error() -> None:
    """The message says what may be said."""
    with pytest.raises(OptionError, match="OVERPROOF_PATH=fast: say compiled, interpreted or auto"):
        said_path("fast")
