"""What one block may cost."""

from __future__ import annotations

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a worker may cost before it is ended; None: no limit.

    Attributes:
        block_timeout_s: seconds that one block may take.
        memory_bytes: private resident memory (anonymous pages and swap) of the worker's process.
    """

    block_timeout_s: float | None = None
    memory_bytes: int | None = None
