"""Packets that shrink: guided self-scheduling from measured rates."""

from __future__ import annotations

from overproof.query.packetizers.view import View

REMAINING_FRACTION = 4
"""What a worker has in hand lasts a quarter of the estimated remaining time."""
PACKETS_IN_HAND = 2
"""Into how many packets that is divided: one being computed, one waiting."""
MAX_PACKET_S = 20.0
"""No packet lasts longer than this, by the rates measured."""
ROUNDING = 0.5
"""Blocks for each worker by which the end is later than if blocks could be cut: each is half a block off on average."""
UNREPORTED = 1 / (2 * PACKETS_IN_HAND * REMAINING_FRACTION)
"""Part of what is left that is computed already: on average half of one of the packets in hand."""
GAP = 1.0
"""Blocks, of all workers together, until the next of them asks; matters when workers are few."""


def adaptive(view: View) -> int:
    """Give a quarter of the worker's share of what is left, in two packets; near the end single blocks, or nothing.

    A worker of unknown rate gets one block and no second one, as it may be the slowest of all. A worker so slow that
    the others would be done with everything before it is done with one block gets nothing: with unequal workers the
    last block of the slowest makes the tail.

    Source: guided self-scheduling (Polychronopoulos and Kuck, 1987); the quarter and the longest packet are those of
    ROOT's TPacketizerAdaptive.
    """
    rate, total_rate, in_hand, left, n_workers, block, _, is_opening = view
    if rate <= 0.0:
        return 0 if in_hand else 1
    share = rate / total_rate
    if not in_hand and share * n_workers < 1.0:  # whoever is as fast as the mean is never refused
        end_entries = left * (1 - UNREPORTED) + (ROUNDING * n_workers + GAP) * block
        if block > share * end_entries:
            return 0
    quota = share * left / REMAINING_FRACTION - in_hand
    if is_opening:
        return 1 if not in_hand or quota >= block else 0
    packet = min(share * left / (REMAINING_FRACTION * PACKETS_IN_HAND), rate * MAX_PACKET_S)
    n_blocks = int(min(packet if packet > block else block, quota) / block)
    return n_blocks or (0 if in_hand else 1)
