"""Native: columns of numbers straight from baskets and pages, without uproot.

Lives here: compressed blocks (`codec.py`), baskets of a TTree and pages of an RNTuple turned into arrays, and the
reader that does so for every column it can, leaving the rest to another.
Comes in: the layout of a tree and ranges of entries. Goes out: native arrays, and awkward arrays around them.
Start with `reader.py`.
"""

__all__: list[str] = []
