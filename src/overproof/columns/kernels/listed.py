"""Rows of a table: columns side by side, each with a loop of its own.

A table without a cut, or with one that says yes or no to whole entries, goes on to the longest of its columns, and has
at least one row for each entry; a shorter column is NaN where it has ended, and one number an entry is the same in
every row. A cut that loops shares its loop with all columns, as in a histogram.

Source: ROOT's TTree::Scan (TTreePlayer::Scan), asked in version 6.40.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from overproof.analysis.draw.looping import shared_lengths
from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import Formula
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.evaluate import Block, compute, evaluate, loop_of
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.columns.kernels.loops.loop import Flags, Loop
from overproof.columns.kernels.rows import block_of
from overproof.columns.kernels.texts.table import Texts
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRows:
    """The rows of a table that come from one block.

    Attributes:
        entry: of each row, counted in the block.
        number: of each row in its entry.
        values: for each column, one value a row.
        texts: those whose codes are among the values.
    """

    entry: Integers
    number: Integers
    values: tuple[Doubles, ...]
    texts: Texts


def listed(computed: ComputedRows) -> ListedRows:
    """List the rows of columns that go through one loop."""
    loop = computed.loop
    return ListedRows(entry=loop.entry, number=loop.number, values=computed.values, texts=computed.texts)


def list_beside(rows: Rows, events: Any) -> ListedRows:
    """List the rows of columns that go side by side, each to its own end.

    Raises:
        BranchError: a branch is not here what it was in the first file.
    """
    block = block_of([rows], events)
    loops = [loop_of([formula], block) for formula in rows.values]
    counts = np.maximum.reduce([np.ones(block.n_entries, dtype=np.int64), *(loop.counts for loop in loops)])
    joint = Loop(np.where(_chosen(rows.selection, block), counts, 0))
    values = [_beside(formula, own, joint, block) for formula, own in zip(rows.values, loops, strict=True)]
    return ListedRows(entry=joint.entry, number=joint.number, values=tuple(values), texts=block.texts)


def _is_single(formula: Formula) -> bool:
    return shared_lengths([formula]).is_single


def _chosen(selection: Formula | None, block: Block) -> Flags:
    """Flag the entries that a cut of one value an entry chooses; without that value none is."""
    chosen = np.ones(block.n_entries, dtype=np.bool_)
    if selection is not None:
        loop = loop_of([selection], block)
        chosen = loop.counts > 0
        chosen[loop.entry] = evaluate(selection, loop, block) != 0.0
    return chosen


def _beside(formula: Formula, own: Loop, joint: Loop, block: Block) -> Doubles:
    """Return the values of a column in the rows of a table; NaN where its own loop has ended."""
    if _is_single(formula):
        values = compute(formula, own.at(joint.entry, joint.number), block)
        return np.where(own.counts[joint.entry] > 0, values, np.nan)
    values = evaluate(formula, own, block)
    places = (np.cumsum(own.counts) - own.counts)[joint.entry] + joint.number
    listed = np.full(joint.n_passes, np.nan)
    is_there = joint.number < own.counts[joint.entry]
    listed[is_there] = values[places[is_there]]
    return listed
