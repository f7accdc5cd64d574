"""Evaluate a formula of a plan over the passes of its loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import IntEnum

import numpy as np

from overproof.analysis.draw.looping import Multiplicity, has_one_value, multiplicity
from overproof.analysis.draw.typed import (
    Aggregate,
    Alternative,
    Constant,
    Decision,
    EntryNumber,
    Formula,
    Leaf,
    LoopIteration,
    LoopLength,
    Operation,
    Size,
    Text,
    TextOperation,
    Typed,
)
from overproof.columns.kernels.fills.bins import sum_in_order
from overproof.columns.kernels.functions import Values, kernel
from overproof.columns.kernels.jagged import Column, Doubles, Integers
from overproof.columns.kernels.loops.loop import Flags, Loop, is_by_entry
from overproof.columns.kernels.loops.passes import build_loop
from overproof.columns.kernels.texts.table import Texts
from overproof.columns.kernels.texts.tell import tell
from overproof.words.frozen import dataclass

_TWO_TO_31 = 2.0**31

_PICKS: Mapping[str, np.ufunc] = {"max": np.fmax, "min": np.fmin}


class Level(IntEnum):
    """How many values a part of a formula has; scalars are computed once for each entry, then spread."""

    CONSTANT = 0
    ENTRY = 1
    PASS = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """Value of a part of a formula, with the passes in which it reads what is not there."""

    data: Values
    level: Level
    missing: Flags | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one block, by name of the branch, and what else belongs to its entries.

    Attributes:
        columns: by name of the branch.
        n_entries: entries of the block.
        numbers: numbers of entries, by kind; one for each entry, or the same for all.
        texts: those whose codes are in the columns.
    """

    columns: Mapping[str, Column]
    n_entries: int
    numbers: Mapping[str, Doubles | float] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)


def evaluate(formula: Formula, loop: Loop, block: Block) -> Doubles:
    """Compute a formula in every pass of a loop; NaN where it reads an element that is not there.

    A formula without arrays that loop is computed in the first pass of each entry only, as in ROOT.
    """
    if multiplicity(formula) is Multiplicity.ONCE and not has_one_value(formula):
        entry = np.arange(block.n_entries)
        return loop.spread(compute(formula, loop.at(entry, np.zeros_like(entry)), block))
    return compute(formula, loop, block)


def compute(formula: Formula, loop: Loop, block: Block, *, is_loaded: bool = True) -> Doubles:
    """Compute a formula in every pass of a loop, whatever it is made of.

    Args:
        formula: what to compute.
        loop: the passes.
        block: the columns.
        is_loaded: False for the indices of a formula of which ROOT does not ask how many passes it has: of their own
            arrays of variable length it knows the first element only.
    """
    with np.errstate(all="ignore"):
        walker = _Walker(formula, loop, block, is_loaded=is_loaded)
        part = walker.evaluate(formula.root)
        data = walker.at_level(part, Level.PASS)
    if np.ndim(data) == 0:
        data = np.full(loop.n_passes, data, dtype=np.float64)
    return data if part.missing is None else np.where(part.missing, np.nan, data)


def loop_of(formulas: Sequence[Formula], block: Block) -> Loop:
    """Lay out the loop that formulas share on a block."""

    def read_index(index: Formula, entry: Integers, number: Integers) -> Integers:
        return read_places(index, entry, number, block)

    return build_loop(formulas, block.columns, block.n_entries, read_index=read_index)


def read_places(index: Formula, entry: Integers, number: Integers, block: Block, *, is_loaded: bool = True) -> Integers:
    """Compute an index in passes of its own loop; towards zero, and what is no number of 32 bits is negative."""
    values = compute(index, loop_of([index], block).at(entry, number), block, is_loaded=is_loaded)
    fits = np.abs(values) < _TWO_TO_31
    return np.where(fits, values, -1.0).astype(np.int64)


def aggregate(node: Aggregate, block: Block) -> Doubles:
    """Turn a formula with its own loop into one number for each entry; 0 where it makes no pass.

    Sums go from the first pass to the last, as in ROOT. Zero is positive: which one of two is larger, nobody says.
    """
    if node.condition is not None:
        return _conditional(node, node.condition, block)
    loop = loop_of([node.formula], block)
    if node.kind == "length":
        return loop.counts.astype(np.float64)
    values = compute(node.formula, loop, block)
    if loop.is_once:
        return values + 0.0
    if node.kind == "sum":
        return sum_in_order(loop.entry, values, n_groups=block.n_entries)
    return _extreme(values, loop.counts, pick=_PICKS[node.kind])


def _conditional(node: Aggregate, condition: Formula, block: Block) -> Doubles:
    """Take the largest or smallest over the passes in which the condition is not 0; NaN is not."""
    loop = loop_of([node.formula, condition], block)
    loop = loop.select(compute(condition, loop, block) != 0.0)
    values = compute(node.formula, loop, block)
    return _extreme(values, np.bincount(loop.entry, minlength=block.n_entries), pick=_PICKS[node.kind])


def _extreme(values: Doubles, counts: Integers, *, pick: np.ufunc) -> Doubles:
    """Take the largest or smallest of each entry; NaN only where the first is NaN, since ROOT starts with it."""
    result = np.zeros(len(counts))
    filled = counts > 0
    if len(values):
        starts = (np.cumsum(counts) - counts)[filled]
        first = values[starts]
        result[filled] = np.where(np.isnan(first), first, pick.reduceat(values, starts))
    return result + 0.0


class _Walker:
    """One evaluation of one formula."""

    def __init__(self, formula: Formula, loop: Loop, block: Block, *, is_loaded: bool) -> None:
        self.loop = loop
        self.block = block
        self.is_loaded = is_loaded
        self.loads_indices = is_loaded and multiplicity(formula) is Multiplicity.VARIABLE

    def evaluate(self, node: Typed) -> _Part:
        match node:
            case Constant():
                return _Part(np.float64(node.value), Level.CONSTANT)
            case Leaf():
                return self.leaf(node)
            case Text():
                return _Part(np.float64(self.block.texts.code(node.value.encode())), Level.CONSTANT)
            case Operation():
                return self.operation(node)
            case TextOperation():
                return self.text_operation(node)
            case Size():
                return _Part(self.block.columns[node.leaf.column].counts().astype(np.float64), Level.ENTRY)
            case Decision():
                return self.decision(node)
            case Aggregate():
                return _Part(aggregate(node, self.block), Level.ENTRY)
            case Alternative():
                return self.alternative(node)
            case EntryNumber():
                data = self.block.numbers.get(node.kind, float(self.block.n_entries))
                return _Part(data, Level.ENTRY if np.ndim(data) else Level.CONSTANT)
            case LoopLength():
                return _Part(self.loop.counts.astype(np.float64), Level.ENTRY)
            case LoopIteration():
                return _Part(self.loop.number.astype(np.float64), Level.PASS)

    def leaf(self, leaf: Leaf) -> _Part:
        column = self.block.columns[leaf.column]
        if leaf.n_jagged == 1 and not self.is_loaded:
            column = column.first_elements()
        if not leaf.indices:
            if self.loop.n_passes < self.block.n_entries:  # fewer values to compute with
                return _Part(self.loop.spread(column.doubles), Level.PASS)
            return _Part(column.doubles, Level.ENTRY)
        if is_by_entry(leaf) and self.loop.n_passes >= self.block.n_entries:
            once = Loop(np.ones(self.block.n_entries, dtype=np.int64))
            values, missing = once.read(leaf, column, self.read_index)
            if missing is None:  # entries without the element make no pass, unless it is one of a row
                return _Part(values, Level.ENTRY)
        values, missing = self.loop.read(leaf, column, self.read_index)
        return _Part(values, Level.PASS, missing)

    def read_index(self, index: Formula, entry: Integers, number: Integers) -> Integers:
        return read_places(index, entry, number, self.block, is_loaded=self.loads_indices)

    def alternative(self, node: Alternative) -> _Part:
        """Compute a formula in the passes that its own loop has, and something else in the others."""
        entry, number = self.loop.entry, self.loop.number
        own = loop_of([node.formula], self.block)
        has_own = number < own.counts[entry]
        otherwise = self.evaluate(node.otherwise)
        data = np.array(np.broadcast_to(self.at_level(otherwise, Level.PASS), has_own.shape))
        data[has_own] = compute(node.formula, own.at(entry[has_own], number[has_own]), self.block)
        return _Part(data, Level.PASS, None if otherwise.missing is None else otherwise.missing & ~has_own)

    def operation(self, node: Operation) -> _Part:
        parts = [self.evaluate(argument) for argument in node.arguments]
        level = max(part.level for part in parts)
        data = kernel(node.kernel)(*(self.at_level(part, level) for part in parts))
        return _Part(data, level, _either(*(part.missing for part in parts)))

    def text_operation(self, node: TextOperation) -> _Part:
        parts = [self.evaluate(argument) for argument in node.arguments]
        level = max(part.level for part in parts)
        data = tell(node.kind, [self.at_level(part, level) for part in parts], self.block.texts)
        return _Part(data, level, _either(*(part.missing for part in parts)))

    def decision(self, node: Decision) -> _Part:
        parts = [self.evaluate(part) for part in (node.condition, node.yes, node.no)]
        level = max(part.level for part in parts)
        condition, yes, no = (self.at_level(part, level) for part in parts)
        chosen = np.not_equal(condition, 0.0)
        missing = _either(
            parts[0].missing,
            None if parts[1].missing is None else parts[1].missing & chosen,
            None if parts[2].missing is None else parts[2].missing & ~chosen,
        )
        return _Part(np.where(chosen, yes, no), level, missing)

    def at_level(self, part: _Part, level: Level) -> Values:
        spreads = part.level is Level.ENTRY and level is Level.PASS
        return self.loop.spread(part.data) if spreads else part.data


def _either(*flags: Flags | None) -> Flags | None:
    given = [flag for flag in flags if flag is not None]
    return np.logical_or.reduce(given) if given else None
