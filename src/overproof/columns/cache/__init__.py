"""Cache: columns that were read before, by any process of the user on this machine, out of memory.

Lives here: which version of a file columns belong to (`version.py`), their names in the cache (`key.py`), columns as
plain buffers (`packing.py`), the cache of a process (`cache.py`), the reader that looks into it first (`reader.py`),
and what is in it (`report.py`).
Comes in: a reader, a place. Goes out: the same columns, sooner. Start with `reader.py`.
"""

__all__: list[str] = []
