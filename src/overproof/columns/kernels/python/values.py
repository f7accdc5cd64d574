"""Values of some entries of a block: those that a mask has left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.kernels.jagged import Integers
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """An awkward array with one item for each of its entries, or one number for all.

    Attributes:
        data: the array, of doubles or booleans; a double where `entries` is None.
        entries: places in the block, ascending; None for a constant.
    """

    data: Any
    entries: Integers | None = None

    def at(self, entries: Integers) -> Value:
        """Return the values of these entries, all of which it has."""
        if self.entries is None or self.entries is entries:
            return self
        return Value(data=self.data[np.searchsorted(self.entries, entries)], entries=entries)


def aligned(values: Sequence[Value]) -> tuple[list[Value], Integers | None]:
    """Take from every value the entries that all of them have; constants stay as they are."""
    common: Integers | None = None
    for value in values:
        if value.entries is None or value.entries is common:
            continue
        if common is None or np.array_equal(common, value.entries):
            common = value.entries
        else:
            common = np.intersect1d(common, value.entries, assume_unique=True)
    if common is None:
        return list(values), None
    return [value.at(common) for value in values], common


def spread(value: Value, entries: Integers) -> Value:
    """Make an array of a constant, one number for each entry."""
    if value.entries is not None:
        return value
    return Value(data=ak.Array(np.full(len(entries), value.data)), entries=entries)


def is_leaf(layout: Any) -> bool:
    """Tell whether a layout holds numbers, or is empty and might hold some."""
    return bool(layout.is_numpy or layout.is_unknown)


def numbers_of(layout: Any) -> Any:
    """Return the numbers of a leaf."""
    return np.zeros(0) if layout.is_unknown else layout.data
