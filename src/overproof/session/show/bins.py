"""The bins of a histogram as plain arrays, ready to be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overproof.session.show.histograms import categories_of, is_ordered, is_profile
from overproof.words.errors import OutputError
from overproof.words.frozen import dataclass

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """What is inside of the axes; nothing in it is infinite.

    Attributes:
        values: contents, or means; NaN where there is nothing to draw.
        errors: of the values, of the same shape; None where they are not known.
        weights: for means, the sum of weights behind each; else None.
        edges: for each axis one more than it has bins; categories are one unit wide.
        categories: for each axis the names of its bins, or None for an axis of numbers.
        is_weighted: contents are more than numbers of entries, as far as the errors tell.
    """

    values: Doubles
    errors: Doubles | None
    weights: Doubles | None
    edges: tuple[Doubles, ...]
    categories: tuple[tuple[str, ...] | None, ...]
    is_weighted: bool

    @property
    def is_profile(self) -> bool:
        """Tell means from contents."""
        return self.weights is not None

    def scaled(self, factor: float) -> Bins:
        """Multiply contents and errors."""
        errors = None if self.errors is None else self.errors * abs(factor)
        return replace(self, values=self.values * factor, errors=errors)

    def normalised(self, name: str) -> Bins:
        """Divide by the sum of the contents; means, and what is empty, stay.

        Raises:
            OutputError: the contents cancel, or add up to something negative.
        """
        total = float(np.nansum(self.values))
        if self.is_profile or not np.nansum(np.abs(self.values)):
            return self
        if total <= 0:
            raise OutputError(f"{name}: its contents add up to {total:.6g}, so it cannot be normalised")
        return self.scaled(1 / total)


def bins_of(histogram: Any) -> Bins:
    """Take the bins inside of the axes out of a histogram of one value a bin."""
    values = np.array(histogram.values(), dtype=np.float64)
    variances = histogram.variances()
    weights = None
    if is_profile(histogram):
        view = histogram.view()
        names = view.dtype.names or ()
        weights = np.array(view["sum_of_weights" if "sum_of_weights" in names else "count"], dtype=np.float64)
        values[weights == 0] = np.nan
    values[~np.isfinite(values)] = np.nan
    squares = None if variances is None else np.clip(_finite(variances), 0.0, None)
    return Bins(
        values=values,
        errors=None if squares is None else np.sqrt(squares),
        weights=weights,
        edges=tuple(_edges(axis) for axis in histogram.axes),
        categories=tuple(None if is_ordered(axis) else tuple(categories_of(axis)) for axis in histogram.axes),
        is_weighted=squares is not None and not np.allclose(squares, np.nan_to_num(values)),
    )


def _edges(axis: Any) -> Doubles:
    return np.asarray(axis.edges, dtype=np.float64) if is_ordered(axis) else np.arange(axis.size + 1.0)


def _finite(numbers: Any) -> Doubles:
    return np.nan_to_num(np.asarray(numbers, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
