"""Blocks of a query without data: their size, their numbers and reproducible dice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ITEM_BLOCKS = 4096
"""Blocks into which items of a map are cut, when there are enough of them: up to so many, each is given out alone."""

_OF_CYCLE, _OF_BLOCK = 0, 1
"""Keeps the dice of cycle n apart from those of the block that begins at cycle n."""


def items_in_block(n_items: int) -> int:
    """Return how many items of a map make a block; the last one may have fewer."""
    return max(1, -(-n_items // ITEM_BLOCKS))


def _sequence(seed: int, number: int, *, of: int) -> np.random.SeedSequence:
    import numpy as np  # the user's process, which counts cycles and never turns them, waits for its workers first

    return np.random.SeedSequence(seed % 2**64, spawn_key=(of, number))


@dataclass(frozen=True)
class Cycle:
    """One turn of a query without data.

    Attributes:
        number: which turn, from 0.
        query_seed: the seed of the query.
    """

    number: int
    query_seed: int

    @cached_property
    def seed(self) -> int:
        """A 64-bit seed: a function of the query's seed and the number alone."""
        import numpy as np

        return int(_sequence(self.query_seed, self.number, of=_OF_CYCLE).generate_state(1, np.uint64)[0])

    @cached_property
    def rng(self) -> np.random.Generator:
        """Dice of this cycle: a function of the query's seed and the number alone."""
        import numpy as np

        return np.random.default_rng(_sequence(self.query_seed, self.number, of=_OF_CYCLE))


class Cycles:
    """The cycles from `first` to `stop` (exclusive): what a selector gets in place of events.

    Args:
        first: first cycle.
        stop: last cycle, exclusive.
        seed: seed of the query.
    """

    def __init__(self, first: int, stop: int, *, seed: int = 0) -> None:
        self.first = first
        self.stop = stop
        self.seed = seed

    def __len__(self) -> int:
        return self.stop - self.first

    def __iter__(self) -> Iterator[Cycle]:
        return (Cycle(number, self.seed) for number in range(self.first, self.stop))

    def __repr__(self) -> str:
        return f"<Cycles {self.first} to {self.stop}>"

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The numbers of the cycles."""
        import numpy as np

        return np.arange(self.first, self.stop, dtype=np.int64)

    @cached_property
    def rng(self) -> np.random.Generator:
        """Dice of the whole block: a function of the query's seed and `first`."""
        import numpy as np

        return np.random.default_rng(_sequence(self.seed, self.first, of=_OF_BLOCK))
