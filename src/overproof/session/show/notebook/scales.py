"""Scales of pictures: where a value stands on the paper, and which round numbers stand beside it."""

from __future__ import annotations

import math

from overproof.words.frozen import dataclass

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A line from one value to another, laid over a stretch of paper.

    Attributes:
        low, high: values at its ends; they differ.
        start, stop: where these are on the paper.
    """

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)

    def ticks(self, n_at_most: int) -> list[float]:
        """Return round values on the scale, so many at most."""
        span = self.high - self.low
        rough = span / max(1, n_at_most - 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in ROUND if factor * power >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        values = (number * step for number in range(first, last + 1))
        slack = 1e-9 * step  # of very large values neighbours are further apart than that
        return [value for value in values if self.low - slack <= value <= self.high + slack]


def scale(low: float, high: float, *, start: float, stop: float) -> Scale:
    """Make a scale; one of no width, or of none that can be told, gets one."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    return Scale(low=low, high=high, start=start, stop=stop)


def tick_text(value: float) -> str:
    """Write a round number short: `2.5 M`."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if 1e15 > abs(value) >= limit:
            return f"{value / (1e3 if letter == 'k' else limit):.4g} {letter}"
    return f"{value:.4g}"
