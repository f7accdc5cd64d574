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
    is_ascending = offsets[0] == 0 and not (offsets[1:] < offsets[:-1]).any()
    if not is_ascending or offsets[-1] != n_entries or len(offsets) != branch.num_baskets + 1:
        raise DamageError(f"the table of its baskets does not lead from entry 0 to {n_entries:,}")
    for table in ("fBasketSeek", "fBasketBytes"):
        if n_own and branch.member(table)[:n_own].min() < _LEAST:
            raise DamageError("the table of its baskets tells places and sizes that cannot be")


def check_type(branch: Any) -> None:
    """Check the type of a branch of plain numbers, which two places tell: its leaf and its title.

    Raises:
        DamageError: they differ.
    """
    leaves = branch.member("fLeaves")
    title = _TITLE.fullmatch(branch.member("fTitle")) if len(leaves) == 1 else None
    expected = None if title is None else _LEAVES.get(title[1])
    if title is None or expected is None or leaves[0].classname in _OF_OBJECTS:
        return
    is_other_sign = title[1] in _INTEGERS and bool(leaves[0].member("fIsUnsigned")) != title[1].islower()
    if leaves[0].classname != expected or is_other_sign:
        raise DamageError(f"its title tells type {title[1]}, its leaf another one")


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
