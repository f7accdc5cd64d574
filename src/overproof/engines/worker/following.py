"""Which entries will be asked for next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from overproof.records.block import Block, Range

BLOCKS_AHEAD = 3
"""Blocks whose columns are announced while one is computed: over a network one alone would be waited for."""


def following(
    block: Block, queued: Iterable[Block], *, pieces_of: Callable[[Block], Sequence[Sequence[Range]]]
) -> Range | None:
    """Return the entries that come next in the file of a block, of some blocks without a gap; None for none.

    Args:
        block: computed now.
        queued: what is in hand behind it, in order.
        pieces_of: tells what of a block is computed in one go.
    """
    span: Range | None = None
    for each in islice(queued, BLOCKS_AHEAD):
        pieces = pieces_of(each)
        if each.file != block.file or not pieces:
            break
        first, stop = pieces[0][0][0], pieces[0][-1][1]
        if span is not None and first != span[1]:
            break
        span = (first if span is None else span[0], stop)
        if len(pieces) > 1:
            break
    return span
