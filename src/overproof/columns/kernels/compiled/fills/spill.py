"""Rows that leave a function as they are, one after the other, in arrays that may turn out too short."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overproof.columns.kernels.compiled.fills.cells import Outputs
from overproof.columns.kernels.compiled.rows import Row
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.columns.machine.writer import Value, Writer


class Spill:
    """Writes rows into arrays, and counts those for which there is no room.

    Args:
        writer: of the function.
        name: before the names of its arrays.
        has_places: entry and number of each row are wanted too.
    """

    def __init__(self, writer: Writer, name: str, *, has_places: bool = False) -> None:
        self._writer = writer
        self._name = name
        self._has_places = has_places
        self._n_values = 0
        self._has_weights = False

    def take(self, row: Row, values: Sequence[Value]) -> None:
        """Write a row: values, weight, and where it comes from."""
        writer, zero = self._writer, self._writer.integer(0)
        self._n_values, self._has_weights = len(values), row.weight is not None
        size = writer.array(f"{self._name} size", np.int64, is_constant=False)
        place = writer.element(size, zero)
        with writer.when(writer.less(place, writer.number(f"{self._name} room"))):
            doubles = [*values] if row.weight is None else [*values, row.weight]
            for name, value in zip(self._doubles(), doubles, strict=True):
                writer.write(writer.array(name, np.float64, is_constant=False), place, value)
            if self._has_places:
                for name, number in ((f"{self._name} entry", row.entry), (f"{self._name} number", row.number)):
                    writer.write(writer.array(name, np.int64, is_constant=False), place, number)
        writer.write(size, zero, writer.plus(place, 1))

    def _doubles(self) -> list[str]:
        names = [f"{self._name} value {number}" for number in range(self._n_values)]
        return [*names, f"{self._name} weight"] if self._has_weights else names

    def empty(self, room: int) -> Outputs:
        """Make arrays for so many rows."""
        outputs: Outputs = {name: np.empty(room) for name in self._doubles()}
        if self._has_places:
            outputs |= {f"{self._name} {each}": np.empty(room, dtype=np.int64) for each in ("entry", "number")}
        return outputs | {f"{self._name} size": np.zeros(1, dtype=np.int64)}

    def numbers(self, room: int) -> dict[str, int]:
        """Return what the function is told of the arrays."""
        return {f"{self._name} room": room}

    def size(self, outputs: Outputs) -> int:
        """Return how many rows there are, those without room among them."""
        return int(outputs[f"{self._name} size"][0])

    def values(self, outputs: Outputs) -> tuple[Doubles, ...]:
        """Return the values of the rows."""
        return tuple(outputs[name][: self.size(outputs)] for name in self._doubles()[: self._n_values])

    def weights(self, outputs: Outputs) -> Doubles | None:
        """Return their weights; None: all are 1."""
        return outputs[f"{self._name} weight"][: self.size(outputs)] if self._has_weights else None

    def places(self, outputs: Outputs) -> tuple[Integers, Integers]:
        """Return the entry of each row and its number in it."""
        entry, number = (outputs[f"{self._name} {each}"][: self.size(outputs)] for each in ("entry", "number"))
        return entry, number
