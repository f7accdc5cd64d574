"""The leaves of branches."""

from __future__ import annotations

import struct
from typing import NamedTuple

from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.streamed import COUNTED, Streamed

_HEAD = struct.Struct(">IHIHIHHII")
"""Of the class itself, of TLeaf, and of TNamed in it: byte count and version; then what a TObject has."""

_FACTS = struct.Struct(">iiiBBi")
"""Elements, bytes of one, offset, whether it counts others, whether it is unsigned; where its counter is."""

_TAIL_BYTES = {
    "TLeafO": 2, "TLeafB": 2, "TLeafS": 4, "TLeafI": 8, "TLeafL": 16, "TLeafG": 16, "TLeafF": 8, "TLeafD": 16,
    "TLeafC": 8, "TLeafElement": 8,
}  # fmt: skip
"""Behind what all leaves have: least and greatest value; of a TLeafElement its number and its type."""


class Leaf(NamedTuple):
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
    count, version, inner, of_leaf, *named = _HEAD.unpack_from(tree.data, start)
    end = stop - _TAIL_BYTES.get(kind, 0)
    if (
        kind not in _TAIL_BYTES
        or (version, of_leaf) != (1, 2)
        or count != COUNTED | (stop - start - 4)
        or inner != COUNTED | (end - start - 10)
    ):
        raise DoubtError("another leaf")
    name, title, start = tree.texts(start + _HEAD.size, *named)
    # A counter that has not come yet lies here as a whole: it is longer than a pointer.
    if start + _FACTS.size != end:
        raise DoubtError("a counter in another place")
    length, _, _, _, is_unsigned, pointer = _FACTS.unpack_from(tree.data, start)
    counter = tree.objects[pointer] if pointer else -1
    type_code = int.from_bytes(tree.data[stop - 4 : stop], "big", signed=True) if kind == "TLeafElement" else 0
    return Leaf(at, kind, name, title, length, bool(is_unsigned), counter, type_code), stop
