"""Axes of texts: in a block a text is a bin of its own, at the end the bins of all blocks are one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from overproof.analysis.draw.axes import Axis, Binning, Growing
from overproof.analysis.draw.axes.categories import Categories
from overproof.columns.kernels.fills.cells import Sums
from overproof.columns.kernels.fills.growing.apart import Apart
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.columns.kernels.texts.table import Texts
from overproof.words.frozen import dataclass

PAIRS: Mapping[str, str] = {"contents": "variances", "weights": "squared_weights", "weighted": "weighted_squares"}
"""Sums that one histogram carries together: its values, and its variances."""

KEY = "%s by text"

Labels = tuple[tuple[str, ...], ...]
"""For each axis its texts; none on an axis of numbers."""


def has_categories(axes: Sequence[Axis]) -> bool:
    """Tell whether one of the axes is an axis of texts."""
    return any(isinstance(axis, Categories) for axis in axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Axes and coordinates of a block whose texts have become numbers.

    Attributes:
        axes: those of texts have a bin for each of them: the text with number i lies at i + 0.5.
        points: for each axis one coordinate a row.
        labels: the texts of each axis.
    """

    axes: tuple[Axis, ...]
    points: tuple[Doubles, ...]
    labels: Labels


def number_texts(axes: Sequence[Axis], points: Sequence[Doubles], texts: Texts) -> Numbered:
    """Number the texts of each axis in the order of their first appearance among the rows of a block.

    Args:
        axes: x first.
        points: for each axis one coordinate a row; codes for texts.
        texts: of the block.
    """
    numbered = [
        _number(values, texts) if isinstance(axis, Categories) else (axis, values, ())
        for axis, values in zip(axes, points, strict=True)
    ]
    return Numbered(
        axes=tuple(axis for axis, _, _ in numbered),
        points=tuple(values for _, values, _ in numbered),
        labels=tuple(labels for _, _, labels in numbered),
    )


def _number(codes: Doubles, texts: Texts) -> tuple[Binning, Doubles, tuple[str, ...]]:
    is_there = ~np.isnan(codes)
    numbers = np.where(is_there, codes, len(texts)).astype(np.int64)  # what is not there comes behind all texts
    first = np.full(len(texts) + 1, len(numbers), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # the last one written is the first that there is
    order = np.argsort(first, kind="stable")
    order = order[: np.count_nonzero(first < len(numbers))]
    places = np.empty(len(texts) + 1, dtype=np.float64)
    places[order] = np.arange(len(order)) + 0.5
    labels = texts.read(np.where(order < len(texts), order, np.nan))
    return _bins(len(order)), places[numbers], tuple(labels)


def _bins(n_texts: int) -> Binning:
    n = max(n_texts, 1)
    return Binning(n=n, low=0.0, high=float(n))


def by_text(outputs: Mapping[str, Any], axes: Sequence[Axis], labels: Labels) -> dict[str, Any]:
    """Turn the sums of a block into histograms, which add up text by text.

    Args:
        outputs: sums of all cells, and rows set apart as `apart`.
        axes: those of the plan.
        labels: the texts of each axis in this block.
    """
    import hist

    turned: dict[str, Any] = {}
    for name in PAIRS.keys() & outputs.keys():
        made = [
            hist.axis.StrCategory(own, growth=True)
            if isinstance(axis, Categories)
            else hist.axis.Regular(_start(axis).n, 0.0, 1.0)
            for axis, own in zip(axes, labels, strict=True)
        ]
        histogram = hist.Hist(*made, storage=hist.storage.Weight())
        view = histogram.view(flow=True)
        view["value"] = outputs[name][_inside(axes, labels)]
        view["variance"] = outputs[PAIRS[name]][_inside(axes, labels)]
        turned[KEY % name] = histogram
    if "apart" in outputs:
        turned["apart"] = [(labels, each) for each in outputs["apart"]]
    return turned


def _start(axis: Axis) -> Binning:
    assert isinstance(axis, Binning | Growing)
    return axis.start if isinstance(axis, Growing) else axis


def _inside(axes: Sequence[Axis], labels: Labels) -> tuple[slice, ...]:
    """Return the cells that texts have: an axis of texts has no flow."""
    return tuple(
        slice(1, 1 + len(own)) if isinstance(axis, Categories) else slice(None)
        for axis, own in zip(axes, labels, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The sums of all blocks, with numbers in the place of texts.

    Attributes:
        axes: x first; as in `Numbered`.
        outputs: sums of all cells, and rows set apart as `apart`; None: nothing was filled.
        labels: the texts of each axis.
    """

    axes: tuple[Axis, ...]
    outputs: dict[str, Any] | None
    labels: Labels


def merged_texts(outputs: Mapping[str, Any] | None, axes: Sequence[Axis]) -> Merged:
    """Turn merged histograms back into sums of cells."""
    if outputs is None:
        return Merged(axes=_with_bins(axes, [()] * len(axes)), outputs=None, labels=((),) * len(axes))
    histograms = {name: outputs[KEY % name] for name in PAIRS if KEY % name in outputs}
    one = next(iter(histograms.values()))
    labels: Labels = tuple(
        tuple(own) if isinstance(axis, Categories) else () for axis, own in zip(axes, one.axes, strict=True)
    )
    numbered = _with_bins(axes, labels)
    shape = tuple(_start(axis).n + 2 for axis in numbered)
    sums: dict[str, Any] = {}
    for name, histogram in histograms.items():
        view = histogram.view(flow=True)
        for key, of_all in ((name, view["value"]), (PAIRS[name], view["variance"])):
            sums[key] = np.zeros(shape)
            sums[key][_inside(axes, labels)] = of_all
    if "apart" in outputs:
        sums["apart"] = [_renumbered(each, own, labels) for own, each in outputs["apart"]]
    return Merged(axes=numbered, outputs=sums, labels=labels)


def _with_bins(axes: Sequence[Axis], labels: Sequence[tuple[str, ...]]) -> tuple[Axis, ...]:
    return tuple(
        _bins(len(own)) if isinstance(axis, Categories) else axis for axis, own in zip(axes, labels, strict=True)
    )


def _renumbered(apart: Apart, own: Labels, labels: Labels) -> Apart:
    """Give the rows that a block set apart the numbers that their texts have among all texts."""
    moves, places = apart.moves.copy(), apart.places.copy()
    for axis, (of_block, of_all) in enumerate(zip(own, labels, strict=True)):
        if of_block:
            numbers = np.array([of_all.index(text) for text in of_block]) + 0.5
            moves[:, axis], places[:, axis] = numbers[_floor(moves[:, axis])], numbers[_floor(places[:, axis])]
    return replace(apart, moves=moves, places=places)


def _floor(values: Doubles) -> Integers:
    return np.floor(values).astype(np.int64)


def as_shown(
    sums: Sums, axes: Sequence[Binning], plan_axes: Sequence[Axis], labels: Labels
) -> tuple[Sums, Sequence[Binning | Categories]]:
    """Give axes their texts, and take away the flow that these have not.

    Args:
        sums: of all cells.
        axes: as they have grown.
        plan_axes: those of the plan.
        labels: the texts of each axis.
    """
    shown: list[Binning | Categories] = [
        Categories(labels=own) if isinstance(planned, Categories) else axis
        for axis, planned, own in zip(axes, plan_axes, labels, strict=True)
    ]
    return {key: of_all[_inside(plan_axes, labels)] for key, of_all in sums.items()}, shown
