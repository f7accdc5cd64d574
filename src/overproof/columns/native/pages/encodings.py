"""How the elements of a page are written, and back from there to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError
from overproof.columns.native.codec import Octets
from overproof.columns.native.steps import Machinery
from overproof.words.frozen import dataclass

Array = npt.NDArray[Any]


_UNPACKED = ("quantized", "truncated")
"""Packings that are undone by compiled steps of the same name."""

_PACKED_BITS = range(1, 33)

_FEW = 64
_PIECE = 8192
"""Numbers worked on at a time where that takes several steps: they stay in the processor's cache meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """One type of column.

    Attributes:
        dtype: of the numbers that are kept; those of ends of lists are turned into 64 bits later.
        is_split: all first bytes of the numbers come first, then all second ones ...
        is_zigzag: the sign is the lowest bit.
        is_delta: each number but the first of a page is the difference from the one before.
        packing: how numbers of any count of bits lie together: empty for whole bytes.
        is_index: ends of lists.
    """

    dtype: str
    is_split: bool = False
    is_zigzag: bool = False
    is_delta: bool = False
    packing: str = ""
    is_index: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether bytes are stored as they are in memory."""
        return not (self.is_split or self.is_zigzag or self.is_delta or self.packing)


ENCODINGS = {
    0x00: Encoding(dtype="bool", packing="bits"),
    0x01: Encoding(dtype="uint8"),
    0x02: Encoding(dtype="uint8"),
    0x03: Encoding(dtype="int8"),
    0x04: Encoding(dtype="uint8"),
    0x05: Encoding(dtype="int16"),
    0x06: Encoding(dtype="uint16"),
    0x07: Encoding(dtype="int32"),
    0x08: Encoding(dtype="uint32"),
    0x09: Encoding(dtype="int64"),
    0x0A: Encoding(dtype="uint64"),
    0x0B: Encoding(dtype="float16"),
    0x0C: Encoding(dtype="float32"),
    0x0D: Encoding(dtype="float64"),
    0x0E: Encoding(dtype="int32", is_index=True),
    0x0F: Encoding(dtype="int64", is_index=True),
    0x11: Encoding(dtype="int16", is_split=True, is_zigzag=True),
    0x12: Encoding(dtype="uint16", is_split=True),
    0x13: Encoding(dtype="int32", is_split=True, is_zigzag=True),
    0x14: Encoding(dtype="uint32", is_split=True),
    0x15: Encoding(dtype="int64", is_split=True, is_zigzag=True),
    0x16: Encoding(dtype="uint64", is_split=True),
    0x17: Encoding(dtype="float16", is_split=True),
    0x18: Encoding(dtype="float32", is_split=True),
    0x19: Encoding(dtype="float64", is_split=True),
    0x1A: Encoding(dtype="int32", is_split=True, is_delta=True, is_index=True),
    0x1B: Encoding(dtype="int64", is_split=True, is_delta=True, is_index=True),
    0x1C: Encoding(dtype="float32", packing="truncated"),
    0x1D: Encoding(dtype="float32", packing="quantized"),
}
"""By number; the one of variants (0x10) is not of numbers.

Source: ROOT's RNTuple binary format specification 1.0, column types.
"""


def decode(
    raw: Octets, out: Array, *, encoding: Encoding, n_bits: int, value_range: tuple[float, float] | None
) -> None:
    """Undo the encoding of one page.

    Args:
        raw: bytes of the page, decompressed.
        out: where its numbers go; shape `(n,)`, of the encoding's type.
        encoding: of the column.
        n_bits: of an element, as stored.
        value_range: of quantized numbers.

    Raises:
        DamageError: packed numbers cannot have so many bits.
    """
    match encoding.packing:
        case "bits":
            out.view(np.uint8)[:] = np.unpackbits(raw, count=len(out), bitorder="little")
        case "truncated":
            np.left_shift(_unpacked(raw, len(out), n_bits), np.uint32(32 - n_bits), out=out.view(np.uint32))
        case "quantized":
            low, high = value_range or (0.0, 0.0)
            steps = _unpacked(raw, len(out), n_bits)
            out[:] = low + steps * (high - low) / ((1 << n_bits) - 1)
        case _:
            _join_bytes(raw, out, is_split=encoding.is_split)
            if encoding.is_zigzag:
                _undo_zigzag(out)
            if encoding.is_delta:
                np.cumsum(out, out=out)


def decode_compiled(
    raw: Octets,
    out: Array,
    *,
    encoding: Encoding,
    n_bits: int,
    value_range: tuple[float, float] | None,
    machinery: Machinery,
) -> bool:
    """Undo the encoding of one page by compiled steps; False where numpy must do it.

    Args:
        raw: bytes of the page, decompressed.
        out: where its numbers go; shape `(n,)`, of the encoding's type, or of 64 bits for ends of lists.
        encoding: of the column.
        n_bits: of an element, as stored.
        value_range: of quantized numbers.
        machinery: what gives steps.
    """
    if out.dtype != (np.int64 if encoding.is_delta else encoding.dtype):
        # Columns that are written in several ways have the type of the first.
        return False
    given: dict[str, Any] = {"from": raw, "into": out, "n": len(out)}
    if encoding.packing in _UNPACKED:
        if n_bits not in _PACKED_BITS:
            return False
        step = machinery.step(encoding.packing)
        low, high = map(float, value_range or (0.0, 0.0))
        given |= {"bits": n_bits, "size": len(raw), "low": low, "span": high - low, "top": float((1 << n_bits) - 1)}
        return step is not None and len(out) > 0 and not step(given)
    width = np.dtype(encoding.dtype).itemsize
    if not encoding.is_split or len(raw) != len(out) * width:
        return False
    if encoding.is_delta:
        ends = machinery.step(f"ends {width}")
        return ends is not None and not ends(given)
    join = machinery.step(f"join {width}")
    signs = machinery.step(f"signs {width}") if encoding.is_zigzag else None
    if join is None or (encoding.is_zigzag and signs is None):
        return False
    return not join(given) and (signs is None or not signs(given))


def _join_bytes(raw: Octets, out: Array, *, is_split: bool) -> None:
    width, n = out.dtype.itemsize, len(out)
    if not is_split or width == 1 or n == 0:
        out.view(np.uint8)[:] = raw
        return
    whole, together, apart = out.view(f"u{width}"), out.view(np.uint8).reshape(n, width), raw.reshape(width, n)
    # Small integers have zeros in all bytes but the lowest, and so have the lengths of lists: all but the first number
    # of a page, which tells where the page begins.
    others = [number for number in range(1, width) if not _is_zero(apart[number, 1:])]
    if len(others) < width - 1:
        whole[:] = apart[0]
    else:
        together[:, 0] = apart[0]
    for number in others:
        together[:, number] = apart[number]
    together[0] = apart[:, 0]


def _is_zero(octets: Octets) -> bool:
    """Tell whether all bytes are zero; of others, the first few mostly tell."""
    return not octets[:_FEW].any() and not (len(octets) > _FEW and octets.max())


def _undo_zigzag(out: Array) -> None:
    bits = out.view(f"u{out.dtype.itemsize}")
    room = np.empty(min(len(bits), _PIECE), bits.dtype)
    for first in range(0, len(bits), _PIECE):
        piece = bits[first : first + _PIECE]
        signs = np.bitwise_and(piece, 1, out=room[: len(piece)])
        np.negative(signs, out=signs)
        np.right_shift(piece, 1, out=piece)
        np.bitwise_xor(piece, signs, out=piece)


def _unpacked(raw: Octets, n: int, n_bits: int) -> npt.NDArray[np.uint32]:
    """Return numbers of some bits each, at most 32, which lie one behind the other from the lowest bit on."""
    if n_bits not in _PACKED_BITS:
        raise DamageError(f"an element of it cannot have {n_bits} bits")
    padded = np.zeros(len(raw) + 8, np.uint8)
    padded[: len(raw)] = raw
    # At every byte the 64 bits that begin there: a number of 32 bits has room in them, wherever in the byte it begins.
    windows = np.ndarray((len(raw) + 1,), "<u8", buffer=padded, strides=(1,))
    starts = np.arange(n, dtype=np.int64) * n_bits
    found = windows[starts >> 3] >> (starts & 7).astype(np.uint64)
    numbers: npt.NDArray[np.uint32] = (found & np.uint64((1 << n_bits) - 1)).astype(np.uint32)
    return numbers
