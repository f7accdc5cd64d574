"""Where the lists of one range of entries end: lists of several columns that are of one length share memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overproof.columns.layouts.column import Offsets, frozen
from overproof.columns.native.elements import Elements, Places


class SharedLists:
    """Remembers the lists of what was read, for the columns that are read after it.

    Columns of one collection have lists of the same lengths; to see that is cheaper than to make them again, and
    whoever computes with them sees it too.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Elements, Places, Places]] = {}
        self._offsets: dict[tuple[int, ...], Offsets] = {}
        self._pieces: list[Places] = []

    def ends(self, counter: str, number: int, elements: Elements, places: Places, *, is_covered: bool) -> Places:
        """Do what `Elements.ends` does, for one basket.

        Args:
            counter: the branch that tells the lengths; columns with the same one may share.
            number: of the basket.
            elements: of the column.
            places: as stored.
            is_covered: as there.
        """
        known = self._known.get((counter, number))
        if known is not None and known[0].is_as_long_as(elements) and np.array_equal(known[1], places):
            return known[2]
        ends = elements.ends(places, is_covered=is_covered)
        self._known[counter, number] = (elements, places, ends)
        return ends

    def offsets(self, ends: Sequence[Places]) -> Offsets:
        """Lay the ends of pieces one behind the other, and 0 in front; equal pieces give the very same array."""
        key = tuple(map(id, ends))
        found = self._offsets.get(key)
        if found is None:
            found = np.zeros(1 + sum(map(len, ends)), np.int64)
            entry = element = 0
            for piece in ends:
                np.add(piece, np.int64(element), out=found[entry + 1 : entry + 1 + len(piece)])
                entry += len(piece)
                element = int(found[entry])
            # Pieces are known by their identity: they must live as long as what was made of them.
            self._offsets[key] = frozen(found)
            self._pieces += ends
        return found
