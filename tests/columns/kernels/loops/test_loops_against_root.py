"""Indices that are formulas, alternatives, conditional extremes and numbers of entries, against ROOT 6.40."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import awkward as ak
import loop_tree
import numpy as np
import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.columns.kernels.rows import compute_rows
from overproof.records.schema import Branch, Schema

NUMBERS = json.loads(Path(__file__).with_name("loop_numbers.json").read_text(encoding="utf-8"))
ASKED = [(expression, cut) for expression, cut, _, _ in NUMBERS]


class Events(dict[str, Any]):
    """Columns by name, with the numbers of the entries."""

    first = 0

    def __len__(self) -> int:
        return len(self["s"])

    @property
    def entry_numbers(self) -> Any:
        return np.arange(self.first, self.first + len(self))


def whole_tree() -> Events:
    entries, events = loop_tree.entries(), Events()
    for name in entries[0]:
        values = [entry[name] for entry in entries]
        events[name] = ak.Array(np.array(values)) if name in loop_tree.FIXED else ak.Array(values)
    for name in loop_tree.INNER:
        events[name] = ak.to_regular(events[name], axis=2)
    return events


def schema() -> Schema:
    branches = []
    for name in loop_tree.entries()[0]:
        n_jagged = 2 if name in loop_tree.NESTED else int(name in loop_tree.VECTORS or name in loop_tree.COUNTS)
        shape = (loop_tree.INNER[name],) if name in loop_tree.INNER else loop_tree.FIXED.get(name, ())
        dtype = "int32" if name in loop_tree.WHOLE else "float64"
        branches.append(
            Branch(name=name, typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged, fixed_shape=shape)
        )
    return Schema(tree="t", format="TTree", branches=tuple(branches))


EVENTS, SCHEMA = whole_tree(), schema()


def compute(expression: str, cut: str, events: Events) -> tuple[Any, Any]:
    rows = compute_rows(make_rows(expression, cut=cut, schema=SCHEMA), events)
    values = rows.values[0]
    return values, np.ones(len(values)) if rows.weights is None else rows.weights


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(("expression", "cut"), ASKED)
def test_passes_and_values_are_roots(expression: str, cut: str) -> None:
    """Law: every pass has ROOT's value and weight, to the last bit, where there is no value too."""
    values, weights = compute(expression, cut, EVENTS)
    _, _, root_values, root_weights = NUMBERS[ASKED.index((expression, cut))]
    np.testing.assert_array_equal(values, np.array(root_values, dtype=np.float64))
    np.testing.assert_array_equal(weights, np.array(root_weights, dtype=np.float64))


@pytest.mark.parametrize(("expression", "cut"), [each for each in ASKED if "Entries$" not in each[0]][::3])
def test_blocks_are_independent(expression: str, cut: str) -> None:
    """Law: what is computed block by block is what is computed in one go, wherever blocks start, empty ones too."""
    pieces = []
    for first, stop in ((0, 7), (7, 7), (7, 8), (8, 30)):
        events = Events({name: column[first:stop] for name, column in EVENTS.items()})
        events.first = first
        pieces.append(compute(expression, cut, events))
    whole = compute(expression, cut, EVENTS)
    for part in (0, 1):
        np.testing.assert_array_equal(np.concatenate([piece[part] for piece in pieces]), whole[part])


@pytest.mark.parametrize("expression", [expression for expression, cut in ASKED if not cut][::3])
def test_a_cut_on_entries_picks_their_passes(expression: str) -> None:
    """Law: computing chosen passes only gives what computing all and picking gives, sparse or not."""
    alone = compute_rows(make_rows(expression, schema=SCHEMA), EVENTS)
    for condition, kept in (("s < 103", alone.entry < 3), ("s > 102", alone.entry > 2)):
        np.testing.assert_array_equal(compute(expression, condition, EVENTS)[0], alone.values[0][kept])


def test_the_questions_are_those_that_root_was_asked() -> None:
    """Law: the numbers kept are those of the list as it stands."""
    assert loop_tree.questions() == ASKED
