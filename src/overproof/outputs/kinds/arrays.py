"""Numpy arrays: summed element by element, exactly, rounded once to their own dtype."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from overproof.outputs.cells import Cells, Ints
from overproof.outputs.kinds.kind import Commit
from overproof.outputs.sums import SUM_WORDS, ExactSum, Floats
from overproof.words.errors import MergeError

_HALF: Final = 32
_FAMILIES: Final = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "c": "complex"}
_LOWEST: Final = {11: -24, 24: -149, 53: -1074}
"""Exponent of the smallest positive number of float16, float32 and float64, by bits of significand."""


_WAITING_CELLS: Final = 8192
"""Doubles that wait at most until they are cut: to cut so many takes hardly longer than to cut a hundred."""


def is_summable(array: npt.NDArray[Any]) -> bool:
    """Tell whether an array is of a dtype that is summed here (long doubles, dates, records and objects are not)."""
    return array.dtype.kind in _FAMILIES and array.dtype.char not in "gG"


@dataclass(slots=True)
class IntegerSum(Cells):
    """Sums of integers of up to 64 bits, without overflow.

    Attributes:
        high: sums of the upper halves, shape (n,).
        low: sums of the lower halves, shape (n,).
    """

    high: Ints
    low: Ints

    @classmethod
    def of(cls, numbers: npt.NDArray[Any]) -> IntegerSum:
        """Cut flat integers in halves."""
        if numbers.dtype.kind == "u":
            wide = numbers.astype(np.uint64)
            return cls((wide >> _HALF).astype(np.int64), (wide & 0xFFFFFFFF).astype(np.int64))
        signed = numbers.astype(np.int64)
        return cls(signed >> _HALF, signed & 0xFFFFFFFF)

    @property
    def n_cells(self) -> int:
        return self.low.size

    @property
    def size_bytes(self) -> int:
        """Memory of both halves."""
        return self.high.nbytes + self.low.nbytes

    def blank(self, n_cells: int) -> IntegerSum:
        """Make sums of nothing."""
        return IntegerSum(np.zeros(n_cells, dtype=np.int64), np.zeros(n_cells, dtype=np.int64))

    def part(self, where: slice) -> IntegerSum:
        """Give some of the sums, in the same memory."""
        return IntegerSum(self.high[where], self.low[where])

    def copy(self) -> IntegerSum:
        """Make an independent copy."""
        return IntegerSum(self.high.copy(), self.low.copy())

    def merge(self, other: IntegerSum) -> None:
        """Add, exactly."""
        self.high += other.high
        self.low += other.low

    def scatter(self, other: IntegerSum, targets: Ints) -> None:
        """Add every sum of `other` into sum `targets[i]`."""
        np.add.at(self.high, targets, other.high)
        np.add.at(self.low, targets, other.low)

    def rounded(self, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Give the sums in `dtype`, or in int64, uint64 or Python integers when one does not fit."""
        high, low = self.high + (self.low >> _HALF), self.low & 0xFFFFFFFF
        if ((high >= -(1 << 31)) & (high < 1 << 31)).all():
            sums: npt.NDArray[Any] = (high << _HALF) | low
        elif ((high >= 0) & (high < 1 << 32)).all():
            sums = (high.astype(np.uint64) << np.uint64(_HALF)) | low.astype(np.uint64)
        else:
            return np.array([(h << _HALF) + n for h, n in zip(high.tolist(), low.tolist(), strict=True)], dtype=object)
        if dtype.kind not in "iu":
            return sums
        limits = np.iinfo(dtype)
        fits = not sums.size or (int(sums.min()) >= limits.min and int(sums.max()) <= limits.max)
        return sums.astype(dtype) if fits else sums


@dataclass(slots=True)
class ArraySum:
    """The element-wise sum of arrays of one shape.

    Attributes:
        shape: of every array.
        family: `"bool"` (whose sum is *or*), `"integer"`, `"float"` or `"complex"`.
        dtypes: names of the dtypes seen; the result has their common one. Integers stay integers: where numpy's common
            dtype is a float (int64 with uint64), or too narrow for a sum, it is int64, else uint64, else Python's.
        parts: one sum, or two for complex numbers; flat; none as long as all arrays wait.
        waiting: small arrays of floats that are not in `parts` yet: those of many blocks are added in one go.
    """

    shape: tuple[int, ...]
    family: str
    dtypes: frozenset[str]
    parts: tuple[Any, ...]
    waiting: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, array: npt.NDArray[Any]) -> ArraySum:
        """Make the state of one array, which is copied."""
        family, flat = _FAMILIES[array.dtype.kind], array.ravel()
        dtypes = _names_of(array.dtype)
        if family == "float" and 0 < 2 * flat.size <= _WAITING_CELLS:
            return cls(array.shape, family, dtypes, (), [np.array(flat, dtype=np.float64)])
        parts: tuple[Any, ...]
        if family in ("bool", "integer"):
            parts = (IntegerSum.of(flat),)
        elif family == "float":
            parts = (ExactSum.of(_doubles(flat)),)
        else:
            parts = (ExactSum.of(_doubles(flat.real)), ExactSum.of(_doubles(flat.imag)))
        return cls(array.shape, family, dtypes, parts)

    def __reduce__(self) -> tuple[Any, ...]:
        self._gather()
        return ArraySum, (self.shape, self.family, self.dtypes, self.parts)

    def plan(self, other: ArraySum, *, where: str) -> Commit:
        """Check shape and family."""
        if self.shape != other.shape:
            raise MergeError(
                f"output {where}: arrays of shapes {self.shape} and {other.shape} cannot be added; "
                "return arrays of one shape from every block, or a list to keep them apart"
            )
        if self.family != other.family:
            raise MergeError(
                f"output {where}: arrays of {self.family} and {other.family} numbers cannot be added; "
                "convert to one dtype before returning"
            )

        def commit() -> None:
            self.dtypes |= other.dtypes
            if self.parts and other.parts:
                for mine, theirs in zip(self.parts, other.parts, strict=True):
                    mine.add(theirs)
            else:
                self.parts = self.parts or tuple(part.settled() for part in other.parts)
            self.waiting += other.waiting
            if sum(map(len, self.waiting)) >= _WAITING_CELLS:
                self._gather()

        return commit

    def _gather(self) -> None:
        """Add what waits."""
        if not self.waiting:
            return
        waiting, self.waiting = self.waiting, []
        gathered = ExactSum.of(np.concatenate(waiting)).folded(len(waiting[0]))
        if self.parts:
            self.parts[0].add(gathered)
        else:
            self.parts = (gathered,)

    def value(self) -> npt.NDArray[Any]:
        """Round once into the common dtype."""
        self._gather()
        dtype = np.result_type(*(np.dtype(name) for name in sorted(self.dtypes)))
        flat: npt.NDArray[Any]
        if self.family == "bool":
            flat = (self.parts[0].high | self.parts[0].low) != 0
        elif self.family == "integer":
            flat = self.parts[0].rounded(dtype)
        else:
            flat = _rounded_floats(self.parts, dtype)
        return flat.reshape(self.shape)

    def copy(self) -> ArraySum:
        """Make an independent copy."""
        self._gather()
        return ArraySum(self.shape, self.family, self.dtypes, tuple(part.copy() for part in self.parts))

    def settle(self) -> None:
        """Take the sums out of the buffer that they came in."""
        self.parts = tuple(part.settled() for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """Count the memory of the words, those of what waits included."""
        if not self.parts:
            return 200 + (SUM_WORDS + 1) * self.waiting[0].nbytes
        return 200 + sum(int(part.size_bytes) for part in self.parts)


@functools.lru_cache(maxsize=64)
def _names_of(dtype: np.dtype[Any]) -> frozenset[str]:
    """Return the name of a dtype as a set; numpy makes it anew each time."""
    return frozenset({dtype.name})


def _doubles(flat: npt.NDArray[Any]) -> Floats:
    return np.ascontiguousarray(flat, dtype=np.float64)


def _rounded_floats(parts: tuple[ExactSum, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    precision = int(np.finfo(dtype).nmant) + 1
    rounded = [part.rounded(precision, _LOWEST[precision]) for part in parts]
    result = np.empty(rounded[0].size, dtype=dtype)
    # Rounded to the narrow precision already; only what is too large for its range changes here, into infinity.
    with np.errstate(over="ignore"):
        if len(rounded) == 1:
            result[...] = rounded[0]
        else:
            result.real, result.imag = rounded
    return result
