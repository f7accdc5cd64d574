"""Two dimensions as a map: the darker, the more."""

from __future__ import annotations

import math

import numpy as np

from overproof.session.show.bins import Bins, Doubles
from overproof.session.show.terminal.characters import SHADES, short
from overproof.session.show.terminal.ruler import Ruler, edge_text, fit

ROWS = 16
N_LEVELS = len(SHADES) - 1
TICK_ROWS = 4
NEGATIVE = "-"


def map_lines(bins: Bins, *, columns: int, rows: int | None, title: str, log: bool) -> list[str]:
    """Draw x along the lines and y upwards; what is not zero is seen, what is empty is blank."""
    n_rows = max(2, rows or ROWS)
    y_names, x_names = bins.categories[1], bins.categories[0]
    vertical = _lay(bins.values.shape[1], n_rows, is_categories=y_names is not None)
    labels = _row_labels(bins.edges[1], y_names, vertical)
    low = "" if y_names is not None else edge_text(bins.edges[1], 0)
    margin = min(max(map(len, [low, *labels.values()])), columns // 3)
    horizontal = _lay(bins.values.shape[0], columns - margin - 3, is_categories=x_names is not None)
    levels, legend = _shaded(_grouped(bins, horizontal, vertical), is_profile=bins.is_profile, log=log)
    text = []
    for row in range(vertical.n_groups * vertical.width - 1, -1, -1):
        line = "".join(symbol * horizontal.width for symbol in levels[row // vertical.width])
        text.append(f"{labels.get(row, '')[:margin]:>{margin}} {'┤' if row in labels else '│'}{line}")
    rule, ticks = horizontal.names(x_names) if x_names is not None else horizontal.lines(bins.edges[0])
    text += [f"{low:>{margin}} ┼{rule}", f"{'':>{margin}}  {ticks}"]
    text += [f"{title:>{margin + 2 + len(rule)}}"] if title else []
    text += [f"{'':>{margin}}  {legend}"] if legend else []
    text += [f"{'':>{margin}}  {told}" for told in _left_out(bins, horizontal, vertical)]
    return [line.rstrip() for line in text]


def _lay(n_bins: int, room: int, *, is_categories: bool) -> Ruler:
    """Lay bins side by side; categories never share a place: those that do not fit are left out."""
    return fit(min(n_bins, room), room) if is_categories else fit(n_bins, room)


def _grouped(bins: Bins, horizontal: Ruler, vertical: Ruler) -> Doubles:
    """Return one value a place, rows of y from below; NaN where nothing is known. Means are averaged by weight."""
    values = bins.values[: horizontal.n_bins, : vertical.n_bins]
    known = np.isfinite(values)
    if bins.weights is None:
        return vertical.summed(horizontal.summed(np.where(known, values, 0.0).T).T).T
    weights = np.where(known, bins.weights[: horizontal.n_bins, : vertical.n_bins], 0.0)
    weighted = weights * np.nan_to_num(values)
    total, sums = (vertical.summed(horizontal.summed(each.T).T).T for each in (weights, weighted))
    with np.errstate(all="ignore"):
        means: Doubles = np.where(total != 0, sums / total, np.nan)
    return means


def _shaded(values: Doubles, *, is_profile: bool, log: bool) -> tuple[list[str], str]:
    """Choose a character for every place, and tell what the characters stand for."""
    drawn = np.isfinite(values) if is_profile else np.nan_to_num(values) > 0
    negative = np.zeros_like(drawn) if is_profile else np.nan_to_num(values) < 0
    if not drawn.any():
        legend = f"{NEGATIVE} negative" if negative.any() else ""
        return ["".join(NEGATIVE if each else " " for each in row) for row in negative.tolist()], legend
    known = values[drawn]
    low, high = float(known.min()) if is_profile or log else 0.0, float(known.max())
    bounds = _bounds(low, high, log=log and low > 0)
    levels = 1 + np.searchsorted(bounds[1:-1], np.where(drawn, values, high), side="left")
    lines = [
        "".join(
            SHADES[level] if is_drawn else NEGATIVE if is_negative else " "
            for level, is_drawn, is_negative in zip(*row, strict=True)
        )
        for row in zip(levels.tolist(), drawn.tolist(), negative.tolist(), strict=True)
    ]
    legend = "  ".join(f"{SHADES[level]} ≤ {short(bounds[level])}" for level in range(1, N_LEVELS + 1))
    return lines, legend + (f"  {NEGATIVE} negative" if negative.any() else "")


def _bounds(low: float, high: float, *, log: bool) -> list[float]:
    """Return the borders of the levels, of which each holds its upper one."""
    if log:
        return [*np.geomspace(low, high, N_LEVELS + 1).tolist()]
    return [*np.linspace(low, high, N_LEVELS + 1).tolist()]


def _row_labels(edges: Doubles, names: tuple[str, ...] | None, ruler: Ruler) -> dict[int, str]:
    """Return what stands beside the rows, counted from below: names, or lower edges, the lowest at the rule."""
    if names is not None:
        middle = ruler.width // 2
        return {index * ruler.width + middle: " ".join(names[index].split()) for index in range(ruler.n_groups)}
    n_rows = ruler.n_groups * ruler.width
    stride = math.ceil(TICK_ROWS / ruler.width)
    ticks = {
        index * ruler.width: edge_text(edges, index * ruler.group) for index in range(stride, ruler.n_groups, stride)
    }
    return ticks | {n_rows - 1: edge_text(edges, len(edges) - 1)}


def _left_out(bins: Bins, horizontal: Ruler, vertical: Ruler) -> list[str]:
    """Tell how many categories did not fit."""
    return [
        f"and {n_bins - ruler.n_bins:,} more along {letter}"
        for n_bins, ruler, letter in zip(bins.values.shape, (horizontal, vertical), "xy", strict=True)
        if n_bins > ruler.n_bins
    ]
