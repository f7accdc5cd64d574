"""Numbers: Python's and numpy's, summed exactly.

Python integers serve as the long accumulator: a double is an integer times 2**-1074, so sums are exact over the whole
range. The type of the sum is a function of the set of types seen: `bool` counts as `int`; `int` with `float` gives
`float`, with `complex` gives `complex`; numpy scalars keep their dtype, or take numpy's common one; integers stay
integers, also int64 with uint64.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from overproof.outputs.kinds.kind import Commit

_LOWEST: Final = 1074
"""Doubles are multiples of 2**-1074."""

_PYTHON: Final = ("int", "float", "complex")
"""Python's types, each holding the ones before; everything else in `types` is a numpy dtype."""


@dataclass(slots=True)
class ExactFloat:
    """A sum of doubles without any rounding.

    Attributes:
        total: the sum of the finite ones, in units of 2**-1074.
        specials: which of inf, -inf, nan were seen.
    """

    total: int = 0
    specials: frozenset[str] = frozenset()

    @classmethod
    def of(cls, number: float) -> ExactFloat:
        """Make the sum of one number."""
        if number - number != 0:
            return cls(specials=frozenset({str(number)}))
        numerator, denominator = number.as_integer_ratio()
        return cls(total=numerator << (_LOWEST + 1 - denominator.bit_length()))

    def merged(self, other: ExactFloat) -> ExactFloat:
        """Give the sum of both."""
        return ExactFloat(self.total + other.total, self.specials | other.specials)

    def rounded(self, precision: int = 53) -> float:
        """Round to the nearest number of so many bits; fewer than 53 suppose summands of that precision."""
        if self.specials:
            return float(next(iter(self.specials))) if len(self.specials) == 1 else float("nan")
        total = self.total
        excess = abs(total).bit_length() - precision
        if precision < 53 and excess > 0:
            from fractions import Fraction

            total = round(Fraction(total, 1 << excess)) << excess
        try:
            return total / (1 << _LOWEST)
        except OverflowError:
            return float("inf") if total > 0 else float("-inf")


@dataclass(slots=True)
class NumberSum:
    """The sum of numbers.

    Attributes:
        types: names of the types seen.
        whole: the sum of the integers.
        real: the sum of the floats and the real parts.
        imag: the sum of the imaginary parts.
        is_zero: every summand was Python's 0.
    """

    types: frozenset[str]
    whole: int = 0
    real: ExactFloat = field(default_factory=ExactFloat)
    imag: ExactFloat = field(default_factory=ExactFloat)
    is_zero: bool = False

    @classmethod
    def of(cls, number: Any) -> NumberSum:
        """Make the state of one number."""
        if isinstance(number, np.generic):
            is_zero, types, number = False, frozenset({number.dtype.name}), number.item()
        else:
            is_zero = type(number) is int and not number
            types = frozenset({next(t.__name__ for t in (int, float, complex) if isinstance(number, t))})
        if isinstance(number, int):
            return cls(types, whole=int(number), is_zero=is_zero)
        if isinstance(number, float):
            return cls(types, real=ExactFloat.of(number))
        return cls(types, real=ExactFloat.of(number.real), imag=ExactFloat.of(number.imag))

    def plan(self, other: NumberSum, *, where: str) -> Commit:
        """Add exactly; numbers of all types can be added."""

        def commit() -> None:
            self.types |= other.types
            self.whole += other.whole
            self.is_zero &= other.is_zero
            self.real = self.real.merged(other.real)
            self.imag = self.imag.merged(other.imag)

        return commit

    def value(self) -> Any:
        """Round once into the common type."""
        numpy_types = self.types.difference(_PYTHON)
        if not numpy_types:
            return self._as_python(max(self.types, key=_PYTHON.index))
        return self._as_numpy(_common_dtype(self.types))

    def _as_python(self, name: str) -> Any:
        if name == "int":
            return self.whole
        real = self.real.merged(ExactFloat(self.whole << _LOWEST)).rounded()
        return real if name == "float" else complex(real, self.imag.rounded())

    def _as_numpy(self, dtype: np.dtype[Any]) -> Any:
        if dtype.kind == "b":
            return np.bool_(self.whole != 0)
        if dtype.kind in "iu":
            return _fitting_integer(self.whole, dtype)
        precision = np.finfo(dtype).nmant + 1
        real = self.real.merged(ExactFloat(self.whole << _LOWEST)).rounded(precision)
        with np.errstate(over="ignore"):
            if dtype.kind == "f":
                return dtype.type(real)
            return dtype.type(complex(real, self.imag.rounded(precision)))

    def copy(self) -> NumberSum:
        """Copy; the parts are never changed in place."""
        return NumberSum(self.types, self.whole, self.real, self.imag, self.is_zero)

    def settle(self) -> None:
        """Nothing to do: it came in memory of its own."""

    @property
    def size_bytes(self) -> int:
        """Estimate the memory: the long accumulators dominate."""
        return 200 + (self.whole.bit_length() + self.real.total.bit_length() + self.imag.total.bit_length()) // 8


def _common_dtype(types: Iterable[str]) -> np.dtype[Any]:
    """Find numpy's common dtype; of the whole set at once, since promotion in pairs depends on the order."""
    weak = {"int": 0, "float": 0.0, "complex": 0j}
    common = np.result_type(*(weak[name] if name in weak else np.dtype(name) for name in sorted(types)))
    integers = all(name == "int" or (name not in weak and np.dtype(name).kind in "biu") for name in types)
    # Numpy's common dtype of int64 and uint64 is float64; integers stay integers here.
    return np.dtype(np.int64) if integers and common.kind == "f" else common


def _fitting_integer(number: int, dtype: np.dtype[Any]) -> Any:
    """Give an integer in its dtype, or in the next one that holds it; the last resort is Python's."""
    for candidate in (dtype, np.dtype(np.int64), np.dtype(np.uint64)):
        limits = np.iinfo(candidate)
        if limits.min <= number <= limits.max:
            return candidate.type(number)
    return number
