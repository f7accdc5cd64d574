"""Compiled steps against what numpy makes of the same bytes, and against bytes that nobody can have written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.baskets import BasketHeader
from overproof.columns.native.elements import Elements
from overproof.columns.native.lists import SharedLists
from overproof.columns.native.pages.encodings import ENCODINGS, Encoding, decode, decode_compiled
from overproof.columns.native.steps import Machinery

KEY_BYTES = 77
LENGTHS = (0, 1, 2, 3, 7, 8, 31, 64, 65, 257, 1000)
SPLIT = {number: encoding for number, encoding in ENCODINGS.items() if encoding.is_split}


@pytest.fixture(scope="module")
def machinery() -> Machinery:
    """Steps that are compiled at once."""
    made = Machinery(patience=0)
    made.use(True)
    return made


@pytest.fixture
def dice() -> np.random.Generator:
    return np.random.default_rng(20)


# -- pages


def by_numpy(raw: npt.NDArray[np.uint8], encoding: Encoding, n: int) -> npt.NDArray[Any]:
    out = np.empty(n, encoding.dtype)
    decode(raw, out, encoding=encoding, n_bits=8 * out.itemsize, value_range=None)
    return out.astype(np.int64) if encoding.is_index else out


def by_steps(machinery: Machinery, raw: npt.NDArray[np.uint8], encoding: Encoding, n: int) -> npt.NDArray[Any]:
    out = np.empty(n, np.int64 if encoding.is_index else encoding.dtype)
    n_bits = 8 * np.dtype(encoding.dtype).itemsize
    assert decode_compiled(raw, out, encoding=encoding, n_bits=n_bits, value_range=None, machinery=machinery)
    return out


@pytest.mark.parametrize("number", SPLIT, ids=hex)
def test_pages_of_any_bytes_are_those_of_numpy(number: int, machinery: Machinery, dice: np.random.Generator) -> None:
    """Whatever the bytes and however many, the numbers have the same bits; sums of lengths wrap around alike."""
    width = np.dtype(SPLIT[number].dtype).itemsize
    for n in LENGTHS:
        raw = dice.integers(0, 256, n * width, dtype=np.uint8)
        expected = by_numpy(raw, SPLIT[number], n)
        assert by_steps(machinery, raw, SPLIT[number], n).tobytes() == expected.tobytes(), n


@pytest.mark.parametrize("number", SPLIT, ids=hex)
def test_small_numbers_are_those_of_numpy(number: int, machinery: Machinery, dice: np.random.Generator) -> None:
    """The same for numbers below 256, behind a first one of any size, and with a single one that is larger."""
    width = np.dtype(SPLIT[number].dtype).itemsize
    for n in LENGTHS[1:]:
        planes = np.zeros((width, n), np.uint8)
        planes[0] = dice.integers(0, 256, n)
        planes[:, 0] = dice.integers(0, 256, width)
        for place in (None, n - 1):
            if place is not None:
                planes[width - 1, place] = 1
            raw = planes.ravel()
            assert by_steps(machinery, raw, SPLIT[number], n).tobytes() == by_numpy(raw, SPLIT[number], n).tobytes()


def test_pages_that_are_too_short_are_left_to_numpy(machinery: Machinery) -> None:
    """No step reads beyond the bytes that there are."""
    out = np.empty(10, np.float32)
    for number in (0x18, 0x1C, 0x1D):
        assert not decode_compiled(
            np.zeros(39, np.uint8), out, encoding=ENCODINGS[number], n_bits=32, value_range=None, machinery=machinery
        )


@pytest.mark.parametrize("number", [0x1C, 0x1D], ids=hex)
def test_numbers_of_few_bits_are_those_of_numpy(number: int, machinery: Machinery, dice: np.random.Generator) -> None:
    """Of any count of bits, and however many: the same floats, to the last bit."""
    encoding = ENCODINGS[number]
    for n_bits in range(1, 33):
        for n in (1, 2, 7, 33, 200):
            raw = dice.integers(0, 256, (n * n_bits + 7) // 8, dtype=np.uint8)
            found, expected = np.empty(n, np.float32), np.empty(n, np.float32)
            told: Any = {"encoding": encoding, "n_bits": n_bits, "value_range": (-3.7, 5.1)}
            decode(raw, expected, **told)
            assert decode_compiled(raw, found, **told, machinery=machinery)
            assert found.tobytes() == expected.tobytes(), (n_bits, n)


@pytest.mark.parametrize("number", [*SPLIT, 0x1C, 0x1D], ids=hex)
def test_numbers_of_another_type_are_left_to_numpy(number: int, machinery: Machinery) -> None:
    """Where a column has room for more than a way in which it is written, no step writes into it."""
    encoding = ENCODINGS[number]
    n_bits = 20 if encoding.packing else 8 * np.dtype(encoding.dtype).itemsize
    raw = np.full(8 * n_bits // 8, 255, np.uint8)
    own = "int64" if encoding.is_delta else encoding.dtype
    for other in {"float32", "float64", "int32", "int64", "uint64"} - {own}:
        out = np.full(8, 7, other)
        told: Any = {"encoding": encoding, "n_bits": n_bits, "value_range": (0.0, 1.0)}
        assert not decode_compiled(raw, out, **told, machinery=machinery)
        assert out.tolist() == [7] * 8


@pytest.mark.parametrize("n_bits", [-1, 0, 33, 63, 64, 65, 65535])
@pytest.mark.parametrize("number", [0x1C, 0x1D], ids=hex)
def test_numbers_of_bits_that_cannot_be_are_refused(number: int, n_bits: int, machinery: Machinery) -> None:
    """No step divides or shifts by a count of bits that a file only says; numpy tells that it is damage."""
    encoding, raw, out = ENCODINGS[number], np.zeros(80000, np.uint8), np.full(8, 7, np.float32)
    told: Any = {"encoding": encoding, "n_bits": n_bits, "value_range": (0.0, 1.0)}
    step = machinery.step(encoding.packing)
    assert step is not None
    given = {"from": raw, "into": out, "n": 8, "bits": n_bits, "size": len(raw), "low": 0.0, "span": 1.0, "top": 1.0}
    assert step(given) != 0
    assert not decode_compiled(raw, out, **told, machinery=machinery)
    with pytest.raises(DamageError, match=f"cannot have {n_bits} bits"):
        decode(raw, out, **told)
    assert out.tolist() == [7] * 8


@pytest.mark.parametrize(
    ("ends", "is_wrong"),
    [([], 0), ([0, 0, 3], 0), ([5], 0), ([-1], 1), ([3, 2], 1), ([0, -(2**63)], 1), ([1, 2**63 - 1, 2**62], 1)],
    ids=str,
)
def test_ends_that_do_not_follow_each_other_are_told(ends: list[int], is_wrong: int, machinery: Machinery) -> None:
    """Ends of lists ascend from 0 on; they are moved by what is asked for."""
    into = np.array(ends, np.int64)
    step = machinery.step("move")
    assert step is not None
    assert step({"into": into, "n": len(ends), "move": 7}) == is_wrong
    with np.errstate(over="ignore"):
        assert into.tolist() == (np.array(ends, np.int64) + 7).tolist()


# -- baskets


def elements_of_size(size_bytes: int, *, header_bytes: int = 0) -> Elements:
    stored = np.dtype(f">f{size_bytes}" if size_bytes in (4, 8) else f">i{size_bytes}")
    return Elements(
        stored=stored, native=stored.newbyteorder("="), shape=(), size_bytes=size_bytes, header_bytes=header_bytes,
        is_jagged=True,
    )  # fmt: skip


def places(lengths: npt.NDArray[Any], elements: Elements) -> tuple[npt.NDArray[np.int64], int]:
    """Return where the entries of a basket begin, and how many bytes its data have."""
    ends = np.cumsum(lengths * elements.size_bytes + elements.header_bytes)
    return np.concatenate([[0], ends[:-1]]), int(ends[-1])


def told(begins: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Write places as ROOT does, with a number behind them that means nothing."""
    numbers = [len(begins) + 1, *(begins + KEY_BYTES).tolist(), 0]
    return np.array([number % 2**32 for number in numbers], ">u4").view(np.uint8)


def header(data_bytes: int, n_entries: int) -> BasketHeader:
    n_bytes = data_bytes + 4 * (n_entries + 2)
    return BasketHeader(KEY_BYTES, n_bytes, data_bytes, is_compressed=True, is_covered=False)


def found(
    lists: SharedLists, elements: Elements, stored: npt.NDArray[np.uint8], n_bytes: int, *, number: int = 0
) -> npt.NDArray[np.int64] | None:
    n_entries = len(stored) // 4 - 2
    return lists.of_stored("n", number, elements, stored, header(n_bytes, n_entries), n_entries=n_entries)


@pytest.mark.parametrize("header_bytes", [0, 10])
@pytest.mark.parametrize("size_bytes", [1, 2, 4, 8])
def test_lists_of_any_lengths_are_found(
    size_bytes: int, header_bytes: int, machinery: Machinery, dice: np.random.Generator
) -> None:
    """Offsets are the sums of lengths, and columns with the same lengths share one array, whatever their size."""
    elements = elements_of_size(size_bytes, header_bytes=header_bytes)
    others = elements_of_size(
        9 - size_bytes if size_bytes in (1, 8) else 6 - size_bytes, header_bytes=10 - header_bytes
    )
    for n_entries in LENGTHS[1:]:
        lengths = dice.poisson(2.0, n_entries)
        lists = SharedLists(machinery)
        first = found(lists, elements, *_stored(lengths, elements))
        assert first is not None
        assert first.tolist() == [0, *np.cumsum(lengths).tolist()]
        assert found(lists, others, *_stored(lengths, others)) is first
        lengths[-1] += 1
        other = found(lists, elements, *_stored(lengths, elements))
        assert other is not None
        assert other.tolist() == [0, *np.cumsum(lengths).tolist()]


def _stored(lengths: npt.NDArray[Any], elements: Elements) -> tuple[npt.NDArray[np.uint8], int]:
    begins, n_bytes = places(lengths, elements)
    return told(begins), n_bytes


Damage = Callable[[npt.NDArray[np.int64]], None]


def _set(place: int, value: int) -> Damage:
    def damage(begins: npt.NDArray[np.int64]) -> None:
        begins[place] = value

    return damage


DAMAGES: Mapping[str, Damage] = {
    "does not begin": _set(0, 4),
    "below": _set(5, -4),
    "descends": _set(6, 0),
    "beyond": _set(7, 2**20),
    "far beyond": _set(7, 2**31 - KEY_BYTES - 4),
    "wraps": _set(7, -(2**31) + 80),
    "cut": _set(8, 33),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_places_that_cannot_be_are_left_to_numpy(damage: str, machinery: Machinery) -> None:
    """Whoever follows what was found stays inside of the elements: it ascends from 0 to the number of them."""
    elements = elements_of_size(4)
    begins, n_bytes = places(np.full(20, 2), elements)
    DAMAGES[damage](begins)
    lists = SharedLists(machinery)
    assert found(lists, elements, told(begins), n_bytes) is None
    right = found(lists, elements, *_stored(np.full(20, 2), elements))
    assert right is not None
    assert found(lists, elements, told(begins), n_bytes) is None


def test_places_that_are_not_as_many_as_entries_are_left_to_numpy(machinery: Machinery) -> None:
    """Neither more nor fewer numbers than the entries need are looked at."""
    elements = elements_of_size(4)
    stored, n_bytes = _stored(np.full(20, 2), elements)
    lists = SharedLists(machinery)
    for wrong in (stored[:-4], np.append(stored, np.zeros(4, np.uint8))):
        assert lists.of_stored("n", 0, elements, wrong, header(n_bytes, 20), n_entries=20) is None


@pytest.mark.parametrize("size_bytes", [0, 3, 2**31, 2**32])
def test_elements_of_sizes_that_no_shift_divides_by_are_left_to_numpy(size_bytes: int, machinery: Machinery) -> None:
    """Of such elements no list is looked for, be it empty."""
    elements = Elements(
        stored=np.dtype(">i1"), native=np.dtype("i1"), shape=(size_bytes,), size_bytes=size_bytes, header_bytes=0,
        is_jagged=True,
    )  # fmt: skip
    assert found(SharedLists(machinery), elements, *_stored(np.zeros(20, np.int64), elements)) is None


@pytest.mark.parametrize("stored", [">c8", ">f16", ">U1", ">M8[s]"])
def test_only_numbers_are_turned_around(stored: str) -> None:
    """Elements whose bytes are not those of one number in the other order are no matter for steps."""
    kind = np.dtype(stored)
    elements = Elements(
        stored=kind, native=kind.newbyteorder("="), shape=(), size_bytes=kind.itemsize, header_bytes=10, is_jagged=True
    )
    assert not elements.is_swapped_only
    assert elements_of_size(8, header_bytes=10).is_swapped_only


def test_random_damage_never_leads_outside(machinery: Machinery, dice: np.random.Generator) -> None:
    """Of a thousand baskets with some wild numbers each, what is found ascends from 0 to the number of elements."""
    elements, n_entries = elements_of_size(4, header_bytes=10), 40
    n_found = 0
    for _ in range(1000):
        stored, n_bytes = _stored(dice.poisson(3.0, n_entries), elements)
        for place in dice.integers(0, len(stored), dice.integers(1, 3)):
            stored[place] ^= np.uint8(1 << dice.integers(0, 8))
        offsets = found(SharedLists(machinery), elements, stored, n_bytes)
        if offsets is not None:
            n_found += 1
            assert offsets[0] == 0
            assert offsets[-1] * 4 + 10 * n_entries == n_bytes
            assert (offsets[1:] >= offsets[:-1]).all()
    assert 0 < n_found < 1000


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_elements_come_without_what_is_in_front_of_them(
    width: int, machinery: Machinery, dice: np.random.Generator
) -> None:
    """Numbers of vectors have the bits that numpy gives them, in this machine's order of bytes."""
    elements = elements_of_size(width, header_bytes=10)
    lengths = dice.poisson(5.0, 300)
    begins, n_bytes = places(lengths, elements)
    data = dice.integers(0, 256, n_bytes, dtype=np.uint8)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    by_step, expected = elements.empty(int(lengths.sum())), elements.empty(int(lengths.sum()))
    elements.fill_lists(expected, data, np.append(begins, n_bytes), offsets)
    step = machinery.step(f"inside {width}")
    assert step is not None
    assert step({"from": data, "into": by_step, "lists": offsets, "n": 300, "front": 10, "scale": 1}) == 0
    assert by_step.tobytes() == expected.tobytes()
