"""A basket must be what the tables of its tree say."""

from __future__ import annotations

import struct
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.keys import BIG, BIG_VERSION, FIXED, SMALL, string_at
from overproof.columns.formats.damage import DamageError

_OWN_HEADER = struct.Struct(">HiiiiB")
"""Behind the key: version, two buffer sizes, entries, end of the data, flag."""

_OFFSET_BYTES = 4
_CLASS = b"\x07TBasket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the tables of a branch say of one basket.

    Attributes:
        seek: where in the file it lies.
        n_bytes: bytes of it, as stored.
        n_entries: entries in it.
        name: of its branch.
        others: names of all branches of the tree.
    """

    seek: int
    n_bytes: int
    n_entries: int
    name: bytes
    others: Set[bytes]


def check_basket(data: memoryview, expected: Expected, *, doubtful: Set[int] = frozenset()) -> bool:
    """Compare the header of a basket with the tables, and walk its compressed blocks.

    Another name than the branch's is no damage, as branches can be renamed, unless another branch has it; so is any
    name of the tree.

    Args:
        data: the whole basket, as stored.
        expected: what the tables say.
        doubtful: places at which several baskets are said to lie.

    Returns:
        Whether a checksum covers everything in it.

    Raises:
        DamageError: it is not the basket that should be there.

    Source: ROOT's TBasket::Streamer.
    """
    if expected.seek in doubtful:
        raise DamageError("another basket is said to lie in the same place")
    n_stored, n_bytes, key_bytes, seek, name, at = _key(data)
    if (seek, n_stored) != (expected.seek, expected.n_bytes) or not at + _OWN_HEADER.size == key_bytes <= n_stored:
        raise DamageError("its header tells another place or size than the tree")
    if name != expected.name and name in expected.others:
        raise DamageError(f"it is a basket of branch {name.decode(errors='replace')}")
    _, _, _, n_entries, last, _ = _OWN_HEADER.unpack_from(data, at)
    if n_entries != expected.n_entries:
        raise DamageError(f"its header tells {n_entries:,} entries, the tree {expected.n_entries:,}")
    n_behind = n_bytes - (last - key_bytes)
    # Behind the data: how many offsets follow, the offsets of all entries, and one more number that means nothing.
    if last < key_bytes or n_behind not in (0, (n_entries + 2) * _OFFSET_BYTES):
        raise DamageError("its data end elsewhere than its header tells")
    return n_stored - key_bytes != n_bytes and check_blocks(data[key_bytes:], n_uncompressed=n_bytes)


def _key(data: memoryview) -> tuple[int, int, int, int, bytes, int]:
    """Understand the key of a basket; thousands of them are in a file, so this is `parse_key` in fewer steps.

    Returns:
        Bytes stored, bytes of the object, bytes of the key, its place, the name of the branch, where the key's own
        part ends.
    """
    try:
        n_stored, version, n_bytes, _, key_bytes, _ = FIXED.unpack_from(data)
        places = BIG if version > BIG_VERSION else SMALL
        seek, _ = places.unpack_from(data, FIXED.size)
        at = FIXED.size + places.size
        if bytes(data[at : at + len(_CLASS)]) != _CLASS:
            raise DamageError("its header is not that of a basket")
        name, at = string_at(data, at + len(_CLASS))
        _, at = string_at(data, at)
    except (struct.error, IndexError) as error:
        raise DamageError("its header is not that of a basket") from error
    return n_stored, n_bytes, key_bytes, seek, name, at


def check_offsets(basket: Any) -> None:
    """Check that the entries of a basket lie one behind the other, inside of its data.

    Args:
        basket: a basket of uproot, decompressed.

    Raises:
        DamageError: they do not.
    """
    offsets = basket.byte_offsets
    if offsets is None:
        return
    told = len(offsets) if basket.raw_data is None else int(basket.raw_data[basket.border :][:4].view(">i4")[0])
    is_whole = len(offsets) == basket.num_entries + 1 == told and offsets[0] == 0 and offsets[-1] == len(basket.data)
    if not is_whole or (offsets[1:] < offsets[:-1]).any():
        raise DamageError("the places of its entries do not follow each other")


def is_list(array: Any) -> bool:
    """Tell whether every entry of an array is a list of any length."""
    return isinstance(array.layout, ak.contents.ListOffsetArray)


def check_counts(lists: Any, counts: Any, *, what: str) -> None:
    """Compare the lengths of lists with the branch that tells them.

    Args:
        lists: awkward array of one branch.
        counts: awkward array of the branch of the lengths; anything but plain integers is passed over.
        what: the name of that branch.

    Raises:
        DamageError: they differ.
    """
    if not is_list(lists) or not isinstance(counts.layout, ak.contents.NumpyArray):
        return
    offsets, told = np.asarray(lists.layout.offsets), np.asarray(counts.layout.data)
    if told.ndim == 1 and not np.array_equal(offsets[1:] - offsets[:-1], told):
        raise DamageError(f"its lists have other lengths than branch {what} tells: one of the two is damaged")
