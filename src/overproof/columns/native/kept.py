"""Pieces of columns that a range has cut, kept for the range that follows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from overproof.columns.layouts import NativeColumn
from overproof.words.units import MB

LIMIT_BYTES = 128 * MB


class KeptPieces:
    """Keeps what was used last, within a limit of bytes.

    Without it, ranges shorter than baskets or clusters decompress each of these again and again.

    Args:
        limit_bytes: of all pieces; the newest stays in any case.
    """

    def __init__(self, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._size_bytes = 0
        self._pieces: OrderedDict[Hashable, NativeColumn] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pieces

    def get(self, key: Hashable) -> NativeColumn | None:
        """Return a piece, if it is there."""
        piece = self._pieces.get(key)
        if piece is not None:
            self._pieces.move_to_end(key)
        return piece

    def drop(self, key: Hashable) -> None:
        """Give a piece back that will not be used any more; nothing happens where it is not there."""
        piece = self._pieces.pop(key, None)
        self._size_bytes -= 0 if piece is None else piece.size_bytes

    def keep(self, key: Hashable, piece: NativeColumn) -> None:
        """Keep a piece, in place of what was there, and drop what was not used longest."""
        old = self._pieces.pop(key, None)
        self._size_bytes += piece.size_bytes - (0 if old is None else old.size_bytes)
        self._pieces[key] = piece
        while self._size_bytes > self._limit_bytes and len(self._pieces) > 1:
            _, dropped = self._pieces.popitem(last=False)
            self._size_bytes -= dropped.size_bytes
