"""Numpy arrays: summed element by element, exactly, rounded once to their common dtype."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from overproof.outputs.cells import Cells, Ints
from overproof.outputs.kinds.kind import Commit
from overproof.outputs.sums import SUM_WORDS, ExactSum, Floats
from overproof.words.errors import MergeError

_HALF: Final = 32
_LOW: Final = 0xFFFFFFFF
_KINDS: Final = frozenset("biufc")
_WHOLE, _REAL, _IMAG = range(3)
_LOWEST: Final = {11: -24, 24: -149, 53: -1074}
"""Exponent of the smallest positive number of float16, float32 and float64, by bits of significand."""


_WAITING_CELLS: Final = 8192
"""Doubles that wait at most until they are cut: to cut so many takes hardly longer than to cut a hundred."""


def is_summable(array: npt.NDArray[Any]) -> bool:
    """Tell whether an array is of a dtype that is summed here (long doubles, dates, records and objects are not)."""
    return array.dtype.kind in _KINDS and array.dtype.char not in "gG"


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
            return cls((wide >> _HALF).astype(np.int64), (wide & _LOW).astype(np.int64))
        signed = numbers.astype(np.int64)
        return cls(signed >> _HALF, signed & _LOW)

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

    def exact(self) -> ExactSum:
        """Give the same sums as sums of doubles."""
        high, low = _carried(self.high, self.low)
        negative = high < 0
        # By magnitude: parts of opposite signs would reach higher than the number, and what is added to it lower.
        high, low = _carried(np.where(negative, -high, high), np.where(negative, -low, low))
        parts = np.stack((high >> _HALF, high & _LOW, low)).astype(np.float64)
        scaled = np.ldexp(np.where(negative, -parts, parts), np.array([[2 * _HALF], [_HALF], [0]]))
        return ExactSum.of(scaled.ravel()).folded(self.n_cells)

    def rounded(self, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Give the sums in `dtype`, or in int64, uint64 or Python integers when one does not fit."""
        high, low = _carried(self.high, self.low)
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

    Whole numbers and others are summed apart, and joined when the value is asked for: what came first has no say.

    Attributes:
        shape: of every array.
        dtypes: names of the dtypes seen; the result has their common one. Of bools alone the sum is *or*; beside
            numbers each true one counts 1. Integers stay integers: where numpy's common dtype is a float (int64 with
            uint64), or too narrow for a sum, it is int64, else uint64, else Python's.
        parts: flat sums: of the whole numbers, of the floats and real parts, of the imaginary ones; those that there
            are, none as long as all arrays wait.
        waiting: small arrays of floats that are not in `parts` yet: those of many blocks are added in one go.
    """

    shape: tuple[int, ...]
    dtypes: frozenset[str]
    parts: dict[int, Any]
    waiting: list[Floats] = field(default_factory=list)
    adds_zero: ClassVar[bool] = True

    @classmethod
    def of(cls, array: npt.NDArray[Any]) -> ArraySum:
        """Make the state of one array, which is copied."""
        kind, flat = array.dtype.kind, array.ravel()
        dtypes = _names_of(array.dtype)
        if kind == "f" and 0 < 2 * flat.size <= _WAITING_CELLS:
            return cls(array.shape, dtypes, {}, [np.array(flat, dtype=np.float64)])
        parts: dict[int, Any]
        if kind in "biu":
            parts = {_WHOLE: IntegerSum.of(flat)}
        elif kind == "f":
            parts = {_REAL: ExactSum.of(_doubles(flat))}
        else:
            parts = {_REAL: ExactSum.of(_doubles(flat.real)), _IMAG: ExactSum.of(_doubles(flat.imag))}
        return cls(array.shape, dtypes, parts)

    def __reduce__(self) -> tuple[Any, ...]:
        self._gather()
        return ArraySum, (self.shape, self.dtypes, dict(sorted(self.parts.items())))

    def plan(self, other: ArraySum, *, where: str) -> Commit:
        """Check the shape."""
        if self.shape != other.shape:
            raise MergeError(
                f"output {where}: arrays of shapes {self.shape} and {other.shape} cannot be added; "
                "return arrays of one shape from every block, or a list to keep them apart"
            )

        def commit() -> None:
            self.dtypes |= other.dtypes
            for which, theirs in other.parts.items():
                if which in self.parts:
                    self.parts[which].add(theirs)
                else:
                    self.parts[which] = theirs.settled()
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
        if _REAL in self.parts:
            self.parts[_REAL].add(gathered)
        else:
            self.parts[_REAL] = gathered

    def value(self) -> npt.NDArray[Any]:
        """Round once into the common dtype."""
        self._gather()
        dtype = np.result_type(*(np.dtype(name) for name in sorted(self.dtypes)))
        whole: IntegerSum | None = self.parts.get(_WHOLE)
        flat: npt.NDArray[Any]
        if whole is None or len(self.parts) > 1:
            flat = self._rounded(dtype)
        elif dtype.kind == "b":
            flat = (whole.high | whole.low) != 0
        else:
            flat = whole.rounded(dtype)
        return flat.reshape(self.shape)

    def _rounded(self, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Join all parts of what has floats among it."""
        real: ExactSum = self.parts[_REAL]
        if _WHOLE in self.parts:
            real = real.copy()
            real.merge(self.parts[_WHOLE].exact())
        return _rounded_floats((real, self.parts[_IMAG]) if _IMAG in self.parts else (real,), dtype)

    def copy(self) -> ArraySum:
        """Make an independent copy."""
        self._gather()
        return ArraySum(self.shape, self.dtypes, {which: part.copy() for which, part in self.parts.items()})

    def settle(self) -> None:
        """Take the sums out of the buffer that they came in."""
        self.parts = {which: part.settled() for which, part in self.parts.items()}

    @property
    def size_bytes(self) -> int:
        """Count the memory of the words, those of what waits included."""
        waits = (SUM_WORDS + 1) * self.waiting[0].nbytes if self.waiting and _REAL not in self.parts else 0
        return 200 + waits + sum(int(part.size_bytes) for part in self.parts.values())


def _carried(high: Ints, low: Ints) -> tuple[Ints, Ints]:
    """Write sums of halves so that the lower one has its 32 bits, and the upper one the sign."""
    return high + (low >> _HALF), low & _LOW


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
