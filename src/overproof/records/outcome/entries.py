"""Entries that were chosen: of which files, which of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from overproof.records.block import Range
from overproof.words.frozen import dataclass

KEY = "entry_list"
"""Under this key stand the files in the document of an entry list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntries:
    """Entries of one tree.

    Attributes:
        path: of the file; local ones absolute, so that the list holds in every directory; or a URL.
        tree: path of the tree inside.
        ranges: ascending, apart, none empty.
    """

    path: str
    tree: str
    ranges: tuple[Range, ...]

    @property
    def n_entries(self) -> int:
        """Count the entries."""
        return sum(stop - first for first, stop in self.ranges)


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Entries of some files, under one name; its length is their number.

    Attributes:
        name: what the user calls them.
        files: in the order of the dataset; those without any are left out.

    Source: ROOT's TEntryList.
    """

    name: str
    files: tuple[FileEntries, ...]

    def __len__(self) -> int:
        return sum(file.n_entries for file in self.files)

    def __add__(self, other: Entries) -> Entries:
        """Return the entries that are in either, each once."""
        files = {(file.path, file.tree): file for file in self.files}
        for file in other.files:
            key = (file.path, file.tree)
            before = files[key].ranges if key in files else ()
            files[key] = replace(file, ranges=_union((*before, *file.ranges)))
        return Entries(name=self.name, files=tuple(files.values()))

    def document(self) -> dict[str, Any]:
        """Write them as a document: single entries as numbers, ranges as pairs of first and stop (exclusive)."""
        return {
            "name": self.name,
            "n_entries": len(self),
            KEY: [
                {"file": file.path, "tree": file.tree, "entries": [_short(each) for each in file.ranges]}
                for file in self.files
            ],
        }


def entries_of(document: Mapping[str, Any]) -> Entries:
    """Read what `document` wrote.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    files = [
        FileEntries(path=str(file["file"]), tree=str(file["tree"]), ranges=_ranges(file["entries"]))
        for file in document[KEY]
    ]
    return Entries(name=str(document["name"]), files=tuple(files))


def _union(ranges: Iterable[Range]) -> tuple[Range, ...]:
    joined: list[Range] = []
    for first, stop in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((first, stop))
    return tuple(joined)


def _short(each: Range) -> int | list[int]:
    first, stop = each
    return first if stop == first + 1 else [first, stop]


def _ranges(written: Iterable[Any]) -> tuple[Range, ...]:
    ranges: list[Range] = []
    for each in written:
        first, stop = (each, each + 1) if isinstance(each, int) else each
        before = ranges[-1][1] if ranges else 0
        if not (isinstance(first, int) and isinstance(stop, int) and before <= first < stop):
            raise ValueError(f"{each!r} is no entry, and no range of entries that follows the one before")
        ranges.append((first, stop))
    return tuple(ranges)
