"""What draw and a schema need to know of the type of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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

    Numbers below variable lists below fixed ones, options, records and unions are objects.
    """
    if isinstance(form, (ak.forms.ListOffsetForm, ak.forms.ListForm)):
        if form.parameter("__array__") in ("string", "bytestring"):
            return STRING
        if form.parameter("__array__") is not None:
            return OBJECT
        inner = type_of_form(form.content)
        return OBJECT if inner.kind == "object" else replace(inner, n_jagged=inner.n_jagged + 1)
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


def members_of_form(form: Any) -> Iterator[tuple[tuple[str, ...], ColumnType]]:
    """Give the way to each member of the records in a form that is made of numbers or texts, and its type."""
    for steps in _ways(form):
        inner = form_inside(form, steps)
        type_ = OBJECT if inner is None else type_of_form(inner)
        if type_.kind != "object":
            yield steps, type_


def form_inside(form: Any, steps: Sequence[str]) -> Any:
    """Descend to a member of a record, keeping the lists on the way; None where it is not there."""
    if not steps:
        return form
    if isinstance(form, ak.forms.RecordForm):
        return form_inside(form.content(steps[0]), steps[1:]) if steps[0] in form.fields else None
    if isinstance(form, (ak.forms.ListOffsetForm, ak.forms.RegularForm)):
        inner = form_inside(form.content, steps)
        return None if inner is None else form.copy(content=inner)
    return None


def _ways(form: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(form, ak.forms.RecordForm) and not form.is_tuple:
        for field in form.fields:
            for way in _ways(form.content(field)):
                yield (field, *way)
    elif isinstance(form, (ak.forms.ListOffsetForm, ak.forms.RegularForm)) and form.parameter("__array__") is None:
        yield from _ways(form.content)
    elif not isinstance(form, ak.forms.RecordForm):
        yield ()
