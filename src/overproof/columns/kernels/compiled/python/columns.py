"""Branches of a block for functions of the Python dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.python.rows import PythonRows, all_columns
from overproof.analysis.draw.python.typed import Kind
from overproof.columns.kernels.compiled.columns import WrittenColumn
from overproof.columns.kernels.compiled.python.contents import Content, Listing, Number, OtherColumnError
from overproof.columns.kernels.evaluate import Block
from overproof.columns.kernels.jagged import Column, ShapeError, flatten, from_native
from overproof.columns.machine.writer import Value, Writer
from overproof.columns.views import native_column


def write_branch(writer: Writer, column: WrittenColumn, entry: Value) -> Content:
    """Write what a branch has in an entry; all dimensions are lists."""
    return _level(writer, column, 0, entry)


def _level(writer: Writer, column: WrittenColumn, level: int, place: Value) -> Content:
    n_jagged = len(column.offsets)
    if level < n_jagged:
        return Listing(
            writer,
            length=column.length(level, place),
            item=lambda number: _level(writer, column, level + 1, writer.plus(column.start(level, place), number)),
        )
    if level < n_jagged + len(column.fixed_shape):
        size = column.fixed_shape[level - n_jagged]
        return Listing(
            writer,
            length=writer.integer(size),
            item=lambda number: _level(writer, column, level + 1, writer.plus(writer.times(place, size), number)),
        )
    return Number(data=column.value(place))


def python_block(rows: Sequence[PythonRows], events: Any) -> Block:
    """Read the columns that plans in Python need of a block.

    Raises:
        OtherColumnError: a column is not made of lists and numbers alone, or not what it was in the first file.
    """
    formulas = [formula for each in rows for formula in (*each.values, each.cut, each.weight) if formula is not None]
    kinds = {column.name: column.kind for formula in formulas for column in all_columns(formula.root)}
    columns = {name: _column(name, kind, events) for name, kind in sorted(kinds.items())}
    return Block(columns=columns, n_entries=len(events))


def _column(name: str, kind: Kind, events: Any) -> Column:
    native = native_column(events, name)
    if native is None:
        column = _taken_apart(events[name])
    else:
        column = from_native(native, n_jagged=len(native.offsets), fixed_shape=native.values.shape[1:])
    content = column.content.dtype
    if (
        len(column.offsets) + len(column.fixed_shape) != kind.depth
        or content.kind not in "biuf"
        or content.itemsize > 8
    ):
        raise OtherColumnError(f"branch '{name}' is not here what it was in the first file")
    if content == np.dtype(np.float16) or (kind.element == "boolean") != (content.kind == "b"):
        raise OtherColumnError(f"branch '{name}' holds other numbers here")
    return column


def _taken_apart(array: Any) -> Column:
    """Take an awkward array apart whose dimensions are not known."""
    import awkward as ak

    layout = ak.to_layout(ak.materialize(array))
    n_jagged, fixed = 0, list[int]()
    each = layout
    while not each.is_numpy:
        if not each.is_list:
            raise OtherColumnError("a column of other things than lists and numbers")
        if each.is_regular:
            fixed.append(each.size)
        elif fixed:
            raise OtherColumnError("lists inside of arrays of a fixed size")
        else:
            n_jagged += 1
        each = each.content
    shape = (*fixed, *each.inner_shape)
    try:
        return flatten(layout, n_jagged=n_jagged, fixed_shape=shape)
    except ShapeError as error:
        raise OtherColumnError(str(error)) from None
