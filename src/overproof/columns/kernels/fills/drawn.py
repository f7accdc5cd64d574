"""What a draw does with a block, and with the sums of all blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from overproof.analysis.draw.axes import Automatic, Binning, Growing
from overproof.analysis.draw.axes.categories import Categories
from overproof.analysis.draw.plan import DrawPlan
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.fills.categories import as_shown, by_text, has_categories, merged_texts, number_texts
from overproof.columns.kernels.fills.cells import (
    Sums,
    profile_summands,
    shape_of,
    sum_cells,
    sum_profile,
    weight_summands,
)
from overproof.columns.kernels.fills.growing.apart import Apart, find_apart, set_apart
from overproof.columns.kernels.fills.growing.grids import Flags
from overproof.columns.kernels.fills.growing.growth import Growth
from overproof.columns.kernels.fills.histogram import make_histogram, make_profile
from overproof.columns.kernels.jagged import Doubles
from overproof.words.errors import OptionError

_KEYS = {False: ("contents", "variances"), True: ("weights", "squared_weights", "weighted", "weighted_squares")}
"""What is summed in each cell, by whether it is a profile."""


def fill_rows(plan: DrawPlan, rows: ComputedRows) -> dict[str, Any]:
    """Return the sums of all cells of one plan over its rows; as `apart`, those that growing axes must see in order."""
    if not has_categories(plan.axes):
        return _fill(plan, rows)
    numbered = number_texts(plan.axes, points_of(plan, rows), rows.texts)
    values = (*rows.values[: len(rows.values) - len(plan.axes)], *numbered.points[::-1])
    outputs = _fill(replace(plan, axes=numbered.axes), replace(rows, values=values))
    return by_text(outputs, plan.axes, numbered.labels)


def _fill(plan: DrawPlan, rows: ComputedRows) -> dict[str, Any]:
    axes, points = starts_of(plan), points_of(plan, rows)
    apart = find_apart(points, plan.axes)
    if apart is None:
        return _sums(plan, rows, axes, points)
    kept = _picked(rows, ~apart)
    return {**_sums(plan, kept, axes, points_of(plan, kept)), "apart": [set_aside(plan, _picked(rows, apart))]}


def set_aside(plan: DrawPlan, rows: ComputedRows) -> Apart:
    """Return what is kept of rows that growing axes must see in order."""
    return set_apart(points_of(plan, rows), _summands(plan, rows), plan.axes)


def points_of(plan: DrawPlan, rows: ComputedRows) -> Sequence[Doubles]:
    """Return the coordinates of the rows of a plan, x first; the last expression of the text goes along x."""
    return rows.values[:0:-1] if plan.request.is_profile else rows.values[::-1]


def starts_of(plan: DrawPlan) -> list[Binning]:
    """Return the axes of a plan before any of them has grown.

    Raises:
        OptionError: the limits of one are not known.
    """
    binnings = []
    for axis in plan.axes:
        if isinstance(axis, Automatic):
            raise OptionError(f"the binning of `{plan.request.text}` is missing: write n, low, high")
        assert not isinstance(axis, Categories)  # has become bins
        binnings.append(axis.start if isinstance(axis, Growing) else axis)
    return binnings


def dress(plan: DrawPlan, outputs: dict[str, Any] | None) -> Any:
    """Make the histogram of a plan from its merged outputs; None: nothing was filled."""
    shown: Sequence[Binning | Categories]
    if has_categories(plan.axes):
        merged = merged_texts(outputs, plan.axes)
        axes, sums = _settled(replace(plan, axes=merged.axes), merged.outputs)
        sums, shown = as_shown(sums, axes, plan.axes, merged.labels)
    else:
        shown, sums = _settled(plan, outputs)
    make = make_profile if plan.request.is_profile else make_histogram
    return make(sums, shown, name=plan.name, label=plan.request.text, labels=plan.request.labels)


def _settled(plan: DrawPlan, outputs: dict[str, Any] | None) -> tuple[Sequence[Binning], Sums]:
    """Return the axes as they have grown, and the sums of their cells."""
    axes, is_profile = starts_of(plan), plan.request.is_profile
    sums: Sums = {key: np.zeros(shape_of(axes)) for key in _KEYS[is_profile]} if outputs is None else dict(outputs)
    apart: list[Apart] = sums.pop("apart", [])  # type: ignore[assignment]  # the one that is no array
    if apart:
        growth = Growth(plan.axes, sums, is_profile=is_profile)
        growth.take(apart)
        return growth.axes, growth.sums
    return axes, sums


def _sums(plan: DrawPlan, rows: ComputedRows, axes: Sequence[Binning], points: Sequence[Doubles]) -> Sums:
    if plan.request.is_profile:
        return sum_profile(points, rows.values[0], rows.weights, axes)
    return sum_cells(points, rows.weights, axes)


def _summands(plan: DrawPlan, rows: ComputedRows) -> Sums:
    if plan.request.is_profile:
        return profile_summands(rows.values[0], rows.weights)
    return weight_summands(np.ones(len(rows.values[0])) if rows.weights is None else rows.weights)


def _picked(rows: ComputedRows, chosen: Flags) -> ComputedRows:
    return replace(
        rows,
        values=tuple(each[chosen] for each in rows.values),
        weights=None if rows.weights is None else rows.weights[chosen],
    )
