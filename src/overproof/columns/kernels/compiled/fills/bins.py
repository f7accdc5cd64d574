"""Write the bin of a value by ROOT's own rule: see `kernels/fills/bins.py`, which finds the same."""

from __future__ import annotations

from collections.abc import Sequence

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.fills.bins import multiplies_first
from overproof.columns.kernels.fills.growing.grids import NEAR, ROUNDING, Grid
from overproof.columns.machine.writer import Value, Writer

FEW_BINS = 2**20
NARROW = 2.0**-30
"""Part of the largest limit. Bins that are not narrower have all edges apart, and a place is wrong by less than one."""
ORDINARY = 2.0**500
"""Up to here nothing that is computed of a number overflows."""


def write_cell(writer: Writer, points: Sequence[Value], axes: Sequence[Binning]) -> Value:
    """Write the flat cell of a row, flow cells included, the last axis fastest; x first."""
    cell = write_bin(writer, points[0], axes[0])
    for value, axis in zip(points[1:], axes[1:], strict=True):
        cell = writer.plus(writer.times(cell, axis.n + 2), write_bin(writer, value, axis))
    return cell


def write_bin(writer: Writer, value: Value, binning: Binning) -> Value:
    """Write the bin of a value: 0 is underflow, n + 1 is overflow and NaN; without a jump.

    The edges decide. Where all edges are apart a place that is found with a product in place of a quotient leads to the
    same bin, as it is wrong by less than one.
    """
    builder, (n, low, high) = writer.builder, (binning.n, binning.low, binning.high)
    is_low = writer.compare("<", value, writer.double(low))
    inside = write_inside(writer, value, binning)
    distance = builder.fsub(value, writer.double(low))
    if _has_edges_apart(binning):
        scaled = builder.fmul(distance, writer.double(n / (high - low)))
    elif not multiplies_first(binning):
        scaled = builder.fmul(builder.fdiv(distance, writer.double(high - low)), writer.double(n))
    else:
        scaled = builder.fdiv(builder.fmul(distance, writer.double(n)), writer.double(high - low))
    # Within what a whole number can hold, whatever comes in; comparisons with NaN choose the limit.
    positive = writer.select(writer.compare(">", scaled, writer.double(0.0)), scaled, writer.double(0.0))
    held = writer.select(writer.compare("<", positive, writer.double(n)), positive, writer.double(n))
    place = writer.towards_zero(held)
    found = writer.as_double(place)
    is_before = writer.compare("<", value, _edge(writer, found, binning))
    above = builder.fadd(found, writer.double(1.0))
    is_behind = writer.compare(">=", value, _edge(writer, above, binning))
    corrected = writer.minus(writer.plus(place, 1), writer.as_integer(is_before))
    corrected = writer.plus(corrected, writer.as_integer(is_behind))
    flow = writer.select(is_low, writer.integer(0), writer.integer(n + 1))
    return writer.select(inside, corrected, flow)


def write_inside(writer: Writer, value: Value, binning: Binning) -> Value:
    """Write the flag that a value is within the limits of an axis; NaN is not."""
    return writer.both(
        writer.compare(">=", value, writer.double(binning.low)), writer.compare("<", value, writer.double(binning.high))
    )


def _edge(writer: Writer, number: Value, binning: Binning) -> Value:
    width = (binning.high - binning.low) / binning.n
    return writer.builder.fadd(writer.builder.fmul(number, writer.double(width)), writer.double(binning.low))


def _has_edges_apart(binning: Binning) -> bool:
    largest = max(abs(binning.low), abs(binning.high))
    width = (binning.high - binning.low) / binning.n
    return binning.n <= FEW_BINS and largest < ORDINARY and width > max(largest * NARROW, 1 / ORDINARY)


def write_is_apart(writer: Writer, value: Value, start: Binning) -> Value:
    """Write the flag that a row must be set apart, as a growing axis may move it: see `fills/growing/apart.py`."""
    is_apart = writer.negation(write_inside(writer, value, start))
    grid = Grid.of(start)
    if grid.reach:
        return is_apart
    builder = writer.builder
    places = builder.fdiv(builder.fsub(value, writer.double(start.low)), writer.double(grid.width))
    offset = writer.double(abs(start.low) / grid.width)
    sum_of_all = builder.fadd(builder.fadd(writer.intrinsic("fabs", places), offset), writer.double(start.n))
    rounding = builder.fmul(sum_of_all, writer.double(ROUNDING))
    slack = writer.select(writer.compare(">", rounding, writer.double(NEAR)), rounding, writer.double(NEAR))
    away = writer.intrinsic("fabs", builder.fsub(places, writer.intrinsic("rint", places)))
    return writer.either(is_apart, writer.negation(writer.compare(">", away, slack)))
