"""Frames of two dimensions: colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from overproof.session.show.histograms import axis_title
from overproof.session.show.paper.curves import label_categories, limit_x, positive_edge
from overproof.session.show.paper.frames import Part
from overproof.session.show.paper.texts import mean_label, shown
from overproof.session.show.style import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_map(axes: Axes, part: Part, *, title: str, style: Style) -> None:
    """Draw the contents of every cell as a colour; cells with nothing in them stay white."""
    import mplhep

    bins = part.bins
    values = bins.values if bins.is_profile else np.where(bins.values == 0, np.nan, bins.values)
    known = values[np.isfinite(values)]
    if known.size:
        # A vector file of a million small squares opens nowhere: the map is an image in it.
        drawn = mplhep.hist2dplot(
            values, *bins.edges, ax=axes, cbar=False, rasterized=True, **_scale(known, is_log=style.logz)
        )
        bar = axes.figure.colorbar(drawn[0], ax=axes)
        bar.set_label(mean_label(part.histogram) if bins.is_profile else _contents(part, style=style))
    x_edges, y_edges = bins.edges
    limit_x(axes, x_edges[0], x_edges[-1], x_edges, style=style)
    if style.logy:
        axes.set_yscale("log")
        axes.set_ylim(positive_edge(y_edges, letter="y"), y_edges[-1])
    else:
        axes.set_ylim(y_edges[0], y_edges[-1])
    for letter, categories in zip("xy", bins.categories, strict=True):
        if categories is not None:
            label_categories(axes, categories, letter=letter)
    axes.set_xlabel(shown(axis_title(part.histogram.axes[0])))
    axes.set_ylabel(shown(axis_title(part.histogram.axes[1])))
    axes.set_title(shown(title), loc="left", fontsize="medium")


def _contents(part: Part, *, style: Style) -> str:
    what = "weighted entries" if part.bins.is_weighted else "entries"
    return f"fraction of {what}" if style.norm else what


def _scale(known: Any, *, is_log: bool) -> dict[str, Any]:
    from matplotlib.colors import LogNorm

    positive = known[known > 0]
    if is_log and positive.size:
        low, high = float(positive.min()), float(positive.max())
        return {"norm": LogNorm(vmin=low, vmax=high if high > low else 10 * low)}
    return {}
