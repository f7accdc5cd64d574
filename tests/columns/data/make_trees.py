"""Make `trees.root` with ROOT: every type of number, and every way in which baskets can lie.

Run by hand with a Python that has ROOT (made with ROOT 6.40):

    PYTHONPATH=tests/columns/native python tests/columns/data/make_trees.py
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import ROOT
from known import (
    N_ENTRIES,
    N_PACKED,
    TYPES,
    VECTORS,
    Known,
    columns_of_leaves,
    columns_of_packed,
    columns_of_pieces,
    columns_of_types,
    columns_of_vectors,
)

PUT = """
template <class T> void put(std::vector<T>& vector, unsigned long place, int n) {
  vector.assign(reinterpret_cast<const T*>(place), reinterpret_cast<const T*>(place) + n);
}
"""

LETTERS = {dtype: letter for letter, dtype in TYPES.items() if letter not in "Gg"}
Fill = Callable[[int], None]


def numbers(tree: Any, column: Known, *, letter: str = "", size: int = 32_000) -> Fill:
    """Make a branch of numbers, fixed arrays or lists; return what sets it to an entry."""
    buffer = np.zeros((max([1, *(column.counts or ())]), *column.values.shape[1:]), column.values.dtype)
    shape = ["n"] * (column.counts is not None) + [str(each) for each in column.values.shape[1:]]
    dimensions = "".join(f"[{each}]" for each in shape)
    tree.Branch(column.name, buffer, f"{column.name}{dimensions}/{letter or LETTERS[column.values.dtype.name]}", size)

    def fill(entry: int) -> None:
        elements = column.of_entry(entry)
        buffer[: len(elements)] = elements

    return fill


def vector(tree: Any, column: Known, type_: str, *, size: int) -> Fill:
    """Make a branch of a vector."""
    buffer = ROOT.std.vector[type_]()
    tree.Branch(column.name, buffer, size)

    def fill(entry: int) -> None:
        elements = column.of_entry(entry)
        ROOT.put(buffer, elements.ctypes.data, len(elements))

    return fill


def record(tree: Any, name: str, leaves: list[Known]) -> Fill:
    """Make a branch with several leaves; ROOT has them lie one behind the other."""
    fields = [(each.name.rpartition(".")[2], each.values.dtype, each.values.shape[1:]) for each in leaves]
    buffer = np.zeros(1, np.dtype(fields))
    shapes = ("".join(f"[{size}]" for size in shape) for _, _, shape in fields)
    titles = [f"{field}{shape}/{LETTERS[dtype.name]}" for (field, dtype, _), shape in zip(fields, shapes, strict=True)]
    tree.Branch(name, buffer, ":".join(titles))

    def fill(entry: int) -> None:
        for (field, _, _), column in zip(fields, leaves, strict=True):
            buffer[field] = column.of_entry(entry)

    return fill


def fill_all(tree: Any, fills: list[Fill], entries: range = range(N_ENTRIES)) -> None:
    for entry in entries:
        for fill in fills:
            fill(entry)
        tree.Fill()


def compress(tree: Any) -> None:
    """Compress each branch as its name says."""
    for branch in tree.GetListOfBranches():
        branch.SetCompressionSettings(int(branch.GetName().rpartition("_")[2]) if "_" in branch.GetName() else 0)


def made(name: str) -> Any:
    """Make a tree whose baskets are written when they are full, each branch at its own time."""
    tree = ROOT.TTree(name, "")
    tree.SetAutoFlush(0)
    tree.SetDefaultEntryOffsetLen(16)
    return tree


def types() -> None:
    """Write every type, with baskets cut anywhere."""
    tree = made("types")
    fills = [
        numbers(tree, column, letter=column.name[-1] if "_" in column.name else "I", size=120 + 37 * (number % 9))
        for number, column in enumerate(columns_of_types())
    ]
    fill_all(tree, fills)
    tree.Write()


def vectors() -> None:
    """Write vectors of every type."""
    tree = made("vectors")
    fills = [
        vector(tree, column, type_, size=200 + 41 * number)
        for number, (column, type_) in enumerate(zip(columns_of_vectors(), VECTORS, strict=True))
    ]
    fill_all(tree, fills)
    tree.Write()


def leaves() -> None:
    """Write branches with several leaves."""
    tree, columns = made("leaves"), columns_of_leaves()
    names = list(dict.fromkeys(each.name.partition(".")[0] for each in columns))
    fills = [record(tree, name, [each for each in columns if each.name.startswith(f"{name}.")]) for name in names]
    fill_all(tree, fills)
    tree.Write()


def packed() -> None:
    """Write columns in every compression, with baskets of different length."""
    tree = made("packed")
    fills = [numbers(tree, column, size=900 + 150 * number) for number, column in enumerate(columns_of_packed())]
    compress(tree)
    fill_all(tree, fills, range(N_PACKED))
    tree.Write()


def pieces(name: str, *, size: int = 150) -> tuple[Any, list[Fill]]:
    """Begin a tree of a few columns."""
    tree = made(name)
    return tree, [numbers(tree, column, size=size) for column in columns_of_pieces()]


def renamed() -> None:
    """Write a tree whose branches, and itself, were called otherwise when their baskets were written."""
    tree, fills = pieces("before")
    for branch in tree.GetListOfBranches():
        if branch.GetName() != "n":
            branch.SetName(f"old_{branch.GetName()}")
    fill_all(tree, fills)
    tree.FlushBaskets()
    for branch in tree.GetListOfBranches():
        branch.SetName(branch.GetName().removeprefix("old_"))
    tree.SetName("renamed")
    tree.Write()


def embedded() -> None:
    """Write a tree as a crash would leave it: some baskets in the file, the last ones in the tree itself."""
    for name, n_flushed in (("embedded", 31), ("all_embedded", 0)):
        tree, fills = pieces(name, size=32_000)
        for entry in range(N_ENTRIES):
            fill_all(tree, fills, range(entry, entry + 1))
            if entry + 1 == n_flushed:
                tree.FlushBaskets()
        tree.AutoSave()
        tree.SetDirectory(ROOT.nullptr)


def clusters() -> None:
    """Write a tree flushed after every seventeen entries."""
    tree, fills = pieces("clusters", size=32_000)
    tree.SetAutoFlush(17)
    fill_all(tree, fills)
    tree.Write()


def unequal() -> None:
    """Write a tree of which one branch was filled by itself and baskets are of the least size."""
    tree, fills = pieces("unequal", size=1)
    branches = list(tree.GetListOfBranches())
    for branch, fill in zip(branches, fills, strict=True):
        for entry in range(N_ENTRIES):
            for each in (fills[0], fill):
                each(entry)
            branch.Fill()
    tree.SetEntries(N_ENTRIES)
    tree.Write()


def merged(directory: Any) -> None:
    """Write a tree whose baskets were copied as they are from files of different compression."""
    chain = ROOT.TChain("packed")
    halves, columns = [range(123), range(123, N_PACKED)], columns_of_packed()[:3]
    for number, (entries, setting) in enumerate(zip(halves, (207, 505), strict=True)):
        file = ROOT.TFile(f"half_{number}.root", "recreate", "", setting)
        tree = made("packed")
        fill_all(tree, [numbers(tree, column, size=1200) for column in columns], entries)
        tree.Write()
        file.Close()
        chain.Add(file.GetName())
    directory.cd()
    copy = chain.CloneTree(-1, "fast")
    copy.SetName("merged")
    copy.Write()
    for number in range(len(halves)):
        os.remove(f"half_{number}.root")


def empty() -> None:
    """Write a tree without entries."""
    tree, _ = pieces("empty")
    tree.Write()


def all_trees(file: Any) -> Iterator[None]:
    for write in (types, vectors, leaves, packed, renamed, embedded, clusters, unequal, empty):
        yield write()
    yield merged(file)


if __name__ == "__main__":
    ROOT.gROOT.SetBatch(True)
    ROOT.gInterpreter.Declare(PUT)
    os.chdir(Path(__file__).parent)  # ROOT writes into a file by what path it was made
    written = ROOT.TFile("trees.root", "recreate")
    for _ in all_trees(written):
        pass
    written.Close()
