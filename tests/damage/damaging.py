"""One damage to a file, chosen by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A bit turned over, or the end of a file cut off.

    Attributes:
        at: the byte with the bit; the first byte that is lacking.
        bit: from 0 to 7; None: the file is cut.
    """

    at: int
    bit: int | None

    def done_to(self, content: bytes) -> bytes:
        """Return the damaged content."""
        if self.bit is None:
            return content[: self.at]
        damaged = bytearray(content)
        damaged[self.at] ^= 1 << self.bit
        return bytes(damaged)


def choose(places: Places, *, seed: int, number: int) -> Iterator[Damage]:
    """Give damages: six of ten are bits anywhere, three are bits of what describes, one is a cut."""
    dice = random.Random(seed)
    for index in range(number):
        if index % 10 == 9:
            yield Damage(at=dice.randrange(places.size_bytes), bit=None)
        elif index % 10 >= 6:
            first, stop = dice.choice(places.headers)
            yield Damage(at=dice.randrange(first, stop), bit=dice.randrange(8))
        else:
            yield Damage(at=dice.randrange(places.size_bytes), bit=dice.randrange(8))
