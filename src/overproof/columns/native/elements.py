"""What the elements of a TTree's column look like, as stored and as arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError
from overproof.columns.layouts import BasketLayout, FewBits
from overproof.columns.native.codec import Octets
from overproof.words.frozen import dataclass

Places: TypeAlias = npt.NDArray[np.signedinteger[Any]]
"""Small integers: a basket has less than two GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """Turns bytes as stored into numbers of this machine's byte order.

    Attributes:
        stored: type of one element without its shape, as stored.
        native: the type of a number as it is given out, in this machine's byte order.
        shape: of one element.
        size_bytes: of one element.
        header_bytes: in front of the elements of each entry.
        is_jagged: whether entries are lists of elements.
        few_bits: how numbers are stored in fewer bits; None: they are as `stored`.
    """

    stored: np.dtype[Any]
    native: np.dtype[Any]
    shape: tuple[int, ...]
    size_bytes: int
    header_bytes: int
    is_jagged: bool
    few_bits: FewBits | None = None

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

    def is_as_long_as(self, other: Elements) -> bool:
        """Tell whether lists of these and those elements have the same length when they have the same bytes."""
        return (self.size_bytes, self.header_bytes) == (other.size_bytes, other.header_bytes)

    def empty(self, n_elements: int) -> npt.NDArray[Any]:
        """Make the place of so many elements."""
        return np.empty((n_elements, *self.shape), self.native)

    @property
    def is_swapped_only(self) -> bool:
        """Tell whether numbers are given out as they are stored, but for the order of bytes."""
        is_plain = self.few_bits is None and self.stored.kind in "biuf" and self.stored.itemsize in (1, 2, 4, 8)
        return is_plain and self.stored.byteorder in ">|" and self.stored.newbyteorder("=") == self.native

    def offsets(self, places: Places, *, is_covered: bool) -> Places:
        """Tell where the list of each entry begins, counted in elements, and the end of the last.

        Args:
            places: where the entries begin, in bytes, and the end of the last.
            is_covered: a checksum covers the places: they are as they were written.

        Raises:
            DamageError: places that cannot be.
        """
        if not is_covered and (places[1:] < places[:-1]).any():
            raise DamageError("the places of its entries do not follow each other")
        if self.header_bytes:
            counts, rest = np.divmod(places[1:] - places[:-1] - self.header_bytes, self.size_bytes)
            if rest.any() or (counts < 0).any():
                raise self._is_cut()
            offsets = np.zeros_like(places)
            np.cumsum(counts, out=offsets[1:])
            return offsets
        if self.size_bytes & (self.size_bytes - 1):
            offsets, rest = np.divmod(places, self.size_bytes)
            if rest.any():
                raise self._is_cut()
            return offsets
        if int(np.bitwise_or.reduce(places)) & (self.size_bytes - 1):
            raise self._is_cut()
        return np.right_shift(places, self.size_bytes.bit_length() - 1)

    def _is_cut(self) -> DamageError:
        return DamageError(f"an entry is no whole number of elements of {self.size_bytes} bytes")

    def fill(self, into: npt.NDArray[Any], data: Octets) -> None:
        """Put elements into their place."""
        self._put(into, data.view(self.stored))

    def fill_lists(self, into: npt.NDArray[Any], data: Octets, places: Places, offsets: Places) -> None:
        """Put the elements of lists into their place, without what is in front of each.

        Args:
            into: the place of the elements.
            data: the entries, as stored.
            places: where they begin, in bytes, and the end of the last.
            offsets: where their lists begin, in elements, and the end of the last.
        """
        if not self.header_bytes:
            self.fill(into, data)
            return
        # Where each element begins: counted within its list, and from where the list does.
        counts = np.diff(offsets)
        shifts = places[:-1] + self.header_bytes - offsets[:-1] * self.size_bytes
        begins = np.repeat(shifts, counts).astype(np.int64)
        begins += np.arange(len(begins), dtype=np.int64) * self.size_bytes
        # Every byte as the beginning of an element; only those are taken that are one.
        n_places = max(len(data) - self.size_bytes + 1, 0)
        anywhere = np.ndarray((n_places,), f"V{self.size_bytes}", buffer=data, strides=(1,))
        self._put(into, anywhere[begins].view(self.stored))

    def _put(self, into: npt.NDArray[Any], stored: npt.NDArray[Any]) -> None:
        numbers = stored if self.few_bits is None else self.few_bits.numbers(stored)
        into[...] = numbers.reshape(into.shape)


def elements_of(layout: BasketLayout) -> Elements:
    """Return what the elements of a column look like."""
    described = layout.dtype if isinstance(layout.dtype, str) else list(layout.dtype)
    stored: np.dtype[Any] = np.dtype(described)
    native = np.dtype(layout.given) if layout.given else stored.newbyteorder("=")
    size_bytes = stored.itemsize * int(np.prod(layout.fixed_shape, dtype=np.int64))
    return Elements(
        stored=stored, native=native, shape=layout.fixed_shape, size_bytes=size_bytes,
        header_bytes=layout.header_bytes, is_jagged=layout.is_jagged, few_bits=layout.few_bits,
    )  # fmt: skip
