"""Store: what outlives a process, as opaque bytes under keys.

Lives here: the place on disk that is ours; a bounded memory of small entries in it; folders that one process holds at a
time, with files that appear whole and files of records that only grow; where a cache lies (`cache_place.py`), memory
that processes share (`mapped/`), how much of it the kernel allots (`cgroups.py`), and what is mounted (`mounts.py`).
Comes in: names and bytes. Goes out: the same bytes, or nothing; never anything else.
What the bytes mean is known upstairs only. Start with `folders.py` and `file_memory.py`.
"""

from overproof.store.draft import Draft
from overproof.store.file_memory import FileMemory
from overproof.store.folders import Folder, Folders, NotOursError
from overproof.store.home import home_directory
from overproof.store.record_file import RecordFile, read_records

__all__ = ["Draft", "FileMemory", "Folder", "Folders", "NotOursError", "RecordFile", "home_directory", "read_records"]
