"""Into how many blocks items are cut."""

from __future__ import annotations

ITEM_BLOCKS = 4096
"""Blocks into which items of a map are cut, when there are enough of them: up to so many, each is given out alone."""


def items_in_block(n_items: int) -> int:
    """Return how many items of a map make a block; the last one may have fewer."""
    return max(1, -(-n_items // ITEM_BLOCKS))
