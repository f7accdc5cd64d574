"""Where the lists of one range of entries begin: lists of several columns that are of one length share memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overproof.columns.formats.checks.baskets import BasketHeader
from overproof.columns.layouts.column import Offsets, frozen
from overproof.columns.native.codec import Octets
from overproof.columns.native.elements import Elements, Places
from overproof.columns.native.steps import Machinery

_PLACE_BYTES = 4
_POWERS = frozenset(1 << power for power in range(31))


class SharedLists:
    """Remembers the lists of what was read, for the columns that are read after it.

    Columns of one collection have lists of the same lengths; to see that is cheaper than to make them again, and
    whoever computes with them sees it too.

    Args:
        machinery: what gives compiled steps.
    """

    def __init__(self, machinery: Machinery) -> None:
        self._machinery = machinery
        self._known: dict[tuple[str, int], tuple[Elements, Places, Places]] = {}
        self._compiled: dict[tuple[str, int], Offsets] = {}
        self._offsets: dict[tuple[int, ...], Offsets] = {}
        self._pieces: list[Places] = []

    def of_places(self, counter: str, number: int, elements: Elements, places: Places, *, is_covered: bool) -> Places:
        """Do what `Elements.offsets` does, for one basket.

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
        offsets = elements.offsets(places, is_covered=is_covered)
        self._known[counter, number] = (elements, places, offsets)
        return offsets

    def of_stored(
        self, counter: str, number: int, elements: Elements, told: Octets, header: BasketHeader, *, n_entries: int
    ) -> Offsets | None:
        """Return what `of_places` does, by compiled steps.

        Args:
            counter: as there.
            number: of the basket.
            elements: of the column.
            told: what is stored behind the data of the basket.
            header: of the basket.
            n_entries: in it.

        Returns:
            The offsets; None where numpy must do it, or say what is wrong.
        """
        compiled, compare = self._machinery.step("offsets"), self._machinery.step("same")
        size_bytes = elements.size_bytes
        # Steps divide by shifting numbers of 32 bits.
        is_power = size_bytes in _POWERS
        is_odd = header.has_features or len(told) != (n_entries + 2) * _PLACE_BYTES
        if compiled is None or compare is None or is_odd or not is_power:
            return None
        given = {
            "from": told, "n": n_entries, "key": header.key_bytes, "front": elements.header_bytes,
            "data": header.data_bytes, "mask": size_bytes - 1, "shift": size_bytes.bit_length() - 1,
        }  # fmt: skip
        known = self._compiled.get((counter, number))
        if known is not None and len(known) == n_entries + 1 and not compare({**given, "into": known}):
            return known
        offsets = np.empty(n_entries + 1, np.int64)
        offsets[0] = 0
        if compiled({**given, "into": offsets}):
            return None
        self._compiled[counter, number] = offsets
        return offsets

    def joined(self, pieces: Sequence[Places]) -> Offsets:
        """Lay the offsets of pieces one behind the other; equal pieces give the very same array."""
        key = tuple(map(id, pieces))
        found = self._offsets.get(key)
        if found is None:
            found = self._offsets[key] = frozen(_joined(pieces))
            # Pieces are known by their identity: they must live as long as what was made of them.
            self._pieces += pieces
        return found


def _joined(pieces: Sequence[Places]) -> Offsets:
    if len(pieces) == 1 and pieces[0].dtype == np.int64:
        return pieces[0]
    found = np.zeros(1 + sum(len(piece) - 1 for piece in pieces), np.int64)
    entry = element = 0
    for piece in pieces:
        np.add(piece[1:], np.int64(element), out=found[entry + 1 : entry + len(piece)])
        entry += len(piece) - 1
        element = int(found[entry])
    return found
