"""The leaves of branches."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.streamed import Streamed

_FACTS = struct.Struct(">iiiBB")

_TAIL_BYTES = {
    "TLeafO": 2, "TLeafB": 2, "TLeafS": 4, "TLeafI": 8, "TLeafL": 16, "TLeafG": 16, "TLeafF": 8, "TLeafD": 16,
    "TLeafC": 8, "TLeafElement": 8,
}  # fmt: skip
"""Behind what all leaves have: least and greatest value; of a TLeafElement its number and its type."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A TLeaf.

    Attributes:
        at: where it begins in the tree: by this others refer to it.
        kind: its class.
        name: its name.
        title: name and dimensions.
        length: elements of fixed dimensions.
        is_unsigned: of integers.
        counter: where the leaf begins that tells how many there are; -1: there is none.
        type_code: of a TLeafElement, as in ROOT's TVirtualStreamerInfo::EReadWrite.

    Source: ROOT's TLeaf.
    """

    at: int
    kind: str
    name: str
    title: str
    length: int
    is_unsigned: bool
    counter: int
    type_code: int


def leaf_at(tree: Streamed, at: int) -> tuple[Leaf, int]:
    """Read a leaf; return where it ends too."""
    kind, start, stop = tree.entered(at)
    tail_bytes = _TAIL_BYTES.get(kind)
    version, start, end = tree.counted(start)
    if tail_bytes is None or version != 1 or end != stop:
        raise DoubtError("another leaf")
    version, start, end = tree.counted(start)
    if version != 2 or end + tail_bytes != stop:
        raise DoubtError("another leaf")
    name, title, start = tree.named(start)
    length, _, _, _, is_unsigned = _FACTS.unpack_from(tree.data, start)
    start += _FACTS.size
    # A counter that has not come yet lies here as a whole: it is longer than a pointer.
    if start + 4 != end:
        raise DoubtError("a counter in another place")
    type_code = int.from_bytes(tree.data[stop - 4 : stop], "big", signed=True) if kind == "TLeafElement" else 0
    return Leaf(at, kind, name, title, length, bool(is_unsigned), tree.referred(start), type_code), stop
