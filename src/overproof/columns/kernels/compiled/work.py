"""A compiled function for the blocks of one kind, with the arrays it adds to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from overproof.columns.kernels.compiled.block import BlockGiven, BlockKind
from overproof.columns.kernels.compiled.fills.cells import Cells, Outputs
from overproof.columns.kernels.compiled.fills.spill import Spill
from overproof.columns.kernels.compiled.formulas import Formulas
from overproof.columns.kernels.compiled.python.contents import NotWrittenError
from overproof.columns.kernels.compiled.python.scratch import FIRST_ROOM as FIRST_SCRATCH
from overproof.columns.kernels.compiled.python.scratch import MOST_ROOM, NO_ROOM, scratch_arguments, uses_scratch
from overproof.columns.machine.machine import Machine
from overproof.columns.machine.writer import Value, Writer

MOST_INSTRUCTIONS = 10_000
"""In one function: loops deep inside one another take LLVM seconds from here on; ordinary plans have a hundred each."""

FIRST_ROOM = 1024
"""Rows for which there is room before any block has told how many it has."""


class Undecided(Exception):  # noqa: N818 - no error: the interpreter does what the function leaves
    """A block for which the function cannot tell the answer."""


@contextmanager
def in_whole() -> Iterator[None]:
    """Leave to the interpreter what is nested too deep to be written.

    Raises:
        NotWrittenError: it is.
    """
    try:
        yield
    except RecursionError as error:
        raise NotWrittenError("operations too deep inside one another") from error


def begin(kind: BlockKind) -> tuple[Writer, Formulas]:
    """Begin a function for blocks of a kind."""
    writer = Writer()
    return writer, kind.formulas(writer)


def entries_of(writer: Writer) -> AbstractContextManager[Value]:
    """Go through the entries of a block."""
    return writer.count(writer.integer(0), writer.number("entries"))


class Work:
    """A function, when all of it is written.

    Args:
        writer: that wrote it.
        spills: rows that it writes.
        cells: sums that it adds to.

    Raises:
        NotWrittenError: it takes too long to compile.
    """

    def __init__(self, writer: Writer, spills: Sequence[Spill], cells: Sequence[Cells] = ()) -> None:
        writer.give(writer.integer(0))
        if writer.size > MOST_INSTRUCTIONS:
            raise NotWrittenError(f"{writer.size} instructions in one function")
        self._names = dict(writer.names)
        self._machine = Machine(writer)
        self._spills = spills
        self._cells = cells
        self._rooms = [FIRST_ROOM] * len(spills)
        self._scratch = FIRST_SCRATCH if uses_scratch(self._names) else 0

    def run(self, block: BlockGiven) -> Outputs:
        """Run over a block, again where its rows had no room, and return what was added up.

        Raises:
            Undecided: the interpreter has to do this block.
        """
        if not block.is_sound:
            raise Undecided
        given = block.given(self._names)
        while True:
            outputs: Outputs = {}
            for cells in self._cells:
                outputs |= cells.empty()
            for spill, room in zip(self._spills, self._rooms, strict=True):
                outputs |= spill.empty(room)
                given |= spill.numbers(room)
            given |= scratch_arguments(self._scratch)
            code = self._machine(given | outputs)
            if code == NO_ROOM and self._scratch < MOST_ROOM:
                self._scratch *= 4
                continue
            if code:
                raise Undecided
            sizes = [spill.size(outputs) for spill in self._spills]
            if all(size <= room for size, room in zip(sizes, self._rooms, strict=True)):
                return outputs
            self._rooms = [max(size, room) for size, room in zip(sizes, self._rooms, strict=True)]
