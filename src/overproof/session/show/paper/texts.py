"""Texts of pictures: titles and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from overproof.session.show.bins import Bins
from overproof.session.show.histograms import averaged_in

MAX_TITLE = 70
UNIT = re.compile(r"\s\[([A-Za-z][^\[\]]*)\]\s*$")
"""The unit at the end of a label, such as `mass [GeV]`; not an index, which stands close."""
ROOT_SPECIAL = re.compile(r"\b(Sum|Length|Max|Min|MaxIf|MinIf|Alt|Iteration|Entry|LocalEntry|Entries)\$")


def shown(text: str, *, longest: int = MAX_TITLE) -> str:
    """Prepare a text for matplotlib: formulas between dollars stay, ROOT's `Sum$` and broken formulas are text."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = f"{line[: longest - 3]}..."
    return line if _is_formula(line) else line.replace("$", r"\$")


def contents_label(parts: Sequence[Bins], *, axis_title: str, norm: bool) -> str:
    """Say what is counted, with the width of the bins where all have one: `entries / 2 GeV`."""
    what = "weighted entries" if any(part.is_weighted for part in parts) else "entries"
    if norm:
        what = f"fraction of {what}"
    widths = np.concatenate([np.diff(part.edges[0]) for part in parts])
    unit = UNIT.search(axis_title)
    is_even = np.allclose(widths, widths[0], rtol=1e-6, atol=0)
    if not is_even or parts[0].categories[0] is not None:
        return what
    width = f"{widths[0]:.4g}"
    per = " ".join(filter(None, [width if width != "1" else "", shown(unit[1]) if unit else ""]))
    return f"{what} / {per}" if per else what


def mean_label(histogram: Any) -> str:
    """Say of what a profile has the means."""
    averaged = averaged_in(histogram)
    return f"mean of {shown(averaged)}" if averaged else "mean"


def _is_formula(line: str) -> bool:
    if "$" not in line:
        return True
    if ROOT_SPECIAL.search(line):
        return False
    from matplotlib.mathtext import MathTextParser

    try:
        MathTextParser("path").parse(line)
    except ValueError:
        return False
    return True
