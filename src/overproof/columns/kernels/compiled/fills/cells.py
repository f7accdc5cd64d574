"""Write the sums of the cells of histograms and profiles: see `kernels/fills/cells.py`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.compiled.fills.bins import write_cell
from overproof.columns.kernels.compiled.rows import Row
from overproof.columns.kernels.fills.cells import Sums, shape_of
from overproof.columns.machine.writer import Value, Writer

Outputs = dict[str, npt.NDArray[Any]]
"""Arrays that a function adds to, by name."""


class Cells(Protocol):
    """Sums of the cells of one plan.

    Attributes:
        takes_all: rows that are not chosen may be given, and add nothing.
    """

    takes_all: bool

    def take(self, row: Row, values: Sequence[Value]) -> None:
        """Write the addition of a row at the place of its last values, x last."""

    def empty(self) -> Outputs:
        """Make the arrays that the function adds to."""

    def sums(self, outputs: Outputs) -> Sums:
        """Return the sums that are in the arrays."""


class HistogramCells:
    """Sums of weights and of squared weights; weights of 0 or 1 are counted.

    Args:
        writer: of the function.
        name: before the names of its arrays.
        axes: x first.
    """

    takes_all = True

    def __init__(self, writer: Writer, name: str, axes: Sequence[Binning]) -> None:
        self._writer = writer
        self._axes = axes
        self._counts, self._contents, self._variances = (
            f"{name} {each}" for each in ("counts", "contents", "variances")
        )

    def take(self, row: Row, values: Sequence[Value]) -> None:
        writer = self._writer
        cell = write_cell(writer, values[::-1], self._axes)
        if row.weight is None or row.is_counted:
            counts = writer.array(self._counts, np.int64, is_constant=False)
            weight = writer.integer(1) if row.is_chosen is None else writer.as_integer(row.is_chosen)
            writer.increase(counts, cell, weight)
        if row.weight is not None and row.is_counted:
            with writer.when(writer.is_nan(row.weight)):
                self._add(cell, row.weight)
        elif row.weight is not None:
            self._add(cell, row.weight)

    def _add(self, cell: Value, weight: Value) -> None:
        writer = self._writer
        contents, variances = (
            writer.array(name, np.float64, is_constant=False) for name in (self._contents, self._variances)
        )
        writer.increase(contents, cell, weight)
        writer.increase(variances, cell, writer.builder.fmul(weight, weight))

    def empty(self) -> Outputs:
        n_cells = math.prod(shape_of(self._axes))
        dtypes = {self._counts: np.int64, self._contents: np.float64, self._variances: np.float64}
        return {name: np.zeros(n_cells, dtype) for name, dtype in dtypes.items() if name in self._writer.names}

    def sums(self, outputs: Outputs) -> Sums:
        shape = shape_of(self._axes)
        found: Sums = {}
        for key, name in (("contents", self._contents), ("variances", self._variances)):
            parts = [outputs[each] for each in (self._counts, name) if each in outputs]
            of_all = np.zeros(shape) if not parts else sum(part.astype(np.float64) for part in parts)
            found[key] = np.asarray(of_all).reshape(shape)
        return found


class ProfileCells:
    """Sums of weights, squared weights, weighted values and weighted squared values; the first value is averaged.

    A value that is not chosen may be infinite, and 0 times that is not 0.
    """

    takes_all = False

    def __init__(self, writer: Writer, name: str, axes: Sequence[Binning]) -> None:
        self._writer = writer
        self._axes = axes
        self._names = {key: f"{name} {key}" for key in ("weights", "squared_weights", "weighted", "weighted_squares")}

    def take(self, row: Row, values: Sequence[Value]) -> None:
        writer, multiply = self._writer, self._writer.builder.fmul
        weight = writer.double(1.0) if row.weight is None else row.weight
        weighted = multiply(weight, values[0])
        summands = (weight, multiply(weight, weight), weighted, multiply(weighted, values[0]))
        cell = write_cell(writer, values[:0:-1], self._axes)
        for name, summand in zip(self._names.values(), summands, strict=True):
            writer.increase(writer.array(name, np.float64, is_constant=False), cell, summand)

    def empty(self) -> Outputs:
        n_cells = math.prod(shape_of(self._axes))
        return {name: np.zeros(n_cells) for name in self._names.values()}

    def sums(self, outputs: Outputs) -> Sums:
        return {key: outputs[name].reshape(shape_of(self._axes)) for key, name in self._names.items()}
