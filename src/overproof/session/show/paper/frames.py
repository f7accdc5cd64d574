"""What stands together in one frame of a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from overproof.session.show.bins import Bins, bins_of
from overproof.session.show.histograms import axis_title, has_several_values, histograms_of
from overproof.session.show.style import Style
from overproof.words.errors import OptionError, OutputError
from overproof.words.frozen import dataclass

UNNAMED = "draw"
"""The name that a draw has when its user gave none; the expression says more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One histogram in a frame.

    Attributes:
        name: in the legend.
        histogram: of which the labels are taken.
        bins: what is drawn.
        is_points: drawn as points, over the others.
    """

    name: str
    histogram: Any
    bins: Bins
    is_points: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One pair of axes.

    Attributes:
        title: above it.
        parts: one, or several of one dimension.
        is_stack: parts that are no points stand upon each other.
    """

    title: str
    parts: tuple[Part, ...]
    is_stack: bool = False


def make_frames(outputs: Mapping[Any, Any], *, style: Style) -> list[Frame]:
    """Arrange the histograms among outputs; three dimensions are shown as their three projections.

    Raises:
        OptionError: a name in `points` that no histogram has.
        OutputError: no histogram that can be drawn, a stack of different axes, or contents without a norm.
    """
    named = histograms_of(outputs)
    for name in style.points:
        if name not in named:
            raise OptionError(f"points {name}: no histogram has this name; there are {', '.join(named) or 'none'}")
    parts = [_part(name, each, style=style) for name, histogram in named.items() for each in _drawable(histogram)]
    if not parts:
        raise OutputError("no histogram of one to three dimensions among the outputs: nothing to draw")
    frames: list[Frame] = []
    for together in _gathered(parts, style=style):
        stacked = style.stack and len(together) > 1 and not together[0].bins.is_profile
        parts_of_frame = _with_equal_axes(together) if stacked else _with_all_categories(together)
        if style.norm:
            parts_of_frame = _normalised(parts_of_frame, is_stack=stacked)
        frames.append(Frame(title=_title(together), parts=tuple(parts_of_frame), is_stack=stacked))
    if style.title and len(frames) == 1:
        frames = [replace(frames[0], title=style.title)]
    return frames


def _drawable(histogram: Any) -> list[Any]:
    """Return what can be drawn of a histogram."""
    n_dim = len(histogram.axes)
    if has_several_values(histogram) or n_dim > 3:
        return []
    return [histogram.project(*pair) for pair in ((0, 1), (0, 2), (1, 2))] if n_dim == 3 else [histogram]


def _part(name: str, histogram: Any, *, style: Style) -> Part:
    return Part(name=name, histogram=histogram, bins=bins_of(histogram), is_points=name in style.points)


def _gathered(parts: Sequence[Part], *, style: Style) -> list[list[Part]]:
    """Put parts of one sort together if that was asked for: numbers, categories and means are drawn differently."""
    if not style.is_together:
        return [[part] for part in parts]
    frames: dict[Any, list[Part]] = {}
    for place, part in enumerate(parts):
        is_map = part.bins.values.ndim > 1
        sort = place if is_map else (part.bins.is_profile, part.bins.categories[0] is not None)
        frames.setdefault(sort, []).append(part)
    return list(frames.values())


def _with_equal_axes(parts: Sequence[Part]) -> list[Part]:
    """Return parts that can be stacked.

    Raises:
        OutputError: their axes differ.
    """
    whole = _with_all_categories(parts)
    first = whole[0]
    for part in whole[1:]:
        if not np.array_equal(part.bins.edges[0], first.bins.edges[0]):
            raise OutputError(
                f"{first.name} and {part.name} cannot be stacked: {_axis_text(first)} is not {_axis_text(part)}; "
                "give them the same bins, or draw an overlay"
            )
    return whole


def _with_all_categories(parts: Sequence[Part]) -> list[Part]:
    """Give every part the categories of all, in the order in which they first appear."""
    if len(parts) < 2 or parts[0].bins.categories[0] is None:
        return list(parts)
    every = tuple(dict.fromkeys(name for part in parts for name in part.bins.categories[0] or ()))
    return [replace(part, bins=_spread(part.bins, every)) for part in parts]


def _spread(bins: Bins, every: tuple[str, ...]) -> Bins:
    places = [every.index(name) for name in bins.categories[0] or ()]

    def spread(array: Any, empty: float) -> Any:
        whole = np.full(len(every), empty)
        whole[places] = array
        return whole

    return replace(
        bins,
        values=spread(bins.values, np.nan if bins.is_profile else 0.0),
        errors=None if bins.errors is None else spread(bins.errors, 0.0),
        weights=None if bins.weights is None else spread(bins.weights, 0.0),
        edges=(np.arange(len(every) + 1.0),),
        categories=(every,),
    )


def _normalised(parts: Sequence[Part], *, is_stack: bool) -> list[Part]:
    """Normalise each part, but those of a stack together."""
    factor = 1.0
    if is_stack:
        stacked = [part for part in parts if not part.is_points]
        total = float(sum(np.nansum(part.bins.values) for part in stacked))
        if total <= 0 and any(np.nansum(np.abs(part.bins.values)) for part in stacked):
            raise OutputError(f"the contents of the stack add up to {total:.6g}, so it cannot be normalised")
        factor = 1 / total if total else 1.0
    return [
        replace(
            part, bins=part.bins.scaled(factor) if is_stack and not part.is_points else part.bins.normalised(part.name)
        )
        for part in parts
    ]


def _title(parts: Sequence[Part]) -> str:
    if len(parts) > 1:
        return ""
    part = parts[0]
    return (getattr(part.histogram, "label", None) or part.name) if part.name == UNNAMED else part.name


def _axis_text(part: Part) -> str:
    edges, title = part.bins.edges[0], axis_title(part.histogram.axes[0])
    return f"{title or 'an axis'} of {len(edges) - 1} bins from {edges[0]:.6g} to {edges[-1]:.6g}"
