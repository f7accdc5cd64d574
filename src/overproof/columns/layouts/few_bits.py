"""Numbers that ROOT stores in fewer bits: `Float16_t`, and `Double32_t` with a range or a short mantissa."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.words.frozen import dataclass

_HALF_BITS = 12
"""Of the mantissa of a Float16_t of which nothing else is told."""

_MOST_MANTISSA_BITS = 14
"""Behind the exponent stand 16 bits: the mantissa, one more for rounding, the sign."""

_MOST_BITS = 32
_LIMIT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_N_BITS = re.compile(r"\s*[+-]?\d+")

_PIS = (
    ("2pi", 2 * math.pi), ("2*pi", 2 * math.pi), ("twopi", 2 * math.pi), ("pi/2", math.pi / 2), ("pi/4", math.pi / 4),
    ("pi", math.pi),
)  # fmt: skip
"""Whichever is found first counts, whatever else stands around it."""

_CUT = np.dtype([("exponent", ">u1"), ("mantissa", ">u2")])
_STEPS = np.dtype(">u4")


@dataclass(frozen=True, slots=True, kw_only=True)
class FewBits:
    """How numbers are stored: as steps within a range, or as exponent and a mantissa cut short.

    Attributes:
        given: type of the numbers as they are given out, `float32` or `float64`.
        least: number of which the step is 0.
        factor: steps in one unit; 0: there is no range.
        n_bits: of the mantissa, where there is no range.

    Source: what ROOT's TBufferFile::WriteFloat16 and WriteDouble32 write.
    """

    given: str
    least: float = 0.0
    factor: float = 0.0
    n_bits: int = 0

    @property
    def stored(self) -> np.dtype[Any]:
        """Type of one number as stored."""
        return _STEPS if self.factor else _CUT

    def numbers(self, stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the numbers, exactly as ROOT has them."""
        if self.factor:
            return (stored.astype(np.float64) / self.factor + self.least).astype(self.given)
        mantissa = stored["mantissa"].astype(np.uint32)
        bits = stored["exponent"].astype(np.uint32) << np.uint32(23)
        bits |= (mantissa & np.uint32((1 << (self.n_bits + 1)) - 1)) << np.uint32(23 - self.n_bits)
        # The sign is turned, as it may come out of rounding too.
        bits ^= (mantissa >> np.uint32(self.n_bits + 1) & np.uint32(1)) << np.uint32(31)
        return bits.view(np.float32).astype(self.given, copy=False)


def few_bits_of(title: str, *, is_half: bool) -> FewBits | None:
    """Tell how numbers are stored, by what stands in brackets in a title: least, greatest and bits.

    Args:
        title: of the leaf, or of the member of a class.
        is_half: whether it is a Float16_t and not a Double32_t.

    Returns:
        None for a Double32_t that is stored as a float.

    Raises:
        ValueError: a title that cannot be understood.

    Source: ROOT's TStreamerElement, in which the second pair of brackets is looked at only where the first is no range.
    """
    given = "float32" if is_half else "float64"
    least, greatest, n_bits = 0.0, 0.0, _HALF_BITS if is_half else 0
    told = _told(title)
    if told is not None:
        least, greatest = _limit(told[0]), _limit(told[1])
        bits = _n_bits(told[2]) if len(told) > 2 else _MOST_BITS
        if least < greatest:
            return FewBits(given=given, least=least, factor=_n_steps(bits) / (greatest - least))
        n_bits = (bits if bits <= _MOST_MANTISSA_BITS else int(least)) or n_bits
    if not n_bits:
        return None
    if not 1 < n_bits <= _MOST_MANTISSA_BITS:
        raise ValueError(f"a mantissa of {n_bits} bits, as '{title}' tells, cannot be")
    return FewBits(given=given, n_bits=n_bits)


def _told(title: str) -> list[str] | None:
    """Return what stands between the commas of the range in a title; None where there is none."""
    for inside in re.findall(r"\[([^\]]*)\]", title)[:2]:
        if "," in inside:
            return str(inside).split(",", 2)
    return None


def _limit(text: str) -> float:
    text = text.lower().replace(" ", "")
    for name, number in _PIS:
        if name in text:
            return -number if "-" in text else number
    if _LIMIT.fullmatch(text) is None:
        raise ValueError(f"'{text}' is no limit of a range")
    return float(text)


def _n_bits(text: str) -> int:
    found = _N_BITS.match(text)
    n_bits = int(found[0]) if found else _MOST_BITS
    return n_bits if 1 < n_bits <= _MOST_BITS else _MOST_BITS


def _n_steps(n_bits: int) -> int:
    return (1 << n_bits) - (n_bits == _MOST_BITS)
