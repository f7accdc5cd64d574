"""What the elements of a TTree's column look like, as stored and as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError
from overproof.columns.layouts import BasketLayout, NativeColumn
from overproof.columns.layouts.column import Offsets
from overproof.columns.native.codec import Octets

_ASTRAY = "the places of its entries do not follow each other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """Turns bytes as stored into numbers of this machine's byte order.

    Attributes:
        stored: type of one element without its shape, as stored.
        native: the same in this machine's byte order.
        shape: of one element.
        size_bytes: of one element.
        header_bytes: in front of the elements of each entry.
        is_jagged: whether entries are lists of elements.
    """

    stored: np.dtype[Any]
    native: np.dtype[Any]
    shape: tuple[int, ...]
    size_bytes: int
    header_bytes: int
    is_jagged: bool

    def count(self, n_bytes: int, n_entries: int) -> int:
        """Return how many elements are in so many bytes.

        Raises:
            DamageError: no whole number, or not one an entry.
        """
        n_elements, rest = divmod(n_bytes - self.header_bytes * n_entries, self.size_bytes)
        if not self.is_jagged and (rest or n_elements != n_entries):
            raise DamageError(f"it has {n_elements:,} entries and should have {n_entries:,}")
        if rest or n_elements < 0:
            raise DamageError(f"its {n_bytes:,} bytes are no whole number of elements of {self.size_bytes}")
        return n_elements

    def empty(self, n_entries: int, n_elements: int) -> NativeColumn:
        """Make a column to be filled."""
        values = np.empty((n_elements, *self.shape), self.native)
        if not self.is_jagged:
            return NativeColumn(values=values)
        offsets = np.empty(n_entries + 1, np.int64)
        offsets[0] = 0
        return NativeColumn(values=values, offsets=(offsets,))

    def fill(self, into: npt.NDArray[Any], data: Octets) -> None:
        """Put elements into their place."""
        into[...] = data.view(self.stored).reshape(into.shape)

    def fill_lists(
        self, into: npt.NDArray[Any], ends: Offsets, data: Octets, places: npt.NDArray[Any], *, is_covered: bool
    ) -> None:
        """Put the elements of lists into their place, and tell where the lists end, counted from the first element.

        Args:
            into: the place of the elements.
            ends: gets the ends.
            data: the elements, as stored.
            places: where the entries begin in the data, in bytes, and the end of the last.
            is_covered: a checksum covers the places: they are as they were written.

        Raises:
            DamageError: places that cannot be.
        """
        if len(places) != len(ends) + 1 or places[0] != 0 or places[-1] != len(data):
            raise DamageError(_ASTRAY)
        if not is_covered and (places[1:] < places[:-1]).any():
            raise DamageError(_ASTRAY)
        if self.header_bytes:
            self._fill_vectors(into, ends, data, places)
            return
        np.floor_divide(places[1:], self.size_bytes, out=ends)
        if (ends * self.size_bytes != places[1:]).any():
            raise DamageError(f"an entry is no whole number of elements of {self.size_bytes} bytes")
        self.fill(into, data)

    def _fill_vectors(self, into: npt.NDArray[Any], ends: Offsets, data: Octets, places: npt.NDArray[Any]) -> None:
        """Do what `fill_lists` does where something stands in front of the elements of each entry."""
        starts = places[:-1].astype(np.int64) + self.header_bytes
        counts, rest = np.divmod(places[1:] - starts, self.size_bytes)
        if rest.any() or (counts < 0).any():
            raise DamageError(f"an entry is no whole number of elements of {self.size_bytes} bytes")
        np.cumsum(counts, out=ends)
        # Where each element begins: counted within its list, and from where the list does.
        begins = np.repeat(starts - (ends - counts) * self.size_bytes, counts)
        begins += np.arange(len(begins), dtype=np.int64) * self.size_bytes
        n_places = max(len(data) - self.size_bytes + 1, 0)
        # Every byte as the beginning of an element; only those are taken that are one.
        anywhere = np.ndarray((n_places,), f"V{self.size_bytes}", buffer=data, strides=(1,))
        into[...] = anywhere[begins].view(self.stored).reshape(into.shape)


def elements_of(layout: BasketLayout) -> Elements:
    """Return what the elements of a column look like."""
    described = layout.dtype if isinstance(layout.dtype, str) else list(layout.dtype)
    stored: np.dtype[Any] = np.dtype(described)
    native = stored.newbyteorder("=")
    size_bytes = stored.itemsize * int(np.prod(layout.fixed_shape, dtype=np.int64))
    return Elements(
        stored=stored, native=native, shape=layout.fixed_shape, size_bytes=size_bytes,
        header_bytes=layout.header_bytes, is_jagged=layout.is_jagged,
    )  # fmt: skip
