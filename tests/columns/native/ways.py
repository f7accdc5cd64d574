"""The ways by which a column can be had, kept apart: natively, by the readers on top of uproot, by uproot alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uproot
from bits import Bits, bits_of_awkward, bits_of_native

from overproof.columns import opening
from overproof.columns.formats import Reader
from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.formats.ttree import TTreeReader
from overproof.columns.native.steps import Machinery
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.records.schema import Branch, Schema


@contextmanager
def native(path: Path, tree: str, *, machinery: Machinery | None = None) -> Iterator[Reader]:
    """Open a tree as users do; a second time it is remembered, unless the file is very young."""
    reader = open_reader(FileSpec(path=str(path), tree=tree), machinery=machinery)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def native_by_uproot(path: Path, tree: str) -> Iterator[Reader]:
    """Open a tree as it is opened where only uproot understands its description."""
    reader = opening._by_uproot(FileSpec(path=str(path), tree=tree))
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def on_uproot(path: Path, tree: str) -> Iterator[TTreeReader | RNTupleReader]:
    """Open a tree with the readers that have uproot read everything: all checks of ours, all decoding of uproot."""
    reader = open_by_uproot(FileSpec(path=str(path), tree=tree))
    assert isinstance(reader, TTreeReader | RNTupleReader)
    try:
        yield reader
    finally:
        reader.close()


class Uproot:
    """One tree as uproot alone has it: nothing of overproof decodes here, only names are those of ours.

    Args:
        reader: one that knows which name stands for which branch.
    """

    def __init__(self, reader: TTreeReader | RNTupleReader) -> None:
        self._reader = reader

    def bits(self, name: str) -> Bits:
        """Read a whole column."""
        return bits_of_awkward(self.array(name))

    def array(self, name: str) -> Any:
        """Read a whole column as uproot gives it."""
        if isinstance(self._reader, RNTupleReader):
            return self._reader._ntuple[name].array(array_cache=None)
        column = self._reader._columns[name]
        array = column.branch.array(array_cache=None)
        return array if column.leaf is None else array[column.leaf]


def native_bits(reader: Reader, names: list[str], first: int, stop: int) -> dict[str, Bits]:
    """Read those of some columns that can be had natively."""
    return {name: bits_of_native(column) for name, column in reader.read_native(names, first, stop).items()}


def is_plain(branch: Branch, schema: Schema) -> bool:
    """Tell whether a branch must be on the fast path: numbers, fixed arrays of numbers, and lists of either.

    In a TTree lists of lists are written by a streamer, one by one; in an RNTuple they are columns like all others.
    """
    return branch.kind == "number" and not branch.within and (branch.n_jagged <= 1 or schema.format == "RNTuple")


def trees_of(path: Path) -> list[str]:
    """Return the trees of a file, each once, in the order of the file."""
    with uproot.open({str(path): None}) as file:
        classes = file.classnames(recursive=True, cycle=False)
    return [name for name, class_name in classes.items() if class_name in ("TTree", "ROOT::RNTuple")]
