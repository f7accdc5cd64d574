"""Histograms as inline SVG, light enough to be sent every second."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np

from overproof.session.show.bins import Bins, Doubles, bins_of
from overproof.session.show.histograms import axis_title, has_several_values
from overproof.session.show.notebook.scales import Scale, scale, tick_text
from overproof.session.show.terminal.picture import title_line
from overproof.words.markup import GOOD, faint, text

WIDTH, HEIGHT = 520, 230
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 24, 36
"""Of the paper, and what round the picture is kept free for numbers and titles, in pixels."""

MAX_BINS: Final = 300
MAX_CELLS: Final = (60, 40)
MAX_BARS: Final = 24
N_LEVELS: Final = 16
"""What fits on the paper; more bins share a place, more categories are counted; strengths of cells."""

_LABEL: Final = 'font-size="11" fill="currentColor" fill-opacity=".8" stroke="none"'
_AXIS: Final = 'stroke="currentColor" stroke-opacity=".45" fill="none" stroke-width="1"'


def histogram_svg(histogram: Any) -> str:
    """Draw a histogram of one or two dimensions; one of more, or without bins, is described by a line of text."""
    title = title_line(histogram)
    sizes = [axis.size for axis in histogram.axes]
    if has_several_values(histogram) or len(sizes) > 2 or 0 in sizes:
        return faint(title)
    bins = bins_of(histogram)
    if len(sizes) == 2:
        body, height = _map(bins, titles=[axis_title(axis) for axis in histogram.axes]), HEIGHT + 40
    elif bins.categories[0] is not None:
        body, height = _bars(bins)
    else:
        body, height = _curve(bins, title=axis_title(histogram.axes[0])), HEIGHT
    heading = f'<text x="{LEFT}" y="14" {_LABEL}>{text(_cut(title, 84))}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{text(title)}" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" style="max-width:100%;height:auto;color:inherit;font-family:inherit">{heading}{body}</svg>'
    )


def _curve(bins: Bins, *, title: str) -> str:
    """Draw steps of contents, or means with their errors."""
    edges, values, errors = _edges(bins, 0), bins.values, bins.errors
    if not bins.is_profile:
        edges, values = _grouped(edges, values, MAX_BINS)
    finite = values[np.isfinite(values)]
    spread = np.nan_to_num(errors) if bins.is_profile and errors is not None else np.zeros_like(values)
    low = float(np.nanmin(values - spread, initial=np.inf)) if bins.is_profile else min(0.0, finite.min(initial=0.0))
    high = float(np.nanmax(values + spread, initial=-np.inf)) if bins.is_profile else finite.max(initial=0.0)
    room = 0.06 * (high - low)
    if high == low == 0.0:
        high = 1.0
    x = scale(float(edges[0]), float(edges[-1]), start=LEFT, stop=WIDTH - RIGHT)
    y = scale(low - (room if low < 0 or bins.is_profile else 0.0), high + room, start=HEIGHT - BOTTOM, stop=TOP)
    drawn = _points(edges, values, spread, x, y) if bins.is_profile else _steps(edges, values, x, y)
    return _axes(x, y, bottom=HEIGHT - BOTTOM, title=title) + drawn


def _steps(edges: Doubles, values: Doubles, x: Scale, y: Scale) -> str:
    heights = [y.at(value) for value in np.nan_to_num(values).tolist()]
    places = [x.at(edge) for edge in edges.tolist()]
    floor = y.at(0.0) if y.low <= 0.0 <= y.high else y.start
    path = f"M{places[0]:.1f} {floor:.1f}"
    for place, height in zip(places[1:], heights, strict=True):
        path += f"V{height:.1f}H{place:.1f}"
    return (
        f'<path d="{path}V{floor:.1f}Z" fill="{GOOD}" fill-opacity=".28" stroke="{GOOD}" stroke-width="1.4" '
        'stroke-linejoin="round"/>'
    )


def _points(edges: Doubles, values: Doubles, errors: Doubles, x: Scale, y: Scale) -> str:
    bars, dots = "", ""
    for place, value, error in zip(
        ((edges[1:] + edges[:-1]) / 2).tolist(), values.tolist(), errors.tolist(), strict=True
    ):
        if math.isfinite(value):  # a bin without entries has none
            bars += f"M{x.at(place):.1f} {y.at(value - error):.1f}V{y.at(value + error):.1f}"
            dots += f"M{x.at(place):.1f} {y.at(value):.1f}h.01"
    return (
        f'<path d="{bars}" stroke="{GOOD}" stroke-width="1.2" fill="none"/>'
        f'<path d="{dots}" stroke="{GOOD}" stroke-width="5" stroke-linecap="round" fill="none"/>'
    )


def _bars(bins: Bins) -> tuple[str, int]:
    """Draw the first categories, one line each; tell how high that is."""
    names = bins.categories[0] or ()
    values = np.nan_to_num(bins.values).tolist()[:MAX_BARS]
    longest = max((len(name) for name in names[:MAX_BARS]), default=0)
    x = scale(min(0.0, *values, 0.0), max(0.0, *values, 0.0), start=min(200, 14 + 6.5 * longest), stop=WIDTH - 90)
    body, line = "", 0
    for line, (name, value) in enumerate(zip(names, values, strict=False), start=1):
        y = TOP + 16 * line - 10
        start, stop = sorted((x.at(0.0), x.at(value)))
        body += f'<text x="{x.at(x.low) - 6:.1f}" y="{y + 10}" text-anchor="end" {_LABEL}>{text(_cut(name, 30))}</text>'
        body += (
            f'<rect x="{start:.1f}" y="{y}" width="{stop - start:.1f}" height="12" fill="{GOOD}" fill-opacity=".75"/>'
        )
        body += f'<text x="{stop + 5:.1f}" y="{y + 10}" {_LABEL}>{value:,.6g}</text>'
    if len(names) > MAX_BARS:
        body += f'<text x="{LEFT}" y="{TOP + 16 * line + 16}" {_LABEL}>and {len(names) - MAX_BARS:,} more</text>'
    return body, TOP + 16 * (line + 1) + 8


def _map(bins: Bins, *, titles: list[str]) -> str:
    """Draw cells, the fuller the stronger."""
    bottom = HEIGHT + 40 - BOTTOM
    values = np.nan_to_num(bins.values)
    edges = [_edges(bins, 0), _edges(bins, 1)]
    if not bins.is_profile:
        edges[0], values = _grouped(edges[0], values, MAX_CELLS[0])
        edges[1], values = _grouped(edges[1], values.T, MAX_CELLS[1])
        values = values.T
    x = scale(float(edges[0][0]), float(edges[0][-1]), start=LEFT, stop=WIDTH - RIGHT)
    y = scale(float(edges[1][0]), float(edges[1][-1]), start=bottom, stop=TOP)
    top = float(np.abs(values).max(initial=0.0)) or 1.0
    cells = "".join(_cells(edges, values / top, x, y))
    return f'<g fill="{GOOD}" shape-rendering="crispEdges">{cells}</g>' + _axes(
        x, y, bottom=bottom, title=titles[0], y_title=titles[1]
    )


def _cells(edges: list[Doubles], shares: Doubles, x: Scale, y: Scale) -> Iterator[str]:
    """Draw the cells of each strength as one path, neighbours along x as one."""
    levels = np.ceil(np.abs(shares) * N_LEVELS).astype(int)
    xs, ys = ([round(place.at(edge)) for edge in its.tolist()] for place, its in zip((x, y), edges, strict=True))
    paths = dict.fromkeys(range(1, N_LEVELS + 1), "")
    for j, row in enumerate(levels.T):
        borders = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        for start, stop in pairwise(borders):
            if level := int(row[start]):
                paths[level] += f"M{xs[start]} {ys[j]}H{xs[stop]}V{ys[j + 1]}H{xs[start]}Z"
    for level, path in paths.items():
        if path:
            yield f'<path d="{path}" fill-opacity="{level / N_LEVELS:.3f}"/>'


def _axes(x: Scale, y: Scale, *, bottom: int, title: str, y_title: str = "") -> str:
    """Draw both axes with their numbers and titles."""
    marks, labels = f"M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}", ""
    for value in x.ticks(8):
        marks += f"M{x.at(value):.1f} {bottom}v4"
        labels += (
            f'<text x="{x.at(value):.1f}" y="{bottom + 16}" text-anchor="middle" {_LABEL}>{tick_text(value)}</text>'
        )
    for value in y.ticks(6):
        marks += f"M{LEFT} {y.at(value):.1f}h-4"
        labels += f'<text x="{LEFT - 7}" y="{y.at(value) + 4:.1f}" text-anchor="end" {_LABEL}>{tick_text(value)}</text>'
    if title:
        labels += (
            f'<text x="{WIDTH - RIGHT}" y="{bottom + 31}" text-anchor="end" {_LABEL}>{text(_cut(title, 70))}</text>'
        )
    if y_title:
        labels += (
            f'<text transform="translate(11 {TOP}) rotate(-90)" text-anchor="end" {_LABEL}>'
            f"{text(_cut(y_title, 30))}</text>"
        )
    return f'<path d="{marks}" {_AXIS}/>{labels}'


def _grouped(edges: Doubles, values: Doubles, n_at_most: int) -> tuple[Doubles, Doubles]:
    """Sum neighbours along the first axis, until there are so few of them."""
    group = -(-len(values) // n_at_most)
    if group == 1:
        return edges, values
    starts = np.arange(0, len(values), group)
    sums: Doubles = np.add.reduceat(np.nan_to_num(values), starts, axis=0)
    return np.append(edges[:-1][starts], edges[-1]), sums


def _edges(bins: Bins, axis: int) -> Doubles:
    """Return edges that can stand on paper: the numbers of bins where an axis is infinite."""
    edges = bins.edges[axis]
    return edges if np.isfinite(edges).all() else np.arange(len(edges), dtype=np.float64)


def _cut(line: str, n_at_most: int) -> str:
    return line if len(line) <= n_at_most else f"{line[: n_at_most - 1]}…"
