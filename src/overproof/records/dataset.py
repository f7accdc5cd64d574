"""What is to be processed: files, and which of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overproof.records.block import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """One file of a dataset.

    Attributes:
        path: local path or URL.
        tree: path of the TTree or RNTuple inside; None: the only one there is.
        steps: the entries asked for, as ranges, ascending and apart; None: all; without any, the file is not opened.
        checksum: of the whole file, as `"adler32:0123abcd"` or with another algorithm; empty: not known.
    """

    path: str
    tree: str | None = None
    steps: tuple[Range, ...] | None = None
    checksum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """An ordered list of files under one name; the order of entries is the order of files.

    Attributes:
        name: what the user calls it.
        files: in the order of entries.
        metadata: what a fileset says about it, readable as `events.metadata`.
    """

    name: str
    files: tuple[FileSpec, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGrid:
    """What is learned from looking into a file: its tree, its length and its blocks.

    Attributes:
        tree: path of the tree, resolved.
        n_entries: entries of the tree.
        stops: last entry (exclusive) of each block, ascending; the last one is `n_entries`; empty for an empty tree.
        size_bytes: compressed bytes of all branches.
        uuid: the file's UUID, empty where the format has none.
        identity: which version of the file was looked into; empty where that cannot be told, as for remote files.
    """

    tree: str
    n_entries: int
    stops: tuple[int, ...]
    size_bytes: int = 0
    uuid: str = ""
    identity: str = ""
