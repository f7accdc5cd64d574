"""Which path serves a query: machine code made for it, or the interpreter.

Both give the same answer, bit for bit. The choice is made before anything is computed, from the query and its size
alone; nobody's clock is asked, and neither the number of workers nor what they have loaded before.

What was measured on one core, blocks of 100,000 entries of NanoAOD-like events (3 jets each) in memory, in ns an entry:

| drawn | cut | interpreted | compiled | saved, by the rule below |
|---|---|---|---|---|
| `MET_pt` | | 38 | 6 | 28 |
| `MET_pt` | `MET_pt > 20` | 38 | 7 | 44 |
| `Jet_pt` | | 102 | 16 | 84 |
| `Jet_pt[0]` | | 72 | 4 | 28 |
| `Jet_pt` | `abs(Jet_eta) < 1` | 133 | 13 | 156 |
| `MET_pt` | `Sum$(Jet_pt > 40) >= 2` | 104 | 19 | 92 |
| `Sum$(Jet_pt*cos(Jet_phi))` | `nJet > 1` | 235 | 69 | 140 |
| mass of two muons | two of them, of opposite charge | 188 | 29 | 196 |

A worker loads the compiler in 50 ms, and compiles a query in 20 to 35 ms (one that is kept on disk: 4 to 10).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.looping import Multiplicity, multiplicity, own_nodes, shared_lengths
from overproof.analysis.draw.python.rows import PythonRows
from overproof.analysis.draw.python.typed import Apply, Decision, Filter, Lists, Pick
from overproof.analysis.draw.python.typed import Constant as PythonConstant
from overproof.analysis.draw.python.typed import Typed as PythonTyped
from overproof.analysis.draw.typed import Aggregate, Alternative, Constant, Formula, Leaf, Text
from overproof.analysis.path import Path

START_NS = 250e6
"""What has to be saved, over all workers: three of them load the compiler and compile meanwhile."""

NODE_NS = 8.0
"""What an operation, or a branch, costs more when interpreted, in every pass."""
VALUE_NS = 20.0
"""The same for filling along one axis."""
N_PASSES = 3.0
"""Passes in an entry, where a file says."""
MAX_PASSES = 1000.0
"""Passes in an entry that count, where fixed lengths say; more are more than enough."""


def choose_path(rows: Iterable[AnyRows], *, n_entries: int) -> Path:
    """Return the path that serves a query, by the rule.

    Args:
        rows: all that is computed in it.
        n_entries: as far as anybody knows before the start.
    """
    saved_ns = n_entries * sum(saved_ns_of(each) for each in rows)
    return "compiled" if saved_ns >= START_NS else "interpreted"


def saved_ns_of(rows: AnyRows) -> float:
    """Return about how much time an entry takes less when its rows are computed by machine code."""
    if isinstance(rows, PythonRows):
        factors = [each for each in (rows.cut, rows.weight) if each is not None]
        filled_ns = sum(VALUE_NS * _n_passes(value.root) for value in rows.values)
        return filled_ns + sum(_python_ns(each.root) for each in (*rows.values, *factors))
    passes = max((_passes(formula) for formula in rows.formulas), default=1.0)
    return sum(_formula_ns(formula, passes) for formula in rows.formulas) + VALUE_NS * passes * len(rows.values)


def _formula_ns(formula: Formula, passes: float) -> float:
    """Return the cost of a formula in a loop with so many passes; what is inside of it has its own."""
    own = passes if multiplicity(formula) is not Multiplicity.ONCE else 1.0
    total = 0.0
    for node in own_nodes(formula.root):
        total += 0.0 if isinstance(node, Constant | Text) else NODE_NS * own
        total += sum(_formula_ns(inner, _passes(inner)) for inner in _inner(node))
    return total


def _inner(node: object) -> Iterator[Formula]:
    match node:
        case Leaf(indices=indices):
            yield from (index for index in indices if isinstance(index, Formula))
        case Aggregate(formula=formula, condition=condition):
            yield from (each for each in (formula, condition) if each is not None)
        case Alternative(formula=formula):
            yield formula


def _passes(formula: Formula) -> float:
    """Return about how often a formula is computed in an entry."""
    lengths = shared_lengths([formula])
    sizes = (N_PASSES if varies else float(size) for size, varies in zip(lengths.sizes, lengths.varies, strict=True))
    return min(math.prod(sizes), MAX_PASSES)


def _python_ns(node: PythonTyped) -> float:
    below = sum(_python_ns(each) for each in _parts(node))
    return below if isinstance(node, PythonConstant) else below + NODE_NS * _n_passes(node)


def _n_passes(node: PythonTyped) -> float:
    passes: float = N_PASSES**node.kind.depth
    return min(passes, MAX_PASSES)


def _parts(node: PythonTyped) -> tuple[PythonTyped, ...]:
    match node:
        case Apply() | Lists():
            return node.arguments
        case Pick():
            return (node.base,)
        case Filter():
            return (node.base, node.index)
        case Decision():
            return tuple(each for each in (node.condition, node.yes, node.no) if each is not None)
    return ()
