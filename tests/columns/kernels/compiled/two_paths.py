"""Compute rows on both paths, and tell where they differ by a bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.looping import all_leaves, all_nodes
from overproof.analysis.draw.rows import Rows
from overproof.columns.kernels import evaluate
from overproof.columns.kernels import rows as interpreter
from overproof.columns.kernels.compiled import block as given
from overproof.columns.kernels.compiled.fills.spill import Spill
from overproof.columns.kernels.compiled.rows import write_rows
from overproof.columns.kernels.compiled.work import Work, begin, entries_of
from overproof.columns.kernels.evaluate import Block
from overproof.columns.machine import machine

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows of a block.

    Attributes:
        entry, number: of each row.
        values: for each value of the rows, as bits; all NaN are one.
        weights: the same; 1 without weights.
    """

    entry: Array
    number: Array
    values: tuple[Array, ...]
    weights: Array

    def difference(self, other: Found) -> str:
        """Tell the first difference; empty: there is none."""
        if len(self.entry) != len(other.entry):
            return f"{len(self.entry)} rows, not {len(other.entry)}"
        names = ["entry", "number", "weight", *(f"value {place}" for place in range(len(self.values)))]
        pairs = zip(
            (self.entry, self.number, self.weights, *self.values),
            (other.entry, other.number, other.weights, *other.values),
            strict=True,
        )
        for name, (mine, its) in zip(names, pairs, strict=True):
            rows = np.flatnonzero(mine != its)
            if len(rows):
                row = rows[0]
                shown = [each[row : row + 1].view(_kind_of(name))[0] for each in (mine, its)]
                return f"{name} of row {row} (entry {self.entry[row]}) is {shown[0]!r}, not {shown[1]!r}"
        return ""


def _kind_of(name: str) -> str:
    return "i8" if name in {"entry", "number"} else "f8"


def as_bits(values: Array) -> Array:
    """Return doubles as whole numbers, so that -0 and 0 differ and NaN is equal to itself."""
    values = np.array(values, dtype=np.float64)
    values[np.isnan(values)] = np.nan
    return values.view(np.int64)


@contextmanager
def blocks_for_events() -> Iterator[None]:
    """Let both paths take blocks that are made in memory in the place of events."""

    def block_of(rows: Rows | Sequence[Rows], events: Block) -> Block:
        asked = [rows] if isinstance(rows, Rows) else rows
        names = {leaf.column for each in asked for formula in each.formulas for leaf in all_leaves(formula.root)}
        columns = {name: events.columns[name] for name in sorted(names)}
        return Block(columns, events.n_entries, events.numbers, events.texts)

    with patch.object(interpreter, "block_of", block_of), patch.object(given, "block_of", block_of):
        yield


@contextmanager
def only_compiled() -> Iterator[None]:
    """Let nothing be interpreted here, so that it is known which path an answer came from."""
    with patch.object(evaluate, "compute", _never), patch.object(interpreter, "evaluate", _never):
        yield


@contextmanager
def only_interpreted() -> Iterator[None]:
    """Let no compiled function run here."""
    with patch.object(machine.Machine, "__call__", _never):
        yield


def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError("the other path was taken")


def interpreted(rows: Rows, block: Block) -> Found:
    """Compute rows array by array."""
    with blocks_for_events(), only_interpreted():
        computed = interpreter.compute_rows(rows, block)
    weights = np.ones(len(computed.entry)) if computed.weights is None else computed.weights
    return Found(
        entry=computed.entry,
        number=computed.loop.number,
        values=tuple(map(as_bits, computed.values)),
        weights=as_bits(weights),
    )


class CompiledTogether:
    """The rows of several questions as one function.

    Args:
        questions: their rows.
        like: a block of the kind that it is compiled for.
    """

    def __init__(self, questions: Sequence[Rows], *, like: Block) -> None:
        self.questions = questions
        self.kind: given.BlockKind | None = None
        self.kind = self._given(like).kind
        writer, formulas = begin(self.kind)
        self.spills = [Spill(writer, f"question {place}", has_places=True) for place in range(len(questions))]
        with entries_of(writer) as entry:
            for rows, spill in zip(questions, self.spills, strict=True):
                write_rows(formulas, rows, entry, lambda row, spill=spill: spill.take(row, row.values))
        self.work = Work(writer, self.spills)

    def _given(self, block: Block) -> given.BlockGiven:
        with blocks_for_events():
            found = given.BlockGiven(self.questions, block)
        if self.kind is not None:  # of a block in which more lists happen to be equal
            found.kind = self.kind
        return found

    def __call__(self, block: Block) -> list[Found]:
        """Compute the rows of a block, by the function and by nothing else.

        Raises:
            Undecided: the function gave up.
        """
        with only_compiled():
            outputs = self.work.run(self._given(block))
        found = []
        for spill in self.spills:
            (entry, number), weights = spill.places(outputs), spill.weights(outputs)
            found.append(
                Found(
                    entry=entry,
                    number=number,
                    values=tuple(map(as_bits, spill.values(outputs))),
                    weights=as_bits(np.ones(len(entry)) if weights is None else weights),
                )
            )
        return found


def node_kinds(questions: Sequence[Rows]) -> set[str]:
    """Name the kinds of nodes, and the functions, that questions are made of."""
    nodes = [node for rows in questions for formula in rows.formulas for node in all_nodes(formula.root)]
    return {type(node).__name__ for node in nodes} | {node.kernel for node in nodes if hasattr(node, "kernel")}
