"""Axes that grow: from the sums of all blocks to the axes and cells that one loop over all entries would have made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from overproof.analysis.draw.axes import Axis, Binning, Growing
from overproof.analysis.draw.axes.doubling import doubled
from overproof.columns.kernels.fills.bins import bin_indices
from overproof.columns.kernels.fills.cells import Sums, sum_all
from overproof.columns.kernels.fills.growing.apart import Apart
from overproof.columns.kernels.jagged import Doubles


class Growth:
    """Cells whose axes grow while rows come in, in the order of entries.

    A value beyond a growing axis makes it double; what lies in the flow cells of this axis then is lost. A value of NaN
    ends all growth of a histogram, not of a profile. Both are ROOT's rules.

    Args:
        axes: x first.
        sums: of the rows that no growth can move.
        is_profile: whether the cells are those of a profile.

    Source: ROOT's TAxis::FindBin and TH1::ExtendAxis, checked against version 6.40.
    """

    def __init__(self, axes: Sequence[Axis], sums: Sums, *, is_profile: bool) -> None:
        self.axes: list[Binning] = []
        self.sums = dict(sums)
        self._growing = [place for place, axis in enumerate(axes) if isinstance(axis, Growing)]
        self._nan_ends = not is_profile
        self._waiting: list[tuple[Doubles, Sums]] = []
        for axis in axes:
            assert isinstance(axis, Growing | Binning)
            self.axes.append(axis.start if isinstance(axis, Growing) else axis)

    def take(self, blocks: Iterable[Apart]) -> None:
        """Put rows in their place, block after block."""
        for block in blocks:
            done = 0
            for number in self._moving(block.moves):
                end = int(np.searchsorted(block.stretches, number, side="right"))
                self._wait(block, done, end)
                done = end
                self._move(block.moves[number])
            self._wait(block, done, len(block.stretches))
        self._fill()

    def _moving(self, moves: Doubles) -> Iterable[int]:
        """Give the numbers of the rows that change something, where it is known what came before."""
        first = 0
        while self._growing and first < len(moves):
            changes = np.zeros(len(moves) - first, dtype=np.bool_)
            for place in self._growing:
                values, axis = moves[first:, place], self.axes[place]
                changes |= ~((values >= axis.low) & (values < axis.high))
            if not changes.any():
                return
            first += int(np.argmax(changes)) + 1
            yield first - 1

    def _move(self, row: Doubles) -> None:
        """Let the axes grow for one row, x first."""
        for place in tuple(self._growing):
            value = float(row[place])
            if np.isnan(value) and self._nan_ends:
                self._fill()
                self._growing.clear()
                return
            grown = doubled(self.axes[place], value)
            if grown is not None and grown != self.axes[place]:
                self._fill()
                self.sums = {name: _merged(cells, self.axes[place], grown, place) for name, cells in self.sums.items()}
                self.axes[place] = grown

    def _wait(self, block: Apart, first: int, end: int) -> None:
        if end > first:
            self._waiting.append(
                (block.places[first:end], {name: each[first:end] for name, each in block.sums.items()})
            )

    def _fill(self) -> None:
        """Fill what came in since the axes last grew."""
        if not self._waiting:
            return
        places = np.concatenate([places for places, _ in self._waiting])
        summands = {name: np.concatenate([sums[name] for _, sums in self._waiting]) for name in self.sums}
        self._waiting.clear()
        added = sum_all([np.ascontiguousarray(column) for column in places.T], summands, self.axes)
        self.sums = {name: cells + added[name] for name, cells in self.sums.items()}


def _merged(cells: Doubles, before: Binning, after: Binning, place: int) -> Doubles:
    """Add the bins of one axis into those of the axis that it has grown to; what is in its flow cells is lost."""
    width = (before.high - before.low) / before.n
    bins = np.arange(before.n, dtype=np.float64)
    middles = before.low + bins * width + 0.5 * width
    merged = np.zeros_like(cells)
    np.add.at(np.moveaxis(merged, place, 0), bin_indices(middles, after), np.moveaxis(cells, place, 0)[1:-1])
    return merged
