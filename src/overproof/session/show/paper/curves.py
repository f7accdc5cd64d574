"""Frames of one dimension: one histogram, an overlay, a stack, means and points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from overproof.session.show.bins import Doubles
from overproof.session.show.histograms import axis_title
from overproof.session.show.paper.frames import Frame, Part
from overproof.session.show.paper.texts import contents_label, mean_label, shown
from overproof.session.show.style import Style
from overproof.words.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS: Final = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
"""Ten colours that are told apart by everybody.

Source: M. Petroff, Accessible color sequences for data visualization, arXiv:2107.02270.
"""
MAX_BINS_WITH_ERRORS: Final = 100
"""Lines with more bins than that show no errors: they would hide the lines."""


def draw_curves(axes: Axes, frame: Frame, *, style: Style) -> None:
    """Draw the parts of a frame that are histograms of one dimension."""
    lines = [part for part in frame.parts if not part.is_points]
    if frame.is_stack:
        _draw_stack(axes, lines)
    else:
        for part, colour in zip(lines, _colours(len(lines)), strict=True):
            _draw_line(axes, part, colour=colour, is_alone=len(frame.parts) == 1)
    for place, part in enumerate(part for part in frame.parts if part.is_points):
        _draw_points(axes, part, colour="black", marker="osD^v"[place % 5])
    _label(axes, frame, style=style)
    _limit(axes, frame, style=style)
    if len(frame.parts) > 1:
        _explain(axes, frame)


def _draw_line(axes: Axes, part: Part, *, colour: str, is_alone: bool) -> None:
    import mplhep

    if part.bins.is_profile:
        _draw_points(axes, part, colour="black" if is_alone else colour, marker="o")
        return
    edges, values = part.bins.edges[0], np.nan_to_num(part.bins.values)
    errors = part.bins.errors if len(values) <= MAX_BINS_WITH_ERRORS or is_alone else None
    if is_alone:
        mplhep.histplot(values, edges, ax=axes, histtype="fill", color=colour, alpha=0.4)
    mplhep.histplot(
        values, edges, ax=axes, histtype="step", color=colour, label=shown(part.name),
        yerr=False if errors is None else errors,
    )  # fmt: skip


def _draw_points(axes: Axes, part: Part, *, colour: str, marker: str) -> None:
    import mplhep

    values, errors = part.bins.values, part.bins.errors
    mplhep.histplot(
        values, part.bins.edges[0], ax=axes, histtype="errorbar", color=colour, label=shown(part.name), marker=marker,
        markersize=4, yerr=False if errors is None else np.where(np.isfinite(values), errors, np.nan), xerr=True,
        zorder=4,
    )  # fmt: skip


def _draw_stack(axes: Axes, parts: Sequence[Part]) -> None:
    """Draw parts upon each other, the first at the bottom, and the error of their sum."""
    import mplhep

    if not parts:
        return
    edges = parts[0].bins.edges[0]
    values = [np.nan_to_num(part.bins.values) for part in parts]
    mplhep.histplot(
        values, edges, ax=axes, histtype="fill", stack=True, label=[shown(part.name) for part in parts],
        color=list(_colours(len(parts))), edgecolor="black", linewidth=0.5,
    )  # fmt: skip
    total, errors = np.sum(values, axis=0), _total_errors(parts)
    if errors is not None:
        axes.stairs(
            total + errors, edges, baseline=total - errors, fill=True, facecolor="none", edgecolor="#444444",
            hatch="//////", linewidth=0, zorder=3,
        )  # fmt: skip


def _total_errors(parts: Sequence[Part]) -> Doubles | None:
    known = [part.bins.errors for part in parts if part.bins.errors is not None]
    return None if len(known) < len(parts) else np.sqrt(np.sum(np.square(known), axis=0))


def _explain(axes: Axes, frame: Frame) -> None:
    """Write the legend in the order that is seen: points, then lines, or a stack from its top."""
    lines = [shown(part.name) for part in frame.parts if not part.is_points]
    order = [shown(part.name) for part in frame.parts if part.is_points] + (lines[::-1] if frame.is_stack else lines)
    known = sorted(zip(*axes.get_legend_handles_labels(), strict=True), key=lambda pair: order.index(pair[1]))
    handles, names = zip(*known, strict=True)
    axes.legend(handles, names, ncols=1 + len(known) // 12, fontsize="small")


def _label(axes: Axes, frame: Frame, *, style: Style) -> None:
    """Write what all parts have in common beside the axes; the legend tells the rest."""
    first = frame.parts[0]
    titles = {axis_title(part.histogram.axes[0]) for part in frame.parts}
    title = titles.pop() if len(titles) == 1 else ""
    axes.set_xlabel(shown(title))
    if first.bins.is_profile:
        means = {mean_label(part.histogram) for part in frame.parts}
        axes.set_ylabel(means.pop() if len(means) == 1 else "mean")
    else:
        axes.set_ylabel(contents_label([part.bins for part in frame.parts], axis_title=title, norm=style.norm))
    axes.set_title(shown(frame.title), loc="left", fontsize="medium")
    if (categories := first.bins.categories[0]) is not None:
        label_categories(axes, categories)


def label_categories(axes: Axes, categories: Sequence[str], *, letter: str = "x") -> None:
    """Write the names of categories in the middle of their bins, aslant along x when there is no room."""
    names = [shown(name, longest=24) for name in categories]
    stride = 1 + len(names) // 33
    places = np.arange(len(names))[::stride] + 0.5
    is_wide = letter == "x" and sum(map(len, names)) > 50
    slant: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if is_wide else {}
    (axes.set_xticks if letter == "x" else axes.set_yticks)(places, names[::stride], fontsize="small", **slant)
    axes.tick_params(axis="x" if letter == "x" else "y", which="minor", length=0)


def _limit(axes: Axes, frame: Frame, *, style: Style) -> None:
    """Set the ranges: x as wide as the bins, y from zero, or from below the smallest content if logarithmic."""
    edges = [part.bins.edges[0] for part in frame.parts]
    limit_x(axes, min(each[0] for each in edges), max(each[-1] for each in edges), np.concatenate(edges), style=style)
    heights = [part.bins.values for part in frame.parts]
    if frame.is_stack:
        stacked = [np.nan_to_num(part.bins.values) for part in frame.parts if not part.is_points]
        heights = [part.bins.values for part in frame.parts if part.is_points]
        heights += [np.sum(stacked, axis=0)] if stacked else []
    known = np.concatenate(heights)
    known = known[np.isfinite(known)]
    positive = known[known > 0]
    if style.logy and positive.size:
        axes.set_yscale("log", nonpositive="clip")
        low, high = float(positive.min()), float(positive.max())
        axes.set_ylim(low / 2, high * max(2.0, (high / low) ** (0.25 if len(frame.parts) > 1 else 0.1)))
    elif not frame.parts[0].bins.is_profile and (known >= 0).all():
        top = axes.get_ylim()[1]
        axes.set_ylim(0.0, top * (1.15 if len(frame.parts) > 1 else 1.0) if positive.size else 1.0)


def limit_x(axes: Axes, low: float, high: float, edges: Doubles, *, style: Style) -> None:
    """Set the range of x; a logarithmic one begins at the first edge above zero.

    Raises:
        OutputError: nothing of the axis is above zero.
    """
    if style.logx:
        low = positive_edge(edges, letter="x")
        axes.set_xscale("log")
    axes.set_xlim(low, high)


def positive_edge(edges: Doubles, *, letter: str) -> float:
    """Return the lowest edge at which a logarithmic axis can begin.

    Raises:
        OutputError: there is none below the upper end of the axis.
    """
    positive = edges[(edges > 0) & (edges < edges.max())]
    if not positive.size:
        raise OutputError(f"the {letter} axis has no bin above zero: it cannot be logarithmic")
    return float(positive.min())


def _colours(n: int) -> list[str]:
    return [COLOURS[place % len(COLOURS)] for place in range(n)]
