"""Evaluate a formula of a plan over the passes of its loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from overproof.analysis.draw.typed import (
    Aggregate,
    Constant,
    Decision,
    Formula,
    Leaf,
    LoopIteration,
    LoopLength,
    Operation,
    Typed,
)
from overproof.columns.kernels.fills.bins import sum_in_order
from overproof.columns.kernels.functions import Values, kernel
from overproof.columns.kernels.jagged import Column, Doubles
from overproof.columns.kernels.loops.loop import Flags, Loop, is_by_entry, read_by_entry
from overproof.columns.kernels.loops.passes import build_loop


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
    """The columns of one block, by name of the branch."""

    columns: Mapping[str, Column]
    n_entries: int


def evaluate(formula: Formula, loop: Loop, block: Block) -> Doubles:
    """Compute a formula in every pass of a loop; NaN where it reads an element that is not there."""
    with np.errstate(all="ignore"):
        walker = _Walker(loop, block)
        part = walker.evaluate(formula.root)
        data = walker.at_level(part, Level.PASS)
    if np.ndim(data) == 0:
        data = np.full(loop.n_passes, data, dtype=np.float64)
    return data if part.missing is None else np.where(part.missing, np.nan, data)


def aggregate(node: Aggregate, block: Block) -> Doubles:
    """Turn a formula with its own loop into one number for each entry; 0 where it makes no pass.

    Sums go from the first pass to the last, as in ROOT.
    """
    loop = build_loop(node.formula.leaves, block.columns, block.n_entries)
    if node.kind == "length":
        return loop.counts.astype(np.float64)
    values = evaluate(node.formula, loop, block)
    if loop.is_once:
        return values
    if node.kind == "sum":
        return sum_in_order(loop.entry, values, n_groups=block.n_entries)
    return _extreme(values, loop, pick=np.fmax if node.kind == "max" else np.fmin)


def _extreme(values: Doubles, loop: Loop, *, pick: np.ufunc) -> Doubles:
    """Take the largest or smallest of each entry; NaN only where the first is NaN, since ROOT starts with it."""
    result = np.zeros(len(loop.counts))
    filled = loop.counts > 0
    if len(values):
        starts = (np.cumsum(loop.counts) - loop.counts)[filled]
        first = values[starts]
        result[filled] = np.where(np.isnan(first), first, pick.reduceat(values, starts))
    return result


class _Walker:
    """One evaluation of one formula."""

    def __init__(self, loop: Loop, block: Block) -> None:
        self.loop = loop
        self.block = block

    def evaluate(self, node: Typed) -> _Part:
        match node:
            case Constant():
                return _Part(np.float64(node.value), Level.CONSTANT)
            case Leaf():
                return self.leaf(node)
            case Operation():
                return self.operation(node)
            case Decision():
                return self.decision(node)
            case Aggregate():
                return _Part(aggregate(node, self.block), Level.ENTRY)
            case LoopLength():
                return _Part(self.loop.counts.astype(np.float64), Level.ENTRY)
            case LoopIteration():
                return _Part(self.loop.number.astype(np.float64), Level.PASS)

    def leaf(self, leaf: Leaf) -> _Part:
        column = self.block.columns[leaf.column]
        if is_by_entry(leaf):  # entries without the element make no pass, so that nothing is missing
            if self.loop.n_passes < self.block.n_entries:  # fewer values to compute with
                return _Part(self.read_passes(leaf, column), Level.PASS)
            return _Part(read_by_entry(leaf, column)[0], Level.ENTRY)
        values, missing = self.loop.read(leaf, column)
        return _Part(values, Level.PASS, missing)

    def read_passes(self, leaf: Leaf, column: Column) -> Doubles:
        return self.loop.read(leaf, column)[0] if leaf.indices else self.loop.spread(column.doubles)

    def operation(self, node: Operation) -> _Part:
        parts = [self.evaluate(argument) for argument in node.arguments]
        level = max(part.level for part in parts)
        data = kernel(node.kernel)(*(self.at_level(part, level) for part in parts))
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
