"""Formats: one reader for each way of keeping entries in a ROOT file.

Lives here: the contract of a reader, TTree and RNTuple, byte sources that try again, names and types of branches, the
checks that bytes pass before they become arrays (`checks/`), and the one place where what uproot raises becomes an
error of ours.
Comes in: an object of uproot. Goes out: awkward arrays, schemas, block grids. Only the files that need uproot or
awkward import it. Start with `protocol.py`, then `ttree.py`.
"""

from overproof.columns.formats.protocol import Reader

__all__ = ["Reader"]
