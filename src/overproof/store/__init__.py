"""Store: what outlives a process, as opaque bytes under keys.

Lives here: the place on disk that is ours, and a bounded memory of small entries in it.
Comes in: keys and bytes. Goes out: the same bytes, or nothing; never anything else.
What the bytes mean is known upstairs only. Start with `file_memory.py`.
"""

from overproof.store.file_memory import FileMemory
from overproof.store.home import home_directory

__all__ = ["FileMemory", "home_directory"]
