"""What is read natively is what uproot reads: in whole, in ranges, in blocks, and as users get it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from bits import Bits, bits_of_awkward
from ways import Uproot, is_plain, native, native_bits, native_by_uproot, on_uproot

from overproof.columns.formats import Reader
from overproof.records.schema import Schema

Range = tuple[int, int]
BLOCK_ENTRIES = (1, 7, 30, 100_000)


def plain_names(schema: Schema) -> list[str]:
    """Return the names of the columns that must be on the fast path."""
    return [branch.name for branch in schema.branches if is_plain(branch, schema)]


def random_ranges(n_entries: int, *, seed: int, number: int) -> list[Range]:
    """Choose ranges of entries, some of them empty, some a single entry."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        first = dice.randint(0, n_entries)
        stop = dice.choice((first, min(first + 1, n_entries), dice.randint(first, n_entries), n_entries))
        found.append((first, stop))
    return found


def check_tree(
    path: Path, tree: str, *, seed: int, n_ranges: int = 6, ranges: Sequence[Range] = (), names: Iterable[str] = ()
) -> dict[str, Bits]:
    """Compare one tree as uproot has it with what is read natively: opened once, opened again, described by uproot.

    Args:
        path: of the file.
        tree: in it.
        seed: of the ranges of entries that are read one after the other by one reader.
        n_ranges: how many these are.
        ranges: more of them.
        names: of the columns to compare; none: all that must be on the fast path.

    Returns:
        The columns, in whole.
    """
    with on_uproot(path, tree) as theirs, native(path, tree) as ours:
        schema = theirs.schema()
        assert ours.schema() == schema
        assert (list(ours.names), ours.n_entries, ours.size_bytes) == (
            list(theirs.names),
            theirs.n_entries,
            theirs.size_bytes,
        )
        plain = list(names) or plain_names(schema)
        alone, arrays = Uproot(theirs), {}
        for name in plain:
            arrays[name] = alone.array(name)
        expected = {name: bits_of_awkward(array) for name, array in arrays.items()}
        assert differing(native_bits(ours, plain, 0, ours.n_entries), expected) == ""
        chosen = random_ranges(ours.n_entries, seed=seed, number=n_ranges)
        for first, stop in [*ranges, *chosen, *blocks(ours, schema)]:
            cut = {name: bits.cut(first, stop) for name, bits in expected.items()}
            assert differing(native_bits(ours, plain, first, stop), cut) == "", (first, stop)
        given = ours.read(plain, 0, ours.n_entries)
        for name in plain:
            assert given[name].layout.form.type == arrays[name].layout.form.type, name
            assert bits_of_awkward(given[name]) == expected[name], name
        grids = [theirs.grid(size) for size in BLOCK_ENTRIES]
    for way in (native, native_by_uproot):
        with way(path, tree) as again:
            assert again.schema() == schema, way.__name__
            assert [again.grid(size) for size in BLOCK_ENTRIES] == grids, way.__name__
            assert differing(native_bits(again, plain, 0, again.n_entries), expected) == "", way.__name__
    return expected


def differing(found: dict[str, Bits], expected: dict[str, Bits]) -> str:
    """Say of each column that is not the same what is other."""
    lines = [f"{name} is not wanted" for name in found if name not in expected]
    for name, bits in expected.items():
        if name not in found:
            lines.append(f"{name} is not native")
        elif found[name] != bits:
            parts = [part for part in bits.__slots__ if getattr(found[name], part) != getattr(bits, part)]
            said = ", ".join(
                f"{part} {getattr(found[name], part)!r:.60} for {getattr(bits, part)!r:.60}" for part in parts
            )
            lines.append(f"{name}: {said}")
    return "\n".join(lines[:8])


def blocks(reader: Reader, schema: Schema) -> list[Range]:
    """Return the blocks of a tree in several sizes; of the least size only where there are few."""
    sizes = BLOCK_ENTRIES if reader.n_entries * len(schema.branches) < 1_000 else BLOCK_ENTRIES[2:]
    return [block for size in sizes for block in pairwise((0, *reader.grid(size).stops))]
