"""Look whether lists lie within their content, before a function reads any.

A file may hold anything, and a function asks of no list whether it is there. Where lists do not begin at 0, end before
they begin, or go beyond what they are lists of, it is never called: the interpreter does the block.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from overproof.columns.kernels.jagged import Column, Integers


def are_within(columns: Iterable[Column], *, n_entries: int) -> bool:
    """Tell whether nothing that columns say lies beyond their arrays.

    Args:
        columns: of one block.
        n_entries: of the block.
    """
    n_items: dict[tuple[int, ...], int | None] = {(): n_entries}
    for column in columns:
        path: tuple[int, ...] = ()
        for offsets in column.offsets:  # columns of a collection share them, and they are looked at once
            outer, path = n_items[path], (*path, id(offsets))
            if path not in n_items:
                n_items[path] = _items_of(offsets, n_lists=outer or 0)
            if n_items[path] is None:
                return False
        if (n_items[path] or 0) * column.element_size > len(column.content):
            return False
    return True


def _items_of(offsets: Integers, *, n_lists: int) -> int | None:
    """Return the number of items in so many lists; None: not all of them can be lists."""
    is_read_as_it_lies = offsets.dtype == np.int64 and offsets.flags.c_contiguous
    if not is_read_as_it_lies or len(offsets) <= n_lists or offsets[0] != 0:
        return None
    of_lists = offsets[: n_lists + 1]
    return None if (of_lists[1:] < of_lists[:-1]).any() else int(of_lists[-1])
