"""A basket must be what the tables of its tree say."""

from __future__ import annotations

import struct
from collections.abc import Set
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.keys import BIG_VERSION, parse_key

_OWN_HEADER = struct.Struct(">HiiiiB")
"""Behind the key: version, two buffer sizes, entries, end of the data, flag."""

_OWN_HEADER_WITH_BITS = struct.Struct(">HiixiiB")
"""The same where the second size is negative: a byte of features follows it, such as offsets that are not stored."""

_OFFSET_BYTES = 4
_CLASS = b"\x07TBasket"
_BIG_KEY = struct.Struct(">ihi4xh2xq8x8sB")
_SMALL_KEY = struct.Struct(">ihi4xh2xi4x8sB")
_NOT_FOLLOWING = "the places of its entries do not follow each other"
_LONG = 255
"""In place of the length of a string: a longer length follows."""


class BasketHeader(NamedTuple):
    """What stands in front of the data of a basket.

    Attributes:
        key_bytes: of the header itself.
        n_bytes: of everything behind it, decompressed.
        data_bytes: of the elements, which come first; behind them are the places of entries, or nothing.
        is_compressed: whether what is behind it is stored in compressed blocks.
        is_covered: whether a checksum covers everything behind it.
        has_features: whether it was written with features of ROOT that are not the usual ones.
    """

    key_bytes: int
    n_bytes: int
    data_bytes: int
    is_compressed: bool
    is_covered: bool
    has_features: bool = False


def check_basket(
    data: memoryview, *, seek: int, n_entries: int, name: bytes, others: Set[bytes], doubtful: Set[int] = frozenset()
) -> BasketHeader:
    """Compare the header of a basket with the tables, and walk its compressed blocks.

    Another name than the branch's is no damage, as branches can be renamed, unless another branch has it; so is any
    name of the tree.

    Args:
        data: the whole basket, as stored, as many bytes as the tables say.
        seek: where in the file it lies.
        n_entries: entries in it, by the tables.
        name: of its branch.
        others: names of all branches of the tree.
        doubtful: places at which several baskets are said to lie.

    Raises:
        DamageError: it is not the basket that should be there.

    Source: ROOT's TBasket::Streamer.
    """
    if seek in doubtful:
        raise DamageError("another basket is said to lie in the same place")
    n_stored, n_bytes, key_bytes, told_seek, told_name, at = _key(data)
    own = _OWN_HEADER if key_bytes == at + _OWN_HEADER.size else _OWN_HEADER_WITH_BITS
    if told_seek != seek or n_stored != len(data) or not at + own.size == key_bytes <= n_stored:
        raise DamageError("its header tells another place or size than the tree")
    if told_name != name and told_name in others:
        raise DamageError(f"it is a basket of branch {told_name.decode(errors='replace')}")
    _, _, buffer_size, told_entries, last, _ = own.unpack_from(data, at)
    if (buffer_size < 0) != (own is _OWN_HEADER_WITH_BITS):
        raise DamageError("its header tells another place or size than the tree")
    if told_entries != n_entries:
        raise DamageError(f"its header tells {told_entries:,} entries, the tree {n_entries:,}")
    n_behind = n_bytes - (last - key_bytes)
    # Behind the data: how many offsets follow, the offsets of all entries, and one more number that means nothing.
    if last < key_bytes or n_behind not in (0, (n_entries + 2) * _OFFSET_BYTES):
        raise DamageError("its data end elsewhere than its header tells")
    is_compressed = n_stored - key_bytes != n_bytes
    is_covered = is_compressed and check_blocks(data[key_bytes:], n_uncompressed=n_bytes)
    return BasketHeader(key_bytes, n_bytes, last - key_bytes, is_compressed, is_covered, own is _OWN_HEADER_WITH_BITS)


def _key(data: memoryview) -> tuple[int, int, int, int, bytes, int]:
    """Understand the key of a basket; thousands of them are in a file, so this is `parse_key` in few steps.

    Returns:
        Bytes stored, bytes of the object, bytes of the key, its place, the name of the branch, where the key's own
        part ends.
    """
    try:
        layout = _BIG_KEY
        n_stored, version, n_bytes, key_bytes, seek, class_name, n_name = layout.unpack_from(data)
        if version <= BIG_VERSION:
            layout = _SMALL_KEY
            n_stored, version, n_bytes, key_bytes, seek, class_name, n_name = layout.unpack_from(data)
        stop = layout.size + n_name
        n_title = data[stop]
        if _LONG in (n_name, n_title):
            key = parse_key(data)
            return n_stored, n_bytes, key_bytes, seek, key.name, key.length
    except (struct.error, IndexError) as error:
        raise DamageError("its header is not that of a basket") from error
    if class_name != _CLASS:
        raise DamageError("its header is not that of a basket")
    return n_stored, n_bytes, key_bytes, seek, bytes(data[layout.size : stop]), stop + 1 + n_title


def places_of_entries(told: npt.NDArray[Any], header: BasketHeader, *, n_entries: int) -> npt.NDArray[np.int32]:
    """Return where the entries of a basket begin, in bytes, and where the last ends.

    Args:
        told: what is stored behind the data: how many numbers follow; then the places of the entries, counted from the
            beginning of the header, or, where ROOT was told to store none and could not do without, 0 and the lengths
            of all entries but the last; then one number that means nothing.
        header: of the basket.
        n_entries: entries in it.

    Raises:
        DamageError: other numbers follow.
    """
    if told[0] != n_entries + 1:
        raise DamageError(_NOT_FOLLOWING)
    places = told[1:].astype(np.int32)
    # No entry lies in the header: a place of 0 is none.
    if header.has_features and places[0] == 0:
        np.cumsum(places, out=places)
    else:
        places -= header.key_bytes
    places[-1] = header.data_bytes
    return places


def check_offsets(basket: Any, *, is_covered: bool) -> None:
    """Check that the entries of a basket lie one behind the other, inside of its data.

    Args:
        basket: a basket of uproot, decompressed.
        is_covered: a checksum covers the offsets: they are as they were written, and only their ends are looked at.

    Raises:
        DamageError: they do not.
    """
    offsets = basket.byte_offsets
    if offsets is None:
        return
    told = len(offsets)
    if basket.raw_data is not None:
        told = int.from_bytes(basket.raw_data[basket.border : basket.border + _OFFSET_BYTES].tobytes(), "big")
    is_whole = len(offsets) == basket.num_entries + 1 == told and offsets[0] == 0 and offsets[-1] == len(basket.data)
    if not is_whole or (not is_covered and (offsets[1:] < offsets[:-1]).any()):
        raise DamageError(_NOT_FOLLOWING)
