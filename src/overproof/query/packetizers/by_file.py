"""Packets that are whole files."""

from __future__ import annotations

from overproof.query.packetizers.view import View

PLENTY = 4
"""A second file is given in advance while so many times as much is left as if everybody had one in hand."""


def by_file(view: View) -> int:
    """Give all blocks of a file that wait, to one worker.

    For files that are costly to open, or steps that need a file whole. What comes back after the loss of a worker, and
    second copies of late blocks, may be shorter.

    Source: one file a packet is the policy of ROOT's TPacketizerFile.
    """
    if view.in_hand_entries and view.left_entries < PLENTY * view.n_workers * view.in_hand_entries:
        return 0
    return view.n_blocks
