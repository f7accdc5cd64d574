"""What a TTree tells of its branches and baskets must fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from overproof.columns.files.damage import DamageError
from overproof.columns.grid import Entries

_LEAST = 48
"""No basket is smaller, as its key and its own header need more; none begins earlier, as the file's header is there."""

_SHORT = 32
"""Up to so many numbers Python is faster than numpy: wide trees have thousands of tables of a few."""

_TITLE = re.compile(r"[^/:]+/([A-Za-z])")
"""The title of a branch as `TTree::Branch` makes it: name, dimensions, type; people may have put another one."""

_LEAVES = {
    **dict.fromkeys("Bb", "TLeafB"), **dict.fromkeys("Ss", "TLeafS"), **dict.fromkeys("Ii", "TLeafI"),
    **dict.fromkeys("Ll", "TLeafL"), **dict.fromkeys("Gg", "TLeafG"), "C": "TLeafC", "O": "TLeafO", "F": "TLeafF",
    "D": "TLeafD", "f": "TLeafF16", "d": "TLeafD32",
}  # fmt: skip
"""Source: ROOT's TBranch::Init."""

_INTEGERS = "BbSsIiLlGg"
_OF_OBJECTS = ("TLeafElement", "TLeafObject")


def check_entries(n_entries: int, of_branches: Iterable[int]) -> None:
    """Check the length of a tree against those of its branches; a tree without filled branches has none to fit to.

    Raises:
        DamageError: no branch is as long as the tree.
    """
    lengths = set(of_branches)
    if n_entries < 0 or (lengths and n_entries not in lengths):
        longest = max(lengths, default=0)
        raise DamageError(f"it should have {n_entries:,} entries, and no branch has: the longest has {longest:,}")


def check_branch(branch: Any, offsets: Entries) -> None:
    """Check the table of the baskets of one branch.

    Args:
        branch: a branch of uproot.
        offsets: first entry of each basket, and the end of the last.

    Raises:
        DamageError: baskets that cannot be.
    """
    n_own = branch.num_baskets - len(branch.embedded_baskets)
    n_entries = int(branch.member("fEntries"))
    if len(offsets) != branch.num_baskets + 1:
        raise DamageError(_not_leading(n_entries))
    seeks, sizes_bytes = branch.member("fBasketSeek")[:n_own], branch.member("fBasketBytes")[:n_own]
    check_tables(offsets, seeks, sizes_bytes, n_entries=n_entries)


def check_tables(offsets: Entries, seeks: Entries, sizes_bytes: Entries, *, n_entries: int) -> None:
    """Check the table of the baskets of one branch.

    Args:
        offsets: first entry of each basket, and the end of the last.
        seeks: places of those in the file.
        sizes_bytes: of those.
        n_entries: entries of the branch.

    Raises:
        DamageError: baskets that cannot be.
    """
    if offsets[0] != 0 or offsets[-1] != n_entries or not _is_ascending(offsets):
        raise DamageError(_not_leading(n_entries))
    if len(seeks) and min(_least(seeks), _least(sizes_bytes)) < _LEAST:
        raise DamageError("the table of its baskets tells places and sizes that cannot be")


def _is_ascending(numbers: Entries) -> bool:
    if len(numbers) > _SHORT:
        return not (numbers[1:] < numbers[:-1]).any()
    told = numbers.tolist()
    return bool(told == sorted(told))


def _least(numbers: Entries) -> int:
    return int(numbers.min()) if len(numbers) > _SHORT else min(numbers.tolist())


def _not_leading(n_entries: int) -> str:
    return f"the table of its baskets does not lead from entry 0 to {n_entries:,}"


def check_type(branch: Any) -> None:
    """Check the type of a branch of uproot that has one leaf, as `check_title` does.

    Raises:
        DamageError: the type is told in two ways.
    """
    leaves = branch.member("fLeaves")
    if len(leaves) == 1 and leaves[0].classname not in _OF_OBJECTS:
        check_title(branch.member("fTitle"), leaves[0].classname, is_unsigned=bool(leaves[0].member("fIsUnsigned")))


def check_title(title: str, kind: str, *, is_unsigned: bool) -> None:
    """Check the type of a branch of plain numbers, which two places tell: its leaf and its title.

    Args:
        title: of the branch.
        kind: class of its only leaf.
        is_unsigned: what the leaf tells of its integers.

    Raises:
        DamageError: they differ.
    """
    match = _TITLE.fullmatch(title)
    expected = None if match is None else _LEAVES.get(match[1])
    if match is None or expected is None:
        return
    if kind != expected or (match[1] in _INTEGERS and is_unsigned != match[1].islower()):
        raise DamageError(f"its title tells type {match[1]}, its leaf another one")


def overlapping(seeks: Entries, sizes_bytes: Entries) -> frozenset[int]:
    """Return the places of the baskets of a tree that overlap others: two cannot lie in one place."""
    if len(seeks) < 2:
        return frozenset()
    order = np.argsort(seeks, kind="stable")
    starts, stops = seeks[order], seeks[order] + sizes_bytes[order]
    # A basket may reach over several: it is compared with the furthest end of all in front of it.
    reaches = np.maximum.accumulate(stops)
    later = np.flatnonzero(starts[1:] < reaches[:-1]) + 1
    if not len(later):
        return frozenset()
    involved = {int(starts[at]) for at in later}
    for at in later:
        involved.update(int(start) for start, stop in zip(starts[:at], stops[:at], strict=True) if stop > starts[at])
    return frozenset(involved)
