"""Categories: one line each, a bar growing to the right."""

from __future__ import annotations

import numpy as np

from overproof.session.show.bins import Bins
from overproof.session.show.terminal.characters import GROWING, steps

MAX_BARS = 40


def bar_lines(bins: Bins, *, columns: int, rows: int | None) -> list[str]:
    """Draw the first categories; the rest is counted."""
    labels = bins.categories[0] or ()
    values = np.nan_to_num(bins.values)
    n_shown = min(len(labels), rows or MAX_BARS)
    margin = min(max(map(len, labels[:n_shown]), default=0), columns // 3)
    room = max(4, columns - margin - 14)
    top = float(np.abs(values).max(initial=0.0)) or 1.0
    lines = []
    for label, value in zip(labels[:n_shown], values.tolist(), strict=False):
        eighths = steps(abs(value), top=top, n_steps=8 * room)
        bar = "█" * (eighths // 8) + GROWING[eighths % 8].strip()
        lines.append(f"{' '.join(label.split())[:margin]:>{margin}} │{bar} {value:,.6g}")
    if n_shown < len(labels):
        rest = float(values[n_shown:].sum())
        what = "" if bins.is_profile else f", together {rest:,.6g}"
        lines.append(f"{'':>{margin}}  and {len(labels) - n_shown:,} more{what}")
    return lines
