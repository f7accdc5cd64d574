"""Means and variances as sums that can be added exactly.

A Mean cell (n, mean, M2) is kept as n, n*mean and M2 + n*mean**2, from products without rounding; a WeightedMean
cell likewise, with the sum of weights for n. They are turned back once, in exact integers, so that nothing cancels.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from overproof.outputs.cells import Ints
from overproof.outputs.sums import PRODUCT_WORDS, ExactSum, Floats

Scaled: TypeAlias = tuple[Floats, Ints]
"""Significands of magnitude below 1, and exponents: numbers that neither overflow nor underflow."""

_SPLITTER = float((1 << 27) + 1)


def first_moments(n: Floats, mean: Floats) -> ExactSum:
    """Sum n*mean, without rounding."""
    return _sum_of(_products([_scaled(n)], _scaled(mean)))


def second_moments(n: Floats, mean: Floats, m2: Floats) -> ExactSum:
    """Sum M2 + n*mean**2, without rounding."""
    scaled = _scaled(mean)
    terms = _products(_products([scaled], scaled), _scaled(n))
    return _sum_of([*terms, _scaled(m2)])


def turned_back(n: ExactSum, first: ExactSum, second: ExactSum) -> tuple[Floats, Floats]:
    """Give (mean, M2) of each cell, each rounded once; cells without entries are (0, 0)."""
    mean, m2 = np.zeros(n.n_cells), np.zeros(n.n_cells)
    for where, _ in n.pieces():
        mean[where], m2[where] = _turned_back(n.part(where), first.part(where), second.part(where))
    return mean, m2


def _turned_back(n: ExactSum, first: ExactSum, second: ExactSum) -> tuple[Floats, Floats]:
    mean, m2 = np.zeros(n.n_cells), np.zeros(n.n_cells)
    cells = np.flatnonzero(n.index | first.index | second.index)
    finite = (n.is_finite & first.is_finite & second.is_finite)[cells]
    columns = zip(
        cells.tolist(),
        finite.tolist(),
        n.taken(cells).integers(),
        first.taken(cells).integers(),
        second.taken(cells).integers(),
        strict=True,
    )
    for cell, is_finite, total, s1, s2 in columns:
        if not is_finite or total[0] == 0:
            mean[cell] = m2[cell] = np.nan
        else:
            mean[cell] = _ratio(s1, total)
            m2[cell] = _ratio(_difference(_product(s2, total), _product(s1, s1)), total)
    return mean, m2


def _product(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] * b[0], a[1] + b[1]


def _difference(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    low = min(a[1], b[1])
    return (a[0] << (a[1] - low)) - (b[0] << (b[1] - low)), low


def _ratio(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Divide two numbers n * 2**e with one rounding."""
    shift = a[1] - b[1]
    try:
        return (a[0] << max(shift, 0)) / (b[0] << max(-shift, 0))
    except OverflowError:
        return float("inf") if (a[0] > 0) == (b[0] > 0) else float("-inf")


def _scaled(values: Floats) -> Scaled:
    significand, exponent = np.frexp(values)
    return significand, exponent.astype(np.int64)


def _products(terms: list[Scaled], factor: Scaled) -> list[Scaled]:
    """Multiply each term by `factor`: two terms each, product and rounding error.

    Source: Dekker's product with Veltkamp's splitting (1971); exact here, for significands are near 1.
    """
    result = []
    b, b_exponent = factor
    for a, a_exponent in terms:
        a_high, a_low = _split(a)
        b_high, b_low = _split(b)
        high = a * b
        low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
        low = np.where(np.isfinite(high), low, 0.0)
        exponent = a_exponent + b_exponent
        result += [(high, exponent), (low, exponent)]
    return result


def _split(values: Floats) -> tuple[Floats, Floats]:
    carried = values * _SPLITTER
    high = carried - (carried - values)
    return high, values - high


def _sum_of(terms: list[Scaled]) -> ExactSum:
    n_cells = terms[0][0].size
    significands = np.concatenate([significand for significand, _ in terms])
    exponents = np.concatenate([exponent for _, exponent in terms])
    return ExactSum.of(significands, PRODUCT_WORDS, exponents=exponents).folded(n_cells)
