"""How often something is true in the lists of entries: counted once through all lists, before entries are gone through.

The number in one list is the difference between two places. Most lists are short, and where each ends is what a
processor cannot guess.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from overproof.columns.kernels.compiled.loops.flat import elements_of
from overproof.columns.machine.writer import Value, Variable, Writer

COUNTED = "counted"
"""How the names of arrays begin that hold counts: one more than the content of the column that the name ends with."""


class Counted:
    """Counts before each element of lists.

    Args:
        writer: of the function.
        number: of what is counted.
        offsets: name of the offsets of the lists.
        column: one with these lists.
    """

    def __init__(self, writer: Writer, number: int, *, offsets: str, column: str) -> None:
        self._writer = writer
        self._offsets = offsets
        self._before = writer.array(f"{COUNTED} {number} {column}", np.int32, is_constant=False)

    def write(self, is_true: Callable[[Value], Value]) -> None:
        """Write the loop that counts.

        Args:
            is_true: writes the flag of the element at a position.
        """
        writer = self._writer
        total = Variable(writer, writer.integer(0))
        with elements_of(writer, self._offsets) as position:
            self._keep(position, total.get())
            total.set(writer.plus(total.get(), writer.as_integer(is_true(position))))
        starts = writer.array(self._offsets, np.int64)
        self._keep(writer.element(starts, writer.number("entries")), total.get())

    def _keep(self, position: Value, count: Value) -> None:
        self._writer.write(self._before, position, self._writer.narrow(count, self._before))

    def of(self, entry: Value) -> Value:
        """Return how often it is true in the list of an entry, as a double."""
        writer = self._writer
        starts = writer.array(self._offsets, np.int64)
        first, stop = (writer.element(starts, place) for place in (entry, writer.plus(entry, 1)))
        return writer.as_double(
            writer.minus(writer.read_integer(self._before, stop), writer.read_integer(self._before, first))
        )
