"""Lean: what a ROOT file tells of a TTree, understood without uproot.

Lives here: the header of a file, its directories and keys (`file.py`), objects as ROOT streams them (`streamed.py`),
the tree with its branches and leaves (`tree.py`, `branches.py`, `leaves.py`), and what is made of them: types, columns,
a description (`types.py`, `columns.py`, `describing.py`).
Comes in: bytes of an open file. Goes out: a `Description`, or nothing where anything is not surely understood: then
uproot is asked, which also says what is wrong with a damaged file. Start with `describing.py`.
"""

from overproof.columns.lean.describing import described

__all__ = ["described"]
