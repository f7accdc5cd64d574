"""Implicit loops: how many passes an entry makes, and what a branch is in each of them.

Lives here: counting (`passes.py`), walking (`loop.py`), and both for rows of rows (`rows.py`).
Comes in: leaves of a plan and columns of a block. Goes out: a `Loop`. Start with `passes.py`; import names from their
files.
"""

__all__: list[str] = []
