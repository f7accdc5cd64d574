"""A histogram in the terminal."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np

from overproof.session.show.bins import bins_of
from overproof.session.show.histograms import averaged_in, axis_title, has_several_values, is_ordered, is_profile
from overproof.session.show.style import PLAIN_STYLE, Style
from overproof.session.show.terminal.bars import bar_lines
from overproof.session.show.terminal.columns import column_lines
from overproof.session.show.terminal.maps import map_lines
from overproof.session.show.terminal.points import point_lines

MAX_COLUMNS = 100


def terminal_picture(
    histogram: Any, *, columns: int | None = None, rows: int | None = None, style: Style = PLAIN_STYLE
) -> str:
    """Draw a histogram with block characters.

    Args:
        histogram: of any storage; one of more than two dimensions is only described.
        columns: width of the picture; None takes the terminal's, at most 100.
        rows: height of the part with the bins; None: what suits its kind.
        style: of it `norm` is used, and `logy` (for two dimensions `logz`).

    Returns:
        Lines without colours, so that they can go to a file too.
    """
    width = max(20, columns or min(MAX_COLUMNS, shutil.get_terminal_size().columns))
    title, n_dim = title_line(histogram), len(histogram.axes)
    if has_several_values(histogram) or 0 in [axis.size for axis in histogram.axes]:
        return title
    if n_dim > 2:
        return "\n".join([title, *map(_axis_line, range(n_dim), [histogram] * n_dim)])
    bins = bins_of(histogram)
    if style.norm:
        bins = bins.normalised(getattr(histogram, "name", "") or "histogram")
    return "\n".join([title, *_lines(histogram, bins, width=width, rows=rows, style=style)])


def _lines(histogram: Any, bins: Any, *, width: int, rows: int | None, style: Style) -> list[str]:
    axis = histogram.axes[0]
    label = axis_title(axis)
    if len(histogram.axes) == 2:
        return map_lines(bins, columns=width, rows=rows, title=label, log=style.logz)
    if not is_ordered(axis):
        return bar_lines(bins, columns=width, rows=rows)
    if bins.is_profile:
        return point_lines(bins, columns=width, rows=rows, title=label)
    return column_lines(bins, columns=width, rows=rows, title=label, log=style.logy)


def title_line(histogram: Any) -> str:
    """Say in one line what the histogram is, and what lies outside of its axes."""
    n_dim, axes = len(histogram.axes), histogram.axes
    titles = [axis_title(axis) for axis in axes]
    name = ", ".join(filter(None, titles)) or getattr(histogram, "name", "") or "histogram"
    if n_dim == 2 and all(titles):
        name = f"{titles[1]} against {titles[0]}"
    if n_dim > 1:
        name += f": {n_dim} dimensions, {' x '.join(str(axis.size) for axis in axes)} bins"
    separator = ", " if n_dim > 1 else ": "
    if has_several_values(histogram):
        return f"{name}{separator}several values a bin"
    if is_profile(histogram):
        averaged = averaged_in(histogram)
        return f"{name}{separator}profile{f' of {averaged}' if averaged else ''}"
    inside, everywhere = _sum(histogram.values()), _sum(histogram.values(flow=True))
    if n_dim > 1:
        return f"{name}, sum {inside:,.6g}, outside {everywhere - inside:,.6g}"
    flow = np.asarray(histogram.values(flow=True), dtype=np.float64)
    under = _sum(flow[:1]) if axes[0].traits.underflow else 0.0
    over = _sum(flow[-1:]) if axes[0].traits.overflow else 0.0
    return f"{name}: sum {inside:,.6g}, below {under:,.6g}, above {over:,.6g}"


def _axis_line(index: int, histogram: Any) -> str:
    """Describe one axis of a histogram that is not drawn: its range, and where the contents lie along it."""
    axis, letter = histogram.axes[index], "xyz"[index] if index < 3 else f"axis {index}"
    title = f"{letter}: {axis_title(axis)}" if axis_title(axis) not in {"", letter} else letter
    if not is_ordered(axis):
        return f"  {title}: {axis.size:,} categories"
    text = f"  {title}: {axis.edges[0]:.6g} to {axis.edges[-1]:.6g}"
    values = np.nan_to_num(np.asarray(histogram.values(), dtype=np.float64), posinf=0.0, neginf=0.0)
    along = values.sum(axis=tuple(other for other in range(values.ndim) if other != index))
    if is_profile(histogram) or along.sum() <= 0:
        return text
    centres = (axis.edges[1:] + axis.edges[:-1]) / 2
    mean = float((along * centres).sum() / along.sum())
    spread = float(np.sqrt(max(0.0, (along * (centres - mean) ** 2).sum() / along.sum())))
    return f"{text}, mean {mean:.4g}, standard deviation {spread:.4g}"


def _sum(values: Any) -> float:
    return float(np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0).sum())
