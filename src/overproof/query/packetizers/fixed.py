"""Packets of one length."""

from __future__ import annotations

from overproof.query.packetizers.view import Packetizer, View

PACKETS_PER_WORKER = 20
"""Packets that a worker computes in all, if every worker is as fast as the others."""


def fixed(packet_blocks: int | None = None) -> Packetizer:
    """Make a policy that always gives as many blocks; None: a twentieth of what would be the worker's part.

    Source: the heuristic length is that of ROOT's TPacketizer.
    """

    def give(view: View) -> int:
        return packet_blocks or max(1, view.n_blocks // (PACKETS_PER_WORKER * view.n_workers))

    return give
