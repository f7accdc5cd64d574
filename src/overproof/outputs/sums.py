"""Sums of doubles that do not depend on the order or the grouping of the summands.

The bits of every double are cut on one absolute grid of 32-bit *slots*, so that each slice depends on the number alone.
A cell keeps its highest slot so far (its *top*) and the integer sums of the slices in the top slot and the next few
below it. Adding cells is adding integers once the tops are aligned: commutative, associative, exact. What falls below
the last kept slot is cut from each summand's magnitude before it is added, whatever was added before. One rounding,
to the nearest, happens when the value is asked for.

With the default of five words a cell the sum is exact as long as summands lie within 2**128 of the largest one; smaller
ones are cut at 2**-128 of it, in the same way in every order.

Source: the reproducible summation of Demmel and Nguyen (2013), with the integer slots of Kulisch's long accumulator.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.outputs.cells import Cells, Ints

Floats: TypeAlias = npt.NDArray[np.float64]

SUM_WORDS: Final = 5
"""Words a cell keeps beside its index word; five give 129 to 160 bits below the largest summand."""

PRODUCT_WORDS: Final = 8
"""Words for sums of products of three doubles, which have up to 159 bits each."""

_SLOT_BITS: Final = 32
_OFFSET: Final = 4096 + _SLOT_BITS // 2
"""Bits below 1 that the grid covers: enough for the product of three subnormal doubles.

And half a slot more, so that the numbers around 1 have the same top slot: then nothing must be aligned to add them.
"""
_SLICE: Final = np.int64(0xFFFFFFFF)
_TOP: Final = np.int64(0xFFF)
"""The bits of the index word that hold the top slot; 0: no summand but zeros so far."""
_PLUS_INF: Final = np.int64(1 << 12)
_MINUS_INF: Final = np.int64(1 << 13)
_NAN: Final = np.int64(1 << 14)
_CHUNK: Final = 8192
_FEW: Final = 2048
"""Cells that are fewer are handled all at once: looking at them first would cost more than it spares."""
_SPARSE: Final = 4
"""A state is added by its filled cells alone when at most one in so many cells is filled."""


class ExactSum(Cells):
    """Running sums of doubles, one a cell.

    Attributes:
        index: shape (n_cells,): the top slot, and flags for infinities and NaNs seen.
        words: shape (n_words, n_cells): integer sums of slices, top slot first.
    """

    __slots__ = ("index", "words")

    def __init__(self, index: Ints, words: Ints) -> None:
        self.index = index
        self.words = words

    @classmethod
    def zeros(cls, n_cells: int, n_words: int = SUM_WORDS) -> ExactSum:
        """Make sums of nothing."""
        return cls(np.zeros(n_cells, dtype=np.int64), np.zeros((n_words, n_cells), dtype=np.int64))

    @classmethod
    def of(cls, values: Floats, n_words: int = SUM_WORDS, *, exponents: Ints | None = None) -> ExactSum:
        """Make one-summand sums of `values * 2**exponents`, shape (n_cells,)."""
        result = cls.zeros(values.size, n_words)
        cells = values.nonzero()[0]
        for chunk in _chunks(cells.size):
            # Most histograms are sparse; where all cells are filled, a slice is cheaper than a list of them.
            here = chunk if cells.size == values.size else cells[chunk]
            scale = None if exponents is None else exponents[here]
            result.index[here], result.words[:3, here] = _slices(values[here], scale)
        return result

    @property
    def n_cells(self) -> int:
        return self.index.size

    @property
    def size_bytes(self) -> int:
        """Memory of the state."""
        return self.index.nbytes + self.words.nbytes

    def blank(self, n_cells: int) -> ExactSum:
        """Make sums of nothing, with as many words."""
        return ExactSum.zeros(n_cells, len(self.words))

    def part(self, where: slice) -> ExactSum:
        """Give some of the cells, in the same memory."""
        return ExactSum(self.index[where], self.words[:, where])

    def copy(self) -> ExactSum:
        """Make an independent copy."""
        if self.n_cells < _FEW:
            return ExactSum(self.index.copy(), self.words.copy())
        result = self.blank(self.n_cells)
        result.index += self.index
        _add_rows(result.words, self.words)
        return result

    def merge(self, other: ExactSum) -> None:
        """Add the sums of as many cells and words; exact, so order and grouping never matter."""
        if np.array_equal(self.index, other.index):
            _add_rows(self.words, other.words)
            return
        filled = other.index.nonzero()[0]
        if filled.size * _SPARSE > other.n_cells:
            self._merge_dense(other)
        elif filled.size:
            self._merge_some(other.taken(filled), filled)

    def scatter(self, other: ExactSum, targets: Ints) -> None:
        """Add every cell of `other` into cell `targets[i]`."""
        filled = other.index.nonzero()[0]
        if not filled.size:
            return
        summands, places = other.taken(filled), targets[filled]
        if not (places[1:] > places[:-1]).all():
            places, inverse = np.unique(places, return_inverse=True)
            summands = summands._collected(inverse, places.size)
        self._merge_some(summands, places)

    def _merge_some(self, other: ExactSum, places: Ints) -> None:
        """Add the cells of `other` into those at `places`, of which no two are the same."""
        part = self.taken(places)
        part._merge_dense(other)
        self.index[places] = part.index
        self.words[:, places] = part.words

    def _merge_dense(self, other: ExactSum) -> None:
        for chunk in _chunks(self.n_cells):
            words, theirs = self.words[:, chunk], other.words[:, chunk]
            my_top, their_top = self.index[chunk] & _TOP, other.index[chunk] & _TOP
            top = np.maximum(my_top, their_top)
            # Where there is nothing yet, there is nothing to be moved.
            _shift_down(words, (top - my_top) * (my_top != 0))
            lift = (top - their_top) * (their_top != 0)
            if lift.any():
                theirs = theirs.copy()
                _shift_down(theirs, lift)
            _add_rows(words, theirs)
            self.index[chunk] = top | ((self.index[chunk] | other.index[chunk]) & ~_TOP)

    def taken(self, cells: Ints) -> ExactSum:
        """Give the sums of some cells, copied, in the order of `cells`."""
        return ExactSum(self.index[cells], self.words[:, cells])

    def folded(self, n_cells: int) -> ExactSum:
        """Add up cells i, i + n_cells, i + 2 * n_cells, ..."""
        if n_cells == 0:
            return self
        mine = (self.index & _TOP).reshape(-1, n_cells)
        tops = mine.max(axis=0)
        words = self.words.copy()
        _shift_down(words, (tops - mine).ravel())
        flags = np.bitwise_or.reduce((self.index & ~_TOP).reshape(-1, n_cells), axis=0)
        return ExactSum(tops | flags, words.reshape(len(words), -1, n_cells).sum(axis=1))

    def _collected(self, targets: Ints, n_cells: int) -> ExactSum:
        """Add every cell into cell `targets[i]` of new sums of `n_cells` cells."""
        result = ExactSum.zeros(n_cells, self.words.shape[0])
        tops = np.zeros(n_cells, dtype=np.int64)
        np.maximum.at(tops, targets, self.index & _TOP)
        np.bitwise_or.at(result.index, targets, self.index & ~_TOP)
        words = self.words.copy()
        _shift_down(words, tops[targets] - (self.index & _TOP))
        for row, summands in zip(result.words, words, strict=True):
            np.add.at(row, targets, summands)
        result.index |= tops
        return result

    def rounded(self, precision: int = 53, lowest: int = -1074) -> Floats:
        """Round each sum once, to the nearest, ties to even.

        Zero sums are +0.0; sums too large are infinite; infinities of both signs, or a NaN, make NaN.

        Args:
            precision: bits of the significand, at most 53.
            lowest: exponent of the smallest positive number; the summands must be multiples of it.
        """
        result = np.zeros(self.n_cells, dtype=np.float64)
        for chunk in _chunks(self.n_cells):
            cells = self.index[chunk].nonzero()[0]
            if cells.size:
                part = self.part(chunk).taken(cells)
                result[chunk][cells] = _with_flags(_round(part, precision, lowest), part.index)
        return result

    def integers(self) -> list[tuple[int, int]]:
        """Give each sum as (n, e), meaning n * 2**e exactly; flags are not looked at."""
        n_words = self.words.shape[0]
        pairs = []
        for top, column in zip((self.index & _TOP).tolist(), self.words.T.tolist(), strict=True):
            total = 0
            for word in column:
                total = (total << _SLOT_BITS) + word
            pairs.append((total, _SLOT_BITS * (top - n_words + 1) - _OFFSET))
        return pairs

    @property
    def is_finite(self) -> npt.NDArray[np.bool_]:
        """Tell which cells have seen neither infinities nor NaNs."""
        finite: npt.NDArray[np.bool_] = (self.index & ~_TOP) == 0
        return finite

    def __getstate__(self) -> tuple[Any, ...]:
        # Most histograms are sparse, and counts use two words of five: zeros do not travel.
        cells = self.index.nonzero()[0]
        packed = cells.size * 2 < self.n_cells
        words = self.words[:, cells] if packed else self.words
        rows = np.flatnonzero(words.any(axis=1))
        where = cells.astype(np.uint32) if packed else None
        index = (self.index[cells] if packed else self.index).astype(np.uint16)
        return self.words.shape, where, index, rows.tolist(), words[rows]

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        shape, where, index, rows, words = state
        self.index = np.zeros(shape[1], dtype=np.int64)
        self.words = np.zeros(shape, dtype=np.int64)
        self.index[slice(None) if where is None else where] = index
        for row, content in zip(rows, words, strict=True):
            self.words[row, slice(None) if where is None else where] = content


def _chunks(size: int) -> list[slice]:
    """Cut a range so that what is computed on the way stays in the processor's cache."""
    return [slice(first, min(first + _CHUNK, size)) for first in range(0, size, _CHUNK)]


def _add_rows(words: Ints, summands: Ints) -> None:
    """Add words; rows of zeros, of which there are many, are not touched: fresh memory then stays the kernel's."""
    if words.shape[1] < _FEW:
        words += summands
        return
    for row, added in enumerate(summands):
        if added.any():
            words[row] += added


def _slices(values: Floats, exponents: Ints | None) -> tuple[Ints, Ints]:
    """Cut doubles on the grid: index words, shape (n,), and signed slices, top first, shape (3, n)."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.int64)
    exponent = (bits >> 52) & 0x7FF
    mantissa = bits & 0xFFFFFFFFFFFFF
    special = exponent == 0x7FF
    mantissa |= (exponent != 0).astype(np.int64) << 52
    place = np.maximum(exponent, 1) + (_OFFSET - 1075)
    if exponents is not None:
        place = place + exponents
    shift = place & (_SLOT_BITS - 1)
    top = (place + 52) >> 5
    low_bits = _SLOT_BITS - shift
    low = (mantissa & ((np.int64(1) << low_bits) - 1)) << shift
    rest = mantissa >> low_bits
    three = (top - (place >> 5)) == 2
    middle, high = rest & _SLICE, rest >> _SLOT_BITS
    slices = np.empty((3, values.size), dtype=np.int64)
    slices[0] = np.where(three, high, middle)
    slices[1] = np.where(three, middle, low)
    slices[2] = low * three
    slices *= 1 | (bits >> 63)
    if special.any():
        slices[:, special] = 0
        flag = np.where(np.isnan(values), _NAN, np.where(bits < 0, _MINUS_INF, _PLUS_INF))
        top = np.where(special, flag, top)
    zero = (mantissa == 0) & ~special
    if zero.any():
        top = np.where(zero, 0, top)
    return top, slices


def _shift_down(words: Ints, slots: Ints) -> None:
    """Move the words of each cell down by so many slots, in place; what falls off is gone."""
    n_words = words.shape[0]
    cells = slots.nonzero()[0]
    if not cells.size:
        return
    rows = np.arange(n_words)[:, None] - slots[cells]
    moved = words[np.maximum(rows, 0), cells]
    moved[rows < 0] = 0
    words[:, cells] = moved


def _carried(words: Ints) -> Ints:
    """Write sums in base 2**32: shape (n_words + 1, n); the first digit has the sign, the others are not negative."""
    digits = np.empty((words.shape[0] + 1, words.shape[1]), dtype=np.int64)
    digits[1:] = words
    for row in range(words.shape[0], 0, -1):
        carry = digits[row] >> _SLOT_BITS
        digits[row] &= _SLICE
        if row > 1:
            digits[row - 1] += carry
        else:
            digits[0] = carry
    return digits


def _round(sums: ExactSum, precision: int, lowest: int) -> Floats:
    digits = _carried(sums.words)
    negative = digits[0] < 0
    if negative.any():
        digits[:, negative] = _carried(-sums.words[:, negative])
    n_cells = digits.shape[1]
    padded = np.concatenate((digits, np.zeros((3, n_cells), dtype=np.int64))).astype(np.uint64)
    tails = np.flip(np.bitwise_or.accumulate(np.flip(padded, axis=0), axis=0), axis=0)
    lead = np.argmax(digits != 0, axis=0)
    cells = np.arange(n_cells)
    first, second, third = (padded[lead + step, cells] for step in range(3))
    n_bits = np.frexp(first.astype(np.float64))[1].astype(np.int64)
    bits = n_bits.astype(np.uint64)
    window = (first << (64 - bits)) | (second << (32 - bits)) | (third >> bits)
    # A cell whose sum cancelled to nothing has no leading bit; its window is 0 whatever was shifted.
    window[first == 0] = 0
    lost = third & ((np.uint64(1) << bits) - np.uint64(1))
    sticky = lost | tails[lead + 3, cells]
    leading = _SLOT_BITS * ((sums.index & _TOP) + 1 - lead) - _OFFSET + n_bits - 1
    shift = np.clip(lowest - (leading - 63), 64 - precision, 63)
    kept = _nearest_even(window, shift.astype(np.uint64), sticky != 0)
    with np.errstate(over="ignore"):
        magnitude = np.ldexp(kept.astype(np.float64), (leading - 63 + shift).astype(np.int32))
    result: Floats = np.where(negative, -magnitude, magnitude)
    return result


def _nearest_even(
    window: npt.NDArray[np.uint64], shift: npt.NDArray[np.uint64], sticky: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint64]:
    """Drop `shift` bits of `window`, rounding to the nearest; `sticky`: there was more below the window."""
    one = np.uint64(1)
    kept = window >> shift
    dropped = window & ((one << shift) - one)
    half = one << (shift - one)
    odd = (kept & one) == one
    up = (dropped > half) | ((dropped == half) & (sticky | odd))
    rounded: npt.NDArray[np.uint64] = kept + up.astype(np.uint64)
    return rounded


def _with_flags(values: Floats, index: Ints) -> Floats:
    if not (index & ~_TOP).any():
        return values
    plus, minus = (index & _PLUS_INF) != 0, (index & _MINUS_INF) != 0
    values = np.where(plus, np.inf, np.where(minus, -np.inf, values))
    return np.where((plus & minus) | ((index & _NAN) != 0), np.nan, values)
