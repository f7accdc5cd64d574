"""Histograms of boost-histogram and hist, of every storage, with axes that may grow."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar, Final

import numpy as np

from overproof.outputs.cells import Ints
from overproof.outputs.kinds.histograms.axes import AxisSum
from overproof.outputs.kinds.histograms.storages import STORAGES, Columns, columns_of, fill_cells, storage_of
from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Commit, Position
from overproof.words.errors import MergeError
from overproof.words.frozen import dataclass

_VARIANCE_KNOWN: Final = "_variance_known"
"""boost-histogram's note that a Double histogram was filled without weights; true only if so in every block."""


@dataclass(slots=True)
class HistogramSum:
    """The sum of histograms of one class, storage and axes.

    Attributes:
        position: of the block whose class and metadata are kept, the first one so far.
        made_by: `hist.Hist`, `boost_histogram.Histogram`, or a subclass.
        storage: its class.
        n_inner: values a bin; the MultiCell storage has several.
        metadata: name, label and whatever else the user put on the histogram.
        axes: merged so far.
        columns: the cells, flat in C order, flow bins included.
    """

    position: Position
    made_by: type[Any]
    storage: type[Any]
    n_inner: int
    metadata: dict[str, Any]
    axes: list[AxisSum]
    columns: Columns
    adds_zero: ClassVar[bool] = True

    @classmethod
    def of(cls, histogram: Any, *, position: Position, where: str) -> HistogramSum:
        """Copy one histogram.

        Raises:
            MergeError: the storage is not known.
        """
        storage = storage_of(histogram)
        if storage.__name__ not in STORAGES:
            raise MergeError(f"output {where}: histograms with storage {storage.__name__} cannot be merged")
        metadata = {key: value for key, value in vars(histogram).items() if key not in ("_hist", "axes")}
        axes = [AxisSum.of(axis, position=position) for axis in histogram.axes]
        n_inner = histogram.view(flow=True).shape[0] if storage.__name__ == "MultiCell" else 1
        return cls(position, type(histogram), storage, n_inner, interned(metadata), axes, columns_of(histogram))

    def plan(self, other: HistogramSum, *, where: str) -> Commit:
        """Compare class, storage and axes, and find where grown bins go."""
        self._check(other, where=where)
        joined = [mine.joined(theirs, where=where) for mine, theirs in zip(self.axes, other.axes, strict=True)]

        def commit() -> None:
            axes = [axis for axis, _, _ in joined]
            growth = _moves(self, axes, [places for _, places, _ in joined])
            their_move = _moves(other, axes, [places for _, _, places in joined])
            # Column by column, so that what has been moved is forgotten before the next one is.
            for i, summands in enumerate(other.columns):
                if growth is not None:
                    self.columns[i] = self.columns[i].regrouped(growth, growth.n_cells)
                self.columns[i].add(summands, their_move)  # type: ignore[arg-type]  # same storage, same columns
            self._adopt(other)
            self.axes = axes

        return commit

    def _check(self, other: HistogramSum, *, where: str) -> None:
        for fact, mine, theirs in (
            ("class", self.made_by.__qualname__, other.made_by.__qualname__),
            ("storage", self.storage.__name__, other.storage.__name__),
            ("values a bin", self.n_inner, other.n_inner),
            ("number of axes", len(self.axes), len(other.axes)),
        ):
            if mine != theirs:
                raise MergeError(
                    f"output {where}: histograms of different {fact}: {mine} in one block, {theirs} in another; "
                    "make the same histogram in every block"
                )

    def _adopt(self, other: HistogramSum) -> None:
        """Take the metadata of the first position."""
        known = self.metadata.get(_VARIANCE_KNOWN, True) and other.metadata.get(_VARIANCE_KNOWN, True)
        if other.position < self.position:
            self.position, self.metadata = other.position, other.metadata
        self.metadata[_VARIANCE_KNOWN] = known

    def value(self) -> Any:
        """Make a histogram of the user's class; every cell is rounded once."""
        built = [axis.built() for axis in self.axes]
        move = _moves(self, self.axes, [places for _, places in built])
        columns = self.columns if move is None else [each.regrouped(move, move.n_cells) for each in self.columns]
        storage = self.storage(self.n_inner) if self.storage.__name__ == "MultiCell" else self.storage()
        histogram = self.made_by(*(axis for axis, _ in built), storage=storage)
        fill_cells(histogram, columns)
        vars(histogram).update(interned(self.metadata))
        return histogram

    def copy(self) -> HistogramSum:
        """Make an independent copy."""
        return HistogramSum(
            self.position,
            self.made_by,
            self.storage,
            self.n_inner,
            interned(self.metadata),
            list(self.axes),
            [column.copy() for column in self.columns],
        )

    def settle(self) -> None:
        """Take the cells out of the buffer that they came in."""
        self.columns = [column.settled() for column in self.columns]

    @property
    def size_bytes(self) -> int:
        """Count the memory of the cells."""
        return 2000 + sum(column.size_bytes for column in self.columns)


def _moves(state: HistogramSum, axes: list[AxisSum], places: list[Ints | None]) -> _Moves | None:
    """Tell where the cells of a state go on other axes; None: they stay."""
    if all(each is None for each in places):
        return None
    old, new = [axis.extent for axis in state.axes], [axis.extent for axis in axes]
    return _Moves(list(zip(places, old, new, strict=True)), state.n_inner * prod(new))


@dataclass(slots=True, frozen=True)
class _Moves:
    """Where the cells of a histogram go when its bins do: worked out for some of them at a time.

    Attributes:
        axes: for each the new places of its bins (None: the old ones), and its extent before and after.
        n_cells: cells there are after.
    """

    axes: list[tuple[Ints | None, int, int]]
    n_cells: int

    def __call__(self, where: slice) -> Ints:
        rest = np.arange(where.start, where.stop)
        target, stride = np.zeros_like(rest), 1
        for places, old, new in reversed(self.axes):
            rest, bins = np.divmod(rest, old)
            target += (bins if places is None else places[bins]) * stride
            stride *= new
        # What is left counts the values of a bin, which stand outermost.
        target += rest * stride
        return target
