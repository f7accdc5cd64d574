"""Tables of baskets or pages of many columns together.

Most columns of a tree are cut at the same entries, and what is written behind one of them is the next one: told as
differences to the column before, little is left but the sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from overproof.columns.layouts.packing.numbers import Numbers, spread, squeezed

Place: TypeAlias = tuple[int, int, int]
"""Which part, where in it, and where that ends."""

TablePlace: TypeAlias = tuple[Place, int, Sequence[int]]
"""Place of a table, how many columns are in it, and the width of each of its tables."""


def packed_table(alike: Sequence[Numbers], sizes: Numbers, seeks: Numbers) -> bytes:
    """Pack the tables of some columns.

    Args:
        alike: tables of which the rows, one for each column, mostly repeat.
        sizes: of each piece of each column, shape `(n_columns, n_pieces)`.
        seeks: place of each piece.
    """
    steps = [_differences(each) for each in alike]
    gaps = seeks.copy()
    gaps[1:] -= seeks[:-1] + sizes[:-1]
    gaps[:1] = np.diff(seeks[:1], prepend=0)
    return squeezed(np.concatenate([each.ravel() for each in (*steps, sizes, gaps)]))


def unpacked_table(data: bytes, n_columns: int, widths: Sequence[int]) -> list[Numbers]:
    """Undo `packed_table`.

    Args:
        data: as it was packed.
        n_columns: in the table.
        widths: of each of the tables that are alike, of sizes, and of places.

    Returns:
        All tables, in this order.

    Raises:
        ValueError: they are not of this size.
    """
    numbers = spread(data, n_columns * sum(widths))
    ends = np.cumsum([n_columns * width for width in widths])[:-1]
    shaped = zip(np.split(numbers, ends), widths, strict=True)
    *steps, sizes, gaps = (each.reshape(n_columns, width) for each, width in shaped)
    gaps[:1] = np.cumsum(gaps[:1], axis=1)
    gaps[1:] += sizes[:-1]
    return [*(np.cumsum(each, axis=0) for each in steps), sizes, np.cumsum(gaps, axis=0)]


def _differences(rows: Numbers) -> Numbers:
    differences = rows.copy()
    differences[1:] -= rows[:-1]
    return differences


class LostError(Exception):
    """A table that is not kept any more."""


class Tables:
    """Tables of columns, unpacked when the first of their columns is asked for; the last one is kept.

    Args:
        places: of each table, where its bytes are, how many columns it has, and its widths.
        fetch: gives bytes by their place; None for what is not kept any more.
    """

    def __init__(self, places: Sequence[TablePlace], fetch: Callable[[Place], bytes | None]) -> None:
        self._places = places
        self._fetch = fetch
        self._last: tuple[int, list[Numbers]] = (-1, [])

    def rows(self, number: int, row: int) -> list[Numbers]:
        """Return one column's row of each table.

        Raises:
            LostError: it is not kept any more, or is damaged.
        """
        if self._last[0] != number:
            place, n_columns, widths = self._places[number]
            data = self._fetch(place)
            if data is None:
                raise LostError
            try:
                self._last = (number, unpacked_table(data, n_columns, widths))
            except (ValueError, IndexError) as error:
                raise LostError from error
        return [table[row] for table in self._last[1]]
