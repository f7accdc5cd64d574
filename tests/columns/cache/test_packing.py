"""A native column becomes plain buffers and comes back the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.columns.cache.packing import buffers_of, can_be_packed, note_of, unpacked
from overproof.columns.layouts import NativeColumn
from overproof.store.mapped import MappedStore

DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]


def no_lists(first: int, stop: int, digest: str) -> Any:
    raise LookupError(digest)


@st.composite
def columns(draw: st.DrawFn) -> NativeColumn:
    """A column of any type and depth."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(0, 30))
    offsets = []
    for _ in range(draw(st.integers(0, 2))):
        ends = np.cumsum(dice.integers(0, 4, n))
        offsets.append(np.concatenate([[0], ends]).astype(np.int64))
        n = int(offsets[-1][-1])
    shape = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    content = dice.integers(0, 2 if dtype.kind == "b" else 256, (n, *shape, dtype.itemsize), dtype=np.uint8)
    return NativeColumn(values=content.view(dtype)[..., 0], offsets=tuple(offsets))


def same(left: NativeColumn, right: NativeColumn) -> bool:
    """Tell whether two columns are equal, bit for bit."""
    arrays = zip((*left.offsets, left.values), (*right.offsets, right.values), strict=True)
    return all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in arrays)


@settings(max_examples=60, deadline=None)
@given(column=columns(), data=st.data())
def test_any_column_comes_back(
    column: NativeColumn, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever column is kept in two pieces, each range of it that is asked for is what a cut of the whole is."""
    assert can_be_packed(column)
    store = MappedStore(tmp_path_factory.mktemp("packed") / "cache", limit_bytes=10**8)
    n = len(column)
    at = data.draw(st.integers(0, n))
    for first, stop in ((0, at), (at, n)):
        if first < stop:
            piece = column.cut(first, stop)
            assert store.put("key", first, stop, note=note_of(piece), buffers=buffers_of(piece), cost_s=1.0)
    first, stop = sorted((data.draw(st.integers(0, n)), data.draw(st.integers(0, n))))
    if first == stop:
        return
    records = store.find("key", first, stop)
    assert records
    found = unpacked(records, first, stop, lists=no_lists)
    assert same(found, column.cut(first, stop))
    assert not found.values.flags.writeable


def test_arrays_with_gaps_are_packed_whole() -> None:
    """A column that is a view with steps is kept by its content."""
    values = np.arange(20, dtype=np.float32)[::2]
    (buffer,) = buffers_of(NativeColumn(values=values))
    assert bytes(buffer) == values.tobytes()


def test_records_of_names_are_not_packed() -> None:
    """Only plain numbers are kept: no fields with names, nothing of length 0."""
    assert not can_be_packed(NativeColumn(values=np.zeros(3, dtype=[("a", "f4")])))
    assert not can_be_packed(NativeColumn(values=np.zeros((3, 0), dtype="f4")))


def test_a_note_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """Buffers that are not what their note says give an error, no column."""
    store = MappedStore(tmp_path / "cache", limit_bytes=10**8)
    column = NativeColumn(values=np.arange(5, dtype=np.int16))
    for number, note in enumerate((b"<i8 0  ", b"<i2 1  ", b"<i2 0 4, ", b"nonsense", b"<x9 0  ", b"<i2 1  abc")):
        store.put(str(number), 0, 5, note=note, buffers=buffers_of(column), cost_s=1.0)
        with pytest.raises((ValueError, TypeError, LookupError)):
            unpacked(store.find(str(number), 0, 5), 0, 5, lists=no_lists)
