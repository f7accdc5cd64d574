"""Every way in which an RNTuple writes numbers is undone exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ntuples_of_root import (
    CLUSTERS,
    DATA,
    HIGH,
    LISTS,
    LOW,
    N_ENTRIES,
    N_WAYS,
    NUMBERS,
    OTHERS,
    as_lists,
    decoder,
    lists,
    opened,
)

from overproof.columns.native.pages.encodings import ENCODINGS, decode

RANGES = ((0, N_ENTRIES), (150, 151), (151, 158), (99, 101), (140, 170), (0, 0), (299, 300), (157, 300))


def encoded(number: int, values: list[int], n_bits: int) -> bytes:
    """Write numbers, given by their bits, as the specification of the format says, one bit after the other."""
    encoding = ENCODINGS[number]
    if encoding.is_delta:
        values = [after - before for before, after in zip([0, *values], values, strict=False)]
    if encoding.is_zigzag:
        values = [2 * each if each >= 0 else -2 * each - 1 for each in values]
    if encoding.packing:
        bits = "".join(f"{each:0{n_bits}b}"[::-1] for each in values)
        return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    whole = [each.to_bytes(n_bits // 8, "little", signed=each < 0) for each in values]
    if encoding.is_split:
        return b"".join(bytes(each[at] for each in whole) for at in range(n_bits // 8))
    return b"".join(whole)


@pytest.mark.parametrize("number", [n for n, each in ENCODINGS.items() if not each.packing and each.dtype[0] != "f"])
@settings(max_examples=20)
@given(data=st.data())
def test_integers(number: int, data: st.DataObject) -> None:
    """Integers of any size come back from plain, split, zigzag and delta encoding."""
    dtype = np.dtype(ENCODINGS[number].dtype)
    limits = np.iinfo(dtype)
    low = 0 if ENCODINGS[number].is_index else int(limits.min)
    values = data.draw(st.lists(st.integers(low, int(limits.max)), max_size=40))
    if ENCODINGS[number].is_index:
        values.sort()
    raw = np.frombuffer(encoded(number, values, 8 * dtype.itemsize), np.uint8)
    out = np.empty(len(values), dtype)
    decode(raw, out, encoding=ENCODINGS[number], n_bits=8 * dtype.itemsize, value_range=None)
    assert out.tolist() == values


@pytest.mark.parametrize("number", [0x17, 0x18, 0x19])
@settings(max_examples=20)
@given(data=st.data())
def test_split_reals(number: int, data: st.DataObject) -> None:
    """The bits of split real numbers come back, those of what is not a number too."""
    dtype = np.dtype(ENCODINGS[number].dtype)
    values = data.draw(st.lists(st.integers(0, 256**dtype.itemsize - 1), max_size=40))
    raw = np.frombuffer(encoded(number, values, 8 * dtype.itemsize), np.uint8)
    out = np.empty(len(values), dtype)
    decode(raw, out, encoding=ENCODINGS[number], n_bits=8 * dtype.itemsize, value_range=None)
    assert out.view(f"u{dtype.itemsize}").tolist() == values


@settings(max_examples=20)
@given(values=st.lists(st.booleans(), max_size=40))
def test_bits(values: list[bool]) -> None:
    """Bits come back, the last of an unfilled byte too."""
    raw = np.frombuffer(encoded(0x00, [int(each) for each in values], 1), np.uint8)
    out = np.empty(len(values), np.bool_)
    decode(raw, out, encoding=ENCODINGS[0x00], n_bits=1, value_range=None)
    assert out.tolist() == values


@settings(max_examples=20)
@given(data=st.data(), n_bits=st.integers(1, 32))
def test_packed_numbers(data: st.DataObject, n_bits: int) -> None:
    """Truncated numbers have zeros behind the bits that are stored; quantized ones are steps from the least value."""
    values = data.draw(st.lists(st.integers(0, 2**n_bits - 1), max_size=40))
    raw = np.frombuffer(encoded(0x1C, values, n_bits), np.uint8)
    out = np.empty(len(values), np.float32)
    decode(raw, out, encoding=ENCODINGS[0x1C], n_bits=n_bits, value_range=None)
    assert out.view(np.uint32).tolist() == [each << 32 - n_bits for each in values]
    decode(raw, out, encoding=ENCODINGS[0x1D], n_bits=n_bits, value_range=(-3.0, 5.0))
    assert out.tolist() == [float(np.float32(-3.0 + each * 8.0 / (2**n_bits - 1))) for each in values]


@pytest.mark.parametrize(("first", "stop"), RANGES)
def test_numbers_of_root(first: int, stop: int) -> None:
    """Numbers that ROOT wrote in any encoding, and arrays of them, come out of any range as they went in."""
    found = decoder(DATA / "encodings.root").read(list(NUMBERS), first, stop)
    for name, (dtype, value) in NUMBERS.items():
        expected = np.asarray([value(i) for i in range(first, stop)], dtype).tolist()
        assert (name, found[name].values.tolist()) == (name, expected)
        assert (name, found[name].values.dtype) == (name, dtype)
        assert not found[name].values.flags.writeable


@pytest.mark.parametrize(("first", "stop"), RANGES)
def test_lists_of_root(first: int, stop: int) -> None:
    """Lists that ROOT wrote, of any depth and any encoding of their ends, come out of any range as they went in."""
    found = decoder(DATA / "encodings.root").read(list(LISTS), first, stop)
    for name, (dtype, value) in LISTS.items():
        assert (name, as_lists(lists(found[name]))) == (name, [value(i) for i in range(first, stop)])
        assert (name, found[name].values.dtype) == (name, dtype)
        assert not any(each.flags.writeable for each in (found[name].values, *found[name].offsets))


@pytest.mark.parametrize("n_bits", [10, 11, 17, 24, 31])
def test_truncated_numbers_of_root(n_bits: int) -> None:
    """A truncated number is what went in, without its last bits."""
    values = decoder(DATA / "encodings.root").read([f"truncated{n_bits}"], 0, N_ENTRIES)[f"truncated{n_bits}"].values
    whole = np.asarray([NUMBERS["f4_plain"][1](i) for i in range(N_ENTRIES)], np.float32) / np.float32(3)
    assert values.view(np.uint32).tolist() == (whole.view(np.uint32) >> 32 - n_bits << 32 - n_bits).tolist()


@pytest.mark.parametrize("n_bits", [1, 2, 7, 8, 13, 20, 32])
def test_quantized_numbers_of_root(n_bits: int) -> None:
    """A quantized number is what went in, to half a step."""
    values = decoder(DATA / "encodings.root").read([f"quantized{n_bits}"], 0, N_ENTRIES)[f"quantized{n_bits}"].values
    whole = np.asarray([NUMBERS["f4_plain"][1](i) for i in range(N_ENTRIES)])
    assert np.abs(values - whole).max() <= (HIGH - LOW) / (2**n_bits - 1) / 2 + 1e-5


def test_which_fields_are_native() -> None:
    """All fields of numbers, fixed arrays of numbers and lists of either are read natively, and no others."""
    layout = opened(DATA / "encodings.root")[0].layout
    packed = {name for name in layout.names if name.startswith(("truncated", "quantized"))}
    members = {"couple.0", "couple.1", "couples.0", "couples.1"}
    assert set(layout.columns) == {*NUMBERS, *LISTS} | packed | members
    assert set(layout.names) == set(layout.columns) | set(OTHERS)
    assert tuple(layout.clusters) == CLUSTERS


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize(("first", "stop"), [(0, N_WAYS), (30, 50), (41, 42), (79, 161)])
def test_columns_written_in_several_ways(first: int, stop: int, *, is_compiled: bool) -> None:
    """A field whose encoding changes from cluster to cluster is one column, if the first encoding has room for all."""
    pages = decoder(DATA / "ways.root", is_compiled=is_compiled)
    assert "narrow" not in opened(DATA / "ways.root")[0].layout.columns
    found = pages.read(["number", "list"], first, stop)
    assert found["number"].values.dtype == np.float32
    assert found["number"].values.tolist() == [i * 0.5 for i in range(first, stop)]
    assert as_lists(lists(found["list"])) == [[i * 0.25] * (i % 4) for i in range(first, stop)]


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize(("first", "stop"), [(0, N_WAYS), (30, 50), (41, 42), (79, 161)])
def test_doubles_written_in_several_ways(first: int, stop: int, *, is_compiled: bool) -> None:
    """Doubles that are packed, or single, in some clusters are doubles, by numpy as by compiled steps."""
    found = decoder(DATA / "doubles.root", is_compiled=is_compiled).read(["truncated", "quantized"], first, stop)
    for name in ("truncated", "quantized"):
        assert found[name].values.dtype == np.float64
        assert (name, found[name].values.tolist()) == (name, [i * 0.5 for i in range(first, stop)])
