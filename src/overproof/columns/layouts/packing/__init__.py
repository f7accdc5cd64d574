"""Packing: descriptions of trees as a few bytes, of which only what is asked for is unpacked.

Lives here: numbers in few bytes (`numbers.py`), tables of baskets and pages, many columns together (`tables.py`),
columns and pages by name (`columns.py`), schemas (`schemas.py`), and the whole description in parts (`parts.py`).
Comes in: a `Description`. Goes out: parts of bytes, and the same description from them. Start with `parts.py`.
"""

from overproof.columns.layouts.packing.parts import packed, unpacked

__all__ = ["packed", "unpacked"]
