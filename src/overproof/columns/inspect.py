"""What is in a file, for people and for programs."""

from __future__ import annotations

from typing import Any

from overproof.columns.files.damage import translated
from overproof.columns.formats.opening import list_trees, open_file, open_tree
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.formats.ttree import TTreeReader
from overproof.records.dataset import FileGrid
from overproof.records.query import DEFAULT_BLOCK_ENTRIES
from overproof.records.schema import Branch, Schema
from overproof.words.errors import DatasetError
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeReport:
    """One tree of a file.

    Attributes:
        schema: its branches and their types.
        grid: its entries and blocks.
        n_clusters: clusters, before they are merged into blocks.
        compression: `"zlib"`, `"lzma"`, `"lz4"`, `"zstd"` or `"none"`: how its heaviest branch is compressed.
        compression_level: from 1 to 9 or so; 0 where nothing is compressed, or nobody knows.
        friends: those that the tree names: name, path of the tree, path of the file (empty: the same file).
    """

    schema: Schema
    grid: FileGrid
    n_clusters: int
    compression: str
    compression_level: int
    friends: tuple[tuple[str, str, str], ...] = ()

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The branches that have data of their own: not the members of objects that are not split."""
        return tuple(branch for branch in self.schema.branches if not branch.within)


def inspect_file(path: str, *, block_entries: int = DEFAULT_BLOCK_ENTRIES) -> list[TreeReport]:
    """Tell every tree of a file; of several cycles of one name the highest.

    Raises:
        DatasetError: no such file, not a ROOT file, no tree in it.
        ReadError: phase `open`.
    """
    file = open_file(path)
    try:
        trees = list_trees(file, path=path)
        if not trees:
            raise DatasetError(f"{path} has no TTree and no RNTuple in it")
        return [_report(file, key, path=path, name=name, block_entries=block_entries) for name, key in trees.items()]
    finally:
        file.close()


def _report(file: Any, key: str, *, path: str, name: str, block_entries: int) -> TreeReport:
    reader = open_tree(file, key, path=path, name=name)
    assert isinstance(reader, (TTreeReader, RNTupleReader))
    with translated(path, "open", what=f"compression of {name}"):
        algorithm, level = reader.compression()
    return TreeReport(
        schema=reader.schema(),
        grid=reader.grid(block_entries),
        n_clusters=reader.n_clusters(),
        compression=algorithm.lower() or "none",
        compression_level=level,
        friends=tuple(reader.named_friends()) if isinstance(reader, TTreeReader) else (),
    )
