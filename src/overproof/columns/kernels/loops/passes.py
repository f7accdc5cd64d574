"""Count the passes of an implicit loop: from the leaves of its formulas and their lengths in a block.

Source: TTreeFormulaManager::GetNdata and TTreeFormula::LoadCurrentDim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from overproof.analysis.draw.looping import Multiplicity, loops_once, multiplicity, shared_lengths
from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.kernels.loops.loop import Flags, IndexReader, Loop, row_lengths
from overproof.columns.kernels.loops.rows import has_inner_loop, nested_loop


def build_loop(
    formulas: Sequence[Formula], columns: Mapping[str, Column], n_entries: int, *, read_index: IndexReader
) -> Loop:
    """Lay out the passes that formulas make together.

    Args:
        formulas: the selection first, then what is drawn: the order matters for lengths of one.
        columns: by name of the branch.
        n_entries: entries of the block.
        read_index: computes indices that are formulas.
    """
    counter = _Counter(formulas, columns, n_entries, read_index)
    for formula in formulas:
        if multiplicity(formula) is Multiplicity.VARIABLE:  # ROOT looks at no others, not even for their indices
            for leaf in formula.leaves:
                counter.count(leaf)
    return counter.loop()


class _Counter:
    """The lengths of the dimensions of one loop, while its leaves are looked at one after the other."""

    def __init__(
        self, formulas: Sequence[Formula], columns: Mapping[str, Column], n_entries: int, read_index: IndexReader
    ) -> None:
        self.leaves = [leaf for formula in formulas for leaf in formula.leaves]
        self.columns = columns
        self.n_entries = n_entries
        self.read_index = read_index
        lengths = shared_lengths(formulas)
        self.lengths = lengths
        self.used: list[int | Integers] = list(lengths.sizes)
        self.present: Flags | None = None

    def count(self, leaf: Leaf) -> None:
        """Let a leaf shorten the loop."""
        first = leaf.indices[0] if leaf.indices else None
        if leaf.n_jagged and first is None:
            own = self.columns[leaf.column].counts()
            self.shorten(0, own, lambda used: (used == 1) | (own < used))
        elif leaf.n_jagged and isinstance(first, int):
            self.need(self.columns[leaf.column].counts() > first)
        depth = 0
        for dimension, index in enumerate(leaf.indices):
            if isinstance(index, Formula):
                self.count_index(leaf, index, depth)
            elif index is None and leaf.n_jagged == 2 and dimension == 1 and isinstance(first, int):
                self.count_row(leaf, first, depth)
            depth += not isinstance(index, int)

    def count_index(self, leaf: Leaf, index: Formula, depth: int) -> None:
        """Let the loop of an index shorten the loop; a length of one counts as short here."""
        if leaf.n_jagged == 2 and loops_once(index):
            entry = np.arange(self.n_entries)
            self.count_row(leaf, self.read_index(index, entry, np.zeros_like(entry)), depth)
        elif depth < len(self.lengths.varies) and self.lengths.varies[depth]:
            own = build_loop([index], self.columns, self.n_entries, read_index=self.read_index).counts
            start = self.lengths.sizes[depth]
            if shared_lengths([index]).is_single:
                self.shorten(depth, own, lambda used: (own != 1) & ((used == start) | (own < used)))
            else:
                self.shorten(depth, own, lambda used: ((own != 1) & (used == start)) | (own < used))

    def count_row(self, leaf: Leaf, row: int | Integers, depth: int) -> None:
        """Let one row of a doubly jagged leaf shorten the loop."""
        own = row_lengths(self.columns[leaf.column], entry=np.arange(self.n_entries), row=row)
        self.shorten(depth, own, lambda used: (used == 1) | ((own != 1) & (own < used)))

    def shorten(self, depth: int, own: Integers, takes: Callable[[int | Integers], Flags | bool]) -> None:
        """Take the own length of a leaf in the entries where it counts."""
        self.used += [1] * (depth + 1 - len(self.used))
        used = self.used[depth]
        if own is used:
            return
        chosen = np.broadcast_to(np.asarray(takes(used)), own.shape)
        self.used[depth] = own if chosen.all() else np.where(chosen, own, used)

    def need(self, here: Flags) -> None:
        """Make passes only where something is there."""
        self.present = here if self.present is None else self.present & here

    # -- the loop ------------------------------------------------------------------------------------------------

    def loop(self) -> Loop:
        """Lay out the passes, when every leaf was counted."""
        if self.lengths.is_single:  # then ROOT takes one pass, whatever the leaves say now
            self.used = [1]
        steps = [_product(self.used[depth:]) for depth in range(len(self.used) + 1)]
        has_rows = any(leaf.n_jagged == 2 for leaf in self.leaves)
        if has_rows and has_inner_loop(self.leaves):
            outer = self.where_present(self.used[0])
            return nested_loop(self.leaves, self.columns, used=self.used, outer=outer, steps=tuple(steps))
        counts = self.where_present(steps[0])
        is_cut = self.present is not None and not self.present.all()
        whole = frozenset() if has_rows or is_cut else self.read_whole()
        return Loop(counts, steps=tuple(steps), whole=whole, has_rows=has_rows)

    def where_present(self, lengths: int | Integers) -> Integers:
        counts = np.full(self.n_entries, lengths, dtype=np.int64) if isinstance(lengths, int) else lengths
        return counts if self.present is None or self.present.all() else np.where(self.present, counts, 0)

    def read_whole(self) -> frozenset[str]:
        """Name the columns of which the loop reads every number in order."""
        whole = set()
        for leaf in self.leaves:
            if not leaf.indices or any(index is not None for index in leaf.indices) or leaf.column in whole:
                continue
            outer, inner = self.used[0], self.used[leaf.n_jagged :]
            if not _are_equal(inner, leaf.fixed_shape) or _skips(leaf):
                continue
            if leaf.n_jagged == 0 or (
                not isinstance(outer, int) and np.array_equal(outer, self.columns[leaf.column].counts())
            ):
                whole.add(leaf.column)
        return frozenset(whole)


def _skips(leaf: Leaf) -> bool:
    """Tell whether ROOT skips elements: of `x[n][1]`, the number of the pass is the place in both dimensions."""
    return len(leaf.indices) > 1 and leaf.fixed_shape[-1:] == (1,)


def _product(lengths: Sequence[int | Integers]) -> int | Integers:
    product: int | Integers = 1
    for length in lengths:
        product = length if isinstance(product, int) and product == 1 else product * length
    return product


def _are_equal(lengths: Sequence[int | Integers], shape: tuple[int, ...]) -> bool:
    return len(lengths) == len(shape) and all(
        isinstance(length, int) and length == size for length, size in zip(lengths, shape, strict=True)
    )
