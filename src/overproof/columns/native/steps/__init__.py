"""Steps: what bytes go through on their way into columns, compiled for this processor.

Lives here: the loops (`lists.py`, `bytes_apart.py`, `few_bits.py`), what they take (`slots.py`), all of them by name
(`steps.py`), and whether they are used (`machinery.py`).
Comes in: bytes of baskets and pages, decompressed. Goes out: numbers and offsets, the same as numpy makes of them.
Start with `machinery.py`; all other files load LLVM, and are imported when they are used.
"""

from overproof.columns.native.steps.machinery import Machinery

__all__ = ["Machinery"]
