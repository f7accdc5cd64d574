"""Where the bytes of columns lie, as uproot tells: every basket, every page."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_COLUMN = re.compile(r'"form_key": "column-(\d+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A basket or a page.

    Attributes:
        file: number of the file.
        seek: where it begins.
        size_bytes: as stored.
        inside_bytes: when decompressed; 0 for a basket, whose own header tells.
    """

    file: int
    seek: int
    size_bytes: int
    inside_bytes: int = 0


def stored(files: Sequence[str], tree: str, columns: Sequence[str]) -> list[Stored]:
    """List all baskets or pages of some columns, in the order of entries."""
    import uproot

    found: list[Stored] = []
    for number, path in enumerate(files):
        with uproot.open({path: None}) as file:
            opened = file[tree]
            is_tree = opened.classname == "TTree"
            found += _baskets(opened, columns, number) if is_tree else _pages(opened, columns, number)
    return found


def _baskets(tree: Any, columns: Sequence[str], number: int) -> list[Stored]:
    found = []
    for name in columns:
        branch = tree[name]
        begins, seeks, sizes = branch.entry_offsets, branch.member("fBasketSeek"), branch.member("fBasketBytes")
        for basket in range(branch.num_baskets):
            place = Stored(file=number, seek=int(seeks[basket]), size_bytes=int(sizes[basket]))
            found.append((begins[basket], place))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _pages(ntuple: Any, columns: Sequence[str], number: int) -> list[Stored]:
    form, _ = ntuple.to_akform(filter_name=list(columns))
    numbers = sorted({int(match) for match in _COLUMN.findall(form.to_json())})
    bits = {column: ntuple.column_records[column].nbits for column in numbers}
    return [
        Stored(
            file=number,
            seek=page.locator.offset,
            size_bytes=page.locator.num_bytes,
            inside_bytes=(page.num_elements * bits[column] + 7) // 8,
        )
        for cluster in ntuple.page_link_list
        for column in numbers
        for page in cluster[column].pages
    ]


def blocks(data: memoryview, inside_bytes: int) -> Iterator[tuple[bytes, memoryview, int]]:
    """Give the compressed blocks of a basket or a page: algorithm, bytes, how many are inside.

    What is not compressed is given as algorithm `b""`.
    """
    if not inside_bytes:
        n_bytes, _, inside_bytes, _, key_bytes = struct.unpack_from(">IHIIH", data)
        data = data[key_bytes:n_bytes]
    if len(data) == inside_bytes:
        yield b"", data, inside_bytes
        return
    at = 0
    while at < len(data):
        head = bytes(data[at : at + 9])
        n_stored, n_inside = int.from_bytes(head[3:6], "little"), int.from_bytes(head[6:9], "little")
        yield head[:2], data[at + 9 : at + 9 + n_stored], n_inside
        at += 9 + n_stored
