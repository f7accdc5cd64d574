"""Rows of the Python dialect: cut, weight, several values, entries."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest
from python_sample import COLUMNS, N_ENTRIES, SCHEMA, Events

from overproof.analysis.draw.python.resolve import BIT_KERNELS, KERNELS
from overproof.analysis.draw.python.rows import make_python_rows
from overproof.analysis.draw.python.vocabulary import ELEMENTWISE
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.functions import kernel_names
from overproof.columns.kernels.python.elementwise import own_kernel_names
from overproof.columns.kernels.python.rows import compute_python_rows
from overproof.words.errors import BranchError

PT, N, OK, MET, W = (COLUMNS[name] for name in ("pt", "n", "ok", "met", "w"))


def computed(text: str, *, events: Events | None = None, **factors: str) -> ComputedRows:
    return compute_python_rows(make_python_rows(text, schema=SCHEMA, **factors), Events() if events is None else events)


def flat(array: object) -> np.ndarray:
    return np.asarray(ak.to_numpy(ak.flatten(array, axis=None)), dtype=np.float64)


def test_every_kernel_exists() -> None:
    """Law: what the resolver may name, the kernels have."""
    named = {*KERNELS.values(), *(each.kernel for each in ELEMENTWISE.values()), "square"}
    named |= {name for pair in BIT_KERNELS.values() for name in pair if name is not None}
    assert named <= kernel_names() | own_kernel_names()


def test_a_mask_of_elements_as_cut_picks_elements() -> None:
    """Law: a cut of elements leaves those where it holds, chained comparisons as Python reads them."""
    found = computed("pt", cut="10 < pt < 30")
    np.testing.assert_array_equal(found.values[0], flat(PT[(PT > 10) & (PT < 30)]))
    np.testing.assert_array_equal(found.entry, np.repeat(np.arange(N_ENTRIES), ak.sum((PT > 10) & (PT < 30), axis=1)))


def test_a_cut_of_entries_is_taken_first() -> None:
    """Law: nothing is computed for entries that a cut of entries leaves out, so that their short lists do no harm."""
    found = computed("pt[:, 1]", cut="n > 1")
    np.testing.assert_array_equal(found.values[0], PT[N > 1][:, 1])
    np.testing.assert_array_equal(found.entry, np.flatnonzero(N > 1))


def test_cut_and_weight_multiply() -> None:
    """Law: a number as cut is a weight, as in ROOT, and rows of weight 0 are left out."""
    found = computed("met", cut="n", weight="w")
    np.testing.assert_array_equal(found.weights, (N * W)[N != 0])
    np.testing.assert_array_equal(found.values[0], MET[N != 0])


def test_values_are_broadcast_to_one_another() -> None:
    """Law: one value an entry stands beside every element of a list."""
    found = computed("met:pt", cut="ok", weight="w")
    met, pt, weight = ak.broadcast_arrays(MET[OK], PT[OK], W[OK])
    for value, expected in zip((*found.values, found.weights), (met, pt, weight), strict=True):
        np.testing.assert_array_equal(value, flat(expected))


def test_values_with_masks_of_their_own_share_their_entries() -> None:
    """Law: what has lost entries to a mask stands beside the same entries of everything else."""
    found = computed("pt[n > 1][:, 1] - met", weight="w")
    np.testing.assert_array_equal(found.values[0], PT[N > 1][:, 1] - MET[N > 1])
    np.testing.assert_array_equal(found.weights, W[N > 1])


def test_none_makes_no_row() -> None:
    """Law: elements that are None in any of the texts are left out of all."""
    found = computed("met:ak.max(pt, axis=1)", weight="w")
    np.testing.assert_array_equal(found.values[0], MET[N > 0])
    np.testing.assert_array_equal(found.weights, W[N > 0])


def test_rows_without_values_are_counted() -> None:
    """Law: a blank text makes rows with nothing in them."""
    found = computed("", cut="pt > 20")
    assert found.values == ()
    assert len(found.entry) == ak.sum(PT > 20)


def test_only_the_needed_side_of_a_choice_is_computed() -> None:
    """Law: `if`, `and` and `or` look at an entry's other side only where they must, and give what Python gives."""
    expected = [entry[1] if len(entry) > 1 else -1.0 for entry in PT.tolist()]
    np.testing.assert_array_equal(computed("pt[:, 1] if n > 1 else -1").values[0], expected)
    conditions = [len(entry) > 1 and entry[1] > 20 for entry in PT.tolist()]
    np.testing.assert_array_equal(computed("n > 1 and pt[:, 1] > 20").values[0], conditions)
    either = [len(entry) == 0 or entry[0] for entry in PT.tolist()]
    np.testing.assert_array_equal(computed("n == 0 or pt[:, 0]").values[0], np.asarray(either, dtype=np.float64))
    np.testing.assert_array_equal(computed("n and met").values[0], [n and met for n, met in zip(N, MET, strict=True)])
    np.testing.assert_array_equal(computed("not n").values[0], [not n for n in N])


def test_choices_between_lists_go_element_by_element() -> None:
    """Law: a condition on elements chooses among elements, and one on entries among lists."""
    np.testing.assert_array_equal(computed("pt if good else -pt").values[0], flat(ak.where(COLUMNS["good"], PT, -PT)))
    np.testing.assert_array_equal(computed("pt if ok else eta").values[0], flat(ak.where(OK, PT, COLUMNS["eta"])))


def test_places_without_a_comma_belong_to_the_elements_of_each_entry() -> None:
    """Law: `x[0]`, `x[-1]` and `x[1:]` are `x[:, 0]`, `x[:, -1]` and `x[:, 1:]`."""
    for short, long in (("pt[0]", "pt[:, 0]"), ("pt[-1]", "pt[:, -1]"), ("pt[1:]", "pt[:, 1:]"), ("m[2]", "m[:, 2]")):
        np.testing.assert_array_equal(computed(short, cut="n > 0").values[0], computed(long, cut="n > 0").values[0])


def test_aliases_stand_for_expressions() -> None:
    """Law: an alias is what it stands for, in parentheses, and may use others."""
    aliases = {"twice": "pt + pt", "four": "twice*2"}
    rows = make_python_rows("four - 1", cut="twice > 0", schema=SCHEMA, aliases=aliases)
    np.testing.assert_array_equal(compute_python_rows(rows, Events()).values[0], flat((PT + PT) * 2 - 1)[flat(PT) > 0])


def test_empty_blocks_and_blocks_without_a_chosen_entry() -> None:
    """Law: no entry, or none that is chosen, makes no row."""
    for text in ("pt", "met", "pt[:, 0]", "ak.max(pt, axis=1)", "pt if ok else eta", "met if ok else w"):
        assert len(computed(text, events=Events(0, 0)).values[0]) == 0
        assert len(computed(text, cut="n > 99").values[0]) == 0


@pytest.mark.parametrize(
    ("text", "factors", "says", "caret"),
    [
        ("1 + pt[:, 0]", {}, "has no element 0 here: choose entries that have one", 6),
        ("pt[-2]", {}, "has no element -2 here", 2),
        ("met + dd[:, 1, 0]", {}, "has no element 0 here", 8),
        ("pt + jet", {}, "elements side by side here, which awkward does not pair", 3),
        ("np.hypot(pt, jet)", {}, "elements side by side here", 0),
        ("pt[jet > 20]", {}, "elements side by side here", 2),
        ("pt if good else jet", {}, "elements side by side here", 3),
    ],
)
def test_entries_that_have_not_what_is_asked_for(text: str, factors: dict[str, str], says: str, caret: int) -> None:
    """Law: an entry without the element, or with lists of different lengths, is named, with the caret in the text."""
    with pytest.raises(BranchError) as caught:
        computed(text, events=Events(20, 90), **factors)
    problem, line, pointer = str(caught.value).splitlines()
    entry = int(problem.split()[1])
    assert 20 <= entry < 90
    assert says in problem
    assert line.strip() == text
    assert pointer == " " * (4 + caret) + "^"


@pytest.mark.parametrize("factors", [{"cut": "jet > 20"}, {"weight": "jet"}])
def test_cut_and_values_from_different_lists(factors: dict[str, str]) -> None:
    """Law: a cut that does not fit what is drawn is an error."""
    with pytest.raises(BranchError, match="what is drawn, cut and weight have lists of different lengths"):
        computed("pt", **factors)


def test_axes_of_a_fixed_length_are_lists() -> None:
    """Law: one value an entry stands beside every element also where all entries have the same number of them."""
    np.testing.assert_array_equal(
        computed("m + met").values[0], flat(np.asarray(COLUMNS["m"]) + np.asarray(MET)[:, None])
    )
    kept = computed("met*ak.num(pt)*ak.sum(pt, axis=1, keepdims=True)")
    np.testing.assert_array_equal(kept.values[0], MET * N * ak.sum(PT, axis=1))
    chosen = computed("ak.where(ok, m, ak.ones_like(m)*met)")
    beside = np.broadcast_to(np.asarray(MET)[:, None], (N_ENTRIES, 3))
    expected = np.where(np.asarray(OK)[:, None], np.asarray(COLUMNS["m"]), beside)
    np.testing.assert_array_equal(chosen.values[0], expected.ravel())
