"""Axes that grow while rows come in.

Lives here: bins that are continued without end (`grids.py`), rows that a block sets apart (`apart.py`), how these are
put in their place when all blocks are known (`growth.py`).
Comes in: rows of blocks. Goes out: axes and cells as one loop over all entries would have made them. Start with
`apart.py`; import names from their files.
"""

__all__: list[str] = []
