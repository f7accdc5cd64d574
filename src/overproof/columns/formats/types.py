"""What draw and a schema need to know of the type of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import awkward as ak
import numpy as np
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype
from uproot.interpretation.objects import CannotBeAwkward
from uproot.interpretation.strings import AsStrings

from overproof.columns.formats.interpretations import Unknown, interpretation_of
from overproof.words.frozen import dataclass


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
        if form.parameter("__array__") not in (None, "set"):
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


def typename_and_type(branch: Any, leaf: str | None) -> tuple[str, ColumnType]:
    """Return the type of a branch of a TTree, or of one of its leaves, as C++ has it and as a column."""
    interpretation = interpretation_of(branch)
    if isinstance(interpretation, Unknown):
        return "unknown", OBJECT
    if leaf is not None:
        content = interpretation.content if isinstance(interpretation, AsJagged) else interpretation
        dtype: np.dtype[Any] = getattr(content, "to_dtype", np.dtype("O"))
        if dtype.names is None or leaf not in dtype.names:
            return _typename(branch), OBJECT
        type_ = type_of_dtype(dtype[leaf], n_jagged=int(isinstance(interpretation, AsJagged)))
        return type_.dtype or str(dtype[leaf]), type_
    if isinstance(interpretation, AsDtype):
        return _typename(branch), type_of_dtype(interpretation.to_dtype)
    if isinstance(interpretation, AsJagged) and isinstance(interpretation.content, AsDtype):
        return _typename(branch), type_of_dtype(interpretation.content.to_dtype, n_jagged=1)
    if isinstance(interpretation, AsStrings):
        return _typename(branch), STRING
    form = form_of_branch(branch)
    return _typename(branch), OBJECT if form is None else type_of_form(form)


def _typename(branch: Any) -> str:
    """Return the type of a branch as C++ has it; uproot has no name for an array of several leaves."""
    try:
        name = str(branch.typename)
    except KeyError:
        return "unknown"
    return name.replace("uint64_t", "unsigned long").replace("int64_t", "long") if _is_long(branch) else name


def _is_long(branch: Any) -> bool:
    """Tell whether a branch was written from `long`, which ROOT tells from `Long64_t` where it draws."""
    if any(leaf.classname == "TLeafG" for leaf in branch.member("fLeaves")):
        return True
    written = branch.streamer
    return written is not None and written.typename.rstrip("*") in ("long", "unsigned long")


def form_of_branch(branch: Any) -> Any:
    """Return the awkward form of one entry of a branch of a TTree; None where there is none."""
    if isinstance(interpretation_of(branch), Unknown):
        return None
    try:
        return branch.interpretation.awkward_form(branch.file)
    except (CannotBeAwkward, ValueError):  # uproot cannot parse the name of every class that experiments wrote
        return None
