"""Columns: from files to arrays.

Lives here: opening files, readers of TTree and RNTuple, the block grid, the lazy record of a block that selectors get,
the cycles of queries without data, and what is remembered of files.
Comes in: `FileSpec`, entries from first to stop. Goes out: `FileGrid`, `Schema`, awkward arrays, `Events`.
What needs uproot or awkward is imported from its own file: `opening.open_reader`, `reader.ReaderCache`,
`events.Events`, `inspect.inspect_file`. Start with `events.py`, then `reader.py` and `grid.py`.
"""

from overproof.columns.cycles import Cycle, Cycles
from overproof.columns.remembered import recall, recall_schema, remember, remember_schema

__all__ = ["Cycle", "Cycles", "recall", "recall_schema", "remember", "remember_schema"]
