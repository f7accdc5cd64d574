"""The cells of a histogram, for every storage of boost-histogram, as columns that can be added exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.outputs.cells import Cells, Ints
from overproof.outputs.kinds.histograms.moments import first_moments, second_moments, turned_back
from overproof.outputs.sums import ExactSum, Floats


@dataclass(slots=True)
class CountSum(Cells):
    """Cells that hold 64-bit integers."""

    counts: Ints

    @property
    def n_cells(self) -> int:
        return self.counts.size

    @property
    def size_bytes(self) -> int:
        """Memory of the counts."""
        return self.counts.nbytes

    def blank(self, n_cells: int) -> CountSum:
        """Make counts of nothing."""
        return CountSum(np.zeros(n_cells, dtype=np.int64))

    def part(self, where: slice) -> CountSum:
        """Give some of the cells, in the same memory."""
        return CountSum(self.counts[where])

    def copy(self) -> CountSum:
        """Make an independent copy."""
        return CountSum(self.counts.copy())

    def merge(self, other: CountSum) -> None:
        """Add."""
        self.counts += other.counts

    def scatter(self, other: CountSum, targets: Ints) -> None:
        """Add every cell of `other` into cell `targets[i]`."""
        np.add.at(self.counts, targets, other.counts)


Column: TypeAlias = ExactSum | CountSum
Columns: TypeAlias = list[Column]
_KNOWN: Final[dict[tuple[type[Any], type[Any]], type[Any]]] = {}
View: TypeAlias = npt.NDArray[Any]
Fields: TypeAlias = Iterator[tuple[str, View]]
"""Rounded values, one field of a cell after the other, so that no two of them are in memory at once."""


def columns_of(histogram: Any) -> Columns:
    """Copy all cells of a histogram, flow bins included, into columns of flat cells, C order."""
    return _LIFT[storage_of(histogram).__name__](np.asarray(histogram.view(flow=True)))


def fill_cells(histogram: Any, columns: Columns) -> None:
    """Write rounded sums into all cells of an empty histogram of the same storage and extent."""
    name = storage_of(histogram).__name__
    view = histogram.view(flow=True)
    if not view.size:
        return
    raw = view.view(np.ndarray)
    for field, values in _LOWER[name](columns):
        if name == "Unlimited":
            # Its view is a copy; assignment is the only way in.
            histogram[...] = values.reshape(view.shape)
        else:
            target = raw[field] if field else raw
            target[...] = values.reshape(view.shape)


def storage_of(histogram: Any) -> type[Any]:
    """Give the class of the storage; remembered, since boost-histogram searches its subclasses each time."""
    key = (type(histogram), type(histogram._hist))
    if key not in _KNOWN:
        _KNOWN[key] = histogram.storage_type
    return _KNOWN[key]


def _flat(view: View, field: str = "") -> Floats:
    return np.ascontiguousarray(view[field] if field else view, dtype=np.float64).ravel()


def _lift_counts(view: View) -> Columns:
    return [CountSum(np.array(view, dtype=np.int64, order="C").ravel())]


def _lift_doubles(view: View) -> Columns:
    return [ExactSum.of(_flat(view))]


def _lift_weight(view: View) -> Columns:
    return [ExactSum.of(_flat(view, "value")), ExactSum.of(_flat(view, "variance"))]


def _lift_mean(view: View) -> Columns:
    n, mean, m2 = _flat(view, "count"), _flat(view, "value"), _flat(view, "_sum_of_deltas_squared")
    return [ExactSum.of(n), first_moments(n, mean), second_moments(n, mean, m2)]


def _lift_weighted_mean(view: View) -> Columns:
    n, mean = _flat(view, "sum_of_weights"), _flat(view, "value")
    m2 = _flat(view, "_sum_of_weighted_deltas_squared")
    squares = ExactSum.of(_flat(view, "sum_of_weights_squared"))
    return [ExactSum.of(n), squares, first_moments(n, mean), second_moments(n, mean, m2)]


def _lower_counts(columns: Columns) -> Fields:
    (counts,) = (column.counts for column in columns if isinstance(column, CountSum))
    yield "", counts


def _lower_doubles(columns: Columns) -> Fields:
    (values,) = _exact(columns)
    yield "", values.rounded()


def _lower_weight(columns: Columns) -> Fields:
    values, variances = _exact(columns)
    yield "value", values.rounded()
    yield "variance", variances.rounded()


def _lower_mean(columns: Columns) -> Fields:
    n, first, second = _exact(columns)
    yield "count", n.rounded()
    mean, m2 = turned_back(n, first, second)
    yield "value", mean
    yield "_sum_of_deltas_squared", m2


def _lower_weighted_mean(columns: Columns) -> Fields:
    n, squares, first, second = _exact(columns)
    yield "sum_of_weights", n.rounded()
    yield "sum_of_weights_squared", squares.rounded()
    mean, m2 = turned_back(n, first, second)
    yield "value", mean
    yield "_sum_of_weighted_deltas_squared", m2


def _exact(columns: Columns) -> list[ExactSum]:
    return [column for column in columns if isinstance(column, ExactSum)]


_LIFT: Final[dict[str, Callable[[View], Columns]]] = {
    "Double": _lift_doubles,
    "Unlimited": _lift_doubles,
    "MultiCell": _lift_doubles,
    "Int64": _lift_counts,
    "AtomicInt64": _lift_counts,
    "Weight": _lift_weight,
    "Mean": _lift_mean,
    "WeightedMean": _lift_weighted_mean,
}

_LOWER: Final[dict[str, Callable[[Columns], Fields]]] = {
    "Double": _lower_doubles,
    "Unlimited": _lower_doubles,
    "MultiCell": _lower_doubles,
    "Int64": _lower_counts,
    "AtomicInt64": _lower_counts,
    "Weight": _lower_weight,
    "Mean": _lower_mean,
    "WeightedMean": _lower_weighted_mean,
}

STORAGES: Final = frozenset(_LIFT)
"""Names of the storages that can be merged."""
