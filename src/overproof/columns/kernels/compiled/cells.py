"""Write the sums of the cells of a histogram or a profile: see `kernels/fills` for the rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.compiled.rows import Row
from overproof.columns.machine.writer import Value, Writer


def write_bin(writer: Writer, value: Value, binning: Binning) -> Value:
    """Write the bin of a value: 0 is underflow, n + 1 is overflow and NaN."""
    n, low, high = binning.n, binning.low, binning.high
    width = (high - low) / n
    builder = writer.builder
    inside = writer.both(
        writer.compare(">=", value, writer.double(low)), writer.compare("<", value, writer.double(high))
    )

    def find() -> list[Value]:
        scaled = builder.fmul(builder.fsub(value, writer.double(low)), writer.double(n))
        place = writer.towards_zero(builder.fdiv(scaled, writer.double(high - low)))
        found = writer.as_double(place)
        edge = builder.fadd(builder.fmul(found, writer.double(width)), writer.double(low))
        above = builder.fadd(found, writer.double(1.0))
        next_edge = builder.fadd(builder.fmul(above, writer.double(width)), writer.double(low))
        lower = writer.as_integer(writer.compare("<", value, edge))
        upper = writer.as_integer(writer.compare(">=", value, next_edge))
        return [writer.plus(writer.minus(writer.plus(place, 1), lower), upper)]

    def flow() -> list[Value]:
        is_low = writer.compare("<", value, writer.double(low))
        return [writer.select(is_low, writer.integer(0), writer.integer(n + 1))]

    return writer.decide(inside, find, flow)[0]


def write_cell(writer: Writer, points: Sequence[Value], axes: Sequence[Binning]) -> Value:
    """Write the flat cell of a row, flow cells included, the last axis fastest; x first."""
    cell = write_bin(writer, points[0], axes[0])
    for value, axis in zip(points[1:], axes[1:], strict=True):
        cell = writer.plus(writer.times(cell, axis.n + 2), write_bin(writer, value, axis))
    return cell


class HistogramCells:
    """Sums of weights and of squared weights.

    Args:
        writer: of the function.
        name: before the names of its arrays.
        axes: x first.
    """

    def __init__(self, writer: Writer, name: str, axes: Sequence[Binning]) -> None:
        self.writer = writer
        self.name = name
        self.axes = axes

    def take(self, row: Row) -> None:
        """Write the addition of a row."""
        writer = self.writer
        cell = write_cell(writer, row.values[::-1], self.axes)
        if row.weight is None:
            writer.increase(writer.array(f"{self.name} counts", np.int64, is_constant=False), cell, writer.integer(1))
            return
        contents = writer.array(f"{self.name} contents", np.float64, is_constant=False)
        variances = writer.array(f"{self.name} variances", np.float64, is_constant=False)
        writer.increase(contents, cell, row.weight)
        writer.increase(variances, cell, writer.builder.fmul(row.weight, row.weight))
