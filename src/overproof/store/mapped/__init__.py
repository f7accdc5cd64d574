"""Mapped: buffers of bytes that many processes read out of the same memory.

Lives here: a directory of mapped files under a budget (`store.py`), its counts (`ledger.py`), a look at all files
(`survey.py`), how much room there is (`room.py`), and who goes when there is none (`eviction.py`).
Comes in: keys, runs of positions, buffers. Goes out: the same buffers as read-only arrays, or nothing.
Start with `store.py`, then `file/writing.py`.
"""

from overproof.store.mapped.file.record import Record
from overproof.store.mapped.store import MappedStore
from overproof.store.mapped.survey import GROUP_END, Kept, is_private, look_through

__all__ = ["GROUP_END", "Kept", "MappedStore", "Record", "is_private", "look_through"]
