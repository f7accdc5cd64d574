"""RNTuple: ROOT's newer way of keeping entries.

Lives here: its reader, its fields by name, and its clusters read once.
Comes in: an RNTuple of uproot. Goes out: awkward arrays, a schema, a block grid. Importing it imports uproot.
Start with `reader.py`.
"""

from overproof.columns.formats.rntuple.reader import RNTupleReader

__all__ = ["RNTupleReader"]
