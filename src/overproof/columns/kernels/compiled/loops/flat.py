"""Rows that have one value for each element of a list, and nothing of their entries: lists are gone through as one.

Most lists are short, and where each ends is what a processor cannot guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import numpy as np

from overproof.analysis.draw.looping import all_leaves, own_nodes
from overproof.analysis.draw.typed import Constant, Decision, Formula, Leaf, Operation, Typed
from overproof.columns.kernels.compiled.columns import Kinds
from overproof.columns.kernels.compiled.loops.loop import EntryLoop, Pass
from overproof.columns.machine.writer import Value, Writer


class FlatLoop(EntryLoop):
    """One pass at a place that all leaves share; its entry is not known."""

    def __init__(self, writer: Writer, position: Value) -> None:
        super().__init__(writer, None, steps=(1,), count=lambda: writer.integer(1), has_rows=False)
        self._position = position

    @contextmanager
    def passes(self) -> Iterator[Pass]:
        yield Pass(entry=None, number=None, row=None, inner=None, position=self._position)


def elements_of(writer: Writer, offsets: str) -> AbstractContextManager[Value]:
    """Go through the elements of the lists of all entries of a block."""
    starts = writer.array(offsets, np.int64)
    first = writer.element(starts, writer.integer(0))
    return writer.count(first, writer.element(starts, writer.number("entries")))


def shared_offsets(formulas: Sequence[Formula], kinds: Kinds) -> str | None:
    """Return the name of the offsets of all lists of some formulas; None: they know of entries, or of several lists."""
    nodes = [node for formula in formulas for node in own_nodes(formula.root)]
    if not all(map(_is_elementwise, nodes)):
        return None
    of_all = dict(kinds)
    leaves = (leaf for formula in formulas for leaf in all_leaves(formula.root))
    names = {of_all[leaf.column].offsets for leaf in leaves}
    return next(iter(names))[0] if len(names) == 1 else None


def _is_elementwise(node: Typed) -> bool:
    if isinstance(node, Leaf):
        return node.n_jagged == 1 and not node.fixed_shape and node.indices == (None,)
    return isinstance(node, Constant | Operation | Decision)
