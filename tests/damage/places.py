"""Where in an intact file what lies, found by uproot alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uproot

Range = tuple[int, int]
NO_CHECKSUM = b"ZS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Ranges of bytes of one file.

    Attributes:
        size_bytes: of the file.
        headers: what describes: header, keys, descriptions of classes and trees, headers of baskets and pages' lists.
        bare: stored data for which the format has no checksum: not compressed, or compressed by zstd, in a TTree;
            pages of an RNTuple written without checksums.
    """

    size_bytes: int
    headers: tuple[Range, ...]
    bare: tuple[Range, ...]

    def is_bare(self, at: int) -> bool:
        """Tell whether a byte has no checksum over it."""
        return any(first <= at < stop for first, stop in self.bare)


def places_of(path: Path, tree: str) -> Places:
    """Look into an intact file."""
    content = path.read_bytes()
    with uproot.open({str(path): None}) as file:
        key = file.key(tree)
        headers: list[Range] = [
            (0, 300),
            (file.fSeekKeys, file.fSeekKeys + file.fNbytesKeys),
            (key.fSeekKey, key.fSeekKey + key.fNbytes),
            (file.file.fSeekInfo, file.file.fSeekInfo + file.file.fNbytesInfo),
        ]
        bare: list[Range] = []
        found = key.get()
        if key.fClassName == "ROOT::RNTuple":
            members = found.all_members
            headers += [(members[f"fSeek{part}"], members[f"fSeek{part}"] + members[f"fNBytes{part}"])
                        for part in ("Header", "Footer")]  # fmt: skip
            bare = [
                (page.locator.offset, page.locator.offset + page.locator.num_bytes)
                for cluster in found.page_link_list
                for column in cluster
                for page in column.pages
                if not page.has_checksum
            ]
        else:
            stored = [(key.fSeekKey, key.fSeekKey + key.fNbytes)]
            for branch in _branches(found):
                for number in range(branch.num_baskets):
                    seek = int(branch.member("fBasketSeek")[number])
                    stored.append((seek, seek + int(branch.member("fBasketBytes")[number])))
                    headers.append((seek, seek + _key_bytes(content, seek)))
            stored.append((file.file.fSeekInfo, file.file.fSeekInfo + file.file.fNbytesInfo))
            bare = [place for first, stop in stored if (place := _bare(content, first, stop)) is not None]
    return Places(size_bytes=len(content), headers=tuple(headers), bare=tuple(bare))


def _branches(holder: Any) -> Iterator[Any]:
    for branch in holder.branches:
        yield branch
        yield from _branches(branch)


def _key_bytes(content: bytes, seek: int) -> int:
    length: int = struct.unpack_from(">h", content, seek + 14)[0]
    return length


def _bare(content: bytes, first: int, stop: int) -> Range | None:
    """Return the bytes behind a key, if nothing there has a checksum."""
    start = first + _key_bytes(content, first)
    is_raw = struct.unpack_from(">i", content, first + 6)[0] == stop - start
    return (start, stop) if is_raw or content[start : start + 2] == NO_CHECKSUM else None
