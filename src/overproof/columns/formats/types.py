"""What draw and a schema need to know of the type of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """Type of one column; the fields mean what they mean in `records.schema.Branch`."""

    kind: str
    dtype: str = ""
    n_jagged: int = 0
    fixed_shape: tuple[int, ...] = ()


OBJECT = ColumnType(kind="object")
STRING = ColumnType(kind="string")


def type_of_dtype(dtype: np.dtype[Any], *, n_jagged: int = 0) -> ColumnType:
    """Type a column of numbers; `dtype` may have a shape."""
    base, shape = dtype.subdtype or (dtype, ())
    if base.names is not None or base.kind not in "biuf":
        return OBJECT
    return ColumnType(kind="number", dtype=base.newbyteorder("=").name, n_jagged=n_jagged, fixed_shape=tuple(shape))


def type_of_form(form: Any) -> ColumnType:
    """Type a column from the awkward form of one of its entries.

    Numbers below variable lists below fixed ones, options, records, unions and lists of strings are objects.
    """
    if isinstance(form, (ak.forms.ListOffsetForm, ak.forms.ListForm)):
        if form.parameter("__array__") in ("string", "bytestring"):
            return STRING
        if form.parameter("__array__") is not None:
            return OBJECT
        inner = type_of_form(form.content)
        if inner.kind != "number":
            return OBJECT
        return ColumnType(kind="number", dtype=inner.dtype, n_jagged=inner.n_jagged + 1, fixed_shape=inner.fixed_shape)
    if isinstance(form, ak.forms.RegularForm):
        inner = type_of_form(form.content)
        if inner.kind != "number" or inner.n_jagged or form.parameter("__array__") is not None:
            return OBJECT
        return ColumnType(kind="number", dtype=inner.dtype, fixed_shape=(form.size, *inner.fixed_shape))
    if isinstance(form, ak.forms.NumpyForm):
        if form.parameter("__array__") is not None:
            return OBJECT
        return type_of_dtype(np.dtype((ak.types.numpytype.primitive_to_dtype(form.primitive), form.inner_shape)))
    return OBJECT
