"""Random axes, and the values that are hard to bin: edges, their neighbours, and quantised values."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

NUMBERS = Path(__file__).with_name("edge_numbers.json")
N_AXES = 1000

Axis = tuple[int, float, float]


def random_axes() -> list[Axis]:
    """Return bins, low and high of a thousand axes; the same in every process."""
    dice = random.Random(2025)
    return [_axis(dice) for _ in range(N_AXES)]


def hard_values(axis: Axis) -> list[float]:
    """Return the values for one axis."""
    return list(_hard_values(axis))


def _axis(dice: random.Random) -> Axis:
    n = dice.choice([1, 2, 3, 7, 10, 20, 25, 30, 40, 50, 60, 64, 70, 99, 100])
    kind = dice.randrange(4)
    if kind == 0:  # as people write them
        low = dice.choice([0.0, -1.0, -2.5, -3.2, 0.1, 60.0, -math.pi])
        return n, low, low + dice.choice([1.0, 0.3, 5.0, 6.4, 60.0, 200.0, 2 * math.pi])
    if kind == 1:  # decimal fractions
        low = dice.randrange(-500, 500) / 10
        return n, low, low + dice.randrange(1, 1000) / 10
    scale = 10.0 ** dice.randrange(-12, 13)
    low = dice.uniform(-1, 1) * scale
    width = dice.random() * (scale if kind == 2 else scale * 1e-6)
    return n, low, low + width


def _hard_values(axis: Axis) -> Iterator[float]:
    n, low, high = axis
    width = (high - low) / n
    for number in range(n + 1):
        for edge in (low + number * width, low + number * (high - low) / n):
            yield math.nextafter(edge, -math.inf)
            yield edge
            yield math.nextafter(edge, math.inf)
    for number in range(20):  # values that an experiment has rounded
        yield round(low + (high - low) * number / 20, 1)
        yield math.floor((low + (high - low) * number / 20) * 64) / 64
    yield from (math.nan, math.inf, -math.inf, 0.0)
