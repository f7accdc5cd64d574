"""An RNTuple described without uproot.

Lives here: envelopes and their checksums (`envelopes.py`), what header and footer tell (`records.py`), lists of pages
as a few arrays (`page_lists.py`), fields by name (`fields.py`), where columns lie (`columns.py`), and the description
made of all that (`layout.py`).
Comes in: an anchor, and the bytes of its file. Goes out: a description, or `DoubtError` where uproot has to be asked.
Start with `layout.py`.
"""

from overproof.columns.lean.rntuple.layout import describe

__all__ = ["describe"]
