"""What the master must know about a query before it starts."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from overproof.words.frozen import dataclass

DEFAULT_BLOCK_ENTRIES = 100_000
"""Entries to which the clusters of a file are merged into blocks."""

OnError: TypeAlias = Literal["isolate", "skip", "stop"]
ON_ERROR: tuple[OnError, ...] = get_args(OnError)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions:
    """How a query is to be run; those that change the answer are marked.

    Attributes:
        block_entries: size to which clusters are merged into blocks (changes the answer's last bits).
        first: entries of the chain to pass over (changes the answer).
        entries: entries to process after these, None for all (changes the answer).
        seed: root of the seeds of blocks and cycles (changes the answer of selectors that use them).
        packetizer: name of the policy, `"adaptive"`, `"fixed"`, `"single"`, `"by-file"` or `"local-only"`.
        packet_blocks: blocks in a packet of the `fixed` packetizer; None: chosen from the number of workers.
        on_error: when the selector fails: find the entries and exclude them, exclude the block, or stop (changes the
            answer).
        max_excluded: entries that may be excluded before the query stops; None: the smaller of 100 and 1 % of those
            done, at least one.
        block_timeout_s: seconds that a block may take; None: 20 times the median, at least 60.
        speculates: the last blocks may be given to a second worker.
        takes_empty: a tree without entries is one block without entries (changes the answer of selectors that put
            out something for it).
    """

    block_entries: int = DEFAULT_BLOCK_ENTRIES
    first: int = 0
    entries: int | None = None
    seed: int = 0
    packetizer: str = "adaptive"
    packet_blocks: int | None = None
    on_error: OnError = "isolate"
    max_excluded: int | None = None
    block_timeout_s: float | None = None
    speculates: bool = True
    takes_empty: bool = False
