"""A real awkward record array whose columns are read when awkward looks into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import awkward as ak
import numpy as np

from overproof.records.schema import Branch


def virtual_record(
    names: Iterable[str],
    *,
    length: int,
    is_at_hand: Callable[[str], bool],
    types: Callable[[str], Branch | None],
    empty: Callable[[str], Any],
    get: Callable[[str], Any],
) -> Any:
    """Make a record array with virtual buffers.

    Args:
        names: the fields.
        length: entries of every field.
        is_at_hand: tells whether a field needs no reading; it is taken as it is.
        types: tells the type of a field, where it is known without reading.
        empty: gives a field of no entries, where it is not.
        get: reads a field.
    """
    fields = list(names)
    layouts = [
        ak.to_layout(get(name))
        if is_at_hand(name)
        else _virtual(name, length=length, types=types, empty=empty, get=get)
        for name in fields
    ]
    return ak.Array(ak.contents.RecordArray(layouts, fields, length))


def _virtual(
    name: str,
    *,
    length: int,
    types: Callable[[str], Branch | None],
    empty: Callable[[str], Any],
    get: Callable[[str], Any],
) -> Any:
    """Make the layout of one field, not read yet."""
    branch = types(name)
    plain = None if branch is None else _form_of(branch)
    form = ak.to_packed(empty(name)).layout.form if plain is None else plain
    keyed = _with_keys(form, "column")
    column = _Column(partial(get, name), keyed)
    keys = keyed.expected_from_buffers(buffer_key="{form_key}-{attribute}")
    return ak.from_buffers(keyed, length, {key: column.buffer(key) for key in keys}, highlevel=False)


class _Column:
    """Materialises one column once for all of its buffers."""

    def __init__(self, read: Callable[[], Any], form: Any) -> None:
        self._read = read
        self._form = form
        self._buffers: dict[str, Any] | None = None

    def buffer(self, key: str) -> Callable[[], Any]:
        return lambda: self._all()[key]

    def _all(self) -> dict[str, Any]:
        if self._buffers is None:
            layout = _like(ak.to_packed(self._read()).layout, self._form)
            _, _, self._buffers = ak.to_buffers(
                layout, buffer_key="{form_key}-{attribute}", form_key=_keys_in_order(self._form)
            )
        return self._buffers


def _form_of(branch: Branch) -> Any:
    """Return the form of a packed column of numbers or strings; None for anything else."""
    form: Any
    if branch.kind == "string":
        characters = ak.forms.NumpyForm("uint8", parameters={"__array__": "char"})
        form = ak.forms.ListOffsetForm("i64", characters, parameters={"__array__": "string"})
    elif branch.kind == "number":
        form = ak.forms.NumpyForm(branch.dtype)
    else:
        return None
    for size in reversed(branch.fixed_shape):
        form = ak.forms.RegularForm(form, size)
    for _ in range(branch.n_jagged):
        form = ak.forms.ListOffsetForm("i64", form)
    return form


def _like(layout: Any, form: Any) -> Any:
    """Give a packed layout the integer types and nesting that the form promises."""
    if isinstance(form, ak.forms.ListOffsetForm | ak.forms.RegularForm) and isinstance(layout, ak.contents.NumpyArray):
        layout = layout.to_RegularArray()
    if isinstance(form, ak.forms.ListOffsetForm):
        lists = layout.to_ListOffsetArray64(start_at_zero=True)
        content = _like(lists.content[: lists.offsets[-1]], form.content)
        return ak.contents.ListOffsetArray(
            ak.index.Index64(np.asarray(lists.offsets)), content, parameters=layout.parameters
        )
    if isinstance(form, ak.forms.RegularForm):
        return ak.contents.RegularArray(
            _like(layout.content, form.content), form.size, len(layout), parameters=layout.parameters
        )
    return layout


def _with_keys(form: Any, prefix: str) -> Any:
    """Return a form whose every node has a key of its own; lists have 64-bit offsets."""
    count = 0

    def rename(node: dict[str, Any]) -> None:
        nonlocal count
        node["form_key"] = f"{prefix}.{count}"
        count += 1
        if node["class"] == "ListOffsetArray":
            node["offsets"] = "i64"
        if isinstance(node.get("content"), dict):
            rename(node["content"])
        for each in node.get("contents") or ():
            rename(each)

    described = form.to_dict(verbose=True)
    rename(described)
    return ak.forms.from_dict(described)


def _keys_in_order(form: Any) -> Callable[..., str]:
    """Give the keys of a form in the order in which awkward visits its nodes."""
    keys: list[str] = []

    def collect(node: Any) -> None:
        keys.append(node.form_key)
        for each in [*(getattr(node, "contents", None) or ()), getattr(node, "content", None)]:
            if isinstance(each, ak.forms.Form):
                collect(each)

    collect(form)
    return lambda id, **_: keys[int(id)]  # noqa: A006 - awkward passes the number of the node under this name
