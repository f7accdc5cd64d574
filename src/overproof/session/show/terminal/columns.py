"""Bins along x, upwards."""

from __future__ import annotations

import math

import numpy as np

from overproof.session.show.bins import Bins, Doubles
from overproof.session.show.terminal.characters import RISING, short, steps
from overproof.session.show.terminal.ruler import Ruler, fit

ROWS = 12


Line = tuple[str, str]
"""What stands beside the y axis, and what behind it."""


def column_lines(bins: Bins, *, columns: int, rows: int | None, title: str, log: bool) -> list[str]:
    """Draw contents; negative ones hang below the line, and are left out of a logarithmic picture."""
    margin, lines = 0, _labelled(bins, room=columns - 9, rows=rows or ROWS, log=log)
    # Labels and the sums of bins that share a place depend on each other: a few turns, and no label is cut.
    while (wanted := max(len(label) for label, _ in lines)) > margin:
        margin = wanted
        lines = _labelled(bins, room=columns - margin - 3, rows=rows or ROWS, log=log)
    text = [f"{label:>{margin}} {line}" for label, line in lines]
    if title:
        text.append(f"{title:>{max(map(len, text[:-1]))}}")
    return [line.rstrip() for line in text]


def _labelled(bins: Bins, *, room: int, rows: int, log: bool) -> list[Line]:
    ruler = fit(len(bins.values), room)
    values = ruler.summed(np.nan_to_num(bins.values))
    is_log = log and bool((values > 0).any())
    above, below = (_logarithmic if is_log else _linear)(values, ruler, rows=rows)
    rule, ticks = ruler.lines(bins.edges[0])
    origin = (short(_origin_of(values)) if is_log else "0", f"┼{rule}")
    return [*above, origin, *below, ("", f" {ticks}")]


def _linear(values: Doubles, ruler: Ruler, *, rows: int) -> tuple[list[Line], list[Line]]:
    """Return the lines above and those below the rule."""
    high, low = max(0.0, float(values.max())), min(0.0, float(values.min()))
    n_below = math.ceil(rows * -low / (high - low)) if low < 0 else 0
    n_above = max(rows - n_below, 1) if high > 0 or not n_below else 0
    heights = [steps(value, top=high, n_steps=8 * n_above) for value in values.tolist()]
    depths = [steps(-value, top=-low, n_steps=2 * n_below) for value in values.tolist()]
    rising, hanging = _rising(heights, ruler, rows=n_above), _hanging(depths, ruler, rows=n_below)
    return (
        [(short(high) if row == 0 else "", f"│{line}") for row, line in enumerate(rising)],
        [(short(low) if row == n_below - 1 else "", f"│{line}") for row, line in enumerate(hanging)],
    )


def _logarithmic(values: Doubles, ruler: Ruler, *, rows: int) -> tuple[list[Line], list[Line]]:
    """Return the lines above the rule, which stands at a power of ten; there are none below."""
    bottom, top = _origin_of(values), float(values.max())
    span = math.log10(top / bottom)
    heights = [
        steps(math.log10(value / bottom), top=span, n_steps=8 * rows) if value > 0 else 0 for value in values.tolist()
    ]
    labels = {0: short(top)}
    for power in range(1, math.floor(span) + 1):
        # The power of ten stands beside the row whose upper edge is nearest to it.
        labels.setdefault(rows - max(1, round(power / span * rows)), short(bottom * 10**power))
    rising = _rising(heights, ruler, rows=rows)
    return [(labels.get(row, ""), f"│{line}") for row, line in enumerate(rising)], []


def _origin_of(values: Doubles) -> float:
    """Return the power of ten below the smallest content, so that every content has a height."""
    smallest = float(values[values > 0].min())
    power = math.floor(math.log10(smallest))
    return 10.0 ** (power if 10.0**power < smallest else power - 1)


def _rising(heights: list[int], ruler: Ruler, *, rows: int) -> list[str]:
    return [
        "".join(RISING[min(8, max(0, height - 8 * row))] * ruler.width for height in heights)
        for row in range(rows - 1, -1, -1)
    ]


def _hanging(depths: list[int], ruler: Ruler, *, rows: int) -> list[str]:
    return ["".join(" ▀█"[min(2, max(0, depth - 2 * row))] * ruler.width for depth in depths) for row in range(rows)]
