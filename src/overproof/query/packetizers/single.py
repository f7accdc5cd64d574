"""Blocks one at a time, when a worker has nothing else."""

from __future__ import annotations

from overproof.query.packetizers.view import View


def single(view: View) -> int:
    """Give one block to a worker without any.

    For work whose length nobody can tell from that of other work: none waits behind a long one while others rest.
    """
    return 0 if view.in_hand_entries else 1
