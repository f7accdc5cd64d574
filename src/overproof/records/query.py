"""What the master must know about a query before it starts."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_BLOCK_ENTRIES = 100_000
"""Entries to which the clusters of a file are merged into blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions:
    """How a query is to be run; those that change the answer are marked.

    Attributes:
        block_entries: size to which clusters are merged into blocks (changes the answer's last bits).
        first: entries of the chain to pass over (changes the answer).
        entries: entries to process after these, None for all (changes the answer).
        seed: root of the seeds of blocks and cycles (changes the answer of selectors that use them).
        packetizer: name of the policy, `"adaptive"` or `"fixed"`.
        packet_blocks: blocks in a packet of the `fixed` packetizer; None: chosen from the number of workers.
    """

    block_entries: int = DEFAULT_BLOCK_ENTRIES
    first: int = 0
    entries: int | None = None
    seed: int = 0
    packetizer: str = "adaptive"
    packet_blocks: int | None = None
