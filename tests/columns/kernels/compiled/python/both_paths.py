"""Compute rows of the Python dialect by the interpreter and by compiled functions, and tell where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.compiled.block import BlockGiven
from overproof.columns.kernels.compiled.fills.spill import Spill
from overproof.columns.kernels.compiled.python.contents import NotWrittenError
from overproof.columns.kernels.compiled.python.rows import write_python_rows
from overproof.columns.kernels.compiled.work import Work, begin, entries_of
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.python.rows import compute_python_rows
from overproof.words.errors import BranchError

_answers: dict[tuple[PythonRows, int], tuple[Any, ComputedRows | None]] = {}
"""What the interpreter has answered, by question and block, which is kept with it."""


def interpreted(rows: PythonRows, block: Any) -> ComputedRows | None:
    """Compute rows with awkward, once; None where an entry has not what is asked for."""
    key = (rows, id(block))
    if key not in _answers or _answers[key][0] is not block:
        _answers[key] = (block, _interpreted(rows, block))
    return _answers[key][1]


def _interpreted(rows: PythonRows, block: Any) -> ComputedRows | None:
    with np.errstate(all="ignore"):
        try:
            return compute_python_rows(rows, block)
        except BranchError:
            return None


def is_written(rows: PythonRows, block: Any) -> bool:
    """Tell whether compiled functions know rows."""
    writer, formulas = begin(BlockGiven([rows], block).kind)
    try:
        with entries_of(writer) as entry:
            write_python_rows(writer, rows, formulas.columns, entry, lambda row: None)
    except NotWrittenError:
        return False
    return True


def written_together(questions: Sequence[PythonRows], given: BlockGiven) -> tuple[Work, list[Spill]]:
    """Write questions as one function for blocks like this one.

    Raises:
        NotWrittenError: one of them is known to the interpreter only.
    """
    writer, formulas = begin(given.kind)
    spills = [Spill(writer, f"question {number}", has_places=True) for number in range(len(questions))]
    with entries_of(writer) as entry:
        for rows, spill in zip(questions, spills, strict=True):
            write_python_rows(writer, rows, formulas.columns, entry, lambda row, to=spill: to.take(row, row.values))
    return Work(writer, spills), spills


def differences(questions: Sequence[PythonRows], blocks: Sequence[Any]) -> dict[int, str]:
    """Compute questions in one function, and tell by their numbers which have other rows than the interpreter.

    Raises:
        NotWrittenError: one of them is known to the interpreter only.
        Undecided: a function leaves one of the blocks to the interpreter.
    """
    given = [BlockGiven(questions, block) for block in blocks]
    work, spills = written_together(questions, given[0])
    found = {}
    for block, each in zip(blocks, given, strict=True):
        outputs = work.run(each)
        for number, (rows, spill) in enumerate(zip(questions, spills, strict=True)):
            expected = interpreted(rows, block)
            difference = "an answer to an error" if expected is None else _difference(spill, outputs, expected)
            if difference:
                found[number] = difference
    return found


def _difference(spill: Spill, outputs: Any, expected: ComputedRows) -> str:
    entry, number = spill.places(outputs)
    weights = spill.weights(outputs)
    if not np.array_equal(entry, expected.loop.entry) or not np.array_equal(number, expected.loop.number):
        return f"other rows: of entries {entry.tolist()}, not {expected.loop.entry.tolist()}"
    if (weights is None) != (expected.weights is None):
        return "one has weights"
    pairs = list(zip(spill.values(outputs), expected.values, strict=True))
    pairs += [] if weights is None or expected.weights is None else [(weights, expected.weights)]
    for ours, theirs in pairs:
        if not np.array_equal(as_bits(ours), as_bits(theirs)):
            return f"{ours.tolist()}, not {theirs.tolist()}"
    return ""


def as_bits(values: Any) -> Any:
    """Return the bits of doubles; all NaNs are one."""
    doubles = np.array(values, dtype=np.float64)
    doubles[np.isnan(doubles)] = np.nan
    return doubles.view(np.int64)
