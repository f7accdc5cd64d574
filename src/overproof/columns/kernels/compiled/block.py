"""What a compiled function needs to know of a block before it can be written."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.compiled.bounds import are_within
from overproof.columns.kernels.compiled.columns import Kinds, WrittenColumn, arguments_of, kinds_of
from overproof.columns.kernels.compiled.formulas import Formulas
from overproof.columns.kernels.compiled.functions.texts import text_arguments
from overproof.columns.kernels.compiled.loops.counted import COUNTED
from overproof.columns.kernels.compiled.python.columns import python_block
from overproof.columns.kernels.evaluate import Block
from overproof.columns.kernels.rows import block_of
from overproof.columns.machine.writer import Writer
from overproof.words.frozen import dataclass

Given = dict[str, npt.NDArray[Any] | int | float]
"""What a function is called with, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind:
    """What a function is compiled for.

    Attributes:
        columns: their kinds.
        by_entry: kinds of the numbers of entries that differ from entry to entry.
    """

    columns: Kinds
    by_entry: frozenset[str]

    def formulas(self, writer: Writer) -> Formulas:
        """Begin a function for blocks of this kind."""
        columns = {name: WrittenColumn(writer, name, kind) for name, kind in self.columns}
        return Formulas(writer, columns, kinds=self.columns, by_entry=self.by_entry)


class BlockGiven:
    """One block, as functions take it.

    Args:
        rows: of all plans, in one dialect.
        events: the block.

    Raises:
        NotWrittenError: only the interpreter can read it.
        BranchError: a branch is not here what it was in the first file.
    """

    def __init__(self, rows: Sequence[AnyRows], events: Any) -> None:
        in_python = [each for each in rows if isinstance(each, PythonRows)]
        in_roots = [each for each in rows if not isinstance(each, PythonRows)]
        self.block = python_block(in_python, events) if in_python else block_of(in_roots, events)
        by_entry = frozenset(kind for kind, number in self.block.numbers.items() if np.ndim(number))
        self.kind = BlockKind(columns=kinds_of(self.block.columns), by_entry=by_entry)

    @functools.cached_property
    def is_sound(self) -> bool:
        """Tell whether a function may read the block."""
        return are_within(self.block.columns.values(), n_entries=self.block.n_entries)

    def given(self, writer_names: Mapping[str, int]) -> Given:
        """Return what a function takes of the block."""
        given: Given = {"entries": self.block.n_entries}
        given |= arguments_of(self.block.columns, self.kind.columns)
        for name in writer_names:
            about, _, what = name.partition(" ")
            if about == "number":
                given[name] = number_of(self.block, what)
            elif about == COUNTED:
                given[name] = np.empty(len(self.block.columns[what.partition(" ")[2]].content) + 1, dtype=np.int32)
        return given | text_arguments(writer_names, self.block.texts)


def number_of(block: Block, kind: str) -> npt.NDArray[Any] | float:
    """Return the numbers of a block's entries, or the one of all, by kind."""
    found = block.numbers.get(kind, float(block.n_entries))
    return found if np.ndim(found) else float(found)
