"""Means along x: a point each, with its error."""

from __future__ import annotations

import math

import numpy as np

from overproof.session.show.bins import Bins, Doubles
from overproof.session.show.terminal.characters import POINT, short
from overproof.session.show.terminal.ruler import Ruler, fit

ROWS = 12


def point_lines(bins: Bins, *, columns: int, rows: int | None, title: str) -> list[str]:
    """Draw means with their errors; bins without entries stay empty, and the y axis need not begin at zero."""
    n_rows = rows or ROWS
    margin = max((len(short(value)) for value in _range(bins.values, _errors(bins))), default=1) + 2
    ruler = fit(len(bins.values), columns - margin - 3)
    means, errors = _grouped(bins, ruler)
    low, high = _range(means, errors)
    canvas = [[" "] * (ruler.n_groups * ruler.width) for _ in range(n_rows)]
    for index, (mean, error) in enumerate(zip(means.tolist(), errors.tolist(), strict=True)):
        if not math.isnan(mean):
            _draw(canvas, index, ruler, rows=[_row(mean + d, low, high, n_rows) for d in (error, 0.0, -error)])
    labels = {0: short(high), n_rows - 1: short(low)}
    text = [f"{labels.get(row, ''):>{margin}} │{''.join(line)}" for row, line in enumerate(canvas)]
    rule, ticks = ruler.lines(bins.edges[0])
    text += [f"{'':>{margin}} ┼{rule}", f"{'':>{margin}}  {ticks}"]
    if title:
        text.append(f"{title:>{margin + 2 + len(rule)}}")
    return [line.rstrip() for line in text]


def _draw(canvas: list[list[str]], index: int, ruler: Ruler, *, rows: list[int]) -> None:
    """Draw one mean as wide as its bin, with a point in the middle."""
    first, top, middle, bottom = index * ruler.width, *rows
    centre = first + ruler.width // 2
    for row in range(top, bottom + 1):
        canvas[row][centre] = "|"
    canvas[middle][first : first + ruler.width] = "─" * ruler.width
    canvas[middle][centre] = POINT


def _grouped(bins: Bins, ruler: Ruler) -> tuple[Doubles, Doubles]:
    """Return one mean a place: neighbours are averaged by their weights."""
    weights = np.ones_like(bins.values) if bins.weights is None else bins.weights
    known = np.where(np.isfinite(bins.values), weights, 0.0)
    with np.errstate(all="ignore"):
        total = ruler.summed(known)
        means = ruler.summed(known * np.nan_to_num(bins.values)) / total
        errors = np.sqrt(ruler.summed((known * _errors(bins)) ** 2)) / np.abs(total)
    means[~np.isfinite(means)] = np.nan
    return means, np.nan_to_num(errors, nan=0.0, posinf=0.0)


def _errors(bins: Bins) -> Doubles:
    return np.zeros_like(bins.values) if bins.errors is None else bins.errors


def _range(means: Doubles, errors: Doubles) -> tuple[float, float]:
    """Return what the y axis has to hold."""
    known = np.isfinite(means)
    if not known.any():
        return 0.0, 1.0
    low, high = float((means - errors)[known].min()), float((means + errors)[known].max())
    return (low, high) if high > low else (low - abs(low or 1.0) / 2, high + abs(high or 1.0) / 2)


def _row(value: float, low: float, high: float, n_rows: int) -> int:
    """Return the row of a value, the first at the top."""
    return min(n_rows - 1, max(0, math.floor((high - value) / (high - low) * n_rows)))
