"""Implicit loops, against what ROOT 6.40 drew from a tree with the same content."""

from __future__ import annotations

import math
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.columns.kernels.rows import compute_rows
from overproof.records.schema import Branch, Schema

NAN = math.nan
LENGTHS = [(1, 3), (3, 1), (0, 2), (2, 0), (2, 2)]


class Events(dict[str, Any]):
    """Columns by name; as many entries as the first has."""

    def __len__(self) -> int:
        return len(next(iter(self.values())))


def tree() -> Events:
    """Make the tree that ROOT drew: entry k has n of `a` and `g`, m of `b`, `v` and the rows of `vv`."""
    columns: dict[str, list[Any]] = {name: [] for name in ("n", "s", "a", "b", "c", "one", "g", "e", "v", "vv")}
    for k, (n, m) in enumerate(LENGTHS):
        columns["n"].append(n)
        columns["s"].append(100 + k)
        columns["a"].append([10 * k + i + 1 for i in range(n)])
        columns["b"].append([1000 + 10 * k + i for i in range(m)])
        columns["c"].append([0.25, 0.5, 0.75])
        columns["one"].append([7 + k])
        columns["g"].append([[100 * k + 3 * i + j for j in range(3)] for i in range(n)])
        columns["e"].append([[1, 2], [3, 4]])
        columns["v"].append([i + 0.125 for i in range(m)])
        columns["vv"].append([[100 * k + 10 * i + j + 0.5 for j in range((i + k) % 4)] for i in range(m)])
    fixed = {"c": (3,), "one": (1,), "e": (2, 2)}
    events = Events()
    for name, values in columns.items():
        events[name] = ak.Array(np.array(values)) if name in fixed else ak.Array(values)
    events["g"] = ak.to_regular(events["g"], axis=2) if ak.count(events["g"]) else events["g"]
    return events


def branch(name: str, n_jagged: int = 0, *shape: int) -> Branch:
    return Branch(name=name, typename="double", kind="number", dtype="float64", n_jagged=n_jagged, fixed_shape=shape)


SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        branch("n"),
        branch("s"),
        branch("a", 1),
        branch("b", 1),
        branch("c", 0, 3),
        branch("one", 0, 1),
        branch("g", 1, 3),
        branch("e", 0, 2, 2),
        branch("v", 1),
        branch("vv", 2),
    ),
)

G_PLUS_A = [331, 332, 333, 335, 336, 337, 441, 442, 443, 445, 446, 447]

VALUES = [
    ("a", [1, 11, 12, 13, 31, 32, 41, 42]),
    ("a[]", [1, 11, 12, 13, 31, 32, 41, 42]),
    ("a[1]", [12, 32, 42]),
    ("s", [100, 101, 102, 103, 104]),
    ("s+a", [101, 112, 113, 114, 134, 135, 145, 146]),
    ("a+b", [1001, NAN, NAN, 1021, 1081, 1083]),
    ("b+a", [1001, 1021, NAN, NAN, 1081, 1083]),
    ("a[0]+b", [1001, 1002, 1003, 1021, 1081, 1082]),
    ("a*c", [0.25, 2.75, 6.0, 9.75, 7.75, 16.0, 10.25, 21.0]),
    ("c*a", [0.25, 2.75, 6.0, 9.75, 7.75, 16.0, 10.25, 21.0]),
    ("one+c", [7.25, NAN, NAN, 8.25, NAN, NAN, 9.25, NAN, NAN, 10.25, NAN, NAN, 11.25, NAN, NAN]),
    ("c+one", [7.25, 8.25, 9.25, 10.25, 11.25]),
    ("g[0]", [0, 1, 2, 100, 101, 102, 300, 301, 302, 400, 401, 402]),
    ("g[][0]", [0, 100, 103, 106, 300, 303, 400, 403]),
    ("g[0][1]+a", [2, 112, 113, 114, 332, 333, 442, 443]),
    ("g[1][]+a", [114, 116, 118, 334, 336, 444, 446]),
    ("g+a", [1, 2, 3, 111, 112, 113, 115, 116, 117, 119, 120, 121, *G_PLUS_A]),
    ("g+e", [1, 3, 101, 103, 106, 108, 301, 303, 306, 308, 401, 403, 406, 408]),
    ("e[0]+e[][1]", [3, 6] * 5),
    ("e[1]", [3, 4] * 5),
    ("e+a", [2, 3, 12, 13, 15, 16, 32, 33, 35, 36, 42, 43, 45, 46]),
    ("a[0]||s", [1, 1, 1, 1]),
    ("s||a[2]", [1]),
    ("Sum$(a)", [1, 36, 0, 63, 83]),
    ("Sum$(a+b)", [NAN, 1021, 0, 0, 2164]),
    ("Sum$(a[1])", [0, 12, 0, 32, 42]),
    ("Sum$(s)", [100, 101, 102, 103, 104]),
    ("Sum$(Iteration$*a)", [0, 38, 0, 32, 42]),
    ("Max$(a)", [1, 13, 0, 32, 42]),
    ("Min$(a)", [1, 11, 0, 31, 41]),
    ("Length$(a)", [1, 3, 0, 2, 2]),
    ("Length$(a+b)", [3, 1, 0, 0, 2]),
    ("Length$(c)", [3] * 5),
    ("Length$", [1] * 5),
    ("Length$+a", [2, 14, 15, 16, 33, 34, 43, 44]),
    ("Iteration$", [0] * 5),
    ("Iteration$+a", [1, 11, 13, 15, 31, 33, 41, 43]),
    ("(a>5)*b", [0, NAN, NAN, 1010, 1040, 1041]),
    ("vv", [10.5, 20.5, 21.5, 100.5, 200.5, 201.5, 210.5, 211.5, 212.5, 410.5]),
    ("vv[0]", [100.5, 200.5, 201.5]),
    ("vv[][0]", [10.5, 20.5, 100.5, 200.5, 210.5, 410.5]),
    ("vv+v", [11.625, 22.625, 23.625, 100.625, 200.625, 201.625, 211.625, 212.625, 213.625, 411.625]),
    ("vv[][1]+v", [23.625, 201.625, 212.625]),
    ("vv+a", [111.5, 452.5]),
    ("vv+c", [11, 21.25, 22.25, 100.75, 200.75, 201.75, 211, 212, 213, 411]),
    ("vv+s", [110.5, 120.5, 121.5, 201.5, 302.5, 303.5, 312.5, 313.5, 314.5, 514.5]),
    ("b[0]+vv[1]", [1010.5, 1230.5, 1231.5, 1232.5, 1450.5]),
    ("Sum$(vv)", [52.5, 100.5, 1036.5, 0, 410.5]),
    ("Length$(vv)", [3, 1, 5, 0, 1]),
]  # fmt: skip


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_loops_are_roots(expression: str, expected: list[float]) -> None:
    """Law: a formula has as many passes as in ROOT, and the same value in each."""
    values, weights = compute(make_plan(expression, bins=(1, 0, 1), schema=SCHEMA), tree())
    np.testing.assert_array_equal(values, expected)
    assert weights is None


SELECTIONS = [
    ("a", "b > 1000", [11, 12, 13, 41, 42], [1, NAN, NAN, 1, 1]),
    ("b", "a > 0", [1000, 1001, 1002, 1010, 1040, 1041], [1, NAN, NAN, 1, 1, 1]),
    ("s", "a > 1", [101, 101, 101, 103, 103, 104, 104], [1] * 7),
    ("s", "a[1]", [101, 103, 104], [12, 32, 42]),
    ("a", "s > 102", [31, 32, 41, 42], [1] * 4),
    ("s", "Sum$(a) > 30", [101, 103, 104], [1] * 3),
    ("c", "a", [0.25, 0.25, 0.5, 0.75, 0.25, 0.5, 0.25, 0.5], [1, 11, 12, 13, 31, 32, 41, 42]),
    ("a", "c > 0.3", [12, 13, 32, 42], [1] * 4),
    ("one", "a", [7, 8, 8, 8, 10, 10, 11, 11], [1, 11, 12, 13, 31, 32, 41, 42]),
    ("s", "n > 1 && a[1] > 0", [101, 103, 104], [1] * 3),
    ("one", "s == one*Iteration$ || a", [7, 8, 8, 8, 10, 10, 11, 11], [1, 1, NAN, NAN, 1, NAN, 1, NAN]),
    ("1", "a", [1] * 8, [1, 11, 12, 13, 31, 32, 41, 42]),
    ("Length$(a)", "b", [1, 1, 1, 3, 0, 0, 2, 2], [1000, 1001, 1002, 1010, 1020, 1021, 1040, 1041]),
    ("vv", "v < 1", [100.5, 200.5, 201.5], [1] * 3),
]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(("expression", "cut", "values", "weights"), SELECTIONS)
def test_selections_are_roots(expression: str, cut: str, values: list[float], weights: list[float]) -> None:
    """Law: the cut shares the loop; its value is the weight, and where it is 0 nothing is filled."""
    found = compute(make_plan(expression, cut=cut, bins=(1, 0, 1), schema=SCHEMA), tree())
    np.testing.assert_array_equal(found[0], values)
    np.testing.assert_array_equal(found[1], weights)


@pytest.mark.parametrize("expression", [expression for expression, _ in VALUES])
@pytest.mark.parametrize("cut", ["s % 2", "s > 102", "s < 0", "s > 0"])
def test_a_cut_on_entries_picks_their_passes(expression: str, cut: str) -> None:
    """Law: computing chosen passes only gives what computing all and picking gives, sparse or not."""
    events = tree()
    alone, _ = compute(make_plan(expression, bins=(1, 0, 1), schema=SCHEMA), events)
    kept = {"s % 2": [1, 3], "s > 102": [3, 4], "s < 0": [], "s > 0": [0, 1, 2, 3, 4]}[cut]
    passes, weights = compute(make_plan(expression, cut=cut, bins=(1, 0, 1), schema=SCHEMA), events)
    np.testing.assert_array_equal(passes, alone[np.isin(passes_of(expression, events), kept)])
    assert weights is not None
    assert np.all(weights == 1.0)


def compute(plan: DrawPlan, events: Events) -> tuple[Any, Any]:
    """Return the values of a plan with one expression, and their weights."""
    rows = compute_rows(plan.rows, events)
    return rows.values[0], rows.weights


def passes_of(expression: str, events: Events) -> Any:
    """Return the entry of each pass of an expression."""
    _, weights = compute(make_plan(expression, weight="s + 0*Length$", bins=(1, 0, 1), schema=SCHEMA), events)
    assert weights is not None
    return weights - 100.0


@pytest.mark.parametrize("expression", [expression for expression, _ in VALUES])
def test_empty_blocks_make_no_pass(expression: str) -> None:
    """Law: a block without entries gives nothing, whatever is asked."""
    empty = Events({name: column[:0] for name, column in tree().items()})
    values, _ = compute(make_plan(expression, cut="s", bins=(1, 0, 1), schema=SCHEMA), empty)
    assert len(values) == 0


@pytest.mark.parametrize("expression", [expression for expression, _ in VALUES])
def test_blocks_are_independent(expression: str) -> None:
    """Law: a formula computed block by block is the formula computed in one go, where blocks start anywhere."""
    events, plan = tree(), make_plan(expression, bins=(1, 0, 1), schema=SCHEMA)
    whole, _ = compute(plan, events)
    pieces = [
        compute(plan, Events({name: column[first:stop] for name, column in events.items()}))[0]
        for first, stop in ((0, 1), (1, 3), (3, 5))
    ]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
