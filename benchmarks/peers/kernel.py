"""Histograms alone: overproof's own selectors over columns that are in memory, in two processes.

Everything is read, and compiled, before the clock starts; what is timed is `process` of each block, drawn or filled,
and no engine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers.parallel import shared
from benchmarks.peers.protocol import TREE, Reply, Request, now, serve
from benchmarks.peers.reading import BLOCK_ENTRIES
from overproof.columns.reader import Reader, ReaderCache
from overproof.engines.worker.source import BlockSource
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec

BEGAN_S = now()


class Kept:
    """A reader that has read: asked for a column, it gives what is in memory.

    Args:
        reader: that reads each column once.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._columns: dict[tuple[str, int, int], Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Return columns; what was not asked for before is read."""
        missing = [name for name in names if (name, first, stop) not in self._columns]
        if missing:
            found = self._reader.read_native(missing, first, stop)
            self._columns |= {(name, first, stop): column for name, column in found.items()}
        return {name: found for name in names if (found := self._columns.get((name, first, stop))) is not None}

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Fetch nothing: it is all there."""


class KeptReaders(ReaderCache):
    """Readers whose columns stay in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[FileSpec, Any] = {}

    def get(self, spec: FileSpec, *, identity: str = "", verify: bool = False) -> Any:
        """Return the reader of a tree, the same one every time."""
        if spec not in self._kept:
            self._kept[spec] = Kept(super().get(spec, identity=identity, verify=verify))
        return self._kept[spec]


def answer(request: Request, question: Any) -> Reply:
    """Compute all blocks once to bring what they need into memory, then again by the clock."""
    dataset = Dataset(name="kernel", files=tuple(FileSpec(path=path, tree=TREE) for path in request.files))
    readers = KeptReaders()
    source = BlockSource(readers)
    source.begin(dataset, block_entries=BLOCK_ENTRIES, seed=0, branches=None, optional={})
    selector = selector_of(question, readers.get(dataset.files[0]))
    blocks = [
        Block(file=file, index=index, first=first, stop=stop)
        for file in range(len(dataset.files))
        for index, (first, stop) in enumerate(ranges(source.grid(file).stops))
    ]
    for block in blocks:
        selector.process(source.events(block))

    def work(prepared: None, take: Callable[[], int | None]) -> None:
        while (number := take()) is not None:
            selector.process(source.events(blocks[number]))

    begun, ended, _ = shared(request.workers, lambda number: None, work, n_pieces=len(blocks))
    return Reply(began_s=BEGAN_S, loop_begin_s=begun, loop_end_s=ended)


def selector_of(question: Any, reader: Reader) -> Any:
    """Return what a worker gets to compute a question with."""
    if question.drawing is None:
        from benchmarks.peers.with_overproof import Columnar

        selector = Columnar(question=question.name)
        selector.worker_begin()
        return selector
    from overproof.analysis.draw.plan import plan_of
    from overproof.analysis.path import VARIABLE, said_path
    from overproof.session.drawing import check_drawing

    drawing, (axes,) = question.drawing, question.histograms
    bins = [limit for axis in axes for limit in (axis.n_bins, axis.low, axis.high)]
    checked = check_drawing(
        drawing.expression, cut=drawing.cut, weight=drawing.weight, bins=bins, name=None, profile=False
    )
    plans = [plan_of(each, schema=reader.schema()) for each in checked.requests]
    selector = checked.selector(plans, path=said_path(os.environ.get(VARIABLE, "")) or "compiled")
    selector.worker_begin()
    return selector


def ranges(stops: Sequence[int]) -> list[tuple[int, int]]:
    """Return the blocks of a grid."""
    return list(zip((0, *stops), stops, strict=False))


if __name__ == "__main__":
    os.environ["OVERPROOF_CACHE"] = "off"
    serve(answer)
